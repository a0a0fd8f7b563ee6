#pragma once
#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "app/documents/worker.h"

namespace qkv::documents {

/// One long task with a name, a progress and an end that is told once: an export.
class BackgroundJob {
 public:
  /// Returns what to say when it is done; may throw, which is told as the error. `progress` takes 0 … 1.
  using Task = std::function<std::string(const std::function<void(double)>& progress, const std::stop_token& stop)>;
  struct Ended {
    std::string said, error;  ///< one of them is empty
  };

  /// Begins; not while another is under way.
  void start(std::string doing, Task task);
  /// Asks it to stop; it ends with an error of its own.
  void cancel();
  bool cancelled() const { return cancelled_; }
  bool busy() const { return busy_; }
  const std::string& doing() const { return doing_; }
  double fraction() const { return fraction_; }
  /// True when the fraction changed enough to be drawn again.
  bool progress_moved();
  /// How it ended, once.
  std::optional<Ended> poll();
  void wait() { worker_.wait(); }

 private:
  std::string doing_;
  bool busy_ = false, cancelled_ = false;
  std::atomic<double> fraction_ = 0;
  double fraction_seen_ = 0;
  std::mutex mutex_;
  std::optional<Ended> ended_;
  Worker worker_;  ///< last: its jobs use all of the above
};

}  // namespace qkv::documents
