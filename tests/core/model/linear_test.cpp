#include "core/model/linear.h"

#include <gtest/gtest.h>

#include <random>

namespace qkv::model {
namespace {

Matrix random_matrix(int rows, int columns, unsigned seed) {
  std::mt19937 bits(seed);
  std::normal_distribution<float> normal;
  return Matrix::NullaryExpr(rows, columns, [&] { return normal(bits); });
}

TEST(Linear, AgreesWithDoublePrecisionHoweverItIsCutIntoPieces) {
  Team team(2);
  for (const int n : {1, 2, 7, 512, 513, 1100}) {
    for (const int out : {1, 47, 144, 145, 1000}) {
      for (const int in : {1, 64, 100}) {
        const Matrix x = random_matrix(n, in, 1);
        const Linear linear{random_matrix(out, in, 2), random_matrix(1, out, 3)};
        const Matrix y = apply(team, linear, x);
        ASSERT_EQ(y.rows(), n);
        ASSERT_EQ(y.cols(), out);
        Eigen::MatrixXd expected = x.cast<double>() * linear.w.cast<double>().transpose();
        const Matrix without = apply(team, linear.w, Vector(), x);
        EXPECT_LT((without.cast<double>() - expected).cwiseAbs().maxCoeff(), 1e-4)
            << n << ' ' << out << ' ' << in;
        expected.rowwise() += linear.b.cast<double>();
        EXPECT_LT((y.cast<double>() - expected).cwiseAbs().maxCoeff(), 1e-4) << n << ' ' << out << ' ' << in;
      }
    }
  }
}

}  // namespace
}  // namespace qkv::model
