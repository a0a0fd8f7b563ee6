#include "app/documents/worker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <vector>

namespace qkv::documents {
namespace {

TEST(Worker, RunsAJobAndIsIdleAgain) {
  std::atomic<int> value = 0;
  Worker worker;
  EXPECT_FALSE(worker.busy());
  worker.submit([&](const std::stop_token&) { value = 42; });
  worker.wait();
  EXPECT_EQ(value, 42);
  EXPECT_FALSE(worker.busy());
}

TEST(Worker, OfThoseWaitingOnlyTheLatestRuns) {
  std::promise<void> started, go;
  std::vector<int> ran;
  Worker worker;
  worker.submit([&](const std::stop_token&) {
    started.set_value();
    go.get_future().wait();
    ran.push_back(0);
  });
  started.get_future().wait();
  for (int i = 1; i <= 5; ++i) worker.submit([&ran, i](const std::stop_token&) { ran.push_back(i); });
  EXPECT_TRUE(worker.busy());
  go.set_value();
  worker.wait();
  EXPECT_EQ(ran, (std::vector<int>{0, 5}));
}

TEST(Worker, CancelStopsTheRunningAndDropsTheWaiting) {
  std::promise<void> started;
  std::atomic<bool> stopped = false, second = false;
  Worker worker;
  worker.submit([&](const std::stop_token& stop) {
    started.set_value();
    while (!stop.stop_requested()) std::this_thread::yield();
    stopped = true;
  });
  started.get_future().wait();
  worker.submit([&](const std::stop_token&) { second = true; });
  worker.cancel();
  worker.wait();
  EXPECT_TRUE(stopped);
  EXPECT_FALSE(second);
  worker.submit([&](const std::stop_token& stop) { second = !stop.stop_requested(); });
  worker.wait();
  EXPECT_TRUE(second) << "a job after a cancel starts afresh";
}

TEST(Worker, DestructionEndsTheRunningJob) {
  std::promise<void> started;
  std::atomic<bool> stopped = false;
  {
    Worker worker;
    worker.submit([&](const std::stop_token& stop) {
      started.set_value();
      while (!stop.stop_requested()) std::this_thread::yield();
      stopped = true;
    });
    started.get_future().wait();
  }
  EXPECT_TRUE(stopped);
}

}  // namespace
}  // namespace qkv::documents
