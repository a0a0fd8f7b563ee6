#include "core/experiment/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/experiment/operations.h"

namespace qkv::experiment {
namespace {

TEST(Json, TheDefaultExperimentRoundTrips) {
  const Experiment& start = default_experiment();
  const std::string text = to_json(start);
  const Experiment again = from_json(text, "again.json");
  EXPECT_TRUE(same(start, again));
  EXPECT_EQ(text, to_json(again));
}

TEST(Json, TheDefaultExperimentShowsWhatItClaims) {
  const Experiment& e = default_experiment();
  const attention::Trace trace = evaluate(e);
  ASSERT_FALSE(e.targets.empty());
  for (const Target& target : e.targets) {
    if (target.sentence != sentence_of(e)) continue;
    Eigen::Index largest = 0;
    trace.layers[0].heads[0].weights.row(target.query).maxCoeff(&largest);
    EXPECT_EQ(largest, target.key) << target.because;
  }
}

}  // namespace
}  // namespace qkv::experiment
