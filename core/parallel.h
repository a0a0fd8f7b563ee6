#pragma once
#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace qkv {

/// Threads that wait for work. They sleep while there is none, where OpenMP's would spin: on a machine with
/// other things to do that is the difference between a pause of microseconds and one of milliseconds.
class Team {
 public:
  /// `threads` counts the caller's; 0: one for every core.
  explicit Team(int threads = 0);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;
  int threads() const { return static_cast<int>(helpers_.size()) + 1; }

  /// Calls work(0) … work(count − 1), each once, on every thread and the caller's, and returns when all are
  /// done; the first exception is thrown again. Not to be called from within work, nor by two threads at
  /// once.
  void share(int count, const std::function<void(int)>& work);

 private:
  void help();
  void take();

  std::vector<std::thread> helpers_;
  std::mutex mutex_;
  std::condition_variable begins_, ends_;
  const std::function<void(int)>* work_ = nullptr;  // null: none to be begun
  int count_ = 0, active_ = 0;
  bool closing_ = false;
  std::atomic<int> next_ = 0,
                   offered_ = 0;  // offered_: number of the last piece of work, for those who look at it
  std::exception_ptr failure_;
};

}  // namespace qkv
