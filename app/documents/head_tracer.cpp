#include "app/documents/head_tracer.h"

#include <exception>

#include "core/model/head_inputs.h"

namespace qkv::documents {
namespace {

constexpr double kQuickSteps = 2e7;  ///< multiplications that take a few milliseconds

HeadTrace make(const std::shared_ptr<const ModelRun>& run, HeadId head) {
  HeadTrace made{run, head, nullptr, {}};
  try {
    auto inputs = run->model ? model::head_inputs(*run->model, *run->capture, head.layer, head.head) : model::head_inputs(*run->capture, head.layer, head.head);
    made.trace = std::make_shared<const attention::Trace>(attention::attend(std::move(inputs)));
  } catch (const std::exception& error) {
    made.error = error.what();
  }
  return made;
}

double steps_of(const ModelRun& run) {
  const double n = run.capture->n_queries(), d = run.capture->head_dim, width = run.model ? run.model->summary().width : d;
  return n * width * d * 3 + 2 * n * n * d;
}

}  // namespace

std::shared_ptr<const HeadTrace> HeadTracer::of(const std::shared_ptr<const ModelRun>& run, HeadId head) {
  auto made = latest_.of({run, head}, steps_of(*run) < kQuickSteps, [](const auto& key) { return make(key.first, key.second); });
  return made && made->run == run && made->head == head ? made : nullptr;
}

}  // namespace qkv::documents
