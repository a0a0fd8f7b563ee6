#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace qkv::documents {

/// One thread for long work, of which only the latest counts: a job given while another still waits takes its
/// place. The running one is not interrupted by a newer one, so that a long drag shows results on the way.
class Worker {
 public:
  /// Must not throw. The token asks it to end early: the worker is being destroyed or the job was cancelled.
  using Job = std::function<void(std::stop_token)>;

  Worker();
  /// Drops the waiting job, asks the running one to stop and waits for it.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void submit(Job job);
  /// Drops the waiting job and asks the running one to stop, without waiting for it.
  void cancel();
  /// A job waits or runs.
  bool busy() const;
  /// Blocks until no job waits or runs.
  void wait();

 private:
  void run(std::stop_token quit);

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  Job waiting_;
  bool running_ = false;
  std::stop_source job_stop_;
  std::jthread thread_;  ///< from the first job on; last: it uses all of the above
};

}  // namespace qkv::documents
