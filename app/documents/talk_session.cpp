#include "app/documents/talk_session.h"

#include <algorithm>

#include "core/error.h"
#include "core/experiment/claim.h"

namespace qkv::documents {

TalkSession::TalkSession(Talk talk, std::filesystem::path assets, std::filesystem::path own_lessons, int step)
    : talk_(std::move(talk)), assets_(std::move(assets)), own_lessons_(std::move(own_lessons)) {
  if (talk_.steps.empty()) throw Error("The talk '" + talk_.title + "' has no steps: write at least one heading with a step block.");
  go_to(step);
}

void TalkSession::go_to(int step) {
  if (step < 0 || step >= count()) throw Error("The talk has " + std::to_string(count()) + " steps; there is no step " + std::to_string(step + 1) + ".");
  const TalkStep& next = talk_.steps[static_cast<std::size_t>(step)];
  if (next.stage) show_stage(*next.stage);
  if (next.lesson) show_lesson(*next.lesson);
  if (next.model) show_model(*next.model);
  index_ = step;
}

void TalkSession::show_stage(const StageStep& step) {
  std::string wanted = step.experiment;
  for (const std::string& setting : step.settings) wanted += "\n" + setting;
  if (!document_ || wanted != shown_experiment_) {
    const auto inside = std::ranges::find(talk_.experiments, step.experiment, [](const auto& named) { return named.first; });
    experiment::Experiment e;
    if (inside != talk_.experiments.end()) {
      e = *inside->second;
      for (const std::string& setting : step.settings) e = experiment::with_setting(e, setting);
    } else {
      e = set_up({.experiment = step.experiment, .sentence = {}, .settings = step.settings}, talk_.path.parent_path(), assets_);
    }
    document_ = std::make_unique<LabDocument>(std::move(e));
    document_->wait();
    if (!document_->error().empty()) throw Error(document_->error());
    shown_experiment_ = wanted;
  }
  const auto& trace = *document_->trace();
  const int layers = static_cast<int>(trace.layers.size());
  if (step.layer >= layers || step.head >= static_cast<int>(trace.layers[static_cast<std::size_t>(step.layer)].heads.size()))
    throw Error("The experiment '" + step.experiment + "' has no head " + std::to_string(step.layer) + "." + std::to_string(step.head) + ": choose another in the talk.");
  const experiment::Experiment& e = document_->experiment();
  const auto token = [&](const std::string& name, int otherwise) {
    if (name.empty()) return otherwise;
    return experiment::place_from("x[" + name + ",*]", e, trace).cell.row;
  };
  int query = trace.n() - 1, key = 0;
  if (!e.targets.empty()) {
    query = std::min(e.targets.front().query, trace.n() - 1);
    key = std::min(e.targets.front().key, trace.n() - 1);
  }
  query_ = token(step.query, query);
  key_ = token(step.key, key);
}

void TalkSession::show_lesson(const LessonReference& step) {
  if (!lessons_) lessons_ = std::make_unique<LearnSession>(assets_, own_lessons_, std::filesystem::path());
  const auto& shelf = lessons_->shelf().lessons;
  const auto it = std::ranges::find(shelf, step.lesson, &Lesson::number);
  if (it == shelf.end() || step.step < 1 || step.step > static_cast<int>(it->steps.size()))
    throw Error("The talk shows step " + std::to_string(step.step) + " of lesson " + std::to_string(step.lesson) + ", which is not among the lessons of this program: copy that lesson here, or take the step out of the talk.");
  lessons_->go_to(static_cast<int>(it - shelf.begin()), step.step - 1);
}

void TalkSession::show_model(const ModelStep& step) {
  std::filesystem::path folder = assets_ / "models" / step.model;
  std::error_code error;
  if (!std::filesystem::exists(folder, error)) folder = talk_.path.parent_path() / step.model;
  if (!std::filesystem::exists(folder, error)) throw Error("The talk shows the model '" + step.model + "', which is neither among the program's models nor beside the talk: give its path.");
  if (!model_) model_ = std::make_unique<ModelSession>();
  if (model_->path() != folder) {
    model_->open(folder);
    model_->wait();
  }
  if (!model_->error().empty()) throw Error(model_->error());
  if (!step.text.empty() && model_->state().text != step.text) model_->set_text(step.text);
}

bool TalkSession::poll() {
  bool changed = document_ && document_->poll();
  changed = (model_ && model_->poll()) || changed;
  return (lessons_ && lessons_->is_open() && lessons_->poll()) || changed;
}
bool TalkSession::busy() const {
  return (document_ && document_->busy()) || (model_ && model_->busy()) || (lessons_ && lessons_->is_open() && lessons_->busy());
}
void TalkSession::wait() {
  if (document_) document_->wait();
  if (model_) model_->wait();
  if (lessons_ && lessons_->is_open()) lessons_->wait();
}

}  // namespace qkv::documents
