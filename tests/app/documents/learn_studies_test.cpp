#include "app/documents/learn_studies.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <thread>

// The cost of attention is measured while somebody looks at it, and no longer.
namespace qkv::documents {
namespace {

bool within_seconds(double seconds, const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (std::chrono::steady_clock::now() < end) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return holds();
}

/// A frame that shows it.
std::shared_ptr<const CostMeasurement> look(LearnStudies& studies) {
  studies.poll();
  const auto m = studies.cost(7);
  studies.frame_shown();
  return m;
}

TEST(LearnStudies, BeginsTheCostWhenItIsFirstLookedAtAndGrowsWhileItIs) {
  LearnStudies studies;
  EXPECT_FALSE(studies.busy());
  EXPECT_TRUE(look(studies)->curves[0].points.empty());
  EXPECT_TRUE(studies.measuring_cost());
  EXPECT_TRUE(within_seconds(20, [&] { return look(studies)->curves[0].points.size() >= 2; }));
  const auto m = look(studies);
  EXPECT_EQ(m->curves[0].points[1].n, 2 * m->curves[0].points[0].n);
  EXPECT_FALSE(m->whole);
}

TEST(LearnStudies, AFrameWithoutTheCostEndsItAndTheNextLookBeginsAnew) {
  LearnStudies studies;
  look(studies);
  ASSERT_TRUE(within_seconds(20, [&] { return !look(studies)->curves[0].points.empty(); }));
  studies.frame_shown();  // nobody asked in this one
  EXPECT_TRUE(within_seconds(20, [&] { return !studies.measuring_cost(); }));
  studies.poll();
  EXPECT_TRUE(look(studies)->curves[0].points.empty());
  EXPECT_TRUE(studies.measuring_cost());
}

TEST(LearnStudies, WhatTheReaderStoppedStaysStopped) {
  LearnStudies studies;
  look(studies);
  ASSERT_TRUE(within_seconds(20, [&] { return !look(studies)->curves[0].points.empty(); }));
  studies.stop_cost();
  ASSERT_TRUE(within_seconds(20, [&] { return !studies.measuring_cost(); }));
  studies.frame_shown();
  const auto m = look(studies);
  EXPECT_TRUE(m->done);
  EXPECT_FALSE(m->whole);
  EXPECT_FALSE(m->curves[0].points.empty());
  EXPECT_FALSE(studies.measuring_cost());
  studies.start_cost(7);
  EXPECT_TRUE(studies.measuring_cost());
}

}  // namespace
}  // namespace qkv::documents
