#include "app/documents/lab_document.h"

#include <chrono>
#include <exception>
#include <utility>

#include "app/documents/autosave.h"
#include "core/error.h"
#include "core/experiment/json.h"

namespace qkv::documents {
namespace {

constexpr double kQuickSeconds = 0.002;  ///< longer ones would be felt within a frame
constexpr double kTellingSteps = 1e6;    ///< shorter evaluations measure overhead, not speed

/// Multiplications, roughly; making a number from its rule counts as ten.
double steps_of(const experiment::Experiment& e) {
  const double n = static_cast<double>(e.tokens.size()), d_model = e.d_model, d_k = e.d_k, d_v = e.d_v;
  double steps = 10 * n * d_model;
  for (const auto& layer : e.layers) {
    const double heads = static_cast<double>(layer.heads.size());
    const double parameters = d_model * (2 * d_k + d_v) + (layer.w_o ? d_v * d_model : 0);
    steps += heads * ((n + 10) * parameters + n * n * (d_k + d_v));
  }
  return steps;
}

}  // namespace

LabDocument::LabDocument(experiment::Experiment start, Autosave* autosave)
    : history_(std::move(start)), saved_(history_.shared()), autosave_(autosave) {
  Result first = compute(here_, history_.shared(), false, generation_);
  if (!first.error.empty()) throw Error(first.error);
  show(std::move(first));
}

std::shared_ptr<const attention::Trace> LabDocument::start_trace() {
  if (!shown_.start_trace && !wants_start_) {
    wants_start_ = true;
    ++generation_;
    evaluate_current();
  }
  return shown_.start_trace;
}

void LabDocument::drop_start_trace() {
  wants_start_ = false;
  shown_.start_trace.reset();
}

void LabDocument::apply(experiment::Experiment next, std::string what, std::string merge_key) {
  history_.push(std::move(next), std::move(what), std::move(merge_key));
  changed();
}

void LabDocument::undo() {
  if (!can_undo()) return;
  history_.undo();
  changed();
}

void LabDocument::redo() {
  if (!can_redo()) return;
  history_.redo();
  changed();
}

bool LabDocument::poll() {
  std::unique_ptr<Result> result;
  {
    const std::scoped_lock lock(mail_mutex_);
    result = std::move(mail_);
  }
  // Newer than what is shown is good enough: during a long drag the newest is always still being made.
  if (!result || result->generation <= shown_.generation) return false;
  show(std::move(*result));
  return true;
}

void LabDocument::wait() {
  worker_.wait();
  poll();
}

void LabDocument::save_as(const std::filesystem::path& path) {
  experiment::save(history_.current(), path);
  path_ = path;
  saved_ = history_.shared();
  keep();
}

void LabDocument::replace(experiment::Experiment other, std::filesystem::path path, bool as_unsaved) {
  const bool quick = is_quick(other);
  const auto value = std::make_shared<const experiment::Experiment>(std::move(other));
  Result first;
  if (quick) {
    first = compute(here_, value, false, generation_ + 1);
    if (!first.error.empty()) throw Error(first.error);
  }
  worker_.cancel();
  ++generation_;
  history_ = History<experiment::Experiment>(value);
  path_ = std::move(path);
  saved_ = as_unsaved ? nullptr : history_.shared();
  wants_start_ = false;
  keep();
  if (quick) {
    show(std::move(first));
  } else {
    submit();
  }
}

void LabDocument::keep() {
  if (!autosave_) return;
  if (unsaved()) {
    autosave_->keep(history_.shared(), path_);
  } else {
    autosave_->discard();
  }
}

LabDocument::Result LabDocument::compute(experiment::Evaluator& evaluator, Value value, bool with_start,
                                         std::uint64_t generation) {
  Result result;
  result.experiment = value;
  result.generation = generation;
  const auto begin = std::chrono::steady_clock::now();
  try {
    result.trace = std::make_shared<const attention::Trace>(evaluator.evaluate(*value));
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (with_start) {
      result.start_trace =
          std::make_shared<const attention::Trace>(evaluator.evaluate(experiment::without_edits(*value)));
    }
  } catch (const std::exception& error) {  // bad_alloc too: the last trace stays
    result.error = error.what();
  }
  return result;
}

void LabDocument::changed() {
  ++generation_;
  keep();
  evaluate_current();
}

void LabDocument::evaluate_current() {
  // While the worker is at it, what is quick waits its turn too, or an older result could overtake it.
  if (is_quick(history_.current()) && !worker_.busy()) {
    show(compute(here_, history_.shared(), wants_start_, generation_));
  } else {
    submit();
  }
}

void LabDocument::submit() {
  worker_.submit([this, value = history_.shared(), with_start = wants_start_,
                  generation = generation_](const std::stop_token& stop) {
    auto result = std::make_unique<Result>(compute(there_, value, with_start, generation));
    const std::scoped_lock lock(mail_mutex_);
    if (!stop.stop_requested()) mail_ = std::move(result);
  });
}

void LabDocument::show(Result result) {
  if (!result.error.empty()) {
    shown_.error = std::move(result.error);
    shown_.generation = result.generation;
    return;
  }
  if (const double steps = steps_of(*result.experiment); steps > kTellingSteps) {
    seconds_per_step_ = result.seconds / steps;
  }
  shown_ = std::move(result);
}

bool LabDocument::is_quick(const experiment::Experiment& e) const {
  return steps_of(e) * seconds_per_step_ * (wants_start_ ? 2 : 1) < kQuickSeconds;
}

bool LabDocument::mail_waits() const {
  const std::scoped_lock lock(mail_mutex_);
  return mail_ != nullptr;
}

}  // namespace qkv::documents
