#include "core/experiment/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/experiment/documents.h"
#include "tests/core/folder_test.h"

namespace qkv::experiment {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Sweep, IsReadFromText) {
  Sweep sweep;
  ASSERT_TRUE(parse_sweep("d_k=1..64", sweep));
  EXPECT_EQ(sweep, (Sweep{"d_k", 1, 64}));
  ASSERT_TRUE(parse_sweep("w_q[2,4]=-2..1.5", sweep));
  EXPECT_EQ(sweep, (Sweep{"w_q[2,4]", -2, 1.5}));
  for (const char* bad : {"", "d_k", "d_k=", "d_k=1", "d_k=1..", "=1..2", "d_k=a..b", "d_k=1..nan", "1..2=d_k"})
    EXPECT_FALSE(parse_sweep(bad, sweep)) << bad;
}

TEST(Sweep, WholeNumbersHaveAFrameEach) {
  EXPECT_THAT(sweep_values(tiny_experiment(), {"d_k", 1, 4}), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(sweep_values(tiny_experiment(), {"d_k", 3, 1}), ElementsAre(3, 2, 1));
  EXPECT_THAT(sweep_values(tiny_experiment(), {"temperature", 1, 2, 3}), ElementsAre(1, 1.5, 2));
  EXPECT_THAT(sweep_values(tiny_experiment(), {"temperature", 1, 2, 1}), ElementsAre(1));
}

TEST(Sweep, EveryValueIsAnExperiment) {
  for (const std::string& parameter : sweep_parameters()) {
    const Sweep sweep{parameter, 1, 3, 5};
    for (const double value : sweep_values(tiny_experiment(), sweep))
      EXPECT_NO_THROW(evaluate(at_value(tiny_experiment(), sweep, value))) << parameter << " " << value;
  }
  EXPECT_EQ(at_value(tiny_experiment(), {"d_k", 1, 4}, 3).d_k, 3);
  const Experiment changed = at_value(tiny_experiment(), {"w_q[0,1]", -1, 1}, 0.25);
  EXPECT_EQ(materialise(changed).layers[0].heads[0].w_q(0, 1), 0.25f);
}

TEST(Sweep, RefusesWhatCannotBe) {
  const auto refused = [](Sweep sweep) { return error_of([&] { sweep_values(tiny_experiment(), sweep); }); };
  EXPECT_THAT(refused({"d_k", 0, 4}), HasSubstr("from 1 to 512"));
  EXPECT_THAT(refused({"d_k", 1.5, 4}), HasSubstr("whole numbers"));
  EXPECT_THAT(refused({"temperature", 1, 2, 100'000}), HasSubstr("1000 frames"));
  EXPECT_THAT(refused({"speed", 1, 2}), HasSubstr("no 'speed'"));
  EXPECT_THAT(refused({"w_q[9,9]", 1, 2}), HasSubstr("no such number"));
  EXPECT_THAT(refused({"scaled[0,0]", 1, 2}), HasSubstr("no such number"));
}

}  // namespace
}  // namespace qkv::experiment
