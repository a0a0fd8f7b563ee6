#include "core/analysis/weighted_sum.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"

namespace qkv::analysis {
namespace {

TEST(WeightedSum, EndsOnTheProduct) {
  Matrix a(1, 3), v(3, 2);
  a << 0.5f, 0.25f, 0.25f;
  v << 2, 4, 8, 0, -4, 1;
  const WeightedSum s = weighted_sum(a, v);
  EXPECT_EQ(s.products.row(1), (Matrix(1, 2) << 2, 0).finished());
  EXPECT_EQ(s.sums.row(0), Matrix::Zero(1, 2));
  EXPECT_EQ(s.sums.row(1), s.products.row(0));
  EXPECT_EQ(s.sums.row(3), a * v);
}

TEST(WeightedSum, LeavesMaskedRowsOut) {
  Matrix a(1, 2), v(2, 1);
  a << 1, 0;
  v << 3, std::nanf("");
  EXPECT_EQ(weighted_sum(a, v).sums(2, 0), 3);
  EXPECT_THROW(weighted_sum(a, Matrix(3, 1)), Error);
}

}  // namespace
}  // namespace qkv::analysis
