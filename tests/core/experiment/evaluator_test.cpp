#include "core/experiment/evaluator.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/error.h"
#include "core/experiment/operations.h"
#include "core/experiment/random.h"
#include "tests/core/experiment/documents.h"

namespace qkv::experiment {
namespace {

const attention::HeadInputs& head_of(const attention::Inputs& inputs) { return inputs.layers[0].heads[0]; }

TEST(Random, NumbersBelongToTheirPlace) {
  std::vector<float> whole(37), part(11);
  fill_normal(5, 6, 7, 0, 37, whole.data());
  for (int first = 0; first + 11 <= 37; ++first) {
    fill_normal(5, 6, 7, first, 11, part.data());
    for (int c = 0; c < 11; ++c)
      ASSERT_EQ(part[static_cast<std::size_t>(c)], whole[static_cast<std::size_t>(first + c)]);
  }
}

TEST(Random, NumbersAreNormal) {
  Matrix numbers(512, 512);
  for (int r = 0; r < 512; ++r) fill_normal(1, stream_of(Stage::w_q, 0, 0), r, 0, 512, numbers.row(r).data());
  const Eigen::ArrayXXd x = numbers.cast<double>().array();
  EXPECT_NEAR(x.mean(), 0, 0.01);
  EXPECT_NEAR(x.square().mean(), 1, 0.01);
  EXPECT_NEAR(x.cube().mean(), 0, 0.03);
  EXPECT_NEAR(x.square().square().mean(), 3, 0.06);
  const Eigen::ArrayXXd product = x.leftCols(511) * x.rightCols(511);
  EXPECT_NEAR(product.mean(), 0, 0.01);
  EXPECT_NEAR((x.topRows(511) * x.bottomRows(511)).mean(), 0, 0.01);
}

TEST(Random, SeedsStreamsAndRowsDiffer) {
  const auto first = [](std::uint64_t seed, std::uint64_t stream, int row) {
    float number = 0;
    fill_normal(seed, stream, row, 0, 1, &number);
    return number;
  };
  EXPECT_NE(first(1, 1, 1), first(2, 1, 1));
  EXPECT_NE(first(1, 1, 1), first(1, 2, 1));
  EXPECT_NE(first(1, 1, 1), first(1, 1, 2));
  EXPECT_NE(stream_of(Stage::w_q, 0, 1), stream_of(Stage::w_q, 1, 0));
  EXPECT_NE(stream_of("cat"), stream_of("act"));
}

// The numbers of a seed are a promise to whoever saved a file: they must not change from version to version.
TEST(Random, NumbersAreTheSameInEveryVersion) {
  float numbers[4];
  fill_normal(1, stream_of("cat"), 0, 0, 4, numbers);
  EXPECT_FLOAT_EQ(numbers[0], 1.1861666F);
  EXPECT_FLOAT_EQ(numbers[1], -1.1316168F);
  EXPECT_FLOAT_EQ(numbers[2], -0.36533669F);
  EXPECT_FLOAT_EQ(numbers[3], -0.2626079F);
  const auto stream = [](std::uint64_t stage, std::uint64_t layer, std::uint64_t head) {
    return stage << 32 | layer << 16 | head;
  };
  EXPECT_EQ(stream_of(Stage::w_q, 0, 0), stream(3, 0, 0));
  EXPECT_EQ(stream_of(Stage::w_k, 1, 2), stream(4, 1, 2));
  EXPECT_EQ(stream_of(Stage::w_v, 0, 15), stream(5, 0, 15));
  EXPECT_EQ(stream_of(Stage::b_v, 0, 0), stream(8, 0, 0));
  EXPECT_EQ(stream_of(Stage::w_o, 7, 0), stream(19, 7, 0));
  EXPECT_EQ(stream_of(Stage::b_o, 0, 0), stream(20, 0, 0));
}

TEST(Evaluator, RandomMatricesGrowAndShrinkBackToTheSameNumbers) {
  Evaluator evaluator;
  Experiment e = with_random(tiny_experiment(), Stage::w_q, 0, 0, 9);
  const Matrix narrow = head_of(evaluator.materialise(e)).w_q;
  const Matrix wide = head_of(evaluator.materialise(with_d_k(with_d_model(e, 77), 512))).w_q;
  EXPECT_EQ(wide.rows(), 77);
  EXPECT_EQ(wide.cols(), 512);
  EXPECT_EQ(wide.topLeftCorner(2, 2), narrow);
  EXPECT_EQ(head_of(evaluator.materialise(e)).w_q, narrow);
  EXPECT_EQ(head_of(materialise(with_d_k(with_d_model(e, 77), 512))).w_q, wide)
      << "a fresh one gives the same";
}

TEST(Evaluator, HandSetMatricesGrowByZeros) {
  const Experiment grown = with_d_k(with_d_model(tiny_experiment(), 3), 3);
  EXPECT_EQ(head_of(materialise(grown)).w_q, (Matrix{{1, 2, 0}, {3, 4, 0}, {0, 0, 0}}));
}

/// Norms before the layer and on q and k, a soft-cap and partial rotary positions.
Experiment normed() {
  Experiment e = tiny_experiment();
  const auto row = [](Matrix values) {
    Parameter parameter;
    parameter.values = std::make_shared<const Matrix>(std::move(values));
    return parameter;
  };
  e.norm = Norm{.gain = row(Matrix{{2, 3}}), .bias = row(Matrix{{1, 0}}), .factors = nullptr};
  Head& head = e.layers[0].heads[0];
  head.q_norm = Norm{.kind = attention::NormKind::rms,
                     .epsilon = 0,
                     .gain = row(Matrix{{0.5F, 1.5F}}),
                     .bias = {},
                     .factors = nullptr};
  head.k_norm = Norm{.kind = attention::NormKind::rms,
                     .gain = {},
                     .bias = {},
                     .factors = std::make_shared<const Matrix>(Matrix{{0.25F}, {4}})};
  e.softcap = 3;
  e.positions = attention::Positions::rope;
  e.rope_frequencies = {0.5F};
  e.rope_factor = 1.25F;
  return e;
}

TEST(Evaluator, NormsCapAndFrequenciesReachTheInputs) {
  const attention::Inputs inputs = materialise(normed());
  EXPECT_EQ(inputs.norm.kind, attention::NormKind::layer);
  EXPECT_EQ(inputs.norm.gain, (Vector{{2, 3}}));
  EXPECT_EQ(inputs.norm.bias, (Vector{{1, 0}}));
  EXPECT_EQ(head_of(inputs).q_norm.gain, (Vector{{0.5F, 1.5F}}));
  EXPECT_EQ(head_of(inputs).k_norm.factors, (Vector{{0.25F, 4}}));
  EXPECT_EQ(inputs.options.softcap, 3);
  EXPECT_EQ(inputs.options.rope_frequencies, (Vector{{0.5F}}));
  EXPECT_EQ(inputs.options.rope_factor, 1.25F);
  EXPECT_EQ(evaluate(normed()).layers[0].heads[0].q_rotated.rows(), 2);
}

TEST(Evaluator, GainsGrowByOnesAndFrequenciesGiveWayToTheWidth) {
  const attention::Inputs wide = materialise(with_d_model(with_d_k(normed(), 5), 3));
  EXPECT_EQ(wide.norm.gain, (Vector{{2, 3, 1}}));
  EXPECT_EQ(wide.norm.bias, (Vector{{1, 0, 0}}));
  EXPECT_EQ(head_of(wide).q_norm.gain, (Vector{{0.5F, 1.5F, 1, 1, 1}}));
  const attention::Trace narrow = evaluate(with_d_k(normed(), 1));
  EXPECT_EQ(narrow.inputs.options.rope_frequencies.size(), 0);
}

TEST(Evaluator, GainsAreEditedLikeAnyNumberAndFactorsFollowTheirTokens) {
  const Cell gain{Stage::q_norm_gain, 0, 0, 0, 1};
  EXPECT_EQ(head_of(materialise(with_value(normed(), gain, 9))).q_norm.gain, (Vector{{0.5F, 9}}));
  EXPECT_EQ(materialise(with_value(normed(), {Stage::norm_bias, 0, 0, 0, 1}, 7)).norm.bias, (Vector{{1, 7}}));
  const Experiment moved = with_token_moved(with_token_inserted(normed(), 0, "new"), 2, 0);
  EXPECT_EQ(head_of(materialise(moved)).k_norm.factors, (Vector{{4, 0, 0.25F}}));
}

TEST(Evaluator, SameWordSameEmbedding) {
  Experiment e = tiny_experiment();
  e.embedding.deviation = 1;
  e = with_sentence(e, "The ÉTUDE saw the étude A");
  const Matrix x = materialise(e).embedding;
  EXPECT_EQ(x.row(0), x.row(3));
  EXPECT_EQ(x.row(1), x.row(4));
  EXPECT_NE(x.row(0), x.row(1));
  EXPECT_EQ(x.row(5), (Vector{{1, 0}})) << "a listed word, in capitals";
  e.embedding.seed = 2;
  EXPECT_NE(materialise(e).embedding.row(0), x.row(0));
}

TEST(Evaluator, AnEditShowsTheVeryNumberTypedAndAGainTheRest) {
  Experiment e = with_gain(tiny_experiment(), Stage::w_q, 0, 0, 10);
  e = with_value(e, {Stage::w_q, 0, 0, 0, 1}, 0.1F);
  EXPECT_EQ(head_of(materialise(e)).w_q, (Matrix{{10, 0.1F}, {30, 40}}));
  EXPECT_EQ(head_of(materialise(without_edits(e))).w_q, (Matrix{{1, 2}, {3, 4}}));
}

TEST(Evaluator, OverridesReachEverythingDownstream) {
  const Experiment e = with_value(tiny_experiment(), {Stage::q, 0, 0, 1, 0}, 7);
  const attention::Trace trace = evaluate(e);
  EXPECT_EQ(trace.layers[0].heads[0].q(1, 0), 7);
  EXPECT_EQ(trace.layers[0].heads[0].scores(1, 0), 7);
  EXPECT_EQ(trace.layers[0].heads[0].q(0, 0), 1);
}

TEST(Evaluator, EditsOutsideTheShapeRest) {
  Experiment e = with_d_k(tiny_experiment(), 4);
  e = with_value(e, {Stage::w_q, 0, 0, 0, 3}, 5);
  e = with_value(e, {Stage::q, 0, 0, 0, 3}, 6);
  const attention::Inputs narrow = materialise(with_d_k(e, 2));
  EXPECT_EQ(head_of(narrow).w_q, (Matrix{{1, 2}, {3, 4}}));
  EXPECT_TRUE(narrow.overrides.empty());
  const attention::Inputs again = materialise(with_d_k(with_d_k(e, 2), 4));
  EXPECT_EQ(head_of(again).w_q(0, 3), 5);
  EXPECT_EQ(again.overrides.size(), 1U);
}

TEST(Evaluator, GivenQueriesReplaceTheirProjection) {
  Experiment e = tiny_experiment();
  Head& head = e.layers[0].heads[0];
  head.q = head.k = head.v = std::make_shared<Matrix>(Matrix{{1, 2}, {3, 4}});
  e.embedding.words.clear();
  const attention::Trace trace = evaluate(e);
  EXPECT_EQ(trace.inputs.embedding.cols(), 0) << "no X was given";
  EXPECT_EQ(trace.layers[0].heads[0].scores, (Matrix{{5, 11}, {11, 25}}));
  e.embedding.values = std::make_shared<Matrix>(Matrix{{1, 2}, {3, 4}});
  EXPECT_EQ(materialise(e).embedding, (Matrix{{1, 2}, {3, 4}}));
}

TEST(Evaluator, ImportedEmbeddingsGoByPosition) {
  Experiment e = tiny_experiment();
  e.embedding.values = std::make_shared<Matrix>(Matrix{{5, 6}});
  EXPECT_EQ(materialise(e).embedding, (Matrix{{5, 6}, {0, 0}}));
}

TEST(Evaluator, PartsThatCannotBeComputedAreNamed) {
  Experiment e = tiny_experiment();
  e.d_k = 0;
  EXPECT_THROW(materialise(e), Error);
  e = tiny_experiment();
  e.tokens.clear();
  EXPECT_THROW(materialise(e), Error);
  e = tiny_experiment();
  e.layers.clear();
  EXPECT_THROW(materialise(e), Error);
}

TEST(Evaluator, ExtremeNumbersPassThrough) {
  for (const float extreme :
       {1e30F, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    Experiment e = with_value(tiny_experiment(), {Stage::w_q, 0, 0, 0, 0}, extreme);
    EXPECT_NO_THROW(evaluate(with_d_k(e, 1)));
  }
}

TEST(Evaluator, ALongSessionGivesWhatAFreshOneGives) {
  Evaluator evaluator;
  Random random(6);
  for (int i = 0; i < 300; ++i) {
    Experiment e = any_experiment(random);
    if (i % 50 == 0) e = with_d_model(with_d_k(e, 512), 512);
    const attention::Inputs warm = evaluator.materialise(e), fresh = materialise(e);
    const auto as_bytes = [](const Matrix& m) {
      return std::string_view(reinterpret_cast<const char*>(m.data()),
                              static_cast<std::size_t>(m.size()) * sizeof(float));
    };
    ASSERT_EQ(as_bytes(warm.embedding), as_bytes(fresh.embedding));
    ASSERT_EQ(as_bytes(head_of(warm).w_q), as_bytes(head_of(fresh).w_q));
    ASSERT_EQ(as_bytes(warm.layers.back().w_o), as_bytes(fresh.layers.back().w_o));
  }
}

TEST(Evaluator, WidthsOfRealModelsAreTakenAndMemoryIsBounded) {
  Experiment e = with_d_v(with_d_k(with_d_model(default_experiment(), 768), 64), 64);
  const attention::Trace trace = evaluate(e);
  EXPECT_EQ(trace.layers[0].x.cols(), 768);
  EXPECT_EQ(trace.inputs.layers[0].heads[0].w_q.rows(), 768);
  e = with_heads(with_d_v(with_d_k(with_d_model(e, 4096), 4096), 4096), 0, 3);
  EXPECT_THROW(
      {
        try {
          (void)materialise(e);
        } catch (const Error& error) {
          EXPECT_NE(std::string(error.what()).find("at most 134 million are allowed"), std::string::npos) << error.what();
          throw;
        }
      },
      Error);
}

}  // namespace
}  // namespace qkv::experiment
