#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/experiment/operations.h"
#include "tests/app/documents/lesson_text.h"

// The lessons that come with the program: all can be read, what they say is true, and could have been false.
namespace qkv::documents {
namespace {

using namespace testing;
using ::testing::IsEmpty;

const LessonShelf& shelf() {
  static const LessonShelf all = read_lessons({kAssets / "lessons"});
  return all;
}

TEST(ShippedLessons, AreEighteenAndNothingIsWrongWithThem) {
  EXPECT_THAT(shelf().troubles, IsEmpty());
  ASSERT_EQ(shelf().lessons.size(), 18u);
  int number = 0;
  for (const Lesson& lesson : shelf().lessons) {
    EXPECT_EQ(lesson.number, ++number);
    EXPECT_FALSE(lesson.outcomes.empty()) << lesson.path;
    EXPECT_THAT(check_lesson(lesson, kAssets), IsEmpty());
  }
}

TEST(ShippedLessons, EveryLessonAsksAndClaimsSomething) {
  for (const Lesson& lesson : shelf().lessons) {
    std::size_t questions = 0, claims = 0;
    for (const LessonStep& step : lesson.steps) {
      questions += step.question.has_value();
      claims += step.claims.size();
    }
    EXPECT_GT(questions, 0u) << lesson.path;
    EXPECT_GT(claims, 0u) << lesson.path;
  }
}

/// True when the claim holds, and can be asked, with every weight drawn at random.
bool holds_at_random(const experiment::Claim& claim, const LessonStep& step, const std::filesystem::path& folder, std::uint64_t seed) {
  const auto random = [&](const Setup& setup) { return experiment::randomised(set_up(setup, folder, kAssets), seed, true); };
  const auto main = random(step.setup), beside = random(step.beside.value_or(step.setup));
  const auto trace = experiment::evaluate(main), beside_trace = experiment::evaluate(beside);
  const experiment::Scope second{beside, beside_trace, beside, beside_trace};
  try {
    return claim.check({main, trace, main, trace, &second}).holds;
  } catch (const Error&) {  // the names of columns are gone with their meaning
    return false;
  }
}

TEST(ShippedLessons, NotEveryClaimHoldsOfRandomWeights) {
  for (const Lesson& lesson : shelf().lessons) {
    int failing = 0;
    for (const LessonStep& step : lesson.steps)
      for (const experiment::Claim& claim : step.claims) {
        bool holds = true;
        for (const std::uint64_t seed : {101, 202, 303}) holds = holds && holds_at_random(claim, step, lesson.path.parent_path(), seed);
        failing += !holds;
      }
    EXPECT_GT(failing, 0) << lesson.path << ": its claims are true of anything";
  }
}

}  // namespace
}  // namespace qkv::documents
