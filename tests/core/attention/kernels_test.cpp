#include <gtest/gtest.h>

#include <cmath>

#include "core/attention/product.h"
#include "core/attention/softmax.h"
#include "tests/core/attention/cases.h"

// Each kernel beside its naive double version.
namespace qkv::attention {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

void expect_product(const Matrix& ours, const Matrix& a, const Matrix& b) {
  ASSERT_EQ(ours.rows(), a.rows());
  ASSERT_EQ(ours.cols(), b.cols());
  for (int i = 0; i < a.rows(); ++i) {
    for (int j = 0; j < b.cols(); ++j) {
      double sum = 0, magnitude = 0;
      for (int c = 0; c < a.cols(); ++c) {
        const double term = static_cast<double>(a(i, c)) * static_cast<double>(b(c, j));
        sum += term;
        magnitude += std::abs(term);
      }
      EXPECT_NEAR(ours(i, j), sum, 3 * std::numeric_limits<float>::epsilon() * magnitude) << i << ", " << j;
    }
  }
}

TEST(Product, AgreesWithTheNaiveDoubleVersion) {
  for (const int rows : {1, 7, 32, 33, 65}) {
    for (const int depth : {1, 16, 127, 129, 512}) {
      for (const int columns : {1, 3, 16, 50}) {
        SCOPED_TRACE(testing::Message() << rows << " × " << depth << " × " << columns);
        const Matrix a = random_matrix(rows, depth, 1);
        const Matrix b = random_matrix(depth, columns, 2);
        expect_product(multiply(a, b), a, b);
        expect_product(multiply_transposed(a, b.transpose()), a, b);
        expect_product(multiply(a.cwiseAbs(), b.cwiseAbs()), a.cwiseAbs(), b.cwiseAbs());
      }
    }
  }
}

TEST(Product, OverNoDimensionIsZero) { EXPECT_EQ(multiply(Matrix(2, 0), Matrix(0, 3)), Matrix::Zero(2, 3)); }

TEST(Softmax, AgreesWithTheNaiveDoubleVersion) {
  for (const int columns : {1, 5, 16, 37}) {
    for (const float spread : {0.1f, 1.0f, 30.0f, 1e4f}) {
      const Matrix scaled = spread * random_matrix(20, columns, 3);
      Matrix weights;
      softmax_rows(scaled, weights);
      for (int i = 0; i < 20; ++i) {
        const double maximum = scaled.row(i).maxCoeff();
        double sum = 0;
        for (int j = 0; j < columns; ++j) sum += std::exp(static_cast<double>(scaled(i, j)) - maximum);
        for (int j = 0; j < columns; ++j) {
          const double expected = std::exp(static_cast<double>(scaled(i, j)) - maximum) / sum;
          // s − max is rounded once, at most ε/2·|s − max|, and exp turns that into a relative error.
          const double relative = (4 + (maximum - static_cast<double>(scaled(i, j)))) * 1.2e-7;
          EXPECT_NEAR(weights(i, j), expected, expected * relative + 1e-37);
        }
      }
    }
  }
}

TEST(Softmax, MaskedIsExactlyZeroAndAFullyMaskedRowIsTold) {
  Matrix scaled = random_matrix(3, 40, 4);
  scaled.rightCols(21).setConstant(-kInfinity);
  scaled.row(1).setConstant(-kInfinity);
  Matrix weights;
  EXPECT_EQ(softmax_rows(scaled, weights), (std::vector<bool>{false, true, false}));
  EXPECT_EQ(weights.rightCols(21), Matrix::Zero(3, 21));
  EXPECT_EQ(weights.row(1), Matrix::Zero(1, 40));
  EXPECT_GT(weights.row(0).leftCols(19).minCoeff(), 0);
}

TEST(Softmax, NanAndInfinityPoisonTheAllowedKeysOfTheirRow) {
  for (const float bad : {kNan, kInfinity}) {
    for (const int columns : {3, 40}) {
      Matrix scaled = random_matrix(2, columns, 5);
      scaled(0, 1) = bad;
      scaled(0, 2) = -kInfinity;
      Matrix weights;
      softmax_rows(scaled, weights);
      EXPECT_TRUE(std::isnan(weights(0, 0)));
      EXPECT_TRUE(std::isnan(weights(0, 1)));
      EXPECT_EQ(weights(0, 2), 0);
      EXPECT_TRUE(weights.row(1).allFinite());
    }
  }
}

TEST(Softmax, HugeScoresDoNotOverflow) {
  Matrix weights;
  softmax_rows(Matrix{{3e38f, -3e38f, 3e38f}, {1e30f, 0, -1e30f}}, weights);
  EXPECT_EQ(weights, (Matrix{{0.5f, 0, 0.5f}, {1, 0, 0}}));
}

}  // namespace
}  // namespace qkv::attention
