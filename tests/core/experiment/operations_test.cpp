#include "core/experiment/operations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/experiment/evaluator.h"
#include "core/experiment/json.h"
#include "tests/core/experiment/documents.h"

namespace qkv::experiment {
namespace {

Experiment sentence(const char* text) { return with_sentence(tiny_experiment(), text); }

TEST(TokenOperations, ReorderingKeepsEditsWithTheirTokens) {
  Experiment e = sentence("a b c d");
  e = with_value(e, {Stage::embedding, 0, 0, 1, 0}, 5);  // b
  e = with_value(e, {Stage::q, 0, 0, 3, 1}, 6);          // d
  e = with_value(e, {Stage::scores, 0, 0, 1, 3}, 7);     // b → d
  e = with_mask_cell(e, 0, 1);                           // a → b
  e = with_value(e, {Stage::w_q, 0, 0, 1, 1}, 8);
  e = with_token_padding(e, 3, true);
  const Experiment moved = with_token_moved(e, 1, 3);  // a c d b
  EXPECT_EQ(sentence_of(moved), "a c d b");
  const std::map<Cell, float> expected = {{{Stage::embedding, 0, 0, 3, 0}, 5},
                                          {{Stage::q, 0, 0, 2, 1}, 6},
                                          {{Stage::scores, 0, 0, 3, 2}, 7},
                                          {{Stage::w_q, 0, 0, 1, 1}, 8}};
  EXPECT_EQ(moved.edits, expected);
  EXPECT_EQ(moved.custom_mask, (std::map<std::pair<int, int>, bool>{{{0, 3}, false}}));
  EXPECT_TRUE(moved.tokens[2].padding);
  EXPECT_TRUE(same(with_token_moved(moved, 3, 1), e)) << "and back";
}

TEST(TokenOperations, InsertingAndRemovingMovesWhatFollows) {
  Experiment e = with_value(sentence("a b"), {Stage::weights, 0, 0, 1, 0}, 0.5F);
  const Experiment longer = with_token_inserted(e, 1, "new");
  EXPECT_EQ(sentence_of(longer), "a new b");
  EXPECT_EQ(longer.edits, (std::map<Cell, float>{{{Stage::weights, 0, 0, 2, 0}, 0.5F}}));
  EXPECT_TRUE(same(with_token_removed(longer, 1), e));
  EXPECT_TRUE(with_token_removed(longer, 0).edits.empty()) << "its token is gone";
  EXPECT_EQ(sentence_of(with_token_inserted(e, 99, "end")), "a b end");
}

TEST(TokenOperations, TheLastTokenStays) {
  Experiment e = with_token_removed(with_token_removed(sentence("a b"), 0), 0);
  EXPECT_EQ(sentence_of(e), "b");
}

TEST(TokenOperations, ANewSentenceKeepsOnlyEditsOfParameters) {
  Experiment e = with_value(sentence("a b"), {Stage::w_q, 0, 0, 0, 0}, 5);
  e = with_value(e, {Stage::embedding, 0, 0, 0, 0}, 6);
  e = with_value(e, {Stage::scores, 0, 0, 0, 0}, 7);
  e = with_mask_cell(e, 0, 1);
  e = with_sentence(e, "b a");
  EXPECT_EQ(e.edits, (std::map<Cell, float>{{{Stage::w_q, 0, 0, 0, 0}, 5}}));
  EXPECT_TRUE(e.custom_mask.empty());
  EXPECT_THROW(with_sentence(e, " \n "), Error);
}

TEST(TokenOperations, AnotherWordBringsItsOwnEmbedding) {
  const Experiment e = with_value(sentence("a b"), {Stage::embedding, 0, 0, 0, 0}, 6);
  EXPECT_EQ(with_token(e, 0, "A").edits.size(), 1U) << "the same word";
  EXPECT_TRUE(with_token(e, 0, "b").edits.empty());
  EXPECT_EQ(with_token(e, 0, "New\nYork").tokens[0].text, "New York");
  EXPECT_TRUE(same(with_token(e, 7, "x"), e));
}

TEST(TokenOperations, ExplanationsOfAnEmbeddingGoWithTheWord) {
  Experiment e = sentence("a b");
  const auto why = [](const Experiment& of, int row) {
    const auto found = of.explanations.find({Stage::embedding, 0, 0, row, 1});
    return found == of.explanations.end() ? "" : found->second;
  };
  e.explanations[{Stage::embedding, 0, 0, 1, 1}] = "b is a noun";
  e.explanations[{Stage::w_q, 0, 0, 1, 1}] = "stays";
  const Experiment other = with_sentence(e, "c B d b");
  EXPECT_EQ(why(other, 1), "b is a noun");
  EXPECT_EQ(why(other, 3), "b is a noun");
  EXPECT_EQ(other.explanations.size(), 3U);
  EXPECT_EQ(why(with_token(e, 0, "b"), 0), "b is a noun");
  EXPECT_EQ(why(with_token(e, 1, "a"), 1), "");
  EXPECT_EQ(why(with_token_inserted(e, 0, "b"), 0), "b is a noun");
  EXPECT_EQ(why(with_token_moved(e, 0, 1), 0), "b is a noun");
}

TEST(TokenOperations, ImportedRowsFollowTheirTokens) {
  Experiment e = sentence("a b c");
  e.embedding.values = std::make_shared<Matrix>(Matrix{{1, 1}, {2, 2}, {3, 3}});
  e.score_bias = std::make_shared<Matrix>(Matrix{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}});
  e.expected.push_back({Stage::weights, 0, 0, e.score_bias});
  e = with_token_moved(e, 0, 2);
  EXPECT_EQ(*e.embedding.values, (Matrix{{2, 2}, {3, 3}, {1, 1}}));
  EXPECT_EQ(*e.score_bias, (Matrix{{5, 6, 4}, {8, 9, 7}, {2, 3, 1}}));
  EXPECT_EQ(*e.expected[0].values, *e.score_bias);
  e = with_token_inserted(e, 0, "x");
  EXPECT_EQ(*e.embedding.values, (Matrix{{0, 0}, {2, 2}, {3, 3}, {1, 1}}));
}

TEST(Operations, SlidingDkBackAndForthChangesNothing) {
  Experiment e = with_heads(default_experiment(), 0, 3);
  const attention::Inputs before = materialise(e);
  Experiment slid = e;
  for (const int d : {9, 512, 1, 3, 64, e.d_k}) slid = with_d_k(slid, d);
  EXPECT_TRUE(same(slid, e));
  for (std::size_t h = 0; h < 3; ++h)
    EXPECT_EQ(materialise(slid).layers[0].heads[h].w_q, before.layers[0].heads[h].w_q);
  EXPECT_EQ(with_d_k(e, 0).d_k, 1);
  EXPECT_EQ(with_d_k(e, 4097).d_k, 4096);
}

TEST(Operations, AddedHeadsAreRandomAndSaySo) {
  const Experiment e = with_heads(tiny_experiment(), 0, 3);
  ASSERT_EQ(e.layers[0].heads.size(), 3U);
  EXPECT_EQ(e.layers[0].heads[0].w_q.origin, Origin::hand_set);
  EXPECT_EQ(e.layers[0].heads[2].w_q.origin, Origin::random);
  EXPECT_THAT(e.layers[0].heads[2].name, ::testing::HasSubstr("random"));
  ASSERT_TRUE(e.layers[0].w_o);
  const attention::Inputs inputs = materialise(e);
  EXPECT_NE(inputs.layers[0].heads[1].w_q, inputs.layers[0].heads[2].w_q);
  EXPECT_EQ(inputs.layers[0].w_o.rows(), 6);
}

TEST(Operations, ADroppedHeadTakesItsEditsAlong) {
  Experiment e = with_heads(tiny_experiment(), 0, 2);
  e = with_value(e, {Stage::w_q, 0, 1, 0, 0}, 5);
  e = with_gain(e, Stage::w_k, 0, 1, 2);
  e = with_heads(e, 0, 1);
  EXPECT_TRUE(same(e, tiny_experiment()));
}

TEST(Operations, AWoAppearsWhenNeededAndLeavesByItself) {
  Experiment e = with_layers(tiny_experiment(), 2);
  EXPECT_FALSE(e.layers[0].w_o) << "as wide as d_model";
  e = with_d_v(e, 5);
  EXPECT_TRUE(e.layers[0].w_o && e.layers[1].w_o);
  EXPECT_EQ(evaluate(e).residual.cols(), 2);
  EXPECT_FALSE(with_d_v(e, 2).layers[0].w_o);
  e = with_value(e, {Stage::w_o, 0, 0, 0, 0}, 1);
  EXPECT_TRUE(with_d_v(e, 2).layers[0].w_o) << "it was edited";
  EXPECT_TRUE(same(with_layers(with_layers(tiny_experiment(), 8), 1), tiny_experiment()));
}

TEST(Operations, BiasesComeAsZerosAndTheirEditsReturn) {
  Experiment e = with_biases(tiny_experiment(), true);
  EXPECT_EQ(materialise(e).layers[0].heads[0].b_q, (Vector{{0, 0}}));
  e = with_value(e, {Stage::b_q, 0, 0, 0, 1}, 3);
  EXPECT_EQ(evaluate(e).layers[0].heads[0].q(0, 1), 5);
  e = with_biases(e, false);
  EXPECT_EQ(evaluate(e).layers[0].heads[0].q(0, 1), 2);
  EXPECT_EQ(evaluate(with_biases(e, true)).layers[0].heads[0].q(0, 1), 5);
}

TEST(Operations, RandomisingForgetsWhatTheHandMeant) {
  Experiment e = with_value(default_experiment(), {Stage::w_q, 0, 0, 0, 0}, 5);
  e = randomised(e, 42, false);
  EXPECT_TRUE(e.edits.empty());
  EXPECT_TRUE(e.targets.empty());
  for (const auto& [cell, why] : e.explanations) EXPECT_EQ(cell.stage, Stage::embedding) << why;
  EXPECT_EQ(e.layers[0].heads[0].w_v.origin, Origin::random);
  EXPECT_EQ(e.layers[0].heads[0].w_v.seed, 42U);
  EXPECT_TRUE(e.layers[0].heads[0].q_columns.empty());
  EXPECT_EQ(e.embedding.origin, Origin::hand_set);
  EXPECT_EQ(randomised(e, 42, true).embedding.origin, Origin::random);
  EXPECT_NE(materialise(e).layers[0].heads[0].w_q,
            materialise(randomised(e, 43, false)).layers[0].heads[0].w_q);
}

TEST(Operations, OnlyWhatExistsCanBeChanged) {
  const Experiment e = tiny_experiment();
  for (const Cell& cell :
       {Cell{Stage::output, 0, 0, 0, 0}, Cell{Stage::w_q, 0, 0, 2, 0}, Cell{Stage::w_q, 0, 1, 0, 0},
        Cell{Stage::b_q, 0, 0, 0, 0}, Cell{Stage::w_q, 0, 0, -1, 0}, Cell{Stage::positions, 0, 0, 0, 0}})
    EXPECT_TRUE(same(with_value(e, cell, 1), e)) << format_cell(cell);
  EXPECT_TRUE(same(with_gain(e, Stage::w_o, 0, 0, 2), e));
  EXPECT_TRUE(same(with_random(e, Stage::b_q, 0, 0, 2), e));
  EXPECT_TRUE(same(with_random(e, Stage::scores, 0, 0, 2), e));
}

TEST(Operations, ResetTakesBackCellRowColumnOrMatrix) {
  Experiment e = tiny_experiment();
  for (const int r : {0, 1})
    for (const int c : {0, 1}) e = with_value(e, {Stage::w_q, 0, 0, r, c}, 9);
  e = with_value(with_gain(e, Stage::w_q, 0, 0, 2), {Stage::w_k, 0, 0, 0, 0}, 9);
  const Cell cell{Stage::w_q, 0, 0, 0, 1};
  EXPECT_EQ(with_reset(e, cell, Extent::cell).edits.size(), 4U);
  EXPECT_EQ(with_reset(e, cell, Extent::row).edits.size(), 3U);
  EXPECT_EQ(with_reset(e, cell, Extent::column).edits.size(), 3U);
  EXPECT_EQ(with_reset(e, cell, Extent::row).edits.count({Stage::w_q, 0, 0, 1, 1}), 1U);
  const Experiment reset = with_reset(e, cell, Extent::matrix);
  EXPECT_EQ(reset.edits, (std::map<Cell, float>{{{Stage::w_k, 0, 0, 0, 0}, 9}}));
  EXPECT_TRUE(reset.gains.empty());
}

TEST(Operations, MaskCellsFlipAndFlipBack) {
  Experiment e = tiny_experiment();
  e.mask = attention::MaskKind::causal;
  const Experiment open = with_mask_cell(e, 0, 1);
  EXPECT_GT(evaluate(open).layers[0].heads[0].weights(0, 1), 0);
  EXPECT_TRUE(same(with_mask_cell(open, 0, 1), e));
  const Experiment shut = with_mask_cell(e, 1, 0);
  EXPECT_EQ(evaluate(shut).layers[0].heads[0].weights(1, 0), 0);
  EXPECT_TRUE(same(with_mask_cell(e, 2, 0), e));
}

Experiment any_step(Random& random, Experiment e) {
  const auto any_position = [&] { return any_int(random, static_cast<int>(e.tokens.size()) + 1) - 1; };
  const auto any_stage = [&] { return static_cast<Stage>(any_int(random, attention::kStageCount - 1)); };
  const int layer = any_int(random, 3), head = any_int(random, 3);
  const Cell cell{any_stage(), layer, head, any_int(random, 8) - 1, any_int(random, 8) - 1};
  switch (any_int(random, 20)) {
    case 0:
      return with_sentence(e, "Some " + any_text(random));
    case 1:
      return with_token(e, any_position(), any_text(random));
    case 2:
      return e.tokens.size() < 8 ? with_token_inserted(e, any_position(), any_text(random)) : e;
    case 3:
      return with_token_removed(e, any_position());
    case 4:
      return with_token_moved(e, any_position(), any_position());
    case 5:
      return with_token_padding(e, any_position(), any_int(random, 1) == 0);
    case 6:
      return with_d_k(e, any_int(random, 12));
    case 7:
      return with_d_v(e, any_int(random, 12));
    case 8:
      return with_d_model(e, any_int(random, 12));
    case 9:
      return with_heads(e, layer, any_int(random, 5));
    case 10:
      return with_layers(e, any_int(random, 4));
    case 11:
      return with_biases(e, any_int(random, 1) == 0);
    case 12:
      return any_int(random, 9) == 0 ? randomised(e, random(), any_int(random, 1) == 0) : e;
    case 13:
      return with_random(e, cell.stage, layer, head, random());
    case 14:
      return with_gain(e, cell.stage, layer, head, any_float(random));
    case 15:
      return with_reset(e, cell, static_cast<Extent>(any_int(random, 3)));
    case 16:
      return with_mask_cell(e, any_position(), any_position());
    case 17:
      e.mask = static_cast<attention::MaskKind>(any_int(random, 2));
      return e;
    case 18:
      e.positions = static_cast<attention::Positions>(any_int(random, 3));
      return e;
    default:
      return with_value(e, cell, any_float(random));
  }
}

TEST(Operations, AnySequenceLeavesADocumentThatComputesAndRoundTrips) {
  Random random(5);
  Evaluator evaluator;
  Experiment e = default_experiment();
  for (int i = 0; i < 10'000; ++i) {
    if (i % 500 == 0) e = i % 1000 == 0 ? default_experiment() : any_experiment(random);
    e = any_step(random, std::move(e));
    ASSERT_NO_THROW(evaluator.evaluate(e)) << to_json(e);
    if (i % 10 == 0) {
      ASSERT_TRUE(same(e, from_json(to_json(e), "step.json"))) << to_json(e);
    }
  }
}

TEST(ScoreBias, IsZeroWhenNewAndTakesItsEditsAlong) {
  const Experiment start = sentence("a b");
  Experiment e = with_score_bias(start, true);
  EXPECT_EQ(evaluate(e).layers[0].heads[0].weights, evaluate(start).layers[0].heads[0].weights);
  e = with_value(e, {Stage::score_bias, 0, 0, 1, 0}, 3);
  EXPECT_EQ(attention::value(evaluate(e), {Stage::scaled, 0, 0, 1, 0}),
            attention::value(evaluate(start), {Stage::scaled, 0, 0, 1, 0}) + 3);
  EXPECT_TRUE(same(with_score_bias(e, true), e)) << "one that is there stays";
  EXPECT_TRUE(same(with_score_bias(e, false), start));
}

}  // namespace
}  // namespace qkv::experiment
