#pragma once
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "app/documents/worker.h"

namespace qkv::documents {

/// The answer to the newest question: made within the call when that is quick, else on a worker, where of those
/// waiting only the newest counts. Keys compare with ==.
template <typename Key, typename Answer>
class Latest {
 public:
  /// Makes the answer; may run on the worker. One that throws (out of memory) leaves the answer before it.
  using Make = std::function<Answer(const Key&)>;

  /// The newest answer there is, maybe to an earlier question while this one is worked at; null before the first.
  std::shared_ptr<const Answer> of(const Key& key, bool quick, const Make& make) {
    if (asked_ == key) return made_.answer;
    asked_ = key;
    worker_.cancel();
    if (made_.answer && made_.key == key) return made_.answer;
    if (quick) {
      take(answer(key, make));
    } else {
      worker_.submit([this, key, make](const std::stop_token&) {
        Made made = answer(key, make);
        const std::scoped_lock lock(mutex_);
        mail_ = std::move(made);
      });
    }
    return made_.answer;
  }

  /// Takes over what the worker finished; true when there is a newer answer.
  bool poll() {
    const std::scoped_lock lock(mutex_);
    const bool answered = made_.answer && made_.key == asked_;  // by a quick one, which an older must not replace
    Made mail = std::exchange(mail_, Made{});
    return !answered && take(std::move(mail));
  }

  bool busy() const {
    const std::scoped_lock lock(mutex_);
    return worker_.busy() || mail_.answer;
  }

  void wait() {
    worker_.wait();
    poll();
  }

 private:
  struct Made {
    std::optional<Key> key;
    std::shared_ptr<const Answer> answer;
  };

  static Made answer(const Key& key, const Make& make) {
    try {
      return {key, std::make_shared<const Answer>(make(key))};
    } catch (const std::exception&) {
      return {};
    }
  }

  bool take(Made made) {
    if (!made.answer) return false;
    made_ = std::move(made);
    return true;
  }

  std::optional<Key> asked_;
  Made made_;
  mutable std::mutex mutex_;
  Made mail_;      ///< from the worker
  Worker worker_;  ///< last: its jobs use all of the above
};

}  // namespace qkv::documents
