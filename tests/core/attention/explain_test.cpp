#include "core/attention/provenance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "tests/core/attention/cases.h"

namespace qkv::attention {
namespace {

using testing::HasSubstr;

constexpr float kEpsilon = std::numeric_limits<float>::epsilon();

/// The value, from nothing but the operands, in float32.
float recompute(const Explanation& e, float& magnitude) {
  float sum = 0;
  magnitude = 0;
  if (e.operation == Operation::softmax) {
    for (const Term& term : e.terms) sum += std::exp(term.factors[0].value - e.maximum);
    magnitude = 1;
    return std::exp(e.terms[e.cell.column].factors[0].value - e.maximum) / sum;
  }
  bool first = true;
  for (const Term& term : e.terms) {
    if (e.operation == Operation::fully_masked) continue;
    float product = 1;
    for (const Operand& factor : term.factors) product *= factor.value;
    magnitude += std::abs(product);
    if (e.operation == Operation::cap && first) product = e.softcap * std::tanh(product / e.softcap);
    first = false;
    sum += product;
  }
  return sum;
}

TEST(Explain, EveryCellOfEveryStageFollowsFromItsOperands) {
  for (const Case& c : option_cases()) {
    SCOPED_TRACE(c.name);
    const Trace trace = attend(c.inputs);
    int checked = 0;
    for_each_cell(trace, [&](const Cell& cell) {
      const Explanation e = explain(trace, cell);
      EXPECT_EQ(e.cell, cell);
      EXPECT_EQ(e.value, value(trace, cell)) << describe(cell);
      EXPECT_FALSE(e.words.empty());
      for (const Term& term : e.terms) {
        for (const Operand& factor : term.factors) {
          EXPECT_FALSE(factor.name.empty());
          if (factor.is_cell) {
            EXPECT_EQ(factor.value, value(trace, factor.cell)) << describe(cell);
          }
        }
      }
      if (e.operation == Operation::given || e.operation == Operation::overridden) {
        EXPECT_TRUE(e.terms.empty());
        EXPECT_EQ(e.operation == Operation::overridden, c.inputs.overrides.count(cell) == 1)
            << describe(cell);
        return;
      }
      float magnitude = 0;
      const float again = recompute(e, magnitude);
      if (std::isinf(e.value)) {
        EXPECT_EQ(again, e.value) << describe(cell);
      } else {
        EXPECT_NEAR(again, e.value, 4 * kEpsilon * magnitude) << describe(cell) << ": " << e.words;
      }
      ++checked;
    });
    EXPECT_GT(checked, 10);
  }
}

TEST(Explain, TermsAreTheDerivatives) {
  // Moves one operand of every cell by hand: the value must move by the product of the other factors.
  const Inputs inputs =
      random_inputs({.n = 3, .d_model = 4, .d_k = 3, .d_v = 2, .heads = 2, .layers = 2, .w_o = true}, 4);
  for (const Positions positions : {Positions::none, Positions::rope}) {
    Inputs base = inputs;
    base.options.positions = positions;
    const Trace trace = attend(base);
    int moved = 0;
    for_each_cell(trace, [&](const Cell& cell) {
      const Explanation e = explain(trace, cell);
      if (e.operation == Operation::softmax) return;
      for (const Term& term : e.terms) {
        for (const Operand& operand : term.factors) {
          if (!operand.is_cell || is_leaf(operand.cell.stage)) continue;
          Inputs changed =
              base;  // all operands pinned, so that the one moved reaches the value by this term alone
          for (const Term& pinned : e.terms) {
            for (const Operand& other : pinned.factors) {
              if (other.is_cell) changed.overrides[other.cell] = other.value;
            }
          }
          changed.overrides[operand.cell] = operand.value + 1;
          float others = 1;
          for (const Operand& other : term.factors) others *= &other == &operand ? 1 : other.value;
          EXPECT_NEAR(value(attend(changed), cell), e.value + others, 1e-5) << describe(cell);
          ++moved;
        }
      }
    });
    EXPECT_GT(moved, 300);
  }
}

TEST(Explain, LongSumsOfOneSignStayWithinTheirBound) {
  Inputs inputs = random_inputs({.n = 2, .d_model = 512, .d_k = 512, .d_v = 2}, 5);
  inputs.embedding = inputs.embedding.cwiseAbs();
  inputs.layers[0].heads[0].w_q = inputs.layers[0].heads[0].w_q.cwiseAbs();
  inputs.layers[0].heads[0].w_k = inputs.layers[0].heads[0].w_k.cwiseAbs();
  const Trace trace = attend(inputs);
  for (const Stage stage : {Stage::q, Stage::k, Stage::scores}) {
    for (int column = 0; column < 2; ++column) {
      const Explanation e = explain(trace, {stage, 0, 0, 1, column});
      double exact = 0;
      for (const Term& term : e.terms)
        exact += static_cast<double>(term.factors[0].value) * static_cast<double>(term.factors[1].value);
      EXPECT_NEAR(e.value, exact, 2 * kEpsilon * exact);
      EXPECT_NEAR(e.sum, exact, 2 * kEpsilon * exact);
    }
  }
}

TEST(Explain, SaysWhichOperation) {
  Inputs inputs = random_inputs({.heads = 2, .w_o = true}, 3);
  inputs.options.mask.kind = MaskKind::causal;
  inputs.options.mask.padding = {true, false, false, false};
  inputs.overrides[{Stage::v, 0, 1, 2, 0}] = 4;
  const Trace trace = attend(inputs);
  const auto of = [&](Stage stage, int head, int row, int column) {
    return explain(trace, {stage, 0, head, row, column});
  };
  EXPECT_EQ(of(Stage::embedding, 0, 0, 0).operation, Operation::given);
  EXPECT_EQ(of(Stage::q, 1, 2, 3).operation, Operation::project);
  EXPECT_EQ(of(Stage::q, 1, 2, 3).words, "q = Σ x·w_q over 6 dimensions");
  EXPECT_EQ(of(Stage::scores, 1, 2, 3).operation, Operation::dot);
  EXPECT_EQ(of(Stage::scaled, 1, 2, 1).operation, Operation::scale);
  EXPECT_EQ(of(Stage::scaled, 1, 2, 3).operation, Operation::mask);
  EXPECT_EQ(of(Stage::weights, 1, 2, 1).operation, Operation::softmax);
  EXPECT_THAT(of(Stage::weights, 1, 2, 1).words, HasSubstr("over 2 keys"));
  EXPECT_EQ(of(Stage::weights, 1, 0, 1).operation, Operation::fully_masked);
  EXPECT_EQ(of(Stage::output, 1, 0, 1).operation, Operation::fully_masked);
  EXPECT_EQ(of(Stage::output, 1, 2, 1).operation, Operation::mix);
  EXPECT_EQ(of(Stage::output, 1, 2, 1).terms.size(), 2u);
  EXPECT_EQ(of(Stage::v, 1, 2, 0).operation, Operation::overridden);
  EXPECT_EQ(of(Stage::layer_output, 0, 2, 1).operation, Operation::project);
  EXPECT_EQ(of(Stage::layer_output, 0, 2, 1).terms.size(), 6u);
}

TEST(Explain, TellsNormsRotaryAndTheCapInTheirOwnWords) {
  const std::vector<Case> cases = family_cases();
  const auto of = [&](std::size_t which, Stage stage, int row, int column) {
    return explain(attend(cases[which].inputs), {stage, 0, 0, row, column});
  };
  const Explanation x = of(0, Stage::x, 1, 2);
  EXPECT_EQ(x.operation, Operation::normalise);
  EXPECT_EQ(x.words, "x = (embedding − μ) ÷ σ·gain + bias: layer norm over the 6 numbers of the row");
  ASSERT_EQ(x.terms.size(), 3u);
  EXPECT_EQ(x.terms[0].factors[1].name, "1/σ");
  EXPECT_EQ(x.terms[0].factors[2].cell.stage, Stage::norm_gain);
  EXPECT_EQ(x.terms[1].factors[0].name, "−μ");
  EXPECT_EQ(x.terms[2].factors[0].cell.stage, Stage::norm_bias);
  EXPECT_EQ(x.averaged.size(), 6u);
  EXPECT_EQ(of(1, Stage::x, 1, 2).words,
            "x = (embedding + positions) ÷ rms: RMS norm over the 6 numbers of the row");

  EXPECT_THAT(of(2, Stage::q_rotated, 2, 3).words, HasSubstr("both times a factor"));
  EXPECT_EQ(of(2, Stage::q_rotated, 2, 3).terms[0].factors.size(), 3u);
  EXPECT_EQ(of(2, Stage::q_rotated, 2, 4).words, "q_rotated = q: only the first 4 of 6 columns turn");

  const Explanation capped = of(3, Stage::scaled, 2, 1);
  EXPECT_EQ(capped.operation, Operation::cap);
  EXPECT_EQ(capped.words, "scaled = 0.8·tanh((score ÷ √d_k) ÷ 0.8), never beyond ±0.8");
  EXPECT_NEAR(capped.sum, capped.value, 1e-6);
  EXPECT_LE(std::abs(capped.value), 0.8f);
  EXPECT_EQ(of(3, Stage::scaled, 0, 1).operation, Operation::mask);

  EXPECT_EQ(of(4, Stage::scores, 2, 1).terms[0].factors[0].name, "q_rotated");
  EXPECT_EQ(of(4, Stage::q_rotated, 2, 1).terms[0].factors[0].name, "q_normalised");
  EXPECT_EQ(of(4, Stage::k_normalised, 2, 1).terms[0].factors[0].name, "k");
  EXPECT_THAT(explain(attend(cases[5].inputs), {Stage::q_normalised, 0, 1, 2, 0}).words,
              HasSubstr("whose 1/rms is given"));
}

TEST(Explain, MaskedTermsOfSoftmaxAreZeroInEveryRow) {
  Inputs inputs = random_inputs({.n = 3}, 3);
  inputs.options.mask.kind = MaskKind::causal;
  inputs.options.mask.padding = {true, false, false};
  inputs.embedding(2, 0) = std::numeric_limits<float>::quiet_NaN();
  const Trace trace = attend(inputs);
  const auto term = [&](int row, int key) {
    return explain(trace, {Stage::weights, 0, 0, row, 0}).terms[key].value;
  };
  for (int key = 0; key < 3; ++key) EXPECT_EQ(term(0, key), 0) << "in a fully masked row";
  EXPECT_EQ(explain(trace, {Stage::weights, 0, 0, 0, 0}).sum, 0);
  EXPECT_EQ(term(1, 0), 0);
  EXPECT_EQ(term(1, 1), 1);
  EXPECT_EQ(term(2, 0), 0) << "beside NaN";
  EXPECT_TRUE(std::isnan(term(2, 1)));
}

TEST(Explain, RefusesACellOutsideTheTrace) {
  const Trace trace = attend(random_inputs({}, 1));
  EXPECT_THROW(explain(trace, {Stage::weights, 0, 0, 4, 0}), Error);
  EXPECT_THROW(explain(trace, {Stage::weights, 0, 1, 0, 0}), Error);
  EXPECT_THROW(explain(trace, {Stage::weights, -1, 0, 0, 0}), Error);
  EXPECT_THROW(explain(trace, {Stage::q_rotated, 0, 0, 0, 0}), Error);
  EXPECT_THROW(explain(trace, {Stage::x, 0, 0, 0, -1}), Error);
}

}  // namespace
}  // namespace qkv::attention
