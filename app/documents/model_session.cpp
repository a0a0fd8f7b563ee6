#include "app/documents/model_session.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>

namespace qkv::documents {

ModelSession::ModelSession() : history_(ModelState{}) {}

void ModelSession::open(const std::filesystem::path& path) {
  worker_.cancel();
  ++generation_;
  error_.clear();
  // A model that follows another takes along what was typed there; a text of its own is not for the next.
  const bool typed = run_ && run_->model && run_->model->tokenizer() && state().text != run_->sample->text;
  const std::string text = typed ? state().text : std::string();
  worker_.submit([this, path, text, generation = generation_](const std::stop_token& stop) {
    try {
      Mail mail{.generation = generation, .run = {}, .overview = {}, .opened = path, .failed = false, .error = {}};
      if (std::filesystem::is_directory(path)) {
        const auto model = model::Model::open(path, progress(), stop);
        const auto sample = std::make_shared<const Sample>(sample_of(*model, path));
        ModelState state;
        state.text = text.empty() || !model->tokenizer() ? sample->text : text;
        mail.run = run_pass(model, state, sample, nullptr, progress(), stop);
      } else {
        mail.run = run_of_capture(path);
      }
      const auto run = mail.run;
      post(std::move(mail));
      make_overview(run, generation, stop);
    } catch (const std::exception& error) {
      post({.generation = generation, .run = {}, .overview = {}, .opened = {}, .failed = true, .error = error.what()});
    }
  });
}

void ModelSession::cancel() {
  worker_.cancel();
  ++generation_;
}

void ModelSession::submit_pass(const std::shared_ptr<const model::Model>& model) {
  ++generation_;
  error_.clear();
  worker_.cancel();  // a pass whose text is old, or an overview
  worker_.submit([this, model, state = state(), before = run_, generation = generation_](const std::stop_token& stop) {
    try {
      const auto run = run_pass(model, state, before->sample, before, progress(), stop);
      post({.generation = generation, .run = run, .overview = {}, .opened = {}, .failed = false, .error = {}});
      make_overview(run, generation, stop);
    } catch (const std::exception& error) {
      post({.generation = generation, .run = {}, .overview = {}, .opened = {}, .failed = true, .error = error.what()});
    }
  });
}

void ModelSession::make_overview(const std::shared_ptr<const ModelRun>& run, std::uint64_t generation,
                                 const std::stop_token& stop) {
  auto overview = std::make_shared<Overview>();
  const model::Capture& capture = *run->capture;
  overview->run = run;
  for (int layer = 0; layer < static_cast<int>(capture.layers.size()); ++layer) {
    overview->thumbnails.emplace_back();
    for (int head = 0; head < capture.heads; ++head) {
      if (stop.stop_requested()) return;
      overview->thumbnails.back().push_back(model::has_pattern(capture, layer)
                                                ? std::make_shared<const Matrix>(analysis::thumbnail(capture, layer, head, kThumbnail))
                                                : nullptr);
    }
  }
  post({.generation = generation, .run = {}, .overview = std::make_shared<const Overview>(*overview), .opened = {}, .failed = false, .error = {}});
  overview->metrics = analysis::head_metrics(capture, stop);
  if (stop.stop_requested()) return;
  post({.generation = generation, .run = {}, .overview = overview, .opened = {}, .failed = false, .error = {}});
}

void ModelSession::post(Mail mail) {
  const std::scoped_lock lock(mutex_);
  mail_.push_back(std::move(mail));
  fraction_ = 0;
  doing_.clear();
}

model::Progress ModelSession::progress() {
  return [this](double fraction, const std::string& what) {
    const std::scoped_lock lock(mutex_);
    fraction_ = fraction;
    doing_ = what;
  };
}

void ModelSession::push(ModelState next, std::string what, std::string merge_key) {
  if (next == state()) return;
  history_.push(std::move(next), std::move(what), std::move(merge_key));
  changed();
}

void ModelSession::changed() {
  if (!run_ || !run_->model) return;
  try {
    live_ = tokens_of(*run_->model, state().text, state().special_tokens);
    submit_pass(run_->model);
  } catch (const std::exception& error) {
    error_ = error.what();
  }
}

void ModelSession::set_text(const std::string& text) {
  ModelState next = state();
  next.text = text;
  push(std::move(next), "type", "text");
}

void ModelSession::set_special_tokens(bool on) {
  ModelState next = state();
  next.special_tokens = on;
  push(std::move(next), on ? "special tokens" : "no special tokens");
}

void ModelSession::toggle_ablation(HeadId head) {
  ModelState next = state();
  const auto at = std::ranges::lower_bound(next.ablated, head);
  const bool was = at != next.ablated.end() && *at == head;
  if (was) next.ablated.erase(at);
  else next.ablated.insert(at, head);
  push(std::move(next), (was ? "restore L" : "ablate L") + std::to_string(head.layer) + " H" + std::to_string(head.head));
}

void ModelSession::clear_ablations() {
  ModelState next = state();
  next.ablated.clear();
  push(std::move(next), "restore all heads");
}

bool ModelSession::is_ablated(HeadId head) const { return std::ranges::binary_search(state().ablated, head); }

void ModelSession::undo() {
  if (!can_undo()) return;
  history_.undo();
  changed();
}

void ModelSession::redo() {
  if (!can_redo()) return;
  history_.redo();
  changed();
}

bool ModelSession::poll() {
  std::vector<Mail> mail;
  {
    const std::scoped_lock lock(mutex_);
    mail.swap(mail_);
  }
  bool any = predictor_.poll();
  any = tracer_.poll() || any;
  for (Mail& m : mail) {
    if (m.generation != generation_) continue;
    any = true;
    if (m.failed) {
      error_ = std::move(m.error);
    } else if (m.run) {
      if (!m.opened.empty()) {
        path_ = m.opened;
        history_ = History<ModelState>(m.run->state);
      }
      run_ = std::move(m.run);
      live_ = run_->tokens;
      if (!m.opened.empty() || !overview_ || overview_->thumbnails.size() != run_->capture->layers.size()) overview_ = nullptr;
    } else if (m.overview) {
      overview_ = std::move(m.overview);
    }
  }
  return any;
}

bool ModelSession::progress_moved() {
  constexpr double kStep = 0.01;
  const std::scoped_lock lock(mutex_);
  if (std::abs(fraction_ - fraction_seen_) < kStep) return false;
  fraction_seen_ = fraction_;
  return true;
}

bool ModelSession::busy() const {
  const std::scoped_lock lock(mutex_);
  return worker_.busy() || !mail_.empty() || predictor_.busy() || tracer_.busy();
}

void ModelSession::wait() {
  worker_.wait();
  predictor_.wait();
  tracer_.wait();
  poll();
}

double ModelSession::fraction() const {
  const std::scoped_lock lock(mutex_);
  return fraction_;
}

std::string ModelSession::doing() const {
  const std::scoped_lock lock(mutex_);
  return doing_;
}

}  // namespace qkv::documents
