#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "core/attention/provenance.h"
#include "tests/core/attention/cases.h"

// NaN, infinities and huge numbers pass through, and reach only what depends on them.
namespace qkv::attention {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

bool same(float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }

/// Changes every leaf in turn; returns how many cells changed in all. Only consumers of the leaf may.
int expect_only_consumers_change(const Case& c, const std::function<float(float)>& change) {
  const Trace before = attend(c.inputs);
  int changed = 0;
  for_each_cell(before, [&](const Cell& cell) {
    if (!is_leaf(cell.stage) || cell.stage == Stage::positions) return;
    Inputs inputs = c.inputs;
    float& number = *leaf(inputs, cell);
    number = change(number);
    const Trace after = attend(inputs);
    std::set<Cell> consumers = {cell};
    for (const Span& s : consumers_of(before, cell)) {
      for (int row = s.row; row < s.row + s.rows; ++row) {
        for (int column = s.column; column < s.column + s.columns; ++column) {
          consumers.insert({s.stage, s.layer, s.head, row, column});
        }
      }
    }
    for_each_cell(before, [&](const Cell& other) {
      if (same(value(before, other), value(after, other))) return;
      ++changed;
      EXPECT_TRUE(consumers.count(other)) << describe(cell) << " changed " << describe(other);
    });
  });
  return changed;
}

TEST(Extremes, ChangingALeafChangesOnlyItsConsumers) {
  for (const Case& c : some_option_cases(0)) {
    SCOPED_TRACE(c.name);
    EXPECT_GT(expect_only_consumers_change(c, [](float number) { return number + 0.5f; }), 0);
  }
}

TEST(Extremes, NanPoisonsOnlyWhatDependsOnIt) {
  for (const Case& c : some_option_cases(1)) {
    SCOPED_TRACE(c.name);
    EXPECT_GT(expect_only_consumers_change(c, [](float) { return kNan; }), 0);
  }
}

TEST(Extremes, HugeNumbersPoisonOnlyWhatDependsOnThem) {
  for (const Case& c : some_option_cases(2)) {
    SCOPED_TRACE(c.name);
    EXPECT_GT(expect_only_consumers_change(c, [](float) { return 1e30f; }), 0);
  }
}

TEST(Extremes, ANanInALaterTokenNeverReachesAnEarlierOne) {
  Inputs inputs = random_inputs({.n = 20, .heads = 2, .layers = 3, .w_o = true}, 1);
  inputs.options.mask.kind = MaskKind::causal;
  inputs.embedding(12, 3) = kNan;
  const Trace trace = attend(inputs);
  EXPECT_TRUE(trace.residual.topRows(12).allFinite());
  for (int i = 12; i < 20; ++i) EXPECT_TRUE(trace.residual.row(i).array().isNaN().all());
  EXPECT_EQ(trace.layers[0].heads[0].weights(12, 19), 0);  // masked stays zero beside NaN
}

TEST(Extremes, APaddingTokenMayHoldAnything) {
  Inputs inputs = random_inputs({.n = 5}, 2);
  inputs.options.mask.padding = {false, false, true, false, false};
  const Matrix before = attend(inputs).layers[0].heads[0].output;
  inputs.embedding.row(2).setConstant(kNan);
  const Matrix after = attend(inputs).layers[0].heads[0].output;
  for (const int i : {0, 1, 3, 4}) EXPECT_LE((after.row(i) - before.row(i)).cwiseAbs().maxCoeff(), 1e-6);
}

TEST(Extremes, WeightsOf1e30) {
  Inputs inputs = random_inputs({.d_k = 1}, 3);
  inputs.embedding = inputs.embedding.cwiseAbs();  // q and k of 1e30: every score overflows to +inf
  inputs.layers[0].heads[0].w_q.setConstant(1e30f);
  inputs.layers[0].heads[0].w_k.setConstant(1e30f);
  const Trace overflown = attend(inputs);
  EXPECT_TRUE(overflown.layers[0].heads[0].scores.array().isInf().all());
  EXPECT_TRUE(overflown.layers[0].heads[0].weights.array().isNaN().all());  // inf − inf, as in PyTorch
  inputs.layers[0].heads[0].w_k.setConstant(1e-3f);  // large but finite: one key takes all
  const Trace finite = attend(inputs);
  const Matrix& weights = finite.layers[0].heads[0].weights;
  EXPECT_TRUE(weights.allFinite());
  EXPECT_EQ(weights.rowwise().maxCoeff(), Matrix::Ones(4, 1));
  EXPECT_EQ(weights.rowwise().sum(), Matrix::Ones(4, 1));
}

}  // namespace
}  // namespace qkv::attention
