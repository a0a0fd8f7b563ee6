#include <algorithm>
#include <set>

#include "app/documents/lesson.h"
#include "app/documents/lesson_lines.h"
#include "app/documents/lesson_values.h"
#include "core/error.h"
#include "core/experiment/place_names.h"

namespace qkv::documents {
namespace {

using experiment::Experiment;
using experiment::Scope;

/// An experiment of a step as it begins.
struct State {
  Experiment experiment;
  attention::Trace trace;
  explicit State(Experiment e) : experiment(std::move(e)), trace(experiment::evaluate(experiment)) {}
  Scope scope(const Scope* beside) const { return {experiment, trace, experiment, trace, beside}; }
};

class Checker {
 public:
  Checker(const Lesson& lesson, const std::filesystem::path& assets) : lesson_(lesson), assets_(assets) {}

  std::vector<std::string> check() {
    for (const LessonStep& step : lesson_.steps)
      if (is_known(step)) check_step(step);
    return std::move(mistakes_);
  }

 private:
  /// Notes what the work refuses.
  template <class Work>
  bool trying(int line, Work work) {
    try {
      work();
      return true;
    } catch (const std::exception& error) {
      note(line, error.what());
      return false;
    }
  }
  void note(int line, std::string says) { mistakes_.push_back(sentence_at(lesson_.path.string(), line, std::move(says))); }
  /// Of a step that could not be read whole: what it stands on is told already.
  static bool is_known(const LessonStep& step) { return !step.setup.experiment.empty(); }

  std::optional<State> state_of(const Setup& setup, int line) {
    std::optional<State> state;
    trying(line, [&] { state.emplace(set_up(setup, lesson_.path.parent_path(), assets_)); });
    return state;
  }

  void check_step(const LessonStep& step) {
    const auto main = state_of(step.setup, step.line_of("experiment"));
    const auto beside = step.beside ? state_of(*step.beside, step.line_of("beside")) : std::nullopt;
    if (!main || (step.beside && !beside)) return;
    const Scope second = beside ? beside->scope(nullptr) : main->scope(nullptr);
    const Scope scope = main->scope(beside ? &second : nullptr);
    check_places(step, *main);
    check_claims(step, scope);
    check_text(step.text, scope);
    check_text(step.after, scope);
    if (step.question) check_question(step, *main, scope);
  }

  void check_places(const LessonStep& step, const State& state) {
    for (std::size_t i = 0; i < step.spotlight.size(); ++i)
      trying(step.line_of("spotlight", i), [&] { place_from(step.spotlight[i], state.experiment, state.trace); });
    for (const std::string& word : step.change)
      if (std::ranges::find(lesson_controls(), word) == lesson_controls().end())
        trying(step.line_of("change"), [&] { place_from(word, state.experiment, state.trace); });
  }

  void check_claims(const LessonStep& step, const Scope& scope) {
    for (std::size_t i = 0; i < step.claims.size(); ++i)
      trying(step.line_of("claim", i), [&] {
        const auto verdict = step.claims[i].check(scope);
        if (!verdict.holds) throw Error("this claim does not hold: " + verdict.found);
      });
  }

  void check_text(const prose::Text& text, const Scope& scope) {
    visit_values(
        text, [&](const std::string& expression, int line) { trying(line, [&] { experiment::Expression(expression).value(scope); }); },
        [&](const std::string& says, int line) { note(line, says); });
  }

  void check_question(const LessonStep& step, const State& start, const Scope& scope) {
    const Question& question = *step.question;
    for (const prose::Text* text : {&question.ask, &question.hint, &question.why}) check_text(*text, scope);
    if (question.goal)
      trying(question.goal_line, [&] {
        if (question.goal->check(scope).holds) throw Error("the goal is met before anything was done: " + question.goal->check(scope).found);
      });
    for (const Option& option : question.options) check_option(option, start, scope);
  }

  /// An answer shows its reasons in the experiment as its settings leave it.
  void check_option(const Option& option, const State& start, const Scope& scope) {
    trying(option.line, [&] {
      Experiment changed = start.experiment;
      for (const std::string& setting : option.settings) changed = experiment::with_setting(changed, setting);
      const State state(std::move(changed));
      for (const std::string& place : option.spotlight) place_from(place, state.experiment, state.trace);
      const Scope shown{state.experiment, state.trace, start.experiment, start.trace, scope.beside};
      check_text(option.text, shown);
      check_text(option.reply, shown);
    });
  }

  const Lesson& lesson_;
  const std::filesystem::path& assets_;
  std::vector<std::string> mistakes_;
};

}  // namespace

std::vector<std::string> check_lesson(const Lesson& lesson, const std::filesystem::path& assets) { return check_reading({lesson, {}}, assets); }

std::vector<std::string> check_reading(const LessonReading& reading, const std::filesystem::path& assets) {
  Mistakes all;
  std::set<std::string> told;
  const auto tell = [&](const std::vector<std::string>& sentences) {
    for (const std::string& sentence : sentences)
      if (told.insert(sentence).second) all.note(sentence);
  };
  tell(reading.mistakes);
  tell(Checker(reading.lesson, assets).check());
  return all.take(reading.lesson.path.string());
}

std::vector<std::string> false_claims(const Lesson& lesson, const LessonStep& step, const Scope& scope) {
  std::vector<std::string> claims;
  for (std::size_t i = 0; i < step.claims.size(); ++i) {
    std::string says;
    try {
      const auto verdict = step.claims[i].check(scope);
      if (verdict.holds) continue;
      says = "the claim " + experiment::in_quotes(step.claims[i].text()) + " does not hold: " + verdict.found;
    } catch (const std::exception& error) {
      says = error.what();
    }
    claims.push_back(sentence_at(lesson.path.filename().string(), step.line_of("claim", i), std::move(says)));
  }
  return claims;
}

}  // namespace qkv::documents
