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
/// Of the small lesson a part, what stands in its place, and what the sentence says then.
struct Mistake {
  std::string part, by, says;
};
void expect_refused(std::initializer_list<Mistake> mistakes) {
  for (const auto& [part, by, says] : mistakes)
    EXPECT_THAT(refusal(replaced(small_lesson(), part, by)), HasSubstr(says)) << by;
}

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
  expect_refused({
      {"lesson: 5", "lesson: five", ":2: 'lesson' must be a whole number from 0 to 9999, not 'five'"},
      {"lesson: 5\n", "", "needs a line 'lesson: NUMBER'"},
      {"title: Small\n", "", "needs a line 'title: …'"},
      {"title: Small", "title: Small\nlesson: 6", ":4: 'lesson' is said twice in the header"},
      {"title: Small", "tilte: Small", ":3: a header has no 'tilte'; there are lesson, title, outcome"},
      {"title: Small", "title:", ":3: 'title' has no value"},
      {"title: Small", "Small", ":3: 'Small' must be a key, a colon and a value"},
      {"title: Small", "title: " + std::string(300, 'a'), ":3: a title has at most 200 bytes"},
  });
  EXPECT_THAT(refusal("---\n  lesson: 1\n---\n"), HasSubstr(":2: a line that begins with a blank continues"));
}

TEST(LessonMistakes, OfTheParts) {
  EXPECT_THAT(refusal("---\nlesson: 1\ntitle: a\n---\n"), HasSubstr("there is no step"));
  expect_refused({
      {"# Key *of* cat", "Key of cat", ":7: text stands before the first step"},
      {"# Key *of* cat\n", "", ":8: a step block must stand below the heading"},
      {"# Key *of* cat", "# ", ":7: the heading of this step is empty"},
      {"# Key *of* cat\n", "# Key\n\ntext\n", ":9: the ```step block must come before the text"},
      {"# Key *of* cat\n", "# Key\n\n# Other\n", ":7: the step 'Key' has no ```step block"},
      {"Behind the question.", "```step\n```", ":29: the step 'Key *of* cat' has a second step block"},
      {"Behind the question.", "```question\n```", ":29: the step 'Key *of* cat' has a second question"},
      {"# Key *of* cat\n", "# Key\n```question\n```\n", "needs its step block before the question"},
      {"Behind the question.", "```python\nx", "has a second question"},
      {"```question", "```quetsion", ": there is no block 'quetsion'; write ```question"},
      {"```step", "```Step", ": there is no block 'Step'; write ```step"},
  });
  EXPECT_THAT(refusal(small_lesson() + "\n```\nopen"), HasSubstr("this block of code is not closed"));
  EXPECT_THAT(refusal(small_lesson() + "\n# Last\n```step\nset: d_k = 3\n"), HasSubstr("this step block is not closed"));
  expect_refused({{"# Drag it", "# Key of cat", ":31: two steps are called 'Key of cat'"}});
}

TEST(LessonMistakes, OfAStep) {
  expect_refused({
      {"spotlight:", "spotligth:", ":12: a step has no 'spotligth'; there are experiment, sentence"},
      {"figure: k scores", "figure: k scroes", ":11: there is no figure 'scroes'"},
      {"figure: k scores weights\n", "", ":7: the first step must say its figure"},
      {"experiment: cat_sat_down\n", "", ":7: the first step must say its experiment"},
      {"experiment: cat_sat_down", "experiment: cat_sat_down\nexperiment: bank", ":11: 'experiment' is said twice"},
      {"experiment: cat_sat_down", "sentence: a b\nexperiment: cat_sat_down", ":11: 'experiment' must come before"},
      {"beside set: mask = causal", "beside set: mask = causal\nbeside: bank", "'beside' must come before"},
      {"spotlight: k[cat,*]", "spotlight: k[cat", ":12: the ] at the end of 'k[cat' is missing"},
      {"temperature\n", "temprature\n", ":13: there is no control and no stage 'temprature'; the controls are temperature"},
      {"claim: weights[sat,cat] > 0.7", "claim: weights[sat,cat]", ":15: 'weights[sat,cat]', character 17: expected one of <"},
  });
}

TEST(LessonMistakes, OfAQuestion) {
  expect_refused({
      {"hint:", "hnit:", ":25: a question has no 'hnit'; there are choose, yes, no"},
      {"choose: Which", "do: Which", ":20: a question with 'do:' needs a 'goal:'"},
      {"choose: Which cells of the scores can change?\n", "", ":20: a question says either 'choose:' or 'do:'"},
      {"hint:", "choose: Again?\nhint:", "'choose' is said twice"},
      {"yes: The", "no: The", ":20: one answer is right ('yes:'), and here are 0"},
      {"no: None | Look again.", "yes: None | Look again.", "and here are 2"},
      {"no: None | Look again.", "no: None", ":24: an answer must be followed by | and a reply"},
      {"no: None | Look again.\n", "no: a | b\nno: c | d\nno: e | f\nno: g | h\n", "2 to 5 answers, and this one has 6"},
      {"hint:", "goal: 1 < 2\nhint:", "'choose:' has answers and no goal"},
      {"goal: weights[sat,cat] < 0.2", "goal: weights[sat,cat] <", ":42: "},
      {"goal: weights[sat,cat] < 0.2", "goal: 1 < 2\ngoal: 1 < 2", "has one goal"},
      {"| scores[cat,*] |", "| scroes[cat,*] |", ":22: there is no stage 'scroes'"},
  });
}

TEST(LessonMistakes, OfTheText) {
  expect_refused({
      {"{{weights[sat,cat]}}", "{{wieghts[sat,cat]}}", ":18: 'wieghts[sat,cat]', character 1: there is no stage 'wieghts'"},
      {"{{scores[sat,cat]}}", "{{scores[sat}}", ":18: "},
      {"$s = ", "$\\foo = ", ":18: "},
      {"$k_{cat}$", "$k_{cat$", ":25: "},
      {"Behind the question.", "<b>raw</b>", ":29: "},
  });
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
  expect_refused({{"weights[sat,cat] > 0.7", std::string(900, '(') + "1", "32 levels"}});
}

}  // namespace
}  // namespace qkv::documents
