#include "core/attention/tiles.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <stdexcept>

#include "core/attention/tile_kernels.h"
#include "tests/core/attention/cases.h"

// The fused pass and its tiles beside a naive version in double precision.
namespace qkv::attention {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

struct Naive {
  Eigen::MatrixXd scaled, weights, z;
  Eigen::VectorXd maximum, sum;
};

Naive naive(const Matrix& q, const Matrix& k, const Matrix& v, const Scoring& s) {
  Naive out{
      q.cast<double>() * k.cast<double>().transpose(), Eigen::MatrixXd::Zero(q.rows(), k.rows()), {}, {}, {}};
  out.scaled *= static_cast<double>(s.scale);
  if (const double cap = s.softcap; cap > 0) out.scaled = cap * (out.scaled.array() / cap).tanh();
  out.maximum.setConstant(q.rows(), -std::numeric_limits<double>::infinity());
  out.sum.setZero(q.rows());
  for (int i = 0; i < q.rows(); ++i) {
    for (int j = 0; j < k.rows(); ++j) {
      if (!s.allows(i, j)) out.scaled(i, j) = -std::numeric_limits<double>::infinity();
      out.maximum[i] = std::max(out.maximum[i], out.scaled(i, j));
    }
    if (std::isinf(out.maximum[i])) continue;
    for (int j = 0; j < k.rows(); ++j) out.weights(i, j) = std::exp(out.scaled(i, j) - out.maximum[i]);
    out.sum[i] = out.weights.row(i).sum();
    out.weights.row(i) /= out.sum[i];
  }
  out.z = out.weights * v.cast<double>();
  return out;
}

/// One head of a pass whose matrices are blocks of wider ones.
struct Head {
  Matrix q, k, v;
  LayerOutput output;
};

Head pass(const Matrix& q, const Matrix& k, const Matrix& v, const Scoring& scoring) {
  Head head{q, k, v, {}};
  Team team(2);
  attend(team, {head.q, head.k, head.v, 1, 1, scoring}, head.output);
  return head;
}

void expect_naive(const Head& head, const Scoring& scoring) {
  const Naive expected = naive(head.q, head.k, head.v, scoring);
  const auto rows = static_cast<int>(head.q.rows()), columns = static_cast<int>(head.k.rows());
  const Tile all{0, 0, rows, columns};
  const Matrix scaled = scaled_tile(head.q, head.k, scoring, all);
  const Matrix weights =
      weight_tile(head.q, head.k, scoring, all, head.output.row_maximum.row(0), head.output.row_sum.row(0));
  for (int i = 0; i < rows; ++i) {
    ASSERT_NEAR(head.output.row_sum(0, i), expected.sum[i], 2e-5 * (1 + expected.sum[i])) << i;
    if (expected.sum[i] == 0) {
      ASSERT_EQ(head.output.row_maximum(0, i), -kInfinity) << i;
    } else {
      ASSERT_NEAR(head.output.row_maximum(0, i), expected.maximum[i],
                  1e-5 * (1 + std::abs(expected.maximum[i])));
      ASSERT_NEAR(weights.row(i).sum(), 1, 3e-6);
    }
    for (int j = 0; j < columns; ++j) {
      if (!scoring.allows(i, j)) {
        ASSERT_EQ(scaled(i, j), -kInfinity) << i << ", " << j;
        ASSERT_EQ(weights(i, j), 0) << i << ", " << j;
      } else {
        ASSERT_NEAR(scaled(i, j), expected.scaled(i, j), 2e-5 * (1 + std::abs(expected.scaled(i, j))))
            << i << ", " << j;
        ASSERT_NEAR(weights(i, j), expected.weights(i, j), 1e-5) << i << ", " << j;
      }
    }
    for (int c = 0; c < head.v.cols(); ++c)
      ASSERT_NEAR(head.output.z(i, c), expected.z(i, c), 2e-5) << i << ", " << c;
  }
}

TEST(Tiles, AgreeWithTheNaiveDoubleVersion) {
  for (const int n : {1, 2, 6, 7, 16, 17, 49, 129, 300}) {
    for (const int d : {1, 3, 64, 256}) {
      if (n > 130 && d != 64) continue;
      for (const int window : {0, 1, 130}) {
        for (const float softcap : {0.f, 2.f}) {
          for (const bool causal : {true, false}) {
            SCOPED_TRACE(testing::Message() << n << " × " << d << ", window " << window << ", cap " << softcap
                                            << (causal ? ", causal" : ""));
            const Scoring scoring{1 / std::sqrt(static_cast<float>(d)), softcap, causal, window};
            expect_naive(
                pass(2 * random_matrix(n, d, 1), random_matrix(n, d, 2), random_matrix(n, d, 3), scoring),
                scoring);
            if (testing::Test::HasFatalFailure()) return;
          }
        }
      }
    }
  }
}

TEST(Tiles, QueriesAndKeysMayDifferInNumber) {
  for (const auto& [queries, keys] : {std::pair{7, 300}, {300, 7}, {1, 40}, {40, 1}}) {
    for (const int window : {0, 5}) {
      for (const bool causal : {true, false}) {
        const Scoring scoring{0.3f, 0, causal, window};
        expect_naive(pass(random_matrix(queries, 24, 4), random_matrix(keys, 24, 5),
                          random_matrix(keys, 24, 6), scoring),
                     scoring);
      }
    }
  }
}

TEST(Tiles, HeadsShareKeysInGroups) {
  const int n = 70, d = 8;
  const Matrix q = random_matrix(n, 4 * d, 1), k = random_matrix(n, 2 * d, 2), v = random_matrix(n, 2 * d, 3);
  const Scoring scoring{0.4f, 0, true, 0};
  Team team(2);
  LayerOutput output;
  attend(team, {q, k, v, 4, 2, scoring}, output);
  for (int h = 0; h < 4; ++h) {
    const Head alone =
        pass(q.middleCols(h * d, d), k.middleCols(h / 2 * d, d), v.middleCols(h / 2 * d, d), scoring);
    EXPECT_EQ(output.z.middleCols(h * d, d), alone.output.z) << h;
    EXPECT_EQ(output.row_sum.row(h), alone.output.row_sum.row(0)) << h;
  }
}

TEST(Tiles, ACellHasTheSameBitsInEveryTile) {
  const Scoring scoring{0.2f, 5, true, 40};
  const Head head =
      pass(random_matrix(90, 33, 1), random_matrix(90, 33, 2), random_matrix(90, 33, 3), scoring);
  const Vector maximum = head.output.row_maximum.row(0), sum = head.output.row_sum.row(0);
  const Matrix scores = score_tile(head.q, head.k, {0, 0, 90, 90});
  const Matrix weights = weight_tile(head.q, head.k, scoring, {0, 0, 90, 90}, maximum, sum);
  for (const Tile tile :
       {Tile{0, 0, 1, 1}, {89, 89, 1, 1}, {50, 17, 7, 33}, {3, 60, 20, 30}, {88, 1, 2, 89}}) {
    EXPECT_EQ(score_tile(head.q, head.k, tile), scores.block(tile.row, tile.column, tile.rows, tile.columns));
    EXPECT_EQ(weight_tile(head.q, head.k, scoring, tile, maximum.segment(tile.row, tile.rows),
                          sum.segment(tile.row, tile.rows)),
              weights.block(tile.row, tile.column, tile.rows, tile.columns));
  }
  EXPECT_EQ(score_tile(head.q, head.k, {5, 5, 0, 0}).size(), 0);
}

TEST(Tiles, RowsOfMinusInfinityGiveZeros) {
  Matrix q = random_matrix(20, 4, 1).cwiseAbs();
  q.row(7).setConstant(kInfinity);
  const Matrix k = -random_matrix(20, 4, 2).cwiseAbs().array() - 1;
  const Head head = pass(q, k, random_matrix(20, 4, 3), {1, 0, false, 0});
  EXPECT_TRUE(head.output.z.row(7).isZero(0));
  EXPECT_EQ(head.output.row_maximum(0, 7), -kInfinity);
  EXPECT_EQ(head.output.row_sum(0, 7), 0);
  const Matrix weights =
      weight_tile(head.q, head.k, {1, 0, false, 0}, {7, 0, 1, 20},
                  head.output.row_maximum.row(0).segment(7, 1), head.output.row_sum.row(0).segment(7, 1));
  EXPECT_TRUE(weights.isZero(0));
  EXPECT_TRUE(head.output.z.allFinite());
}

TEST(Tiles, HugeValuesKeepTheirOrderOrBecomeNan) {
  const Matrix identity = Matrix::Identity(8, 8);
  const Head sharp = pass(1e30f * identity, 1e7f * identity, identity, {1, 0, true, 0});
  EXPECT_EQ(sharp.output.z, identity);  // each query sees itself alone
  const Head over = pass(1e30f * identity, 1e30f * identity, identity, {1, 0, true, 0});
  for (int i = 0; i < 8; ++i) {
    EXPECT_TRUE(over.output.z.row(i).array().isNaN().all()) << i;
    EXPECT_TRUE(std::isnan(over.output.row_sum(0, i)) && std::isnan(over.output.row_maximum(0, i))) << i;
  }
}

TEST(Tiles, NanStaysInTheRowsThatSeeIt) {
  const int n = 150;
  for (const char where : {'q', 'k', 'v'}) {
    Matrix q = random_matrix(n, 16, 1), k = random_matrix(n, 16, 2), v = random_matrix(n, 16, 3);
    (where == 'q' ? q : where == 'k' ? k : v)(130, 5) = kNan;
    const Scoring scoring{0.25f, 0, true, 10};
    const Head head = pass(q, k, v, scoring);
    const Head clean =
        pass(random_matrix(n, 16, 1), random_matrix(n, 16, 2), random_matrix(n, 16, 3), scoring);
    const Matrix weights =
        weight_tile(q, k, scoring, {0, 0, n, n}, head.output.row_maximum.row(0), head.output.row_sum.row(0));
    for (int i = 0; i < n; ++i) {
      const bool sees = where == 'q' ? i == 130 : scoring.allows(i, 130);
      EXPECT_EQ(head.output.z.row(i).hasNaN(), sees) << where << i;
      EXPECT_EQ(weights.row(i).hasNaN(), sees && where != 'v') << where << i;
      if (!sees) {
        EXPECT_EQ(head.output.z.row(i), clean.output.z.row(i)) << where << i;
      }
      EXPECT_EQ(weights(i, i < 10 ? n - 1 : 0), 0) << "masked is zero in a row of NaN too";
    }
  }
}

TEST(VectorMath, ExpAndTanhAreWithinTheirBounds) {
  double worst_exp = 0, worst_tanh = 0;
  for (float x = -86.5f; x < 88.7f; x += 1.7e-5f * 8) {
    const auto y = static_cast<double>(vectors::exp(vectors::all(x))[0]);
    worst_exp = std::max(worst_exp, std::abs(y / std::exp(static_cast<double>(x)) - 1));
  }
  for (float x = 1e-12f; x < 12; x += std::max(1e-12f, x * 1e-5f)) {
    const auto y = static_cast<double>(vectors::tanh(vectors::all(-x))[0]);
    worst_tanh = std::max(worst_tanh, std::abs(y / std::tanh(-static_cast<double>(x)) - 1));
  }
  EXPECT_LT(worst_exp, 1.5e-7);
  EXPECT_LT(worst_tanh, 3e-7);
  const auto exp = [](float x) { return vectors::exp(vectors::all(x))[0]; };
  const auto tanh = [](float x) { return vectors::tanh(vectors::all(x))[0]; };
  EXPECT_EQ(exp(0), 1);
  for (const float x : {-86.6f, -1e3f, -3e38f, -kInfinity}) EXPECT_EQ(exp(x), 0) << x;
  for (const float x : {88.73f, 1e3f, 3e38f, kInfinity}) EXPECT_EQ(exp(x), kInfinity) << x;
  EXPECT_TRUE(std::isnan(exp(kNan)) && std::isnan(tanh(kNan)));
  EXPECT_EQ(tanh(kInfinity), 1);
  EXPECT_EQ(tanh(-kInfinity), -1);
  EXPECT_EQ(tanh(0), 0);
}

TEST(Team, DoesEachPieceOnceAndThrowsAgain) {
  Team team(3);
  EXPECT_EQ(team.threads(), 3);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::atomic<int>> done(static_cast<std::size_t>(round % 40));
    team.share(round % 40, [&](int i) { ++done[static_cast<std::size_t>(i)]; });
    for (const auto& each : done) ASSERT_EQ(each, 1);
  }
  EXPECT_THROW(team.share(9,
                          [](int i) {
                            if (i == 4) throw std::runtime_error("four");
                          }),
               std::runtime_error);
  std::atomic<int> sum = 0;
  team.share(10, [&](int i) { sum += i; });
  EXPECT_EQ(sum, 45);
}

}  // namespace
}  // namespace qkv::attention
