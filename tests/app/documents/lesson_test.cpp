#include "app/documents/lesson.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/app/documents/lesson_text.h"

namespace qkv::documents {
namespace {

using namespace testing;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string refusal(const std::string& text) {
  const std::string said = refusal_of([&] { read(text); });
  EXPECT_LE(said.size(), 500u);
  EXPECT_TRUE(said.ends_with('.')) << said;
  return said;
}
/// Of the small lesson with one part replaced.
std::string refusal_with(const std::string& what, const std::string& by) { return refusal(replaced(small_lesson(), what, by)); }

TEST(Lesson, HoldsWhatItsFileSays) {
  const Lesson lesson = read(small_lesson());
  EXPECT_EQ(lesson.number, 5);
  EXPECT_EQ(lesson.title, "Small");
  EXPECT_THAT(lesson.outcomes, ElementsAre("You can read a row."));
  ASSERT_EQ(lesson.steps.size(), 2u);
  const LessonStep& step = lesson.steps[0];
  EXPECT_EQ(step.title, "Key of cat");
  ASSERT_EQ(step.heading.size(), 3u);
  EXPECT_EQ(step.heading[1].kind, prose::Span::Kind::emphasis);
  EXPECT_EQ(step.line, 7);
  EXPECT_EQ(step.setup, (documents::Setup{"cat_sat_down", "", {}}));
  EXPECT_EQ(step.figure.name, "stages");
  EXPECT_THAT(step.figure.stages, ElementsAre("k", "scores", "weights"));
  EXPECT_THAT(step.spotlight, ElementsAre("k[cat,*]"));
  EXPECT_THAT(step.change, ElementsAre("k[cat,*]", "x[sat,*]", "temperature"));
  ASSERT_EQ(step.claims.size(), 2u);
  EXPECT_EQ(step.claims[1].text(), "weights[sat,cat] > 0.7");
  EXPECT_EQ(step.line_of("claim", 1), 15);
  EXPECT_EQ(step.line_of("set"), 7) << "none of it: the step's own line";
  EXPECT_THAT(prose::plain(step.text), HasSubstr("The key of cat gets"));
  EXPECT_EQ(step.text.front().line, 18);
  EXPECT_THAT(prose::plain(step.after), HasSubstr("Behind the question."));
}

TEST(Lesson, HoldsItsQuestion) {
  const Lesson lesson = read(small_lesson());
  const Question& question = *lesson.steps[0].question;
  EXPECT_EQ(question.line, 20);
  EXPECT_THAT(prose::plain(question.ask), HasSubstr("Which cells"));
  ASSERT_EQ(question.options.size(), 3u);
  EXPECT_FALSE(question.options[0].right);
  EXPECT_TRUE(question.options[1].right);
  EXPECT_THAT(question.options[1].spotlight, ElementsAre("scores[*,cat]", "k[cat,*]"));
  EXPECT_THAT(question.options[1].settings, ElementsAre("k[cat,noun] = 3", "temperature = 2"));
  EXPECT_THAT(prose::plain(question.options[0].reply), HasSubstr("That is its query asking."));
  EXPECT_TRUE(question.options[2].spotlight.empty());
  EXPECT_EQ(question.options[2].line, 24);
  EXPECT_FALSE(question.goal);
  const Question& goal = *lesson.steps[1].question;
  EXPECT_TRUE(goal.options.empty());
  EXPECT_EQ(goal.goal->text(), "weights[sat,cat] < 0.2");
}

TEST(Lesson, AStepHasFromTheOneBeforeWhatItDoesNotSay) {
  const Lesson lesson = read(small_lesson());
  const LessonStep& step = lesson.steps[1];
  EXPECT_EQ(step.setup, (documents::Setup{"cat_sat_down", "", {"temperature = 2"}}));
  EXPECT_EQ(step.figure.stages, lesson.steps[0].figure.stages);
  EXPECT_TRUE(step.spotlight.empty());
  EXPECT_EQ(*step.beside, (documents::Setup{"cat_sat_down", "", {"mask = causal"}})) << "the same experiment, set otherwise";
}

TEST(Lesson, AnotherExperimentBringsItsOwnSentence) {
  std::string text = replaced(small_lesson(), "experiment: cat_sat_down", "experiment: cat_sat_down\nsentence: The mouse sat down");
  EXPECT_EQ(read(text).steps[1].setup.sentence, "The mouse sat down");
  text = replaced(text, "set: temperature = 2", "experiment: bank");
  EXPECT_EQ(read(text).steps[1].setup, (documents::Setup{"bank", "", {}}));
}

TEST(Lesson, LinesMayGoOnAndEndAsOnWindows) {
  std::string text = replaced(small_lesson(), "why: A key is met by every query, once.", "why: A key is met\n  by every query, once.");
  EXPECT_THAT(prose::plain(read(text).steps[0].question->why), HasSubstr("once."));
  std::string windows;
  for (const char c : text) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_EQ(read(windows).steps[0].setup, read(text).steps[0].setup);
  EXPECT_EQ(prose::plain(read(windows).steps[0].text), prose::plain(read(text).steps[0].text));
}

TEST(Lesson, BarsAndHeadingsInFormulasAndCodeAreText) {
  const std::string bars = replaced(small_lesson(), "no: None | Look again.", "no: $|x|$ and `a|b` | Look \\| again.");
  EXPECT_EQ(read(bars).steps[0].question->options.size(), 3u);
  const std::string code = replaced(small_lesson(), "Behind the question.", "```python\n# not a step\n```");
  const Lesson lesson = read(code);
  ASSERT_EQ(lesson.steps.size(), 2u);
  ASSERT_FALSE(lesson.steps[0].after.empty());
  EXPECT_THAT(lesson.steps[0].after[0].code, HasSubstr("# not a step"));
}

TEST(Lesson, SpecialFiguresStandAlone) {
  const Lesson lesson = read(replaced(small_lesson(), "figure: k scores weights", "figure: lookup hard soft"));
  EXPECT_EQ(lesson.steps[0].figure.name, "lookup");
  EXPECT_TRUE(lesson.steps[0].figure.is_special());
  EXPECT_THAT(lesson.steps[0].figure.options, ElementsAre("hard", "soft"));
}

TEST(LessonMistakes, OfTheHeader) {
  EXPECT_THAT(refusal(""), AllOf(StartsWith("folder/lesson.md:1: "), HasSubstr("begins with a line ---")));
  EXPECT_THAT(refusal("text"), HasSubstr(":1: a lesson begins"));
  EXPECT_THAT(refusal("---\nlesson: 1\n"), HasSubstr(":1: the header has no closing line ---"));
  EXPECT_THAT(refusal_with("lesson: 5", "lesson: five"), HasSubstr(":2: 'lesson' must be a whole number from 0 to 9999, not 'five'"));
  EXPECT_THAT(refusal_with("lesson: 5\n", ""), HasSubstr("needs a line 'lesson: NUMBER'"));
  EXPECT_THAT(refusal_with("title: Small\n", ""), HasSubstr("needs a line 'title: …'"));
  EXPECT_THAT(refusal_with("title: Small", "tilte: Small"), HasSubstr(":3: a header has no 'tilte'; there are lesson, title, outcome"));
  EXPECT_THAT(refusal_with("title: Small", "title:"), HasSubstr(":3: 'title' has no value"));
  EXPECT_THAT(refusal_with("title: Small", "Small"), HasSubstr(":3: 'Small' must be a key, a colon and a value"));
  EXPECT_THAT(refusal_with("title: Small", "title: " + std::string(300, 'a')), HasSubstr(":3: a title has at most 200 bytes"));
  EXPECT_THAT(refusal("---\n  lesson: 1\n---\n"), HasSubstr(":2: a line that begins with a blank continues"));
}

TEST(LessonMistakes, OfTheParts) {
  EXPECT_THAT(refusal("---\nlesson: 1\ntitle: a\n---\n"), HasSubstr("the lesson has no step"));
  EXPECT_THAT(refusal_with("# Key *of* cat", "Key of cat"), HasSubstr(":7: text stands before the first step"));
  EXPECT_THAT(refusal_with("# Key *of* cat\n", ""), HasSubstr(":8: a step block must stand below the heading"));
  EXPECT_THAT(refusal_with("# Key *of* cat", "# "), HasSubstr(":7: the heading of this step is empty"));
  EXPECT_THAT(refusal_with("# Key *of* cat\n", "# Key\n\ntext\n"), HasSubstr(":9: the ```step block must come before the text"));
  EXPECT_THAT(refusal_with("# Key *of* cat\n", "# Key\n\n# Other\n"), HasSubstr(":7: the step 'Key' has no ```step block"));
  EXPECT_THAT(refusal_with("Behind the question.", "```step\n```"), HasSubstr(":29: the step 'Key *of* cat' has a second step block"));
  EXPECT_THAT(refusal_with("Behind the question.", "```question\n```"), HasSubstr(":29: the step 'Key *of* cat' has a second question"));
  EXPECT_THAT(refusal_with("# Key *of* cat\n", "# Key\n```question\n```\n"), HasSubstr("needs its step block before the question"));
  EXPECT_THAT(refusal_with("Behind the question.", "```python\nx"), HasSubstr(""));
  EXPECT_THAT(refusal(small_lesson() + "\n```\nopen"), HasSubstr("this block of code is not closed"));
  EXPECT_THAT(refusal(small_lesson() + "\n# Last\n```step\nset: d_k = 3\n"), HasSubstr("this step block is not closed"));
  EXPECT_THAT(refusal_with("# Drag it", "# Key of cat"), HasSubstr(":31: two steps are called 'Key of cat'"));
}

TEST(LessonMistakes, OfAStep) {
  EXPECT_THAT(refusal_with("spotlight:", "spotligth:"), HasSubstr(":12: a step has no 'spotligth'; there are experiment, sentence"));
  EXPECT_THAT(refusal_with("figure: k scores", "figure: k scroes"), HasSubstr(":11: there is no figure 'scroes'"));
  EXPECT_THAT(refusal_with("figure: k scores weights\n", ""), HasSubstr(":7: the first step must say its figure"));
  EXPECT_THAT(refusal_with("experiment: cat_sat_down\n", ""), HasSubstr(":7: the first step must say its experiment"));
  EXPECT_THAT(refusal_with("experiment: cat_sat_down", "experiment: cat_sat_down\nexperiment: bank"), HasSubstr(":11: 'experiment' is said twice"));
  EXPECT_THAT(refusal_with("experiment: cat_sat_down", "sentence: a b\nexperiment: cat_sat_down"), HasSubstr(":11: 'experiment' must come before"));
  EXPECT_THAT(refusal_with("beside set: mask = causal", "beside set: mask = causal\nbeside: bank"), HasSubstr("'beside' must come before"));
  EXPECT_THAT(refusal_with("spotlight: k[cat,*]", "spotlight: k[cat"), HasSubstr(":12: the ] at the end of 'k[cat' is missing"));
  EXPECT_THAT(refusal_with("temperature\n", "temprature\n"), HasSubstr(":13: there is no control and no stage 'temprature'; the controls are temperature"));
  EXPECT_THAT(refusal_with("claim: weights[sat,cat] > 0.7", "claim: weights[sat,cat]"), HasSubstr(":15: 'weights[sat,cat]', character 17: expected one of <"));
}

TEST(LessonMistakes, OfAQuestion) {
  EXPECT_THAT(refusal_with("hint:", "hnit:"), HasSubstr(":25: a question has no 'hnit'; there are choose, yes, no"));
  EXPECT_THAT(refusal_with("choose: Which", "do: Which"), HasSubstr(":20: a question with 'do:' needs a 'goal:'"));
  EXPECT_THAT(refusal_with("choose: Which cells of the scores can change?\n", ""), HasSubstr(":20: a question says either 'choose:' or 'do:'"));
  EXPECT_THAT(refusal_with("hint:", "choose: Again?\nhint:"), HasSubstr("'choose' is said twice"));
  EXPECT_THAT(refusal_with("yes: The", "no: The"), HasSubstr(":20: one answer is right ('yes:'), and here are 0"));
  EXPECT_THAT(refusal_with("no: None | Look again.", "yes: None | Look again."), HasSubstr("and here are 2"));
  EXPECT_THAT(refusal_with("no: None | Look again.", "no: None"), HasSubstr(":24: an answer must be followed by | and a reply"));
  EXPECT_THAT(refusal_with("no: None | Look again.\n", "no: a | b\nno: c | d\nno: e | f\nno: g | h\n"), HasSubstr("2 to 5 answers, and this one has 6"));
  EXPECT_THAT(refusal_with("hint:", "goal: 1 < 2\nhint:"), HasSubstr("'choose:' has answers and no goal"));
  EXPECT_THAT(refusal_with("goal: weights[sat,cat] < 0.2", "goal: weights[sat,cat] <"), HasSubstr(":42: "));
  EXPECT_THAT(refusal_with("goal: weights[sat,cat] < 0.2", "goal: 1 < 2\ngoal: 1 < 2"), HasSubstr("has one goal"));
  EXPECT_THAT(refusal_with("| scores[cat,*] |", "| scroes[cat,*] |"), HasSubstr(":22: there is no stage 'scroes'"));
}

TEST(LessonMistakes, OfTheText) {
  EXPECT_THAT(refusal_with("{{weights[sat,cat]}}", "{{wieghts[sat,cat]}}"), HasSubstr(":18: 'wieghts[sat,cat]', character 1: there is no stage 'wieghts'"));
  EXPECT_THAT(refusal_with("{{scores[sat,cat]}}", "{{scores[sat}}"), HasSubstr(":18: "));
  EXPECT_THAT(refusal_with("$s = ", "$\\foo = "), HasSubstr(":18: "));
  EXPECT_THAT(refusal_with("$k_{cat}$", "$k_{cat$"), HasSubstr(":25: "));
  EXPECT_THAT(refusal_with("Behind the question.", "<b>raw</b>"), HasSubstr(":29: "));
}

TEST(LessonMistakes, HostileSizesEndInASentence) {
  EXPECT_THAT(refusal_of([] { read(std::string(2 << 20, 'a')); }), HasSubstr("at most 1 MiB"));
  EXPECT_THAT(refusal_of([] { read("---\nlesson: 1\ntitle: \xff\n---\n"); }), HasSubstr("UTF-8"));
  const std::string head = "---\nlesson: 1\ntitle: a\n---\n";
  std::string steps = head;
  for (int i = 0; i < 300; ++i) steps += "# Step " + std::to_string(i) + "\n```step\nexperiment: bank\nfigure: x\n```\n";
  EXPECT_THAT(refusal(steps), HasSubstr("at most 200 steps"));
  std::string entries = head + "# A\n```step\nexperiment: bank\nfigure: x\n";
  for (int i = 0; i < 300; ++i) entries += "set: d_k = 3\n";
  EXPECT_THAT(refusal(entries + "```\n"), HasSubstr("at most 200 lines"));
  const std::string deep = replaced(small_lesson(), "Behind the question.", std::string(5000, '>') + " deep " + std::string(5000, '('));
  refusal_of([&] { read(deep); });  // any answer but a crash
  EXPECT_THAT(refusal_with("weights[sat,cat] > 0.7", std::string(900, '(') + "1"), HasSubstr("32 levels"));
}

}  // namespace
}  // namespace qkv::documents
