#include <algorithm>

#include "core/parallel.h"

namespace qkv {
namespace {

/// How often a helper looks for more work before it sleeps: some 20 µs, longer than what lies between two
/// products.
constexpr int kLooks = 2000;

}  // namespace

Team::Team(int threads) {
  if (threads <= 0) threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  for (int t = 1; t < threads; ++t) helpers_.emplace_back([this] { help(); });
}

Team::~Team() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    ++offered_;
  }
  begins_.notify_all();
  for (std::thread& helper : helpers_) helper.join();
}

void Team::take() {
  try {
    for (int i = next_++; i < count_; i = next_++) (*work_)(i);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::current_exception();
    next_ = count_;
  }
}

void Team::help() {
  int seen = 0;
  while (true) {
    for (int look = 0; look < kLooks && offered_.load(std::memory_order_relaxed) == seen; ++look) {
#if defined(__x86_64__)
      __builtin_ia32_pause();
#endif
    }
    std::unique_lock lock(mutex_);
    begins_.wait(lock, [&] { return offered_ != seen; });
    seen = offered_;
    if (closing_) return;
    if (!work_) continue;  // the others were done before this one woke
    ++active_;
    lock.unlock();
    take();
    lock.lock();
    if (--active_ == 0) ends_.notify_one();
  }
}

void Team::share(int count, const std::function<void(int)>& work) {
  if (count <= 1 || helpers_.empty()) {
    for (int i = 0; i < count; ++i) work(i);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    work_ = &work;
    count_ = count;
    next_ = 0;
    failure_ = nullptr;
    ++offered_;
  }
  begins_.notify_all();
  take();
  std::unique_lock lock(mutex_);
  work_ = nullptr;  // a helper that wakes from now on goes back to sleep
  ends_.wait(lock, [&] { return active_ == 0; });
  if (failure_) std::rethrow_exception(failure_);
}

}  // namespace qkv
