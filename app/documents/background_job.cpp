#include "app/documents/background_job.h"

#include <exception>
#include <new>
#include <utility>

namespace qkv::documents {

void BackgroundJob::start(std::string doing, Task task) {
  doing_ = std::move(doing);
  busy_ = true;
  cancelled_ = false;
  fraction_ = fraction_seen_ = 0;
  worker_.submit([this, task = std::move(task)](const std::stop_token& stop) {
    Ended ended;
    try {
      ended.said = task([this](double fraction) { fraction_ = fraction; }, stop);
    } catch (const std::bad_alloc&) {
      ended.error = "There is not enough memory for this; choose a smaller size.";
    } catch (const std::exception& error) {
      ended.error = error.what();
    }
    const std::scoped_lock lock(mutex_);
    ended_ = std::move(ended);
  });
}

void BackgroundJob::cancel() {
  cancelled_ = true;
  worker_.cancel();
}

bool BackgroundJob::progress_moved() {
  constexpr double kVisible = 0.01;
  const double now = fraction_;
  if (now - fraction_seen_ < kVisible) return false;
  fraction_seen_ = now;
  return true;
}

std::optional<BackgroundJob::Ended> BackgroundJob::poll() {
  const bool over = !worker_.busy();
  const std::scoped_lock lock(mutex_);
  if (busy_ && over && !ended_) ended_ = Ended{"", "It was cancelled before it began."};
  if (ended_) busy_ = false;
  return std::exchange(ended_, std::nullopt);
}

}  // namespace qkv::documents
