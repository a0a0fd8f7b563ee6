#include <gmock/gmock.h>

#include <fstream>

#include "app/workspaces/present/present.h"
#include "tests/app/shell/driver.h"

// A lesson in front of a room: its figure answers the hand as at a desk, and everything behind a number follows.
namespace qkv::shell {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;
using ::testing::HasSubstr;

struct DriverPresentLesson : ::testing::Test {
  DriverPresentLesson() { d.resize(1920, 1080); }
  documents::TalkSession& talk() { return *d.session().talk; }
  documents::LearnSession& lessons() { return *talk().lessons(); }
  workspaces::PresentView& seen() { return d.session().present_view; }
  /// Lesson and step by their numbers, from 1.
  void present(int lesson, int step) {
    shell::go_to(d.session(), Workspace::learn);
    d.session().learn->go_to(lesson - 1, step - 1);
    d.key(Key::f5);
    ASSERT_EQ(d.session().workspace, Workspace::present);
    rest();
  }
  void rest() { d.wait(1); d.frame(); }
  float value(const Cell& c) { return attention::value(*lessons().document().trace(), c); }
  /// Where a number of the figure stands on the screen.
  Point at(const Cell& c) {
    const drawing::Region& r = d.region("lesson/stage/" + std::string(attention::name_of(c.stage)));
    return {r.rect.x + r.rect.w / static_cast<float>(r.columns) * (static_cast<float>(c.column) + 0.5f), r.rect.y + r.rect.h / static_cast<float>(r.rows) * (static_cast<float>(c.row) + 0.5f)};
  }
  void expect_good() {
    EXPECT_THAT(support::overlaps(d.frame()), IsEmpty());
    EXPECT_THAT(support::clipped(d.frame()), IsEmpty());
  }
  Driver d;
};

constexpr Cell kQueryOfSat{Stage::q, 0, 0, 2, 0}, kScore{Stage::scores, 0, 0, 2, 0}, kWeight{Stage::weights, 0, 0, 2, 1};

TEST_F(DriverPresentLesson, ADraggedNumberChangesWhatFollowsInThatVeryFrame) {
  present(10, 1);
  const float score = value(kScore), weight = value(kWeight);
  d.move(at(kScore));
  d.press(at(kScore));
  d.move({at(kScore).x, at(kScore).y - 60});
  EXPECT_GT(value(kScore), score);
  EXPECT_LT(value(kWeight), weight) << "what one key gains the others lose";
  EXPECT_TRUE(d.shows(figures::number(value(kScore), 2)) || d.shows(figures::number(value(kScore), 1))) << value(kScore);
  const Point still = at(kScore);
  d.move({still.x, still.y - 90});
  EXPECT_EQ(at(kScore), still) << "nothing moves under the hand";
  d.release({still.x, still.y - 90});
  expect_good();
  EXPECT_EQ(talk().index(), 0);
  d.key(Key::z, kCtrl);
  EXPECT_EQ(value(kScore), score) << "a drag is one step";
  EXPECT_FALSE(lessons().document().can_undo());
}

TEST_F(DriverPresentLesson, HoveringTracesTheOperands) {
  present(10, 1);
  d.move({5, 5});
  const std::size_t before = d.frame().commands.size();
  d.move(at(kWeight));
  EXPECT_EQ(seen().learn.main.hovered, kWeight);
  const std::size_t traced = d.frame().commands.size();
  EXPECT_GT(traced, before) << "its operands are outlined";
  d.wait(1);
  EXPECT_EQ(d.frame().commands.size(), traced) << "no tooltip in a room";
}

TEST_F(DriverPresentLesson, ANumberIsTypedAndKeysWalkTheTalkAgain) {
  present(4, 2);
  d.double_click(at(kQueryOfSat));
  ASSERT_TRUE(d.session().in.editing());
  d.retype("2.5");
  d.key(Key::enter);
  EXPECT_EQ(value(kQueryOfSat), 2.5f);
  EXPECT_FALSE(d.session().in.editing());
  d.key(Key::right);
  EXPECT_EQ(talk().index(), 2);
  d.key(Key::left);
  rest();
  EXPECT_EQ(value(kQueryOfSat), 2.5f) << "the step comes back as it was left";
  d.double_click(at(kQueryOfSat));
  d.retype("7");
  d.click({8, 8});  // elsewhere: what was typed counts
  EXPECT_EQ(value(kQueryOfSat), 7.f);
}

TEST_F(DriverPresentLesson, TheLessonItselfAndTheReadersStayAsTheyWere) {
  present(4, 2);
  const fs::path file = lessons().lesson().path;
  const auto written = fs::last_write_time(file);
  d.drag(at(kQueryOfSat), {0, -60});
  ASSERT_TRUE(lessons().document().can_undo());
  d.key(Key::escape);
  EXPECT_FALSE(d.session().learn->document().can_undo());
  EXPECT_EQ(fs::last_write_time(file), written);
  d.key(Key::f5);
  EXPECT_FALSE(lessons().document().can_undo()) << "another room begins afresh";
}

TEST_F(DriverPresentLesson, OnlyWhatTheStepLetsBeChangedChangesAndThePenOnlyDraws) {
  present(10, 1);
  d.drag(at(kWeight), {0, -60});
  EXPECT_FALSE(lessons().document().can_undo());
  d.key(Key::p);
  d.drag(at(kScore), {0, -60});
  EXPECT_FALSE(lessons().document().can_undo());
  EXPECT_EQ(seen().strokes.size(), 1u);
  d.key(Key::p);
  d.right_click(at(kScore));
  EXPECT_THAT(d.session().in.popups, IsEmpty()) << "no menu in a room";
  EXPECT_FALSE(lessons().document().can_undo());
}

TEST_F(DriverPresentLesson, AGoalThatIsMetIsSeen) {
  present(5, 3);  // k[down,*]: 'sat' attends to 'down' more than to 'cat'
  ASSERT_TRUE(lessons().step().question && lessons().step().question->goal);
  EXPECT_TRUE(d.shows_with(", now "));
  EXPECT_FALSE(seen().revealed);
  for (int column = 0; column < 8 && !lessons().answer().right; ++column) d.drag(at({Stage::k, 0, 0, 3, column}), {0, -400});
  ASSERT_TRUE(lessons().answer().right);
  EXPECT_TRUE(seen().revealed) << "why is shown as well";
  expect_good();
  d.key(Key::space);
  EXPECT_FALSE(seen().revealed);
  d.key(Key::space);
  EXPECT_TRUE(seen().revealed);
}

TEST_F(DriverPresentLesson, WhatIsNotDoneYetIsNotSaidToBe) {
  present(9, 4);  // bring the gradient back: the division is still off
  ASSERT_TRUE(lessons().step().question && lessons().step().question->goal);
  ASSERT_FALSE(lessons().answer().right);
  d.key(Key::space);
  EXPECT_TRUE(seen().revealed);
  EXPECT_FALSE(d.shows_with("With the division")) << support::all_text(d.frame());
  expect_good();
}

TEST_F(DriverPresentLesson, ControlsOfTheStepAreThere) {
  present(2, 3);
  const float before = lessons().document().experiment().temperature;
  const Rect bar = d.region("lesson/learn/temperature").rect;
  EXPECT_LT(bar.bottom(), 1080 * 0.2f) << "in the first row";
  d.drag(bar.center(), {-bar.w / 4, 0});
  EXPECT_LT(lessons().document().experiment().temperature, before);
  d.drag(bar.center(), {-bar.w, 0});
  EXPECT_TRUE(lessons().answer().right) << "a low temperature makes the choice hard";
  d.key(Key::left);
  EXPECT_EQ(talk().index(), 1) << "the arrow walks the talk, not the slider";
}

TEST_F(DriverPresentLesson, AFigureWithoutNumbersBesideTheWordsHasAScreenOfItsOwn) {
  present(4, 1);
  EXPECT_EQ(seen().parts, 2);
  EXPECT_TRUE(d.shows("1 of 2"));
  d.key(Key::right);
  rest();
  EXPECT_EQ(talk().index(), 0);
  EXPECT_TRUE(d.shows("2 of 2"));
  const Cell weight{Stage::w_q, 0, 0, 2, 4};
  const Rect before = d.region("lesson/stage/w_q").rect;
  const float value_before = value(weight);
  d.drag(at(weight), {0, -60});
  EXPECT_GT(value(weight), value_before);
  EXPECT_EQ(d.region("lesson/stage/w_q").rect, before);
  d.key(Key::right);
  EXPECT_EQ(talk().index(), 1);
  d.key(Key::left);
  rest();
  EXPECT_TRUE(d.shows("2 of 2")) << "back leads to the last screen";
}

TEST_F(DriverPresentLesson, TheCurveOfD_kIsDragged) {
  present(9, 2);
  d.session().studies->finish();
  rest();
  ASSERT_TRUE(d.has("lesson/learn/d_k"));
  const int before = lessons().document().experiment().d_k;
  const Rect bar = d.region("lesson/learn/d_k").rect;
  d.drag(bar.center(), {bar.w / 3, 0});
  EXPECT_NE(lessons().document().experiment().d_k, before);
}

TEST_F(DriverPresentLesson, EveryStepOfEveryLessonIsLaidOutWithItsControls) {
  for (const auto& size : {Point{1920, 1080}, Point{1280, 800}}) {
    d.resize(size.x, size.y);
    for (int number = 1; number <= 18; ++number) {
      present(number, 1);
      for (int i = 0; i < talk().count(); ++i) {
        SCOPED_TRACE(std::to_string(static_cast<int>(size.x)) + ": " + std::to_string(number) + "." + std::to_string(i + 1));
        talk().wait();
        d.session().studies->finish();
        rest();
        EXPECT_EQ(talk().index(), i);
        expect_good();
        for (int part = 1; part < seen().parts; ++part) {
          d.key(Key::right);
          expect_good();
        }
        d.key(Key::right);
      }
      d.key(Key::escape);
    }
  }
}

}  // namespace
}  // namespace qkv::shell
