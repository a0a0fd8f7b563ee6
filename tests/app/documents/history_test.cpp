#include "app/documents/history.h"

#include <gtest/gtest.h>

#include <random>

namespace qkv::documents {
namespace {

TEST(History, UndoesAndRedoesByName) {
  History<int> history(0);
  EXPECT_FALSE(history.can_undo());
  EXPECT_EQ(history.undo_name(), "");
  history.push(1, "one");
  history.push(2, "two");
  EXPECT_EQ(history.undo_name(), "two");
  history.undo();
  EXPECT_EQ(history.current(), 1);
  EXPECT_EQ(history.undo_name(), "one");
  EXPECT_EQ(history.redo_name(), "two");
  history.redo();
  EXPECT_EQ(history.current(), 2);
  EXPECT_FALSE(history.can_redo());
}

TEST(History, UndoAndRedoAtTheEndsDoNothing) {
  History<int> history(7);
  history.undo();
  history.redo();
  EXPECT_EQ(history.current(), 7);
}

TEST(History, ADragIsOneStep) {
  History<int> history(0);
  for (int i = 1; i <= 50; ++i) history.push(i, "drag", "cell");
  EXPECT_EQ(history.current(), 50);
  history.undo();
  EXPECT_EQ(history.current(), 0);
  history.redo();
  EXPECT_EQ(history.current(), 50);
}

TEST(History, TwoDragsOfTheSameCellAreTwoSteps) {
  History<int> history(0);
  history.push(1, "drag", "cell");
  history.push(2, "drag", "cell");
  history.end_gesture();
  history.push(3, "drag", "cell");
  history.undo();
  EXPECT_EQ(history.current(), 2);
}

TEST(History, AnotherKeyOrNoneIsAnotherStep) {
  History<int> history(0);
  history.push(1, "a", "a");
  history.push(2, "b", "b");
  history.push(3, "c");
  history.push(4, "c");
  for (int expected : {3, 2, 1, 0}) {
    history.undo();
    EXPECT_EQ(history.current(), expected);
  }
}

TEST(History, ADragAfterAnUndoDoesNotMergeIntoThePast) {
  History<int> history(0);
  history.push(1, "drag", "cell");
  history.push(5, "type");
  history.undo();
  history.push(2, "drag", "cell");
  history.undo();
  EXPECT_EQ(history.current(), 1);
}

TEST(History, APushForgetsWhatWasUndone) {
  History<int> history(0);
  history.push(1, "one");
  history.undo();
  history.push(2, "two");
  EXPECT_FALSE(history.can_redo());
  history.undo();
  EXPECT_EQ(history.current(), 0);
}

TEST(History, HasNoLimitAndReturnsEveryValueUntouched) {
  History<int> history(0);
  for (int i = 1; i <= 100'000; ++i) history.push(i, "step");
  const auto held = history.shared();
  for (int i = 99'999; i >= 0; --i) {
    history.undo();
    ASSERT_EQ(history.current(), i);
  }
  EXPECT_EQ(*held, 100'000);
}

TEST(History, RandomWalkAgainstAPlainList) {
  std::mt19937 random(3);
  History<int> history(0);
  std::vector<int> list{0};
  std::size_t at = 0;
  for (int i = 1; i < 5000; ++i) {
    switch (random() % 3) {
      case 0:
        history.push(i, "step");
        list.resize(++at);
        list.push_back(i);
        break;
      case 1:
        history.undo();
        at -= at > 0;
        break;
      default:
        history.redo();
        at += at + 1 < list.size();
    }
    ASSERT_EQ(history.current(), list[at]);
    ASSERT_EQ(history.can_undo(), at > 0);
    ASSERT_EQ(history.can_redo(), at + 1 < list.size());
  }
}

}  // namespace
}  // namespace qkv::documents
