#include "app/documents/quiz.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "app/documents/learn_session.h"
#include "core/experiment/operations.h"
#include "tests/app/documents/lesson_text.h"

namespace qkv::documents {
namespace {

using namespace testing;

const std::string kCheck = R"(---
lesson: 99
title: Check
---

# Ten questions

```step
experiment: cat_sat_down
figure: check
```

Ten questions.

# After it

```step
figure: x
```

The end.
)";

LessonShelf shelf_of(int lessons) {
  LessonShelf shelf;
  for (int i = 0; i < lessons; ++i)
    shelf.lessons.push_back(parse_lesson(small_lesson(i + 1, "L"), "lessons/" + std::to_string(i + 1) + ".md"));
  shelf.lessons.push_back(parse_lesson(kCheck, "lessons/check.md"));
  return shelf;
}

std::multiset<int> lessons_of(const LessonShelf& shelf, const Quiz& quiz) {
  std::multiset<int> lessons;
  for (const auto& item : quiz.items) lessons.insert(find_question(shelf, item.key).value().first);
  return lessons;
}

TEST(Quiz, ASeedDrawsTheSameQuestionsEverywhere) {
  const LessonShelf shelf = read_lessons({kAssets / "lessons"});
  const Quiz quiz = draw_quiz(shelf, 7);
  EXPECT_EQ(quiz.items.size(), 10u);
  EXPECT_EQ(quiz.seed, 7u);
  EXPECT_EQ(quiz.at, -1);
  EXPECT_EQ(draw_quiz(shelf, 7), quiz);
  EXPECT_NE(draw_quiz(shelf, 8).items, quiz.items);
  const auto lessons = lessons_of(shelf, quiz);
  EXPECT_EQ(std::set<int>(lessons.begin(), lessons.end()).size(), 10u) << "no lesson twice";
  EXPECT_FALSE(lessons.contains(17)) << "the check itself is not asked";
  std::set<std::string> ever;
  for (std::uint64_t seed = 1; seed <= 200; ++seed)
    for (const auto& item : draw_quiz(shelf, seed).items) ever.insert(item.key);
  std::size_t questions = 0;
  for (int i = 0; i < 17; ++i)
    for (const LessonStep& step : shelf.lessons[static_cast<std::size_t>(i)].steps) questions += step.question.has_value();
  EXPECT_EQ(ever.size(), questions) << "every question can come";
}

TEST(Quiz, ALessonIsAskedTwiceOnlyWhenThereAreTooFew) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const LessonShelf six = shelf_of(6);
    const Quiz quiz = draw_quiz(six, seed);
    const auto lessons = lessons_of(six, quiz);
    EXPECT_EQ(quiz.items.size(), 10u);
    EXPECT_EQ(std::set<int>(lessons.begin(), lessons.end()).size(), 6u);
    std::set<std::string> keys;
    for (const auto& item : quiz.items) keys.insert(item.key);
    EXPECT_EQ(keys.size(), 10u) << "no question twice";
    EXPECT_EQ(draw_quiz(shelf_of(3), seed).items.size(), 6u) << "all there are";
  }
  EXPECT_TRUE(draw_quiz(shelf_of(0), 1).items.empty());
}

TEST(Quiz, TheScoreCountsFirstTriesAndTellsWhatToRevisit) {
  const LessonShelf shelf = shelf_of(4);
  Quiz quiz = draw_quiz(shelf, 1, 4);
  quiz.items[0].answer = {1, 1, true, false};
  quiz.items[1].answer = {1, 2, true, false};
  quiz.items[2].answer = {-1, 0, false, true};
  const QuizScore score = score_of(quiz);
  EXPECT_EQ(score.right, 1);
  EXPECT_EQ(score.answered, 3);
  EXPECT_EQ(score.asked, 4);
  EXPECT_EQ(to_revisit(shelf, quiz), (std::vector<int>{1, 2, 3}));
}

class QuizSession : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 1; i <= 10; ++i) write(own() / (std::to_string(100 + i) + ".md"), small_lesson(i, "L" + std::to_string(i)));
    write(own() / "check.md", kCheck);
  }
  std::filesystem::path own() const { return folder_.path() / "own"; }
  std::unique_ptr<LearnSession> open() const { return std::make_unique<LearnSession>(std::filesystem::path(), own(), folder_.path() / "kept"); }
  /// Answers what is asked, rightly or not.
  static void answer(LearnSession& s, bool rightly) {
    const Question& question = *s.step().question;
    if (!question.options.empty()) return s.choose(rightly ? 1 : 0);
    if (!rightly) return s.reveal();
    s.document().apply(experiment::with_setting(s.document().experiment(), "scores[sat,cat] = -9"), "drag");
    EXPECT_TRUE(s.watch_goal());
  }
  qkv::testing::TempFolder folder_;
};

TEST_F(QuizSession, AsksTenInPlaceAndTellsTheScore) {
  auto s = open();
  EXPECT_EQ(s->quiz(), nullptr) << "another step";
  s->go_to(10, 0);
  EXPECT_TRUE(s->is_check());
  EXPECT_EQ(s->quiz(), nullptr) << "none drawn yet";
  EXPECT_EQ(s->step().title, "Ten questions");
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(s->next());
    ASSERT_TRUE(s->quiz());
    EXPECT_EQ(s->quiz()->at, i);
    ASSERT_TRUE(s->step().question) << "the asked step stands in its place";
    EXPECT_FALSE(s->answered());
    EXPECT_EQ(s->lesson_index(), 10);
    answer(*s, i != 3);
    EXPECT_TRUE(i == 3 || s->answer().right);
  }
  EXPECT_EQ(s->score(0).right, 0) << "the lessons' own questions are not touched";
  ASSERT_TRUE(s->next());
  EXPECT_EQ(s->quiz()->at, 10);
  EXPECT_EQ(s->step().title, "Ten questions") << "behind the last: the score";
  EXPECT_EQ(score_of(*s->quiz()).right, 9);
  EXPECT_EQ(to_revisit(s->shelf(), *s->quiz()).size(), 1u);
  ASSERT_TRUE(s->next());
  EXPECT_EQ(s->step().title, "After it");
  ASSERT_TRUE(s->previous());
  EXPECT_EQ(s->quiz()->at, 10);
  ASSERT_TRUE(s->previous());
  EXPECT_TRUE(s->answered()) << "the last question as it was left";
}

TEST_F(QuizSession, IsKeptAndDrawnAnew) {
  {
    auto s = open();
    s->go_to(10, 0);
    s->start_quiz(42);
    answer(*s, true);
    s->next();
    s->wait();
  }
  auto s = open();
  ASSERT_TRUE(s->quiz());
  EXPECT_EQ(s->quiz()->seed, 42u);
  EXPECT_EQ(s->quiz()->at, 1);
  EXPECT_EQ(score_of(*s->quiz()).right, 1);
  EXPECT_TRUE(s->step().question);
  s->go_to_question(-1);
  EXPECT_EQ(s->step().title, "Ten questions");
  s->go_to_question(11);
  EXPECT_EQ(s->quiz()->at, -1) << "there is no such question";
  s->start_quiz();
  EXPECT_EQ(s->quiz()->seed, experiment::next_seed(42));
  EXPECT_EQ(s->quiz()->at, 0);
  EXPECT_EQ(score_of(*s->quiz()).answered, 0);
  const auto first = s->document().experiment();
  answer(*s, true);
  s->start_quiz(s->quiz()->seed);
  EXPECT_TRUE(experiment::same(s->document().experiment(), first)) << "nothing is left of the try before";
}

TEST_F(QuizSession, OfLessonsThatAreGoneIsForgotten) {
  {
    auto s = open();
    s->go_to(10, 0);
    s->start_quiz(42);
    s->wait();
  }
  for (int i = 1; i <= 5; ++i) std::filesystem::remove(own() / (std::to_string(100 + i) + ".md"));
  auto s = open();
  EXPECT_TRUE(s->is_check());
  EXPECT_EQ(s->quiz(), nullptr);
  EXPECT_EQ(s->step().title, "Ten questions");
}

}  // namespace
}  // namespace qkv::documents
