#include "app/documents/background_job.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

namespace qkv::documents {
namespace {

TEST(BackgroundJob, TellsOnceHowItEnded) {
  BackgroundJob job;
  EXPECT_FALSE(job.poll());
  job.start("Writing", [](const auto& progress, const auto&) {
    progress(0.5);
    return std::string("done");
  });
  EXPECT_TRUE(job.busy());
  EXPECT_EQ(job.doing(), "Writing");
  job.wait();
  EXPECT_TRUE(job.progress_moved());
  EXPECT_FALSE(job.progress_moved());
  const auto ended = job.poll();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->said, "done");
  EXPECT_EQ(ended->error, "");
  EXPECT_FALSE(job.busy());
  EXPECT_FALSE(job.poll());
}

TEST(BackgroundJob, AnExceptionIsItsError) {
  BackgroundJob job;
  job.start("Writing", [](const auto&, const auto&) -> std::string { throw std::runtime_error("no room"); });
  job.wait();
  EXPECT_EQ(job.poll()->error, "no room");
}

TEST(BackgroundJob, StopsWhenCancelledEvenBeforeItBegan) {
  for (int i = 0; i < 20; ++i) {
    BackgroundJob job;
    job.start("Writing", [](const auto&, const std::stop_token& stop) -> std::string {
      while (!stop.stop_requested()) std::this_thread::yield();
      throw std::runtime_error("cancelled");
    });
    job.cancel();
    job.wait();
    const auto ended = job.poll();
    ASSERT_TRUE(ended);
    EXPECT_NE(ended->error, "");
    EXPECT_TRUE(job.cancelled());
    EXPECT_FALSE(job.busy());
  }
}

}  // namespace
}  // namespace qkv::documents
