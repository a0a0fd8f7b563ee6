#include "core/attention/readouts.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/attention/softmax.h"
#include "tests/core/attention/cases.h"

namespace qkv::attention {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(Readouts, AUniformRow) {
  const Readout r = readouts(Matrix::Constant(1, 4, 0.25f), Matrix::Zero(1, 4))[0];
  EXPECT_EQ(r.keys, 4);
  EXPECT_NEAR(r.entropy, std::log(4.0), 1e-6);
  EXPECT_NEAR(r.entropy_share, 1, 1e-6);
  EXPECT_NEAR(r.effective_keys, 4, 1e-5);
  EXPECT_EQ(r.largest_weight, 0.25f);
  EXPECT_EQ(r.largest_key, 0);
  EXPECT_NEAR(r.jacobian_norm, std::sqrt(3.0) / 4, 1e-6);
}

TEST(Readouts, ASaturatedRow) {
  const Readout r = readouts(Matrix{{0, 1, 0}}, Matrix::Zero(1, 3))[0];
  EXPECT_EQ(r.keys, 3);
  EXPECT_EQ(r.entropy, 0);
  EXPECT_EQ(r.effective_keys, 1);
  EXPECT_EQ(r.largest_key, 1);
  EXPECT_EQ(r.jacobian_norm, 0);
  EXPECT_EQ(r.saturation, 1);
}

TEST(Readouts, TwoEqualKeysLetMostGradientThrough) {
  const Readout r = readouts(Matrix{{0.5f, 0.5f}}, Matrix::Zero(1, 2))[0];
  EXPECT_NEAR(r.jacobian_norm, 0.5, 1e-6);
  EXPECT_NEAR(r.saturation, 0, 1e-6);
}

TEST(Readouts, MaskedKeysDoNotCount) {
  const Readout r = readouts(Matrix{{0.5f, 0.5f, 0}}, Matrix{{1, 1, -kInfinity}})[0];
  EXPECT_EQ(r.keys, 2);
  EXPECT_NEAR(r.entropy_share, 1, 1e-6);
  const Readout alone = readouts(Matrix{{1, 0, 0}}, Matrix{{1, -kInfinity, -kInfinity}})[0];
  EXPECT_EQ(alone.keys, 1);
  EXPECT_EQ(alone.entropy_share, 0);
}

TEST(Readouts, AFullyMaskedRowHasNoLargestKey) {
  const Readout r = readouts(Matrix::Zero(1, 2), Matrix::Constant(1, 2, -kInfinity))[0];
  EXPECT_EQ(r.keys, 0);
  EXPECT_EQ(r.largest_key, -1);
  EXPECT_EQ(r.entropy, 0);
  EXPECT_EQ(r.saturation, 0);
}

TEST(Readouts, NanStaysVisible) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Readout r = readouts(Matrix{{nan, nan}}, Matrix{{nan, 1}})[0];
  EXPECT_EQ(r.keys, 2);
  EXPECT_TRUE(std::isnan(r.entropy));
  EXPECT_TRUE(std::isnan(r.jacobian_norm));
  EXPECT_TRUE(std::isnan(r.saturation));
}

TEST(Readouts, AgreeWithTheWholeJacobian) {
  const Matrix scaled = 2 * random_matrix(10, 13, 1);
  Matrix weights;
  softmax_rows(scaled, weights);
  const std::vector<Readout> rows = readouts(weights, scaled);
  for (int i = 0; i < 10; ++i) {
    const Eigen::VectorXd a = weights.row(i).cast<double>().transpose();
    const Eigen::MatrixXd jacobian = Eigen::MatrixXd(a.asDiagonal()) - a * a.transpose();
    EXPECT_NEAR(rows[i].jacobian_norm, jacobian.norm(), 1e-6);
    EXPECT_NEAR(rows[i].saturation, 1 - 2 * jacobian.norm(), 1e-6);
    EXPECT_NEAR(rows[i].entropy, -(a.array() * a.array().log()).sum(), 1e-6);
    EXPECT_EQ(rows[i].largest_weight, weights.row(i).maxCoeff());
    EXPECT_EQ(rows[i].largest_weight, weights(i, rows[i].largest_key));
  }
}

}  // namespace
}  // namespace qkv::attention
