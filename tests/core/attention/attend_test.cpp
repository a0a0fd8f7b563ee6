#include "core/attention/attention.h"

#include <gtest/gtest.h>

#include "tests/core/attention/cases.h"

namespace qkv::attention {
namespace {

TEST(Attend, AHandComputedHead) {
  Inputs inputs;
  inputs.embedding = Matrix{{1, 0}, {0, 1}};
  HeadInputs head;
  head.w_q = Matrix{{1, 0}, {0, 1}};
  head.w_k = Matrix{{0, 1}, {1, 0}};
  head.w_v = Matrix{{2}, {4}};
  inputs.layers = {{.heads = {head}, .w_o = {}, .b_o = {}}};
  inputs.options.scale = false;
  const Trace trace = attend(inputs);
  const HeadTrace& h = trace.layers[0].heads[0];
  EXPECT_EQ(h.scores, (Matrix{{0, 1}, {1, 0}}));
  const float large = 0.7310585786f;  // 1 / (1 + e^−1)
  EXPECT_NEAR(h.weights(0, 1), large, 1e-7);
  EXPECT_NEAR(h.weights(1, 1), 1 - large, 1e-7);
  EXPECT_NEAR(h.output(0, 0), 2 * (1 - large) + 4 * large, 1e-6);
  EXPECT_EQ(trace.layers[0].layer_output, h.output);
  EXPECT_EQ(trace.residual.size(), 0);
}

}  // namespace
}  // namespace qkv::attention
