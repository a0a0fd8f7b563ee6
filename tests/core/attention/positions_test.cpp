#include "core/attention/positions.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/core/attention/cases.h"

namespace qkv::attention {
namespace {

Matrix rotate_by_base(const Matrix& rows, float base) {
  Options options;
  options.rope_base = base;
  return rotate(rows, rotary_of(options, static_cast<int>(rows.cols())));
}

TEST(Positions, SinusoidsOfThePaper) {
  const Matrix table = sinusoidal_table(3, 4);
  EXPECT_EQ(table.row(0), (Matrix{{0, 1, 0, 1}}));
  EXPECT_NEAR(table(1, 0), std::sin(1.0), 1e-7);
  EXPECT_NEAR(table(1, 1), std::cos(1.0), 1e-7);
  EXPECT_NEAR(table(2, 2), std::sin(2 / 100.0), 1e-7);
  EXPECT_NEAR(table(2, 3), std::cos(2 / 100.0), 1e-7);
}

TEST(Positions, AnOddWidthEndsWithASine) {
  const Matrix table = sinusoidal_table(2, 3);
  EXPECT_NEAR(table(1, 2), std::sin(std::pow(10000.0, -2.0 / 3)), 1e-7);
}

TEST(Positions, RotationTurnsPairsAndKeepsTheirLength) {
  const Matrix rows = random_matrix(9, 6, 1);
  const Matrix turned = rotate_by_base(rows, 10000);
  EXPECT_EQ(turned.row(0), rows.row(0));
  for (int p = 0; p < 9; ++p) {
    for (int i = 0; i < 3; ++i) {
      const double before = std::hypot(rows(p, i), rows(p, i + 3));
      EXPECT_NEAR(std::hypot(turned(p, i), turned(p, i + 3)), before, 1e-6);
    }
  }
  EXPECT_NEAR(turned(1, 0), rows(1, 0) * std::cos(1.0) - rows(1, 3) * std::sin(1.0), 1e-6);
  EXPECT_NEAR(turned(1, 3), rows(1, 3) * std::cos(1.0) + rows(1, 0) * std::sin(1.0), 1e-6);
}

TEST(Positions, RotatedScoresDependOnDistanceAlone) {
  const Matrix q = random_vector(8, 1).replicate(30, 1);
  const Matrix k = random_vector(8, 2).replicate(30, 1);
  const Matrix scores = rotate_by_base(q, 10000) * rotate_by_base(k, 10000).transpose();
  for (int i = 1; i < 30; ++i) {
    for (int j = 1; j < 30; ++j) EXPECT_NEAR(scores(i, j), scores(i - 1, j - 1), 1e-5);
  }
  EXPECT_GT(std::abs(scores(9, 0) - scores(0, 0)), 1e-3);
}

TEST(Positions, AnOddLastColumnIsNotRotated) {
  const Matrix rows = random_matrix(4, 5, 3);
  EXPECT_EQ(rotate_by_base(rows, 100).col(4), rows.col(4));
  const Rotary rotary = rotary_of({}, 5);
  EXPECT_EQ(rotary.partner(4), 4);
  EXPECT_EQ(rotary.partner(1), 3);
  EXPECT_EQ(rotary.partner(3), 1);
  EXPECT_EQ(rotate_by_base(rows.leftCols(1), 100), rows.leftCols(1));
}

TEST(Positions, GivenFrequenciesTurnTheFirstColumnsAndAFactorStretchesThem) {
  const Matrix rows = random_matrix(7, 6, 4);
  Options options;
  options.rope_frequencies = Vector{{0.5f, 0.25f}};
  options.rope_factor = 1.5f;
  const Matrix turned = rotate(rows, rotary_of(options, 6));
  EXPECT_EQ(turned.rightCols(2), rows.rightCols(2));
  for (int p = 0; p < 7; ++p) {
    for (int i = 0; i < 2; ++i) {
      const double angle = p * (i == 0 ? 0.5 : 0.25), a = rows(p, i), b = rows(p, i + 2);
      EXPECT_NEAR(turned(p, i), 1.5 * (a * std::cos(angle) - b * std::sin(angle)), 1e-6);
      EXPECT_NEAR(turned(p, i + 2), 1.5 * (b * std::cos(angle) + a * std::sin(angle)), 1e-6);
    }
  }
}

TEST(Positions, FarPositionsKeepTheirDigits) {
  Matrix rows = Matrix::Zero(20001, 2);
  rows.col(0).setOnes();
  EXPECT_NEAR(rotate_by_base(rows, 10000)(20000, 0), std::cos(20000.0), 1e-7);
}

TEST(Positions, SlopesOfALiBi) {
  for (int h = 0; h < 8; ++h) EXPECT_EQ(alibi_slope(h, 8), std::exp2(-static_cast<float>(h + 1)));
  Inputs inputs = random_inputs({.n = 5, .heads = 2}, 1);
  inputs.options.positions = Positions::alibi;
  inputs.options.scale = false;
  const HeadTrace head = attend(inputs).layers[0].heads[1];
  EXPECT_NEAR(head.scaled(4, 1), head.scores(4, 1) - 3.0f / 256, 1e-6);
}

}  // namespace
}  // namespace qkv::attention
