#include "core/analysis/head_metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "core/error.h"

namespace qkv::analysis {
namespace {

Matrix random_matrix(int rows, int columns, unsigned seed) {
  std::mt19937 bits(seed);
  std::normal_distribution<float> normal;
  return Matrix::NullaryExpr(rows, columns, [&] { return normal(bits); });
}

/// Tokens 0, 1, …, 9, 0, 1, …: repeated sequences.
model::Capture capture_of(int n, int layers, int heads, int kv_heads, int d, const model::Scoring& scoring) {
  model::Capture capture;
  capture.model = "made";
  capture.heads = heads;
  capture.kv_heads = kv_heads;
  capture.head_dim = d;
  for (int i = 0; i < n; ++i) capture.tokens.push_back("t" + std::to_string(i % 10));
  capture.key_tokens = capture.tokens;
  for (int l = 0; l < layers; ++l) {
    model::LayerCapture& layer = capture.layers.emplace_back();
    layer.scoring = scoring;
    layer.q = 2 * random_matrix(n, heads * d, static_cast<unsigned>(2 * l));
    layer.k = random_matrix(n, kv_heads * d, static_cast<unsigned>(2 * l + 1));
  }
  return capture;
}

/// One head whose pattern is given.
model::Capture with_pattern(const Matrix& pattern, const std::vector<std::string>& tokens) {
  model::Capture capture;
  capture.heads = capture.kv_heads = capture.head_dim = 1;
  capture.tokens = capture.key_tokens = tokens;
  capture.layers.emplace_back().pattern = {pattern};
  return capture;
}

HeadMetrics naive(const Matrix& weights, const std::vector<std::string>& tokens) {
  const Eigen::MatrixXd a = weights.cast<double>();
  const auto n = static_cast<int>(a.rows());
  double entropy = 0, first = 0, previous = 0, induction = 0, distance = 0;
  int repeated = 0;
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      if (a(i, j) > 0) entropy -= a(i, j) * std::log(a(i, j));
      distance += a(i, j) * std::abs(i - j);
    }
    if (i > 0) first += a(i, 0);
    if (i > 0) previous += a(i, i - 1);
    for (int p = i - 1; p >= 0; --p) {
      if (tokens[static_cast<std::size_t>(p)] != tokens[static_cast<std::size_t>(i)]) continue;
      induction += a(i, p + 1);
      ++repeated;
      break;
    }
  }
  const auto mean = [](double sum, int count) { return static_cast<float>(sum / count); };
  return {mean(entropy, n), mean(first, n - 1), mean(previous, n - 1), mean(induction, repeated),
          mean(distance, n)};
}

TEST(HeadMetrics, AgreeWithTheNaiveDoubleVersion) {
  for (const int n : {11, 64, 65, 200}) {
    for (const model::Scoring& scoring :
         {model::Scoring{0.3f, 0, true, 0}, {0.3f, 3, true, 20}, {0.3f, 0, false, 0}}) {
      const model::Capture capture = capture_of(n, 2, 4, 2, 8, scoring);
      const auto metrics = head_metrics(capture);
      ASSERT_EQ(metrics.size(), 2u);
      for (int l = 0; l < 2; ++l) {
        ASSERT_EQ(metrics[static_cast<std::size_t>(l)].size(), 4u);
        for (int h = 0; h < 4; ++h) {
          const HeadMetrics expected =
              naive(model::pattern_tile(capture, l, h, {0, 0, n, n}), capture.tokens);
          const HeadMetrics& found = metrics[static_cast<std::size_t>(l)][static_cast<std::size_t>(h)];
          for (const Metric metric : {Metric::entropy, Metric::first_token, Metric::previous_token,
                                      Metric::induction, Metric::distance}) {
            const float value = value_of(expected, metric);
            EXPECT_NEAR(value_of(found, metric), value, 1e-5f * (1 + std::abs(value)))
                << name_of(metric) << n;
          }
        }
      }
    }
  }
}

TEST(HeadMetrics, InductionIsTheWeightOnTheTokenAfterTheLastEarlierPlace) {
  const std::vector<std::string> tokens = {"a", "b", "a", "c", "a", "b"};
  Matrix pattern = Matrix::Zero(6, 6);
  pattern(2, 1) = 0.5f;   // 'a' was at 0: its follower is 1
  pattern(4, 3) = 0.25f;  // 'a' was last at 2: 3, and not 1
  pattern(4, 1) = 0.75f;
  pattern(5, 2) = 1;  // 'b' was at 1
  const model::Capture capture = with_pattern(pattern, tokens);
  EXPECT_FLOAT_EQ(head_metrics(capture)[0][0].induction, (0.5f + 0.25f + 1) / 3);
  model::Capture by_id = capture;
  by_id.token_ids = {7, 8, 9, 7, 10, 11};  // ids decide where there are any
  EXPECT_FLOAT_EQ(head_metrics(by_id)[0][0].induction, 0);
}

TEST(HeadMetrics, WhatIsNotDefinedIsNan) {
  const HeadMetrics one = head_metrics(with_pattern(Matrix::Ones(1, 1), {"a"}))[0][0];
  EXPECT_EQ(one.entropy, 0);
  EXPECT_EQ(one.distance, 0);
  EXPECT_TRUE(std::isnan(one.first_token) && std::isnan(one.previous_token) && std::isnan(one.induction));
  model::Capture cross = with_pattern(Matrix::Constant(2, 4, 0.25f), {"a", "a"});
  cross.key_tokens = {"x", "y", "z", "w"};
  const HeadMetrics other = head_metrics(cross)[0][0];
  EXPECT_NEAR(other.entropy, std::log(4.0), 1e-6);
  EXPECT_FLOAT_EQ(other.first_token, 0.25f);
  EXPECT_TRUE(std::isnan(other.previous_token) && std::isnan(other.induction) && std::isnan(other.distance));
  Matrix damaged = Matrix::Identity(3, 3);
  damaged(2, 0) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(head_metrics(with_pattern(damaged, {"a", "b", "c"}))[0][0].entropy));
}

TEST(HeadMetrics, StopsAndRefuses) {
  std::stop_source source;
  source.request_stop();
  const auto stopped = head_metrics(capture_of(20, 1, 2, 1, 4, {}), source.get_token());
  ASSERT_EQ(stopped.at(0).size(), 2u);
  EXPECT_TRUE(std::isnan(stopped[0][1].entropy));
  model::Capture empty = capture_of(20, 1, 2, 1, 4, {});
  empty.layers[0].k.resize(0, 0);
  EXPECT_THROW(head_metrics(empty), Error);
}

TEST(Thumbnail, HasTheMaximumOfEveryCellsQueriesAndKeys) {
  for (const int n : {1, 7, 24, 100}) {
    const model::Capture capture = capture_of(n, 1, 2, 2, 8, {0.3f, 0, true, 0});
    const Matrix whole = model::pattern_tile(capture, 0, 1, {0, 0, n, n});
    const Matrix small = thumbnail(capture, 0, 1, 24);
    const int size = std::min(n, 24);
    ASSERT_EQ(small.rows(), size);
    ASSERT_EQ(small.cols(), size);
    Matrix expected = Matrix::Zero(size, size);
    for (int i = 0; i < n; ++i) {
      for (int j = 0; j < n; ++j) {
        int r = 0, c = 0;
        while ((r + 1) * n / size <= i) ++r;
        while ((c + 1) * n / size <= j) ++c;
        expected(r, c) = std::max(expected(r, c), whole(i, j));
      }
    }
    EXPECT_EQ(small, expected) << n;
  }
}

}  // namespace
}  // namespace qkv::analysis
