#include "core/analysis/cost_study.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/analysis/decoding_cost.h"
#include "core/analysis/linear_attention.h"
#include "core/analysis/timing.h"
#include "core/attention/attention.h"
#include "core/error.h"

// Nothing here asserts a time: only shapes, counts, limits and what is computed.
namespace qkv::analysis {
namespace {

TEST(LinearAttention, IsItsDefinition) {
  const Matrix q = normal_matrix(1, "q", 33, 5), k = normal_matrix(1, "k", 33, 5),
               v = normal_matrix(1, "v", 33, 3);
  for (const bool causal : {false, true}) {
    const Matrix weights = linear_weights(q, k, causal);
    for (Eigen::Index i = 0; i < weights.rows(); ++i) {
      EXPECT_NEAR(weights.row(i).sum(), 1, 1e-5f);
      EXPECT_GE(weights.row(i).minCoeff(), 0);
      if (causal && i + 1 < weights.cols()) {
        EXPECT_EQ(weights.row(i).tail(weights.cols() - i - 1).sum(), 0);
      }
    }
    EXPECT_LT(relative_error(linear_attention(q, k, v, causal), weights * v), 1e-5f) << causal;
  }
  // elu(x) + 1 by hand: one feature, two keys.
  Matrix one(2, 1), two(2, 1);
  one << 1, 1;
  two << 2, -1;
  EXPECT_NEAR(linear_weights(one, two, false)(0, 0), 3 / (3 + std::exp(-1.f)), 1e-6f);
}

TEST(LinearAttention, IsNotSoftmax) {
  const Matrix q = normal_matrix(1, "q", 64, 16), k = normal_matrix(1, "k", 64, 16),
               v = normal_matrix(1, "v", 64, 16);
  attention::Inputs in;
  in.embedding = Matrix(64, 0);
  attention::HeadInputs head;
  head.q = q;
  head.k = k;
  head.v = v;
  in.layers.push_back({{head}, {}, {}});
  const Matrix exact = attention::attend(in).layers[0].heads[0].output;
  const float error = relative_error(linear_attention(q, k, v, false), exact);
  EXPECT_GT(error, 0.1f);
  const CostCurve curve =
      cost_curve({.method = CostMethod::linear, .d_k = 16, .first = 64, .most = 64, .seed = 1});
  EXPECT_GT(curve.points[0].error, 0.1f);
  EXPECT_LT(curve.points[0].error, 1.5f);
}

TEST(LinearAttention, RefusesOtherShapes) {
  EXPECT_THROW(linear_attention(Matrix(3, 2), Matrix(3, 3), Matrix(3, 2), false), Error);
  EXPECT_THROW(linear_attention(Matrix(3, 2), Matrix(3, 2), Matrix(4, 2), false), Error);
  EXPECT_THROW(relative_error(Matrix(3, 2), Matrix(2, 3)), Error);
}

TEST(CostCurve, DoublesAndSaysWhatItKeeps) {
  for (const CostMethod method :
       {CostMethod::stored, CostMethod::fused, CostMethod::window, CostMethod::linear}) {
    int calls = 0;
    const CostCurve curve = cost_curve(
        {.method = method, .d_k = 8, .window = 32, .first = 16, .most = 100}, {},
        [&](const CostCurve& so_far) { EXPECT_EQ(static_cast<int>(so_far.points.size()), ++calls); });
    ASSERT_EQ(curve.points.size(), 3u);
    EXPECT_EQ(calls, 3);
    EXPECT_EQ(curve.end, CostEnd::most);
    EXPECT_EQ(curve.points[2].n, 64);
    for (const CostPoint& p : curve.points) {
      EXPECT_GT(p.seconds, 0);
      EXPECT_GE(p.passes, 1);
      EXPECT_EQ(p.square_bytes, method == CostMethod::stored ? 12.0 * p.n * p.n : 0);
      EXPECT_EQ(p.bytes, 16.0 * p.n * 8 + p.square_bytes);
      EXPECT_EQ(std::isnan(p.error), method != CostMethod::linear);
    }
    EXPECT_TRUE(std::isfinite(curve.exponent));
  }
}

double ratio(const CostCurve& c, double CostPoint::*what) {
  const auto& last = c.points.back();
  return last.*what / c.points[c.points.size() - 2].*what;
}

TEST(CostCurve, MetersWhatAPassAllocates) {
  const CostCurve stored = cost_curve({.method = CostMethod::stored, .first = 256, .most = 1024});
  ASSERT_EQ(stored.points.size(), 3u);
  for (const CostPoint& p : stored.points) {
    EXPECT_GE(p.peak_bytes, p.square_bytes) << p.n;
    EXPECT_LE(p.peak_bytes, 1.25 * p.square_bytes + 3 * p.bytes - 3 * p.square_bytes) << p.n;
  }
  EXPECT_GT(ratio(stored, &CostPoint::peak_bytes), 3.3) << "nearly 4: n²";
  for (const CostMethod method : {CostMethod::fused, CostMethod::window, CostMethod::linear}) {
    const CostCurve curve = cost_curve({.method = method, .first = 1024, .most = 4096, .seconds = 20});
    ASSERT_EQ(curve.points.size(), 3u);
    EXPECT_GE(curve.points.back().peak_bytes, 4.0 * 4096 * 64) << "the output at least";
    EXPECT_LE(curve.points.back().peak_bytes, 1.5 * curve.points.back().bytes);
    EXPECT_GT(ratio(curve, &CostPoint::peak_bytes), 1.8);
    EXPECT_LT(ratio(curve, &CostPoint::peak_bytes), 2.1) << "n, not n²";
  }
}

TEST(CostCurve, CountsTheScoresOfAWindow) {
  const CostCurve curve =
      cost_curve({.method = CostMethod::window, .d_k = 4, .window = 3, .first = 2, .most = 8});
  EXPECT_EQ(curve.points[0].scores, 3);
  EXPECT_EQ(curve.points[1].scores, 1 + 2 + 3 + 3);
  EXPECT_EQ(curve.points[2].scores, 1 + 2 + 6 * 3);
  EXPECT_EQ(cost_curve({.method = CostMethod::stored, .d_k = 4, .first = 8, .most = 8}).points[0].scores, 64);
}

TEST(CostCurve, KeepsToItsBudgetsAndStops) {
  const CostCurve small = cost_curve({.d_k = 4, .first = 16, .bytes = 12.0 * 32 * 32 + 16.0 * 32 * 4});
  EXPECT_EQ(small.points.back().n, 32);
  EXPECT_EQ(small.end, CostEnd::memory);
  EXPECT_EQ(words_of(small), "until its matrices would have passed 0 MB");
  const CostCurve quick = cost_curve({.d_k = 4, .first = 16, .seconds = 1e-9});
  EXPECT_EQ(quick.points.size(), 1u) << "there is always one point to show";
  EXPECT_EQ(quick.end, CostEnd::time);
  std::stop_source source;
  const CostCurve stopped = cost_curve({.d_k = 4, .first = 16}, source.get_token(),
                                       [&](const CostCurve&) { source.request_stop(); });
  EXPECT_EQ(stopped.points.size(), 1u);
  EXPECT_EQ(stopped.end, CostEnd::stopped);
  EXPECT_THROW(cost_curve({.first = 0}), Error);
  EXPECT_THROW(cost_curve({.seconds = 0}), Error);
  EXPECT_THROW(cost_curve({.d_k = 100'000}), Error);
  EXPECT_THROW(cost_curve({.most = 1 << 30}), Error);
}

TEST(FittedExponent, IsTheSlopeOfTheLastDoublings) {
  std::vector<CostPoint> points;
  for (int n = 64; n <= 4096; n *= 2) points.push_back({.n = n, .seconds = 3e-9 * n * n});
  EXPECT_NEAR(fitted_exponent(points), 2, 1e-9);
  points[0].seconds = 1;  // a slow start does not count
  EXPECT_NEAR(fitted_exponent(points), 2, 1e-9);
  EXPECT_TRUE(std::isnan(fitted_exponent({points.data(), 1})));
}

TEST(KeyValueCache, GivesTheRowsOfTheWholePass) {
  const int n = 12, d_model = 6, d_k = 4;
  const Matrix x = normal_matrix(2, "x", n, d_model), w_q = normal_matrix(2, "q", d_model, d_k),
               w_k = normal_matrix(2, "k", d_model, d_k), w_v = normal_matrix(2, "v", d_model, d_k);
  attention::Inputs in;
  in.embedding = x;
  attention::HeadInputs head;
  head.w_q = w_q;
  head.w_k = w_k;
  head.w_v = w_v;
  in.layers.push_back({{head}, {}, {}});
  in.options.mask.kind = attention::MaskKind::causal;
  const Matrix whole = attention::attend(in).layers[0].heads[0].output;
  KeyValueCache cache(n, d_k);
  for (int i = 0; i < n; ++i) {
    const Vector row = cache.step(x.row(i), w_q, w_k, w_v);
    EXPECT_LT((row - whole.row(i)).norm(), 1e-5f) << i;
  }
  EXPECT_EQ(cache.size(), n);
}

TEST(DecodingCost, MeasuresEveryPointAndStops) {
  const DecodingCost cost = decoding_cost({.d_model = 16, .d_k = 8, .first = 16, .most = 64});
  ASSERT_EQ(cost.points.size(), 3u);
  for (const DecodingPoint& p : cost.points) {
    EXPECT_GT(p.cached, 0);
    EXPECT_EQ(p.all_at_once, p.uncached / p.n);
    EXPECT_EQ(p.cache_bytes, 2.0 * 4 * 8 * p.n);
  }
  std::stop_source source;
  source.request_stop();
  EXPECT_TRUE(decoding_cost({}, source.get_token()).stopped);
  EXPECT_THROW(decoding_cost({.first = 0}), Error);
}

}  // namespace
}  // namespace qkv::analysis
