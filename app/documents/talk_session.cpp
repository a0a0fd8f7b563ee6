#include "app/documents/talk_session.h"

#include <algorithm>
#include <set>

#include "app/documents/opening_pair.h"
#include "core/error.h"
#include "core/experiment/claim.h"
#include "core/files/tensors.h"
#include "core/model/config.h"

namespace qkv::documents {
namespace {

constexpr std::uintmax_t kMaxConfigBytes = 16 << 20;

/// Steps of one key share an experiment.
std::string key_of(const StageStep& step) {
  std::string key = step.experiment;
  for (const std::string& setting : step.settings) key += "\n" + setting;
  return key;
}

/// Such an experiment comes with every copy of the program.
bool is_of_program(const std::string& experiment, const std::filesystem::path& assets) {
  const std::filesystem::path name = experiment;
  std::error_code error;
  return name.filename() == name && name.extension().empty() &&
         (experiment == "cat_sat_down" || std::filesystem::is_regular_file(assets / "experiments" / (experiment + ".json"), error));
}

/// "experiment-3": the first that no experiment of the talk has.
std::string free_name(const Talk& talk) {
  const auto taken = [&](const std::string& name) { return std::ranges::find(talk.experiments, name, [](const auto& named) { return named.first; }) != talk.experiments.end(); };
  int n = 1;
  while (taken("experiment-" + std::to_string(n))) ++n;
  return "experiment-" + std::to_string(n);
}

/// Throws Error when there is no such head.
void expect_head(const ModelStep& step, int layers, int heads) {
  if (step.layer < layers && step.head < heads) return;
  throw Error("The model '" + step.model + "' has no head " + std::to_string(step.layer) + "." + std::to_string(step.head) + ": its last is " + std::to_string(layers - 1) + "." +
              std::to_string(heads - 1) + ", both counted from 0; choose another in the talk.");
}

}  // namespace

TalkSession::TalkSession(Talk talk, std::filesystem::path assets, std::filesystem::path own_lessons, int step)
    : talk_(std::move(talk)), assets_(std::move(assets)), own_lessons_(std::move(own_lessons)) {
  if (talk_.steps.empty()) throw Error("The talk '" + talk_.title + "' has no steps: write at least one heading with a step block.");
  go_to(step);
}

void TalkSession::go_to(int step) {
  if (step < 0 || step >= count()) throw Error("The talk has " + std::to_string(count()) + " steps; there is no step " + std::to_string(step + 1) + ".");
  const TalkStep& next = talk_.steps[static_cast<std::size_t>(step)];
  try {
    if (next.stage) show_stage(*next.stage);
    if (next.lesson) show_lesson(*next.lesson);
    if (next.model) show_model(*next.model);
  } catch (const Error& error) {
    throw Error(placed(next, error.what()));
  }
  index_ = step;
}

std::string TalkSession::placed(const TalkStep& step, const std::string& says) const {
  return talk_.path.empty() ? says : talk_.path.string() + ":" + std::to_string(step.line) + ": " + says;
}

void TalkSession::show_stage(const StageStep& step) {
  LabDocument& document = document_of(step);
  const auto& trace = *document.trace();
  const int layers = static_cast<int>(trace.layers.size());
  if (step.layer >= layers || step.head >= static_cast<int>(trace.layers[static_cast<std::size_t>(step.layer)].heads.size()))
    throw Error("The experiment '" + step.experiment + "' has no head " + std::to_string(step.layer) + "." + std::to_string(step.head) + ": choose another in the talk.");
  const experiment::Experiment& e = document.experiment();
  const auto token = [&](const std::string& name, int otherwise) {
    if (name.empty()) return otherwise;
    return experiment::place_from("scores[" + name + ",*]", e, trace).cell.row;
  };
  auto [query, key] = opening_pair(e, trace, step.layer, step.head);
  if (!e.targets.empty()) {
    query = std::min(e.targets.front().query, trace.n() - 1);
    key = std::min(e.targets.front().key, trace.n() - 1);
  }
  query = token(step.query, query);
  key_ = token(step.key, key);
  query_ = query;
  document_ = &document;
}

LabDocument& TalkSession::document_of(const StageStep& step) {
  std::unique_ptr<LabDocument>& document = documents_[key_of(step)];
  if (document) return *document;
  const auto inside = std::ranges::find(talk_.experiments, step.experiment, [](const auto& named) { return named.first; });
  experiment::Experiment e;
  if (inside != talk_.experiments.end()) {
    e = *inside->second;
    for (const std::string& setting : step.settings) e = experiment::with_setting(e, setting);
  } else {
    e = set_up({.experiment = step.experiment, .sentence = {}, .settings = step.settings}, talk_.path.parent_path(), assets_);
  }
  auto made = std::make_unique<LabDocument>(std::move(e));
  made->wait();
  if (!made->error().empty()) throw Error(made->error());
  document = std::move(made);
  return *document;
}

Talk TalkSession::as_given() const {
  Talk given = talk_;
  for (const auto& [key, document] : documents_) {
    if (!document || !document->can_undo()) continue;
    const std::string name = free_name(given);
    given.experiments.emplace_back(name, std::make_shared<experiment::Experiment>(document->experiment()));
    for (TalkStep& step : given.steps) {
      if (!step.stage || key_of(*step.stage) != key) continue;
      step.stage->experiment = name;
      step.stage->settings.clear();
    }
  }
  // Elsewhere nothing lies beside the talk: what it has from there goes inside.
  std::map<std::string, std::string> inside;
  for (const auto& [name, experiment] : given.experiments) inside[name] = name;
  for (TalkStep& step : given.steps) {
    if (!step.stage) continue;
    std::string& from = step.stage->experiment;
    if (!inside.contains(from)) {
      if (is_of_program(from, assets_)) continue;
      const std::string name = free_name(given);
      given.experiments.emplace_back(name, std::make_shared<experiment::Experiment>(set_up({.experiment = from, .sentence = {}, .settings = {}}, talk_.path.parent_path(), assets_)));
      inside[from] = inside[name] = name;
    }
    from = inside[from];
  }
  // What no step shows any more is left out.
  std::erase_if(given.experiments, [&](const auto& named) {
    return std::ranges::none_of(given.steps, [&](const TalkStep& step) { return step.stage && step.stage->experiment == named.first; });
  });
  return given;
}

std::vector<std::string> TalkSession::to_take_along() const {
  std::set<std::string> words;
  std::set<int> shipped;
  for (const Lesson& lesson : read_lessons({assets_ / "lessons"}).lessons) shipped.insert(lesson.number);
  std::error_code ignored;
  for (const TalkStep& step : talk_.steps) {
    if (step.model && !std::filesystem::exists(assets_ / "models" / step.model->model, ignored)) words.insert("the model '" + step.model->model + "'");
    if (step.lesson && !shipped.contains(step.lesson->lesson)) words.insert("your lesson " + std::to_string(step.lesson->lesson));
  }
  return {words.begin(), words.end()};
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
  if (const auto config = folder / "config.json"; std::filesystem::is_regular_file(config, error)) {  // known before the model is open
    const model::Config says = model::parse_config(files::read_file(config, kMaxConfigBytes), config.string());
    expect_head(step, says.layers, says.heads);
  }
  if (!model_) model_ = std::make_unique<ModelSession>();
  if (model_->path() != folder) {
    model_->open(folder);
    first_text_.reset();
  }
  wanted_text_ = step.text;
  type_text();
}

/// Once the model is open: its text is what the step says, or what the model began with.
void TalkSession::type_text() {
  if (!wanted_text_ || !model_->is_open() || (model_->busy() && !first_text_)) return;
  if (!first_text_) first_text_ = model_->state().text;
  const std::string text = wanted_text_->empty() ? *first_text_ : *wanted_text_;
  wanted_text_.reset();
  if (model_->state().text != text) model_->set_text(text);
}

void TalkSession::check_model() const {
  if (!step().model || !model_) return;
  const ModelStep& shown = *step().model;
  try {
    if (!model_->error().empty()) throw Error(model_->error());
    if (!model_is_ready() || !model_->is_open()) return;
    const auto& capture = *model_->run()->capture;
    expect_head(shown, static_cast<int>(capture.layers.size()), capture.heads);
    if (!model_->busy() && shown.query >= static_cast<int>(capture.n_queries()))
      throw Error("The text has " + std::to_string(capture.n_queries()) + " tokens, counted from 0; there is no token " + std::to_string(shown.query) + ": choose another query in the talk.");
  } catch (const Error& error) {
    throw Error(placed(step(), error.what()));
  }
}

bool TalkSession::poll() {
  bool changed = document_ && document_->poll();
  changed = (model_ && model_->poll()) || changed;
  if (model_) type_text();
  return (lessons_ && lessons_->is_open() && lessons_->poll()) || changed;
}
bool TalkSession::busy() const {
  return (document_ && document_->busy()) || (model_ && model_->busy()) || (lessons_ && lessons_->is_open() && lessons_->busy());
}
void TalkSession::wait() {
  if (document_) document_->wait();
  if (model_) {
    model_->wait();
    type_text();
    model_->wait();
  }
  if (lessons_ && lessons_->is_open()) lessons_->wait();
  check_model();
}

}  // namespace qkv::documents
