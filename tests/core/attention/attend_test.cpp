#include "core/attention/attention.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/core/attention/cases.h"
#include "tests/core/attention/reference.h"

namespace qkv::attention {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

const HeadTrace& first_head(const Trace& trace) { return trace.layers[0].heads[0]; }

void expect_near(const Matrix& a, const Matrix& b, double tolerance) {
  ASSERT_EQ(a.rows(), b.rows());
  ASSERT_EQ(a.cols(), b.cols());
  EXPECT_LE((a - b).cwiseAbs().maxCoeff(), tolerance) << a << "\n\n" << b;
}

/// Every computed cell beside the naive double version, relative to max(1, the largest |value| of its
/// matrix): a score near zero may be the difference of large products, and carries their rounding.
void expect_as_reference(const Inputs& inputs, double tolerance) {
  const Trace trace = attend(inputs);
  const std::map<Cell, double> expected = reference(inputs);
  std::map<Cell, double> largest;  // by the first cell of the matrix
  const auto matrix = [](const Cell& cell) { return Cell{cell.stage, cell.layer, cell.head, 0, 0}; };
  for (const auto& [cell, number] : expected) {
    double& most = largest.try_emplace(matrix(cell), 1.0).first->second;
    if (std::isfinite(number)) most = std::max(most, std::abs(number));
  }
  for (const auto& [cell, number] : expected) {
    const float ours = value(trace, cell);
    if (std::isinf(number)) {
      EXPECT_EQ(ours, number) << describe(cell);
    } else {
      EXPECT_NEAR(ours, number, tolerance * largest[matrix(cell)]) << describe(cell);
    }
  }
  std::size_t computed = 0;
  for_each_cell(trace, [&](const Cell& cell) { computed += is_leaf(cell.stage) ? 0 : 1; });
  EXPECT_EQ(computed, expected.size());
}

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
  const HeadTrace& h = first_head(trace);
  EXPECT_EQ(h.scores, (Matrix{{0, 1}, {1, 0}}));
  const float large = 0.7310585786f;  // 1 / (1 + e^−1)
  EXPECT_NEAR(h.weights(0, 1), large, 1e-7);
  EXPECT_NEAR(h.weights(1, 1), 1 - large, 1e-7);
  EXPECT_NEAR(h.output(0, 0), 2 * (1 - large) + 4 * large, 1e-6);
  EXPECT_EQ(trace.layers[0].layer_output, h.output);
  EXPECT_EQ(trace.residual.size(), 0);
}

TEST(Attend, AgreesWithTheNaiveDoubleVersionOverAllOptions) {
  for (const Case& c : option_cases()) {
    SCOPED_TRACE(c.name);
    expect_as_reference(c.inputs, c.inputs.layers.size() == 1 ? 1e-6 : 4e-6);  // a stack gathers rounding
  }
}

TEST(Attend, AgreesWithTheNaiveDoubleVersionAtLargerSizes) {
  // Odd sizes reach the edges of every vectorised loop; 70 tokens × 64 heads-cells cross the strips of the
  // product.
  for (const Sizes& sizes :
       {Sizes{.n = 33, .d_model = 37, .d_k = 19, .d_v = 11, .heads = 5, .layers = 2, .w_o = true},
        Sizes{.n = 70, .d_model = 300, .d_k = 7, .d_v = 5, .heads = 2, .biases = true},
        Sizes{.n = 9, .d_model = 64, .d_k = 4, .d_v = 4, .heads = 16, .layers = 3, .w_o = true}}) {
    // Looser: softmax carries the absolute rounding of the scores, which grow to 30 by the third layer, into
    // the weights.
    Inputs inputs = random_inputs(sizes, 9);
    inputs.options.mask.kind = MaskKind::causal;
    inputs.options.positions = Positions::rope;
    expect_as_reference(inputs, 1e-5);
  }
}

TEST(Attend, SharesHeadsAmongThreadsWithoutChangingABit) {
  const Inputs inputs =
      random_inputs({.n = 300, .d_model = 8, .d_k = 4, .d_v = 4, .heads = 4}, 5);  // 360,000 scores
  const Trace together = attend(inputs);
  for (int h = 0; h < 4; ++h) {
    Inputs alone = inputs;
    alone.layers[0].heads = {inputs.layers[0].heads[h]};
    EXPECT_EQ(first_head(attend(alone)).output, together.layers[0].heads[h].output);
  }
}

TEST(Attend, RowsOfWeightsSumToOne) {
  for (const Case& c : option_cases()) {
    SCOPED_TRACE(c.name);
    Inputs inputs = c.inputs;
    inputs.overrides.clear();
    for (const LayerTrace& layer : attend(inputs).layers) {
      for (const HeadTrace& head : layer.heads) {
        for (int i = 0; i < head.weights.rows(); ++i) {
          EXPECT_NEAR(head.weights.row(i).sum(), head.fully_masked[i] ? 0 : 1, 1e-6);
          EXPECT_GE(head.weights.row(i).minCoeff(), 0);
        }
      }
    }
  }
}

TEST(Attend, CausalWeightsOfLaterTokensAreExactlyZero) {
  Inputs inputs = random_inputs({.n = 40, .d_model = 16, .d_k = 8, .d_v = 8}, 2);
  inputs.options.mask.kind = MaskKind::causal;
  const Trace trace = attend(inputs);
  for (int i = 0; i < 40; ++i) {
    for (int j = 0; j < 40; ++j) {
      EXPECT_EQ(first_head(trace).weights(i, j) == 0, j > i);
      EXPECT_EQ(first_head(trace).scaled(i, j) == -kInfinity, j > i);
    }
  }
}

TEST(Attend, AddingOneNumberToARowOfScoresChangesNothing) {
  Inputs inputs = random_inputs({.n = 12}, 3);
  const Matrix before = first_head(attend(inputs)).weights;
  inputs.options.score_bias = Vector::LinSpaced(12, -20, 20).transpose().replicate(1, 12);
  expect_near(first_head(attend(inputs)).weights, before, 2e-6);
}

TEST(Attend, PermutingTokensPermutesTheOutput) {
  Inputs inputs = random_inputs({.n = 7, .heads = 2, .layers = 2, .biases = true, .w_o = true}, 4);
  const Trace before = attend(inputs);
  const Eigen::PermutationMatrix<7> order(Eigen::Vector<int, 7>{3, 0, 6, 1, 5, 2, 4});
  inputs.embedding = order * inputs.embedding;
  const Trace after = attend(inputs);
  expect_near(after.residual, order * before.residual, 2e-6);
  expect_near(first_head(after).weights, order * first_head(before).weights * order.transpose(), 1e-6);
}

TEST(Attend, PositionsBreakThatSymmetry) {
  for (const Positions positions : {Positions::sinusoidal, Positions::rope, Positions::alibi}) {
    Inputs inputs = random_inputs({.n = 7}, 4);
    inputs.options.positions = positions;
    const Trace before = attend(inputs);
    inputs.embedding = Matrix(inputs.embedding.colwise().reverse());
    const Matrix after = first_head(attend(inputs)).output.colwise().reverse();
    EXPECT_GT((after - first_head(before).output).cwiseAbs().maxCoeff(),
              positions == Positions::alibi ? -1 : 1e-3);
  }
}

TEST(Attend, ScaleIsATemperatureOfTheRootOfDk) {
  Inputs inputs = random_inputs({.d_k = 9}, 6);
  const Matrix scaled = first_head(attend(inputs)).weights;
  inputs.options.scale = false;
  inputs.options.temperature = 3;
  expect_near(first_head(attend(inputs)).weights, scaled, 1e-6);
  inputs.options.temperature = 1e6f;  // hot: every key alike
  expect_near(first_head(attend(inputs)).weights, Matrix::Constant(4, 4, 0.25f), 1e-5);
  inputs.options.temperature = 1e-6f;  // cold: the best key alone
  EXPECT_EQ(first_head(attend(inputs)).weights.rowwise().maxCoeff(), Matrix::Ones(4, 1));
}

TEST(Attend, DoublingTheEmbeddingQuadruplesTheScores) {
  Inputs inputs = random_inputs({}, 7);
  const Matrix scores = first_head(attend(inputs)).scores;
  inputs.embedding *= 2;
  EXPECT_EQ(first_head(attend(inputs)).scores, 4 * scores);
}

TEST(Attend, OneTokenAttendsToItself) {
  Inputs inputs = random_inputs({.n = 1}, 8);
  inputs.options.mask.kind = MaskKind::causal;
  const Trace trace = attend(inputs);
  EXPECT_EQ(first_head(trace).weights, Matrix::Ones(1, 1));
  EXPECT_EQ(first_head(trace).output, first_head(trace).v);
}

TEST(Attend, AFullyMaskedRowIsZeroAndSaysSo) {
  Inputs inputs = random_inputs({.n = 3}, 8);
  inputs.options.mask.kind = MaskKind::causal;
  inputs.options.mask.padding = {true, false, false};
  const HeadTrace head = first_head(attend(inputs));
  EXPECT_EQ(head.fully_masked, (std::vector<bool>{true, false, false}));
  EXPECT_EQ(head.weights.row(0), Matrix::Zero(1, 3));
  EXPECT_EQ(head.output.row(0), Matrix::Zero(1, 3));
  EXPECT_NEAR(head.weights.row(1).sum(), 1, 1e-6);
}

TEST(Attend, AScoreBiasOfMinusInfinityMasksToo) {
  Inputs inputs = random_inputs({.n = 2}, 8);
  inputs.options.score_bias = Matrix{{-kInfinity, -kInfinity}, {0, -kInfinity}};
  const HeadTrace head = first_head(attend(inputs));
  EXPECT_EQ(head.weights, (Matrix{{0, 0}, {1, 0}}));
  EXPECT_TRUE(head.fully_masked[0]);
}

TEST(Attend, AnOverrideReplacesTheValueAndEverythingDownstreamFollows) {
  const Inputs inputs = random_inputs({.heads = 2, .layers = 2, .w_o = true}, 10);
  const Trace before = attend(inputs);
  Inputs changed = inputs;
  changed.overrides[{Stage::q, 0, 1, 2, 3}] = 7;
  const Trace after = attend(changed);
  EXPECT_EQ(after.layers[0].heads[1].q(2, 3), 7);
  EXPECT_EQ(after.layers[0].heads[0].output, before.layers[0].heads[0].output);
  EXPECT_EQ(after.layers[0].heads[1].k, before.layers[0].heads[1].k);
  EXPECT_NE(after.layers[0].heads[1].weights.row(2), before.layers[0].heads[1].weights.row(2));
  EXPECT_EQ(after.layers[0].heads[1].weights.row(1), before.layers[0].heads[1].weights.row(1));
  EXPECT_NE(after.residual, before.residual);
  Inputs given = inputs;  // the same as giving that q directly
  given.layers[0].heads[1].q = after.layers[0].heads[1].q;
  EXPECT_EQ(attend(given).residual, after.residual);
}

TEST(Attend, OverridingACellWithItsOwnValueChangesNothing) {
  const Inputs inputs =
      random_inputs({.n = 3, .d_model = 4, .d_k = 2, .d_v = 2, .heads = 2, .layers = 2}, 11);
  const Trace before = attend(inputs);
  for_each_cell(before, [&](const Cell& cell) {
    if (is_leaf(cell.stage)) return;
    Inputs same = inputs;
    same.overrides[cell] = value(before, cell);
    const Trace after = attend(same);
    for_each_cell(before,
                  [&](const Cell& c) { EXPECT_EQ(value(after, c), value(before, c)) << describe(cell); });
  });
}

TEST(Attend, AnOverrideOutsideTheTraceWaits) {
  Inputs inputs = random_inputs({}, 12);
  const Trace before = attend(inputs);
  inputs.overrides = {{{Stage::q, 0, 0, 99, 0}, 1.0f},
                      {{Stage::q, 0, 9, 0, 0}, 1.0f},
                      {{Stage::q_rotated, 0, 0, 0, 0}, 1.0f}};
  EXPECT_EQ(first_head(attend(inputs)).output, first_head(before).output);
}

TEST(Attend, UnmaskingByHandTakesTheValueIn) {
  Inputs inputs = random_inputs({.n = 2}, 13);
  inputs.options.mask.kind = MaskKind::causal;
  inputs.overrides[{Stage::scaled, 0, 0, 0, 1}] = 100;
  const HeadTrace head = first_head(attend(inputs));
  EXPECT_EQ(head.weights(0, 1), 1);
  expect_near(head.output.row(0), head.v.row(1), 1e-6);
}

TEST(Attend, GivenQKVNeedNoEmbedding) {
  Inputs inputs;
  inputs.embedding.resize(5, 0);
  HeadInputs head;
  head.q = random_matrix(5, 3, 1);
  head.k = random_matrix(5, 3, 2);
  head.v = random_matrix(5, 2, 3);
  inputs.layers = {{.heads = {head}, .w_o = random_matrix(2, 4, 4), .b_o = {}}};
  const Trace trace = attend(inputs);
  EXPECT_EQ(trace.n(), 5);
  EXPECT_EQ(trace.layers[0].layer_output.cols(), 4);
  EXPECT_EQ(shape_of(trace, Stage::x, 0, 0), Shape{});
  expect_as_reference(inputs, 1e-6);
}

}  // namespace
}  // namespace qkv::attention
