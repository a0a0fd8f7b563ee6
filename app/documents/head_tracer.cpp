#include "app/documents/head_tracer.h"

#include <exception>
#include <utility>

#include "core/model/head_inputs.h"

namespace qkv::documents {
namespace {

constexpr double kQuickSteps = 2e7;  ///< multiplications that take a few milliseconds

std::shared_ptr<const HeadTrace> make(const std::shared_ptr<const ModelRun>& run, HeadId head) {
  auto made = std::make_shared<HeadTrace>(HeadTrace{run, head, nullptr, {}});
  try {
    auto inputs = run->model ? model::head_inputs(*run->model, *run->capture, head.layer, head.head) : model::head_inputs(*run->capture, head.layer, head.head);
    made->trace = std::make_shared<const attention::Trace>(attention::attend(std::move(inputs)));
  } catch (const std::exception& error) {
    made->error = error.what();
  }
  return made;
}

double steps_of(const ModelRun& run) {
  const double n = run.capture->n_queries(), d = run.capture->head_dim, width = run.model ? run.model->summary().width : d;
  return n * width * d * 3 + 2 * n * n * d;
}

}  // namespace

std::shared_ptr<const HeadTrace> HeadTracer::of(const std::shared_ptr<const ModelRun>& run, HeadId head) {
  const bool here = latest_ && latest_->run == run && latest_->head == head;
  if (here || (asked_run_.lock() == run && asked_head_ == head)) return here ? latest_ : nullptr;
  asked_run_ = run;
  asked_head_ = head;
  if (steps_of(*run) < kQuickSteps) {
    latest_ = make(run, head);
    return latest_;
  }
  worker_.submit([this, run, head](const std::stop_token&) {
    auto made = make(run, head);
    const std::scoped_lock lock(mutex_);
    mail_ = std::move(made);
  });
  return nullptr;
}

bool HeadTracer::poll() {
  const std::scoped_lock lock(mutex_);
  if (!mail_) return false;
  latest_ = std::exchange(mail_, nullptr);
  return true;
}

bool HeadTracer::busy() const {
  const std::scoped_lock lock(mutex_);
  return worker_.busy() || mail_ != nullptr;
}

void HeadTracer::wait() {
  worker_.wait();
  poll();
}

}  // namespace qkv::documents
