#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/app/documents/lesson_text.h"

// Every goal of the shipped lessons can be met, and by what the step lets its reader change.
namespace qkv::documents {
namespace {

using namespace testing;

/// A way to each goal, by the title of its step.
const std::map<std::string, std::vector<std::string>>& ways() {
  static const std::map<std::string, std::vector<std::string>> all = {
      {"Say where a word stands", {"positions = sinusoidal"}},
      {"A sentence is a library", {"temperature = 0.2"}},
      {"Two sides of a word", {"w_q[verb,seeks a noun] = 0", "w_q[verb,seeks a doer] = 0"}},
      {"Ask something else", {"q[it,seeks a living being] = -2"}},
      {"Be found", {"k[down,is a noun] = 2", "k[down,can act] = 2"}},
      {"More to give", {"v[cat,domestic animal] = 2.5"}},
      {"Width is a choice", {"d_k = 32"}},
      {"The other way", {"k[east,0] = 0", "k[east,1] = -3", "q[north,1] = 2.5"}},
      {"In our sentence", {"scale = on"}},
      {"Raise one score", {"scores[sat,down] = 12"}},
      {"Stir it yourself", {"scores[sat,sat] = 14"}},
      {"Same content, another route", {"q[it,seeks a living being] = -3"}},
      {"A window", {"window = 6"}},
      {"Found in different ways", {"0.1:k[apple,*] = 0"}},
      {"Be the training", {"w_q[pronoun,seeks a living being] = -1"}},
      {"See less, pay less", {"mask = window", "window = 3"}},
      {"Mend it", {"w_q[pronoun,seeks a living being] = 2"}},
  };
  return all;
}

/// Whether the step lets its reader do what the setting does.
bool is_allowed(const LessonStep& step, const std::string& setting, const experiment::Experiment& e, const attention::Trace& trace) {
  const std::string name = setting.substr(0, setting.rfind(" = "));
  if (name.find('[') == std::string::npos) return std::ranges::find(step.change, name) != step.change.end();
  const experiment::Place wanted = experiment::place_from(name, e, trace);
  return std::ranges::any_of(step.change, [&](const std::string& word) {
    try {
      const experiment::Cell cell = experiment::place_from(word, e, trace).cell;
      const bool row = cell.row < 0 || cell.row == wanted.cell.row, column = cell.column < 0 || cell.column == wanted.cell.column;
      return cell.stage == wanted.cell.stage && cell.layer == wanted.cell.layer && cell.head == wanted.cell.head && row && column;
    } catch (const Error&) {  // a control
      return false;
    }
  });
}

TEST(LessonGoals, CanBeMetByWhatTheStepLetsChange) {
  std::size_t met = 0;
  for (const Lesson& lesson : read_lessons({kAssets / "lessons"}).lessons)
    for (const LessonStep& step : lesson.steps) {
      if (!step.question || !step.question->goal) continue;
      SCOPED_TRACE(lesson.path.string() + ": " + step.title);
      ASSERT_TRUE(ways().contains(step.title)) << "add a way to this goal";
      const auto start = set_up(step.setup, lesson.path.parent_path(), kAssets);
      const auto beside = set_up(step.beside.value_or(step.setup), lesson.path.parent_path(), kAssets);
      const auto start_trace = experiment::evaluate(start), beside_trace = experiment::evaluate(beside);
      const experiment::Scope second{beside, beside_trace, beside, beside_trace};
      EXPECT_FALSE(step.question->goal->check({start, start_trace, start, start_trace, &second}).holds);
      auto now = start;
      for (const std::string& setting : ways().at(step.title)) {
        EXPECT_TRUE(is_allowed(step, setting, start, start_trace)) << setting;
        now = experiment::with_setting(now, setting);
      }
      const auto trace = experiment::evaluate(now);
      const auto verdict = step.question->goal->check({now, trace, start, start_trace, &second});
      EXPECT_TRUE(verdict.holds) << verdict.found;
      ++met;
    }
  EXPECT_EQ(met, ways().size()) << "a way to a goal that is no more";
}

TEST(LessonGoals, AreToldInWords) {
  int goals = 0;
  for (const Lesson& lesson : read_lessons({kAssets / "lessons"}).lessons)
    for (const LessonStep& step : lesson.steps) {
      if (!step.question || !step.question->goal) continue;
      const auto e = set_up(step.setup, lesson.path.parent_path(), kAssets);
      const auto trace = experiment::evaluate(e);
      for (const auto& part : step.question->goal->parts({e, trace, e, trace})) {
        EXPECT_EQ(part.wanted.find_first_of("[]()=<>"), std::string::npos) << lesson.path << ": " << part.wanted;
        EXPECT_FALSE(part.now.empty()) << part.wanted;
        ++goals;
      }
    }
  EXPECT_GT(goals, 17);
}

}  // namespace
}  // namespace qkv::documents
