#include "app/documents/worker.h"

#include <utility>

namespace qkv::documents {

Worker::Worker() = default;

Worker::~Worker() {
  cancel();
  thread_.request_stop();
}

void Worker::submit(Job job) {
  {
    const std::scoped_lock lock(mutex_);
    waiting_ = std::move(job);
    if (!thread_.joinable()) thread_ = std::jthread([this](std::stop_token quit) { run(std::move(quit)); });
  }
  changed_.notify_all();
}

void Worker::cancel() {
  const std::scoped_lock lock(mutex_);
  waiting_ = nullptr;
  job_stop_.request_stop();
}

bool Worker::busy() const {
  const std::scoped_lock lock(mutex_);
  return running_ || waiting_;
}

void Worker::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !running_ && !waiting_; });
}

void Worker::run(std::stop_token quit) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, quit, [this] { return waiting_ != nullptr; }) && !quit.stop_requested()) {
    const Job job = std::exchange(waiting_, nullptr);
    job_stop_ = std::stop_source();
    running_ = true;
    const std::stop_token stop = job_stop_.get_token();
    lock.unlock();
    job(stop);
    lock.lock();
    running_ = false;
    changed_.notify_all();
  }
}

}  // namespace qkv::documents
