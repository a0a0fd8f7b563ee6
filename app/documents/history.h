#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace qkv::documents {

/// Undo and redo of anything: a list of immutable values and a place in it. Without limit, since values share
/// what they did not change.
template <class T>
class History {
 public:
  explicit History(T start) : History(std::make_shared<const T>(std::move(start))) {}
  explicit History(std::shared_ptr<const T> start) { steps_.push_back({std::move(start), {}, {}}); }

  const T& current() const { return *steps_[at_].value; }
  const std::shared_ptr<const T>& shared() const { return steps_[at_].value; }

  /// Makes `next` current, as a new step called `what`; forgets what was undone. With the merge key of the
  /// last push (not empty, gesture not ended) it replaces that step instead: one drag is one step.
  void push(T next, std::string what, std::string merge_key = {}) {
    const bool merges = gesture_open_ && !merge_key.empty() && merge_key == steps_[at_].merge_key;
    steps_.resize(at_ + 1);
    if (merges) steps_.pop_back();
    gesture_open_ = !merge_key.empty();
    steps_.push_back({std::make_shared<const T>(std::move(next)), std::move(what), std::move(merge_key)});
    at_ = steps_.size() - 1;
  }
  /// The next push is a step of its own, whatever its merge key.
  void end_gesture() { gesture_open_ = false; }

  bool can_undo() const { return at_ > 0; }
  bool can_redo() const { return at_ + 1 < steps_.size(); }
  /// What undo() takes back and redo() does again; empty when there is nothing.
  std::string undo_name() const { return can_undo() ? steps_[at_].what : std::string(); }
  std::string redo_name() const { return can_redo() ? steps_[at_ + 1].what : std::string(); }
  void undo() { move_to(can_undo() ? at_ - 1 : at_); }
  void redo() { move_to(can_redo() ? at_ + 1 : at_); }

 private:
  struct Step {
    std::shared_ptr<const T> value;
    std::string what;
    std::string merge_key;
  };

  void move_to(std::size_t at) {
    at_ = at;
    gesture_open_ = false;
  }

  std::vector<Step> steps_;  ///< the start, then every step
  std::size_t at_ = 0;
  bool gesture_open_ = false;
};

}  // namespace qkv::documents
