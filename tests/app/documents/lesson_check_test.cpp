#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/app/documents/lesson_text.h"

namespace qkv::documents {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> mistakes(const std::string& what, const std::string& by) {
  return check_lesson(read(replaced(small_lesson(), what, by)), kAssets);
}

TEST(LessonCheck, FindsNothingInAGoodOne) { EXPECT_THAT(check_lesson(read(small_lesson()), kAssets), IsEmpty()); }

TEST(LessonCheck, NamesEachMistakeWithItsLine) {
  EXPECT_THAT(mistakes("experiment: cat_sat_down", "experiment: cat_sat_donw")[0],
              HasSubstr("lesson.md:10: there is no experiment 'cat_sat_donw' beside the lesson, nor among those of the program: "));
  EXPECT_THAT(mistakes("spotlight: k[cat,*]", "spotlight: k[dog,*]"),
              ElementsAre("folder/lesson.md:12: there is no token 'dog'; the tokens are The, cat, sat, down."));
  EXPECT_THAT(mistakes("change: k[cat,*]", "change: k[dog,*]"), ElementsAre(HasSubstr(":13: there is no token 'dog'")));
  EXPECT_THAT(mistakes("weights[sat,cat] > 0.7", "weights[sat,cat] > 0.9"),
              ElementsAre("folder/lesson.md:15: this claim does not hold: weights[sat,cat] is 0.80."));
  EXPECT_THAT(mistakes("weights[sat,cat] > 0.7", "weights[sat,dog] > 0.9"), ElementsAre(HasSubstr(":15: there is no token 'dog'")));
  EXPECT_THAT(mistakes("{{weights[sat,cat]}}", "{{weights[sat,dog]}}"), ElementsAre(HasSubstr(":18: there is no token 'dog'")));
  EXPECT_THAT(mistakes("{{scores[sat,cat]}}", "{{scores[sat,dog]}}"), ElementsAre(HasSubstr(":18: there is no token 'dog'")));
  EXPECT_THAT(mistakes("{{scores[sat,cat]}}", "{{scores[sat,*]}}"), ElementsAre(HasSubstr(":18: 'scores[sat,*]' is 1×4 numbers")));
  EXPECT_THAT(mistakes("| scores[cat,*] |", "| scores[dog,*] |"), ElementsAre(HasSubstr(":22: there is no token 'dog'")));
  EXPECT_THAT(mistakes("q[cat,*] = 0", "q[cat,*] = nil"), ElementsAre(HasSubstr(":22: the setting 'q[cat,*]' must be a number, not 'nil'")));
  EXPECT_THAT(mistakes("goal: weights[sat,cat] < 0.2", "goal: weights[sat,cat] < 0.9"), ElementsAre(HasSubstr(":42: the goal is met before anything was done: weights[sat,cat] is")));
  EXPECT_THAT(mistakes("set: temperature = 2", "set: temperature = hot"), ElementsAre(HasSubstr("'temperature' must be a number, not 'hot'")));
  EXPECT_THAT(mistakes("beside set: mask = causal\nclaim: beside(weights[the,the]) = 1", "claim: beside(weights[the,the]) = 1"),
              ElementsAre(HasSubstr("there is no second experiment")));
}

TEST(LessonShelf, ReadsFoldersByNumberAndTellsOfTroubles) {
  const qkv::testing::TempFolder folder;
  write(folder.path() / "a/20-late.md", small_lesson(20, "Late"));
  write(folder.path() / "a/03-early.md", small_lesson(3, "Early"));
  write(folder.path() / "a/README.md", "no lesson");
  write(folder.path() / "a/04-broken.md", "no lesson");
  write(folder.path() / "b/mine.md", small_lesson(20, "Late"));
  write(folder.path() / "b/other.md", small_lesson(20, "Another"));
  const LessonShelf shelf = read_lessons({folder.path() / "a", folder.path() / "b", folder.path() / "missing", {}});
  ASSERT_EQ(shelf.lessons.size(), 3u);
  EXPECT_EQ(shelf.lessons[0].title, "Early");
  EXPECT_EQ(shelf.lessons[1].path.filename(), "mine.md") << "of the same number and title the later folder's wins";
  EXPECT_EQ(shelf.lessons[2].title, "Another");
  EXPECT_THAT(shelf.troubles, ElementsAre(HasSubstr("04-broken.md:1: a lesson begins")));
}

/// As many mistakes as may be, each on its own.
std::string broken_lesson() {
  std::string text = small_lesson();
  text = replaced(text, "title: Small", "titel: Small\ntitle: Small");
  text = replaced(text, "spotlight: k[cat,*]", "spotlight: k[cat");
  text = replaced(text, "claim: argmax(weights[sat,*]) = cat", "claim: argmax(weights[sat,*]) == ");
  text = replaced(text, "weights[sat,cat] > 0.7", "weights[sat,cat] > 0.9");
  text = replaced(text, "{{weights[sat,cat]}}", "{{weigts[sat,cat]}}");
  text = replaced(text, "hint: Who", "hintt: Who");
  return replaced(text, "set: temperature = 2", "set temperature = 2");
}

TEST(LessonReading, TellsEveryMistakeOfAFile) {
  const LessonReading reading = read_lesson(broken_lesson(), "folder/lesson.md");
  EXPECT_THAT(reading.mistakes,
              ElementsAre(HasSubstr("lesson.md:35: 'set temperature = 2' must be a key"), HasSubstr("lesson.md:3: a header has no 'titel'"),
                          HasSubstr("lesson.md:13:"), HasSubstr("lesson.md:15:"), HasSubstr("lesson.md:19: "), HasSubstr("lesson.md:26: a question has no 'hintt'")));
  EXPECT_EQ(reading.lesson.steps.size(), 2u);
  const auto all = check_reading(reading, kAssets);
  EXPECT_EQ(all.size(), reading.mistakes.size() + 1);
  EXPECT_THAT(all, ::testing::Contains("folder/lesson.md:16: this claim does not hold: weights[sat,cat] is 0.80.")) << "lines of claims stay right";
}

TEST(LessonReading, TellsAtMostTwentyMistakes) {
  std::string values;
  for (int i = 0; i < 30; ++i) values += "{{nothing(" + std::to_string(i) + ")}} ";
  const auto mistakes = read_lesson(replaced(small_lesson(), "Behind the question.", values), "lesson.md").mistakes;
  ASSERT_EQ(mistakes.size(), 21u);
  EXPECT_EQ(mistakes.back(), "lesson.md: there are more mistakes; mend these first.");
  EXPECT_EQ(check_reading({{}, mistakes}, kAssets).size(), 21u);
}

TEST(LessonShelf, SaysHowManyMistakesAFileHas) {
  const qkv::testing::TempFolder folder;
  write(folder.path() / "04-broken.md", broken_lesson());
  const LessonShelf shelf = read_lessons({folder.path()});
  EXPECT_THAT(shelf.troubles, ElementsAre(HasSubstr("5 more mistakes are in this file")));
  EXPECT_EQ(shelf.broken.size(), 1u);
}

TEST(LessonClaims, ThatAreFalseAreTold) {
  const Lesson lesson = read(replaced(small_lesson(), "weights[sat,cat] > 0.7", "weights[sat,cat] > 0.9"));
  const auto e = set_up(lesson.steps[0].setup, {}, kAssets);
  const auto trace = experiment::evaluate(e);
  EXPECT_THAT(false_claims(lesson, lesson.steps[0], {e, trace, e, trace}),
              ElementsAre("lesson.md:15: the claim 'weights[sat,cat] > 0.9' does not hold: weights[sat,cat] is 0.80."));
}

TEST(LessonSetup, FindsExperimentsOfTheProgramAndBesideTheLesson) {
  const qkv::testing::TempFolder folder;
  std::filesystem::copy_file(kAssets / "experiments/bank.json", folder.path() / "mine.json");
  EXPECT_EQ(set_up({"mine", "", {}}, folder.path(), kAssets).title, set_up({"bank", "", {}}, folder.path(), kAssets).title);
  EXPECT_EQ(set_up({"mine.json", "", {}}, folder.path(), kAssets).tokens.size(), set_up({"bank", "", {}}, {}, kAssets).tokens.size());
  EXPECT_EQ(set_up({"cat_sat_down", "The mouse sat down", {"d_k = 4"}}, folder.path(), {}).d_k, 4) << "built in";
  EXPECT_THAT(refusal_of([&] { set_up({"nowhere.json", "", {}}, folder.path(), kAssets); }), HasSubstr("there is no experiment 'nowhere.json'"));
}

}  // namespace
}  // namespace qkv::documents
