#include "app/documents/learn_session.h"

#include <algorithm>

#include "app/documents/lesson_lines.h"
#include "core/error.h"
#include "core/experiment/operations.h"

namespace qkv::documents {
namespace fs = std::filesystem;
namespace {

using experiment::Cell;
using experiment::Experiment;

std::unique_ptr<LabDocument> document_of(const Experiment& experiment) { return std::make_unique<LabDocument>(experiment); }

bool is_check_step(const LessonStep& step) { return step.figure.name == "check"; }

/// set_up, whose refusal says where in the lesson the mistake is.
Experiment set_up_of(const Lesson& lesson, const LessonStep& step, const Setup& setup, const char* key, const fs::path& assets) {
  try {
    return set_up(setup, lesson.path.parent_path(), assets);
  } catch (const Error& error) {
    refuse_at(lesson.path.string(), step.line_of(key), error.what());
  }
}

/// Numbers of x of the first layer are the embedding's, where nothing is added to it.
Cell as_shown(Cell cell) {
  if (cell.stage == attention::Stage::embedding) cell.stage = attention::Stage::x;
  return cell;
}

}  // namespace

LearnSession::LearnSession(fs::path assets, fs::path own_folder, fs::path progress_folder)
    : assets_(std::move(assets)), progress_folder_(std::move(progress_folder)) {
  shelf_ = read_lessons({assets_.empty() ? fs::path() : assets_ / "lessons", own_folder});
  progress_ = load_progress(progress_folder_);
  open_where_left();
}

LearnSession::~LearnSession() { keeper_.wait(); }

/// Where the reader was, or the first step that can be shown.
void LearnSession::open_where_left() {
  const auto try_open = [this](int lesson, int step) {
    try {
      open(lesson, step, progress_.quiz.at);
    } catch (const std::exception& error) {
      shelf_.troubles.emplace_back(error.what());
    }
    return is_open();
  };
  const bool is_whole = std::ranges::all_of(progress_.quiz.items, [this](const Quiz::Item& item) { return find_question(shelf_, item.key).has_value(); });
  if (!is_whole) progress_.quiz = {};  // its lessons have changed
  const int count = static_cast<int>(shelf_.lessons.size());
  for (int i = 0; i < count; ++i) {
    const Lesson& lesson = shelf_.lessons[static_cast<std::size_t>(i)];
    const bool is_there = progress_.step >= 0 && progress_.step < static_cast<int>(lesson.steps.size());
    if (is_there && lesson.path.filename() == progress_.lesson && try_open(i, progress_.step)) return;
  }
  for (int i = 0; i < count; ++i)
    if (try_open(i, 0)) return;
}

void LearnSession::open(int lesson_index, int step_index, int item) {
  if (lesson_index < 0 || lesson_index >= static_cast<int>(shelf_.lessons.size())) throw Error("There is no such lesson.");
  const Lesson& lesson = shelf_.lessons[static_cast<std::size_t>(lesson_index)];
  if (step_index < 0 || step_index >= static_cast<int>(lesson.steps.size()))
    throw Error("Lesson " + std::to_string(lesson.number) + " has no step " + std::to_string(step_index + 1) + "; it has " +
                std::to_string(lesson.steps.size()) + ".");
  std::pair<int, int> shown{lesson_index, step_index};
  std::string place = lesson.path.string() + "/" + std::to_string(step_index);
  const auto& items = progress_.quiz.items;
  if (is_check_step(lesson.steps[static_cast<std::size_t>(step_index)]) && item >= 0 && item < static_cast<int>(items.size())) {
    shown = find_question(shelf_, items[static_cast<std::size_t>(item)].key).value_or(shown);
    place = "quiz " + std::to_string(progress_.quiz.seed) + "/" + std::to_string(item);
  }
  const Lesson& source = shelf_.lessons[static_cast<std::size_t>(shown.first)];
  const LessonStep& step = source.steps[static_cast<std::size_t>(shown.second)];
  // Everything that may fail comes first: the reader stays where they are then.
  const auto start = std::make_shared<const Experiment>(set_up_of(source, step, step.setup, "experiment", assets_));
  const auto beside_start = step.beside ? std::make_shared<const Experiment>(set_up_of(source, step, *step.beside, "beside", assets_)) : nullptr;
  const auto found = left_.find(place);
  const Left left = found == left_.end() || place == place_ ? Left{start, beside_start, nullptr} : found->second;
  auto start_trace = std::make_shared<const attention::Trace>(experiment::evaluate(*start));
  auto beside_trace = beside_start ? std::make_shared<const attention::Trace>(experiment::evaluate(*beside_start)) : nullptr;
  std::vector<std::string> claims;
  if (source.path.parent_path() != assets_ / "lessons") {
    std::optional<experiment::Scope> second;
    if (beside_start) second.emplace(experiment::Scope{*beside_start, *beside_trace, *beside_start, *beside_trace});
    claims = documents::false_claims(source, step, {*start, *start_trace, *start, *start_trace, second ? &*second : nullptr});
  }
  auto document = document_of(*left.experiment);
  auto beside = left.beside ? document_of(*left.beside) : nullptr;

  leave();
  document_ = std::move(document);
  beside_ = std::move(beside);
  start_experiment_ = start;
  beside_start_experiment_ = beside_start;
  start_ = std::move(start_trace);
  beside_start_ = std::move(beside_trace);
  unanswered_ = left.unanswered;
  lesson_ = lesson_index;
  step_ = step_index;
  shown_ = shown;
  place_ = std::move(place);
  false_claims_ = std::move(claims);
}

void LearnSession::leave() {
  if (!is_open()) return;
  left_[place_] = {std::make_shared<const Experiment>(document_->experiment()),
                   beside_ ? std::make_shared<const Experiment>(beside_->experiment()) : nullptr, unanswered_};
}

void LearnSession::go_to(int lesson_index, int step_index) {
  if (is_open() && lesson_index == lesson_ && step_index == step_) return;
  open(lesson_index, step_index, progress_.quiz.at);
  const std::string name = lesson().path.filename().string();
  progress_.lesson = name;
  progress_.step = step_;
  int& reached = progress_.reached[name];
  reached = std::max(reached, step_);
  keep_progress();
}

bool LearnSession::next() {
  if (!is_open()) return false;
  if (is_check()) {
    if (progress_.quiz.items.empty()) start_quiz();
    else if (progress_.quiz.at < static_cast<int>(progress_.quiz.items.size())) go_to_question(progress_.quiz.at + 1);
    else return next_step();
    return true;
  }
  return next_step();
}

bool LearnSession::next_step() {
  if (step_ + 1 < static_cast<int>(lesson().steps.size())) {
    go_to(lesson_, step_ + 1);
    return true;
  }
  if (lesson_ + 1 >= static_cast<int>(shelf_.lessons.size())) return false;
  go_to(lesson_ + 1, 0);
  return true;
}

bool LearnSession::previous() {
  if (!is_open()) return false;
  if (is_check() && !progress_.quiz.items.empty() && progress_.quiz.at >= 0) {
    go_to_question(progress_.quiz.at - 1);
    return true;
  }
  if (step_ > 0) {
    go_to(lesson_, step_ - 1);
    return true;
  }
  if (lesson_ == 0) return false;
  go_to(lesson_ - 1, static_cast<int>(shelf_.lessons[static_cast<std::size_t>(lesson_ - 1)].steps.size()) - 1);
  return true;
}

bool LearnSession::is_check() const { return is_open() && is_check_step(lesson().steps[static_cast<std::size_t>(step_)]); }

const Quiz* LearnSession::quiz() const { return is_check() && !progress_.quiz.items.empty() ? &progress_.quiz : nullptr; }

void LearnSession::start_quiz(std::optional<std::uint64_t> seed) {
  if (!is_check()) return;
  Quiz drawn = draw_quiz(shelf_, seed.value_or(experiment::next_seed(progress_.quiz.seed)));
  if (drawn.items.empty()) throw Error("There is no question in any lesson, so there is nothing to check.");
  Quiz before = std::exchange(progress_.quiz, std::move(drawn));
  try {
    open(lesson_, step_, 0);
    std::erase_if(left_, [](const auto& entry) { return entry.first.starts_with("quiz "); });
  } catch (...) {
    progress_.quiz = std::move(before);
    throw;
  }
  progress_.quiz.at = 0;
  keep_progress();
}

void LearnSession::go_to_question(int item) {
  if (!quiz() || item < -1 || item > static_cast<int>(progress_.quiz.items.size()) || item == progress_.quiz.at) return;
  open(lesson_, step_, item);
  progress_.quiz.at = item;
  keep_progress();
}

void LearnSession::start_again() {
  if (!is_open()) return;
  document_->apply(*start_experiment_, "start the step again");
  document_->end_gesture();
  if (beside_) beside_->apply(*beside_start_experiment_, "start the step again");
  if (beside_) beside_->end_gesture();
  unanswered_.reset();
}

experiment::Scope LearnSession::scope() {
  now_experiment_ = document_->shared_experiment();
  now_ = document_->trace();
  beside_scope_.reset();
  if (beside_) {
    beside_now_experiment_ = beside_->shared_experiment();
    beside_now_ = beside_->trace();
    beside_scope_.emplace(experiment::Scope{*beside_now_experiment_, *beside_now_, *beside_start_experiment_, *beside_start_});
  }
  return {*now_experiment_, *now_, *start_experiment_, *start_, beside_scope_ ? &*beside_scope_ : nullptr};
}

std::optional<std::string> LearnSession::live(std::string_view expression) {
  if (!is_open()) return std::nullopt;
  try {
    return experiment::written(experiment::Expression(expression).value(scope()));
  } catch (const Error&) {
    return std::nullopt;
  }
}

const Answer& LearnSession::answer() const {
  static const Answer none;
  if (const Quiz* asked = quiz(); asked && asked->at >= 0 && asked->at < static_cast<int>(asked->items.size()))
    return asked->items[static_cast<std::size_t>(asked->at)].answer;
  const auto found = progress_.answers.find(question_key(shown_lesson(), step()));
  return found == progress_.answers.end() ? none : found->second;
}

Answer& LearnSession::answer_here() {
  if (const Quiz* asked = quiz(); asked && asked->at >= 0 && asked->at < static_cast<int>(asked->items.size()))
    return progress_.quiz.items[static_cast<std::size_t>(asked->at)].answer;
  return progress_.answers[question_key(shown_lesson(), step())];
}

void LearnSession::choose(int option) {
  if (!is_open() || !step().question) return;
  const auto& options = step().question->options;
  if (option < 0 || option >= static_cast<int>(options.size())) return;
  const Option& chosen = options[static_cast<std::size_t>(option)];
  const Value before = unanswered_ ? unanswered_ : std::make_shared<const Experiment>(document_->experiment());
  Experiment next = *before;
  for (const std::string& setting : chosen.settings) next = experiment::with_setting(next, setting);
  if (unanswered_ || !chosen.settings.empty()) {
    document_->apply(std::move(next), "show the answer");
    document_->end_gesture();
  }
  unanswered_ = chosen.settings.empty() ? nullptr : before;
  Answer& answer = answer_here();
  if (!answer.right && !answer.revealed) ++answer.tries;
  answer.chosen = option;
  answer.right = answer.right || (chosen.right && !answer.revealed);
  keep_progress();
}

void LearnSession::reveal() {
  if (!is_open() || !step().question || answered()) return;
  answer_here().revealed = true;
  keep_progress();
}

bool LearnSession::watch_goal() {
  if (!is_open() || !step().question || !step().question->goal || answered() || busy()) return false;
  try {
    if (!step().question->goal->check(scope()).holds) return false;
  } catch (const Error&) {  // of another sentence: its words are not there
    return false;
  }
  Answer& answer = answer_here();
  ++answer.tries;
  answer.right = true;
  keep_progress();
  return true;
}

bool LearnSession::answered() const { return !is_open() || !step().question || answer().right || answer().revealed; }

LearnSession::Score LearnSession::score(int lesson_index) const {
  Score score;
  if (lesson_index < 0 || lesson_index >= static_cast<int>(shelf_.lessons.size())) return score;
  const Lesson& lesson = shelf_.lessons[static_cast<std::size_t>(lesson_index)];
  for (const LessonStep& step : lesson.steps) {
    if (!step.question) continue;
    ++score.asked;
    const auto found = progress_.answers.find(question_key(lesson, step));
    if (found != progress_.answers.end() && found->second.right) ++score.right;
  }
  return score;
}

bool LearnSession::may_change(const Cell& cell) {
  if (!is_open()) return false;
  const experiment::Scope now = scope();
  return std::ranges::any_of(step().change, [&](const std::string& word) {
    if (std::ranges::find(lesson_controls(), word) != lesson_controls().end()) return false;
    try {
      experiment::Place place = experiment::place_from(word, now.experiment, now.trace);
      place.cell = as_shown(place.cell);
      return place.contains(as_shown(cell));
    } catch (const Error&) {  // of another sentence
      return false;
    }
  });
}

bool LearnSession::may_use(std::string_view control) const {
  return is_open() && std::ranges::find(step().change, control) != step().change.end();
}

bool LearnSession::poll() {
  const bool main = document_ && document_->poll(), second = beside_ && beside_->poll();
  return main || second;
}

bool LearnSession::busy() const { return (document_ && document_->busy()) || (beside_ && beside_->busy()); }

void LearnSession::wait() {
  if (document_) document_->wait();
  if (beside_) beside_->wait();
  keeper_.wait();
}

void LearnSession::keep_progress() {
  if (progress_folder_.empty()) return;
  keeper_.submit([this, progress = progress_](const std::stop_token&) {
    try {
      save_progress(progress_folder_, progress);
    } catch (const std::exception& error) {
      const std::scoped_lock lock(error_mutex_);
      error_ = error.what();
    }
  });
}

std::string LearnSession::take_error() {
  const std::scoped_lock lock(error_mutex_);
  return std::exchange(error_, {});
}

}  // namespace qkv::documents
