#include "app/documents/latest.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>

namespace qkv::documents {
namespace {

constexpr bool kQuick = true, kLong = false;

int squared(const int& key) { return key * key; }

TEST(Latest, QuickQuestionsAreAnsweredWithinTheCall) {
  Latest<int, int> latest;
  EXPECT_EQ(*latest.of(3, kQuick, squared), 9);
  EXPECT_EQ(*latest.of(4, kQuick, squared), 16);
  EXPECT_FALSE(latest.busy());
  EXPECT_FALSE(latest.poll());
}

TEST(Latest, LongOnesAreAnsweredOnTheWorkerAndTheOneBeforeStaysMeanwhile) {
  Latest<int, int> latest;
  EXPECT_EQ(latest.of(3, kLong, squared), nullptr);
  latest.wait();
  EXPECT_EQ(*latest.of(3, kLong, squared), 9);
  std::promise<void> go;
  auto gate = go.get_future().share();
  const auto waits = [gate](const int& key) { return gate.wait(), key * key; };
  EXPECT_EQ(*latest.of(4, kLong, waits), 9);
  EXPECT_TRUE(latest.busy());
  go.set_value();
  latest.wait();
  EXPECT_EQ(*latest.of(4, kLong, waits), 16);
  EXPECT_FALSE(latest.busy());
}

TEST(Latest, TheSameQuestionIsWorkedAtOnce) {
  Latest<int, int> latest;
  std::atomic<int> made = 0;
  for (int i = 0; i < 5; ++i) latest.of(3, kLong, [&](const int&) { return ++made; });
  latest.wait();
  for (int i = 0; i < 5; ++i) latest.of(3, kLong, [&](const int&) { return ++made; });
  latest.wait();
  EXPECT_EQ(made, 1);
}

TEST(Latest, ALateAnswerToAnOlderQuestionDoesNotReplaceTheNewer) {
  Latest<int, int> latest;
  std::promise<void> started, go;
  latest.of(3, kLong, [&](const int& key) {
    started.set_value();
    go.get_future().wait();
    return squared(key);
  });
  started.get_future().wait();
  EXPECT_EQ(*latest.of(4, kQuick, squared), 16);
  go.set_value();
  latest.wait();
  EXPECT_FALSE(latest.poll());
  EXPECT_EQ(*latest.of(4, kQuick, squared), 16);
}

TEST(Latest, OneThatThrowsLeavesTheAnswerBefore) {
  Latest<int, int> latest;
  latest.of(3, kQuick, squared);
  const auto fails = [](const int&) -> int { throw std::runtime_error("no memory"); };
  EXPECT_EQ(*latest.of(4, kQuick, fails), 9);
  latest.of(5, kLong, fails);
  latest.wait();
  EXPECT_EQ(*latest.of(5, kLong, fails), 9);
  EXPECT_FALSE(latest.busy());
}

}  // namespace
}  // namespace qkv::documents
