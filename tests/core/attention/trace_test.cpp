#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/core/attention/cases.h"

namespace qkv::attention {
namespace {

TEST(Stage, NamesGoBothWays) {
  for (int s = 0; s < kStageCount; ++s) {
    Stage stage{};
    ASSERT_TRUE(stage_from_name(name_of(static_cast<Stage>(s)), stage));
    EXPECT_EQ(stage, static_cast<Stage>(s));
  }
  EXPECT_EQ(name_of(Stage::embedding), "embedding");
  EXPECT_EQ(name_of(Stage::q_rotated), "q_rotated");
  EXPECT_EQ(name_of(Stage::layer_output), "layer_output");
  Stage stage = Stage::q;
  EXPECT_FALSE(stage_from_name("pattern", stage));
  EXPECT_EQ(stage, Stage::q);
}

TEST(Trace, ShapesOfEveryStage) {
  Inputs inputs = random_inputs(
      {.n = 5, .d_model = 6, .d_k = 4, .d_v = 3, .heads = 2, .layers = 2, .biases = true, .w_o = true}, 1);
  inputs.options.positions = Positions::sinusoidal;
  inputs.options.score_bias = random_matrix(5, 5, 1);
  const Trace trace = attend(inputs);
  const std::map<Stage, Shape> expected = {
      {Stage::embedding, {5, 6}},  {Stage::positions, {5, 6}},   {Stage::x, {5, 6}},
      {Stage::w_q, {6, 4}},        {Stage::w_k, {6, 4}},         {Stage::w_v, {6, 3}},
      {Stage::b_q, {1, 4}},        {Stage::b_k, {1, 4}},         {Stage::b_v, {1, 3}},
      {Stage::q, {5, 4}},          {Stage::k, {5, 4}},           {Stage::v, {5, 3}},
      {Stage::score_bias, {5, 5}}, {Stage::scores, {5, 5}},      {Stage::scaled, {5, 5}},
      {Stage::weights, {5, 5}},    {Stage::output, {5, 3}},      {Stage::w_o, {6, 6}},
      {Stage::b_o, {1, 6}},        {Stage::layer_output, {5, 6}}};
  for (int s = 0; s < kStageCount; ++s) {
    const auto stage = static_cast<Stage>(s);
    SCOPED_TRACE(name_of(stage));
    const auto it = expected.find(stage);
    EXPECT_EQ(shape_of(trace, stage, 0, 0), it == expected.end() ? Shape{} : it->second);
    const bool is_bias =
        stage == Stage::b_q || stage == Stage::b_k || stage == Stage::b_v || stage == Stage::b_o;
    EXPECT_EQ(matrix_of(trace, stage, 0, 0) != nullptr, it != expected.end() && !is_bias);
    EXPECT_EQ(shape_of(trace, stage, 0, 1) != Shape{}, it != expected.end() && is_per_head(stage));
    EXPECT_EQ(shape_of(trace, stage, 1, 0) != Shape{}, it != expected.end() && is_per_layer(stage));
    EXPECT_EQ(shape_of(trace, stage, 2, 0) != Shape{}, stage == Stage::x);
    EXPECT_EQ(shape_of(trace, stage, -1, 0), Shape{});
    EXPECT_EQ(shape_of(trace, stage, 0, -1), Shape{});
    EXPECT_EQ(shape_of(trace, stage, 0, 2), Shape{});
  }
}

TEST(Trace, NormsHaveTheirStages) {
  const Trace trace = attend(family_cases()[4].inputs);
  for (const Stage stage : {Stage::q_normalised, Stage::k_normalised, Stage::q_rotated, Stage::k_rotated})
    EXPECT_EQ(shape_of(trace, stage, 1, 1), (Shape{4, 6})) << name_of(stage);
  for (const Stage stage : {Stage::norm_gain, Stage::q_norm_gain, Stage::k_norm_gain, Stage::k_norm_bias})
    EXPECT_EQ(shape_of(trace, stage, 0, 0), (Shape{1, 6})) << name_of(stage);
  for (const Stage stage : {Stage::norm_bias, Stage::q_norm_bias})  // RMS norms have none
    EXPECT_EQ(shape_of(trace, stage, 0, 0), Shape{}) << name_of(stage);
  EXPECT_EQ(scored_q(trace.layers[0].heads[0]), Stage::q_rotated);
  EXPECT_EQ(scored_q(attend(family_cases()[5].inputs).layers[0].heads[1]), Stage::q_normalised);
  EXPECT_EQ(scored_k(attend(family_cases()[5].inputs).layers[0].heads[1]), Stage::k);
}

TEST(Trace, TheResidualStreamPassesTheNormBy) {
  const Trace trace = attend(family_cases()[1].inputs);
  EXPECT_EQ(trace.layers[1].x, trace.inputs.embedding + trace.positions + trace.layers[0].layer_output);
}

TEST(Trace, EveryLeafCanBeReachedToChangeIt) {
  for (const Case& c : family_cases()) {
    const Trace trace = attend(c.inputs);
    Inputs inputs = c.inputs;
    for_each_cell(trace, [&](const Cell& cell) {
      const float* number = leaf(inputs, cell);
      ASSERT_EQ(number != nullptr, is_leaf(cell.stage) && cell.stage != Stage::positions) << describe(cell);
      if (number == nullptr) return;
      EXPECT_EQ(*number, value(trace, cell)) << describe(cell);
    });
  }
}

TEST(Trace, TheLastXIsTheResidual) {
  const Trace trace = attend(random_inputs({.layers = 2, .w_o = true}, 1));
  EXPECT_EQ(matrix_of(trace, Stage::x, 2, 0), &trace.residual);
  EXPECT_EQ(trace.residual, trace.layers[1].x + trace.layers[1].layer_output);
  EXPECT_EQ(value(trace, {Stage::x, 2, 0, 3, 1}), trace.residual(3, 1));
}

TEST(Trace, ValuesOfMatricesAndBiases) {
  const Inputs inputs = random_inputs({.heads = 2, .biases = true}, 1);
  const Trace trace = attend(inputs);
  EXPECT_EQ(value(trace, {Stage::b_k, 0, 1, 0, 2}), inputs.layers[0].heads[1].b_k(2));
  EXPECT_EQ(value(trace, {Stage::weights, 0, 1, 2, 3}), trace.layers[0].heads[1].weights(2, 3));
}

TEST(Trace, ACellOutsideIsRefusedByName) {
  const Trace trace = attend(random_inputs({}, 1));
  const auto sentence = [&](const Cell& cell) -> std::string {
    try {
      value(trace, cell);
    } catch (const Error& error) {
      return error.what();
    }
    return "found";
  };
  EXPECT_EQ(sentence({Stage::weights, 0, 0, 4, 1}),
            "There is no weights[4, 1] of layer 0, head 0: it is [4, 4].");
  EXPECT_EQ(sentence({Stage::b_q, 0, 0, 0, 0}),
            "There is no b_q[0, 0] of layer 0, head 0: this trace has no such matrix.");
  EXPECT_EQ(sentence({Stage::weights, 1, 0, 0, 0}),
            "There is no weights[0, 0] of layer 1, head 0: this trace has no such matrix.");
}

}  // namespace
}  // namespace qkv::attention
