#include "core/analysis/scaling_study.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "core/experiment/random.h"

namespace qkv::analysis {
namespace {

const ScalingStudy& study() {
  static const ScalingStudy made = scaling_study({});
  return made;
}

TEST(ScalingStudy, VarianceOfScoresIsTheWidth) {
  ASSERT_EQ(study().points.size(), study_widths().size());
  EXPECT_EQ(study().points.front().d_k, 1);
  EXPECT_EQ(study().points.back().d_k, 512);
  for (const ScalingPoint& p : study().points) {
    // 6400 scores, of which the eight of a draw share a query: the standard error is some 6 % at most.
    EXPECT_NEAR(p.variance / static_cast<float>(p.d_k), 1, 0.15f) << p.d_k;
    EXPECT_NEAR(p.scaled_variance, p.variance / static_cast<float>(p.d_k), 1e-3f) << p.d_k;
  }
}

TEST(ScalingStudy, WithoutDivisionSoftmaxSaturatesWithItNothingChanges) {
  const ScalingPoint &narrow = *study().at(4), &wide = *study().at(512);
  EXPECT_GT(wide.unscaled.largest_weight.mean, 0.93f);
  EXPECT_LT(wide.unscaled.jacobian_norm.mean, 0.1f);
  EXPECT_LT(wide.unscaled.entropy.mean, 0.2f);
  EXPECT_NEAR(wide.scaled.largest_weight.mean, narrow.scaled.largest_weight.mean, 0.05f);
  EXPECT_NEAR(wide.scaled.jacobian_norm.mean, narrow.scaled.jacobian_norm.mean, 0.03f);
  // The lesson's question: eight keys, d_k = 64. A Python simulation with other numbers says 0.87.
  EXPECT_NEAR(study().at(64)->unscaled.largest_weight.mean, 0.87f, 0.02f);
  float before = 0;
  for (const ScalingPoint& p : study().points) {
    for (const Spread& s : {p.unscaled.largest_weight, p.unscaled.entropy, p.unscaled.jacobian_norm,
                            p.scaled.largest_weight, p.scaled.entropy, p.scaled.jacobian_norm})
      EXPECT_LE(s.lo, s.hi);
    EXPECT_GT(p.unscaled.largest_weight.mean, before) << "grows with d_k, at " << p.d_k;
    before = p.unscaled.largest_weight.mean;
  }
  EXPECT_EQ(study().points[0].unscaled.entropy.mean, study().points[0].scaled.entropy.mean) << "d_k = 1: ÷ 1";
}

TEST(ScalingStudy, AWidthIsTheSameAloneAndAmongOthers) {
  const int alone[] = {32};
  const ScalingStudy one = scaling_study({}, alone);
  EXPECT_EQ(one.points[0].variance, study().at(32)->variance);
  EXPECT_EQ(one.points[0].unscaled.entropy.hi, study().at(32)->unscaled.entropy.hi);
  EXPECT_NE(scaling_study({.seed = 8}, alone).points[0].variance, one.points[0].variance);
  EXPECT_EQ(study().at(33), nullptr);
}

TEST(ScalingStudy, StopsAndRefuses) {
  std::stop_source source;
  source.request_stop();
  EXPECT_TRUE(scaling_study({}, study_widths(), source.get_token()).points.empty());
  EXPECT_TRUE(score_samples(1, study_widths(), 100, source.get_token()).empty());
  const int falling[] = {4, 2}, wide[] = {513};
  EXPECT_THROW(scaling_study({}, falling), Error);
  EXPECT_THROW(scaling_study({}, wide), Error);
  EXPECT_THROW(scaling_study({.keys = 0}), Error);
  EXPECT_THROW(scaling_draw(1, 0), Error);
}

TEST(ScalingDraw, IsDotProductsAndTheirSoftmax) {
  const ScalingDraw draw = scaling_draw(29, 64);
  ASSERT_EQ(draw.scores.cols(), 8);
  EXPECT_NEAR(draw.weights.sum(), 1, 1e-5f);
  EXPECT_NEAR(draw.scaled_weights.sum(), 1, 1e-5f);
  EXPECT_EQ(draw.scaled_scores, draw.scores / 8);
  // The ratio of two weights is exp of the difference of their scores.
  EXPECT_NEAR(std::log(draw.scaled_weights(0, 1) / draw.scaled_weights(0, 0)),
              draw.scaled_scores(0, 1) - draw.scaled_scores(0, 0), 1e-4f);
  EXPECT_EQ(draw.readout.largest_weight, draw.weights.maxCoeff());
  EXPECT_GT(draw.readout.saturation, draw.scaled_readout.saturation);
  std::vector<float> q(64), k(64);
  experiment::fill_normal(29, experiment::stream_of("scaling draw"), 0, 0, 64, q.data());
  experiment::fill_normal(29, experiment::stream_of("scaling draw") + 3, 0, 0, 64, k.data());
  double dot = 0;
  for (std::size_t i = 0; i < 64; ++i) dot += static_cast<double>(q[i]) * static_cast<double>(k[i]);
  EXPECT_FLOAT_EQ(draw.scores(0, 2), static_cast<float>(dot));
}

TEST(ScoreSamples, FollowTheNormalOfTheirTheory) {
  const int widths[] = {8, 64};
  const auto samples = score_samples(4, widths);
  ASSERT_EQ(samples.size(), 2u);
  for (const ScoreSample& s : samples) {
    ASSERT_EQ(s.scores.size(), 20'000u);
    EXPECT_NEAR(s.scaled_variance, 1, 0.05f);
    EXPECT_NEAR(s.mean / std::sqrt(static_cast<float>(s.d_k)), 0, 0.03f);
  }
  const Histogram h = histogram(samples[1].scores, -32, 32, 64);
  float area = 0;
  for (int i = 0; i < 64; ++i) {
    area += h.density(i);
    EXPECT_NEAR(h.density(i), normal_density(static_cast<float>(i) - 31.5f, 64), 0.004f);
  }
  EXPECT_NEAR(area, static_cast<float>(h.total - h.outside) / 20'000.f, 1e-4f);
}

TEST(ScalingOf, MeasuresAnExperiment) {
  attention::Inputs in;
  in.embedding = Matrix::Zero(3, 0);
  attention::HeadInputs head;
  head.q = (Matrix(3, 4) << 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0).finished();
  head.k = 2 * Matrix::Identity(3, 4);
  head.v = Matrix::Identity(3, 4);
  in.layers.push_back({{head}, {}, {}});
  in.options.temperature = 3;
  in.options.mask.kind = attention::MaskKind::causal;
  const auto own = scaling_of(attention::attend(in), 0, 0);
  ASSERT_TRUE(own);
  EXPECT_EQ(own->rows, 2) << "the first query sees one key only";
  EXPECT_FLOAT_EQ(own->keys, 2.5f);
  EXPECT_EQ(own->point.d_k, 4);
  EXPECT_FLOAT_EQ(own->point.variance, 16 * 0.4f * 0.6f) << "scores 0 4 0 0 4";
  const float two = std::exp(4.f) / (std::exp(4.f) + 1), three = std::exp(4.f) / (std::exp(4.f) + 2);
  EXPECT_NEAR(own->point.unscaled.largest_weight.mean, (two + three) / 2, 1e-5f)
      << "whatever the temperature";
  EXPECT_NEAR(own->point.scaled.largest_weight.mean,
              (std::exp(2.f) / (std::exp(2.f) + 1) + std::exp(2.f) / (std::exp(2.f) + 2)) / 2, 1e-5f);
  in.layers[0].heads[0].q(1, 1) = std::nanf("");
  EXPECT_EQ(scaling_of(attention::attend(in), 0, 0)->rows, 1) << "a row with a NaN does not count";
  EXPECT_THROW(scaling_of(attention::attend(in), 0, 1), Error);
}

TEST(Spread, IsMeanAndQuartiles) {
  const Spread s = spread({4, 0, 1, 3, 2});
  EXPECT_EQ(s.mean, 2);
  EXPECT_EQ(s.lo, 1);
  EXPECT_EQ(s.hi, 3);
  EXPECT_EQ(spread({}).mean, 0);
}

TEST(Histogram, CountsEveryValueOnce) {
  const float values[] = {-1, 0, 0.5f, 0.99f, 1, std::nanf(""), 0.25f};
  const Histogram h = histogram(values, 0, 1, 2);
  EXPECT_EQ(h.counts, (std::vector<int>{2, 2}));
  EXPECT_EQ(h.outside, 3);
  EXPECT_EQ(h.total, 7);
  EXPECT_FLOAT_EQ(h.density(0), 2.f / 7 / 0.5f);
  EXPECT_THROW(histogram(values, 1, 1, 2), Error);
  EXPECT_THROW(histogram(values, 0, 1, 0), Error);
}

}  // namespace
}  // namespace qkv::analysis
