#include "app/documents/learn_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/experiment/operations.h"
#include "tests/app/documents/lesson_text.h"

namespace qkv::documents {
namespace {

using namespace testing;
using attention::Stage;
using experiment::same;
using experiment::with_setting;

/// Two small lessons (5 and 6) of two steps each, with their progress.
class Session : public ::testing::Test {
 protected:
  void SetUp() override {
    write(folder_.path() / "own/05-a.md", small_lesson(5, "A"));
    write(folder_.path() / "own/06-b.md", small_lesson(6, "B"));
    std::filesystem::create_directories(assets());
    std::filesystem::copy(kAssets / "experiments", assets() / "experiments");
  }
  std::filesystem::path assets() const { return folder_.path() / "assets"; }
  std::filesystem::path kept() const { return folder_.path() / "progress"; }
  std::unique_ptr<LearnSession> open() const { return std::make_unique<LearnSession>(assets(), folder_.path() / "own", kept()); }
  static void set(LearnSession& s, const std::string& setting) {
    s.document().apply(with_setting(s.document().experiment(), setting), "change");
    s.document().end_gesture();
  }
  qkv::testing::TempFolder folder_;
};

TEST_F(Session, StepsGoOnOverLessonsAndBack) {
  auto s = open();
  ASSERT_TRUE(s->is_open());
  std::vector<std::pair<int, int>> seen;
  do seen.emplace_back(s->lesson_index(), s->step_index());
  while (s->next());
  EXPECT_EQ(seen, (std::vector<std::pair<int, int>>{{0, 0}, {0, 1}, {1, 0}, {1, 1}}));
  while (s->previous()) seen.pop_back();
  EXPECT_EQ(seen.size(), 1u);
  EXPECT_EQ(s->step().title, "Key of cat");
}

TEST_F(Session, EveryStepIsExactlyItsSetup) {
  auto s = open();
  s->go_to(0, 1);
  const documents::Setup& setup = s->step().setup;
  EXPECT_TRUE(same(s->document().experiment(), set_up(setup, {}, assets())));
  EXPECT_EQ(s->document().experiment().temperature, 2);
  ASSERT_TRUE(s->beside());
  EXPECT_EQ(s->beside()->experiment().mask, attention::MaskKind::causal);
  EXPECT_EQ(s->live("beside(weights[the,the])"), "1.00");
  s->go_to(0, 0);
  EXPECT_FALSE(s->beside());
  EXPECT_EQ(s->document().experiment().temperature, 1);
}

TEST_F(Session, AStepIsAsItWasLeftAndStartsAgain) {
  auto s = open();
  set(*s, "k[cat,noun] = -2");
  const auto left = s->document().experiment();
  EXPECT_EQ(s->live("change(k)"), "3.50");
  s->next();
  s->previous();
  EXPECT_TRUE(same(s->document().experiment(), left));
  EXPECT_EQ(s->live("change(k)"), "3.50") << "since the step began, not since the reader came back";
  s->start_again();
  EXPECT_TRUE(same(s->document().experiment(), set_up(s->step().setup, {}, assets())));
  EXPECT_EQ(s->live("change(k)"), "0.00");
  s->document().undo();
  EXPECT_EQ(s->live("k[cat,noun]"), "−2.00") << "starting again can be taken back";
}

TEST_F(Session, LiveNumbersFollowTheDocument) {
  auto s = open();
  EXPECT_EQ(s->live("weights[sat,cat]"), "0.80");
  EXPECT_EQ(s->live("argmax(weights[sat,*])"), "cat");
  EXPECT_EQ(s->live("n"), "4");
  EXPECT_EQ(s->live("weights[sat,dog]"), std::nullopt);
  EXPECT_EQ(s->live("weights[sat"), std::nullopt);
  set(*s, "sentence = The mouse sat down");
  EXPECT_EQ(s->live("weights[sat,cat]"), std::nullopt) << "no such word now";
  EXPECT_EQ(s->live("argmax(weights[sat,*])"), "mouse");
}

TEST_F(Session, AWrongAnswerShowsWhyAndAnotherTryTakesItBack) {
  auto s = open();
  set(*s, "temperature = 0.5");
  const auto before = s->document().experiment();
  EXPECT_FALSE(s->answered());
  s->choose(0);
  EXPECT_EQ(s->answer().chosen, 0);
  EXPECT_FALSE(s->answered());
  EXPECT_EQ(s->live("norm(q[cat,*])"), "0.00") << "its setting";
  s->choose(2);
  EXPECT_TRUE(same(s->document().experiment(), before)) << "it has no settings";
  s->choose(0);
  s->choose(1);
  EXPECT_NE(s->live("norm(q[cat,*])"), "0.00");
  EXPECT_EQ(s->live("k[cat,noun]"), "3.00");
  EXPECT_EQ(s->document().experiment().temperature, 2) << "all of its settings";
  EXPECT_TRUE(s->answered());
  EXPECT_EQ(s->answer().tries, 4);
  s->choose(2);
  EXPECT_TRUE(s->answer().right) << "once right, always right";
  EXPECT_EQ(s->answer().tries, 4);
  EXPECT_TRUE(same(s->document().experiment(), before));
  s->choose(7);
  EXPECT_EQ(s->answer().chosen, 2) << "there is no such answer";
}

TEST_F(Session, AnAnswersSettingsAreTakenBackAlsoAfterAWalk) {
  auto s = open();
  const auto before = s->document().experiment();
  s->choose(0);
  s->next();
  s->previous();
  s->choose(2);
  EXPECT_TRUE(same(s->document().experiment(), before));
}

TEST_F(Session, AGoalIsSeenWhenItIsMet) {
  auto s = open();
  s->go_to(0, 1);
  EXPECT_FALSE(s->watch_goal());
  set(*s, "w_q[verb,*] = 0");
  set(*s, "scores[sat,cat] = -9");
  EXPECT_FALSE(s->answered());
  EXPECT_TRUE(s->watch_goal());
  EXPECT_TRUE(s->answered());
  EXPECT_FALSE(s->watch_goal()) << "told once";
  s->start_again();
  EXPECT_TRUE(s->answered()) << "what was done was done";
}

TEST_F(Session, AGoalOfWordsThatAreNotThereIsNotMet) {
  auto s = open();
  s->go_to(0, 1);
  set(*s, "sentence = The mouse ran");
  EXPECT_FALSE(s->watch_goal());
  EXPECT_FALSE(s->answered());
}

TEST_F(Session, ARevealedAnswerIsNoRightOne) {
  auto s = open();
  s->reveal();
  EXPECT_TRUE(s->answered());
  s->choose(1);
  EXPECT_FALSE(s->answer().right);
  EXPECT_EQ(s->score(0).right, 0);
  EXPECT_EQ(s->score(0).asked, 2);
}

TEST_F(Session, ProgressIsKept) {
  {
    auto s = open();
    s->choose(1);
    s->go_to(1, 1);
    s->wait();
    EXPECT_EQ(s->take_error(), "");
  }
  auto s = open();
  EXPECT_EQ(s->lesson_index(), 1);
  EXPECT_EQ(s->step_index(), 1);
  EXPECT_EQ(s->score(0).right, 1);
  EXPECT_EQ(s->score(1).right, 0);
  s->go_to(0, 0);
  EXPECT_TRUE(s->answered());
  EXPECT_EQ(s->answer().chosen, 1);
}

TEST_F(Session, ProgressThatCannotBeKeptIsToldOnce) {
  write(kept(), "a file where the folder should be");
  auto s = open();
  s->choose(1);
  s->wait();
  EXPECT_NE(s->take_error(), "");
  EXPECT_EQ(s->take_error(), "");
}

TEST_F(Session, MayChangeWhatTheStepSays) {
  auto s = open();
  EXPECT_TRUE(s->may_change({Stage::k, 0, 0, 1, 3}));
  EXPECT_FALSE(s->may_change({Stage::k, 0, 0, 2, 3}));
  EXPECT_FALSE(s->may_change({Stage::w_q, 0, 0, 2, 3}));
  EXPECT_TRUE(s->may_change({Stage::x, 0, 0, 2, 0}) && s->may_change({Stage::embedding, 0, 0, 2, 0})) << "one and the same row";
  EXPECT_TRUE(s->may_use("temperature"));
  EXPECT_FALSE(s->may_use("mask"));
  set(*s, "sentence = The mouse sat down");
  EXPECT_FALSE(s->may_change({Stage::k, 0, 0, 1, 3})) << "'cat' is not there";
}

TEST_F(Session, AStepThatCannotBeSetUpLeavesTheReaderWhereTheyAre) {
  std::filesystem::remove(assets() / "experiments/bank.json");
  write(folder_.path() / "own/07-c.md", replaced(small_lesson(7, "C"), "experiment: cat_sat_down", "experiment: bank"));
  auto s = open();
  s->go_to(1, 1);
  EXPECT_THROW(s->next(), Error);
  EXPECT_EQ(s->lesson_index(), 1);
  EXPECT_EQ(s->live("temperature"), "2.00");
  EXPECT_THROW(s->go_to(0, 9), Error);
  EXPECT_THROW(s->go_to(9, 0), Error);
}

TEST_F(Session, WithoutLessonsNothingIsOpen) {
  LearnSession s({}, folder_.path() / "none", {});
  EXPECT_FALSE(s.is_open());
  EXPECT_FALSE(s.next());
  EXPECT_FALSE(s.previous());
  EXPECT_EQ(s.live("n"), std::nullopt);
  EXPECT_FALSE(s.may_use("mask"));
  s.start_again();
  s.choose(0);
  s.reveal();
  EXPECT_FALSE(s.poll() || s.busy());
}

TEST(ShippedLessons, CanBeWalkedThroughWithEveryAnswerChosen) {
  LearnSession s(kAssets, {}, {});
  int steps = 0;
  for (bool more = s.is_open(); more && !s.is_check(); more = s.next()) {
    ++steps;
    for (const auto& claim : s.step().claims) EXPECT_TRUE(claim.check(s.scope()).holds) << s.lesson().title << ": " << claim.text();
    if (!s.step().question) continue;
    const int options = static_cast<int>(s.step().question->options.size());
    int right = 0;
    for (int i = 0; i < options; ++i)
      if (s.step().question->options[static_cast<std::size_t>(i)].right) right = i;
    for (int i = 0; i < options; ++i)
      if (i != right) s.choose(i);
    EXPECT_FALSE(s.answered()) << s.step().title;
    if (options > 0) s.choose(right);
    EXPECT_EQ(s.answered(), options > 0) << s.step().title;
  }
  EXPECT_GT(steps, 60);
}

}  // namespace
}  // namespace qkv::documents
