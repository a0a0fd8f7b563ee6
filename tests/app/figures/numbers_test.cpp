#include "app/figures/numbers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <string>

#include "app/drawing/painter.h"
#include "app/figures/heatmap.h"
#include "tests/app/support/layout_checks.h"

namespace qkv::figures {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN(),
                kInfinity = std::numeric_limits<float>::infinity();

Matrix row(std::initializer_list<float> values) {
  Matrix m(1, static_cast<Eigen::Index>(values.size()));
  std::ranges::copy(values, m.data());
  return m;
}

TEST(Number, ThatIsAskedAboutReadsZeroOrOneOnlyWhenItIs) {
  EXPECT_EQ(telling_number(1, 2), "1.00");
  EXPECT_EQ(telling_number(0, 2), "0.00");
  EXPECT_EQ(telling_number(0.8f, 2), "0.80");
  EXPECT_EQ(telling_number(0.996f, 2), "0.996");
  EXPECT_EQ(telling_number(-0.9996f, 2), "−0.9996");
  EXPECT_EQ(telling_number(1.00004f, 2), "1.00004");
  EXPECT_EQ(telling_number(0.002f, 2), "0.002");
  EXPECT_EQ(telling_number(-1.2e-9f, 2), "−1.2e−9");
  EXPECT_EQ(telling_number(1e-30f, 3), "1.0e−30");
  EXPECT_EQ(telling_number(std::numeric_limits<float>::denorm_min(), 2), "1.4e−45");
  EXPECT_EQ(telling_number(kNaN, 2), "NaN");
  EXPECT_EQ(telling_number(-kInfinity, 2), "−∞");
  for (const float v : {std::nextafter(1.f, 0.f), std::nextafter(1.f, 2.f)}) EXPECT_NE(std::stof(telling_number(v, 2)), 1.f);
}

TEST(Number, HasATrueMinusAndNoNegativeZero) {
  EXPECT_EQ(number(-1.25f, 1), "−1.3");
  EXPECT_EQ(number(-0.04f, 1), "0.0");
  EXPECT_EQ(number(2, 0), "2");
  EXPECT_EQ(number(kNaN, 2), "NaN");
  EXPECT_EQ(number(-kInfinity, 2), "−∞");
  EXPECT_EQ(number(1.25e7f, 2), "1.2e7");
}

TEST(Number, IsRoundedAsByHand) {
  EXPECT_EQ(number(0.125f, 2), "0.13");
  EXPECT_EQ(number(0.375f, 2), "0.38");
  EXPECT_EQ(number(-2.5f, 0), "−3");
  EXPECT_EQ(number(0.5f, 0), "1");
  EXPECT_EQ(number(65536.5f, 0), "65537");
  EXPECT_EQ(number(0.449999988f, 1), "0.4") << "no tie";
  for (const float v : {0.1f, 0.2f, 0.3f, 1.7f, 99999.f}) EXPECT_NEAR(std::stod(number(v, 3)), static_cast<double>(v), 5.0001e-4);
}

TEST(WeightNumber, ReadsOneOnlyWhereItIsOne) {
  EXPECT_EQ(weight_number(1, 2), "1.00");
  EXPECT_EQ(weight_number(0.9953f, 2), "0.995");
  EXPECT_EQ(weight_number(0.9949f, 2), "0.995") << "as where there is room for three decimals";
  EXPECT_EQ(weight_number(0.9899f, 2), "0.99");
  EXPECT_EQ(weight_number(0.99971f, 2), ">0.999");
  EXPECT_EQ(weight_number(std::nextafter(1.f, 0.f), 3), ">0.9999");
  EXPECT_EQ(weight_number(0.0004f, 2), "0.00");
  EXPECT_EQ(weight_number(-0.999f, 2), "−1.00") << "a change, not a weight";
  EXPECT_EQ(weight_number(kNaN, 2), "NaN");
  const NumberFormat format{.decimals = 2, .characters = 4, .of_weights = true};
  EXPECT_EQ(format(1), "1.00");
  EXPECT_EQ(format(0.9953f), ".995");
  EXPECT_EQ(format(0.9949f), ".995");
  EXPECT_EQ((NumberFormat{.decimals = 2, .drop_zero = true, .characters = 3, .of_weights = true}(0.9949f)), ">.9");
  EXPECT_EQ(format(0.9999f), ">.99") << "no wider than 1.00";
  EXPECT_EQ(format(0.5f), "0.50");
  EXPECT_EQ((NumberFormat{.decimals = 1, .characters = 3, .of_weights = true}(0.97f)), ".97");
}

TEST(ListedWeight, ReadsZeroOnlyWhereItIsZero) {
  EXPECT_EQ(listed_weight(0, 2), "0.00");
  EXPECT_EQ(listed_weight(0.0049f, 2), "<0.01");
  EXPECT_EQ(listed_weight(0.0051f, 2), "0.01");
  EXPECT_EQ(listed_weight(1e-6f, 3), "<0.001");
  EXPECT_EQ(listed_weight(0.3f, 0), "<1");
  EXPECT_EQ(listed_weight(0.9953f, 2), "0.995");
  EXPECT_EQ(listed_weight(kNaN, 2), "NaN");
}

TEST(NumberFormat, IsTheSameForTheWholeMatrix) {
  const NumberFormat format = format_within(row({3, -1.75f, 0.25f}), 2, 4);
  EXPECT_EQ(format(3), "3.0");
  EXPECT_EQ(format(-1.75f), "−1.8");
  EXPECT_EQ(format(0.25f), "0.3");
}

TEST(NumberFormat, GivesALeadingZeroForADecimal) {
  const NumberFormat format = format_within(row({-0.5f, 0, 0.875f}), 2, 3);
  EXPECT_EQ(format(-0.5f), "−.5");
  EXPECT_EQ(format(0.875f), ".9");
  EXPECT_EQ(format(0), "0");
}

TEST(NumberFormat, NeverRoundsSmallNumbersToIntegers) {
  const NumberFormat two =
      format_within(row({1.5f, -0.5f, 2}), 1, 2);  // "2" for 1.5, or "0" for −0.5, would mislead
  for (const float value : {1.5f, -0.5f, 2.f}) EXPECT_EQ(two(value), "");
  EXPECT_EQ(format_within(row({-1, 0, 2}), 1, 2)(-1), "−1");
}

TEST(NumberFormat, WritesWhatFitsInThreeCharacters) {
  const NumberFormat format = format_within(row({-72.6f, -1.5f, -1, -0.5f, 1.5f, 120.4f}), 2, 3);
  EXPECT_EQ(format(-72.6f), "−73");
  EXPECT_EQ(format(-1.5f), "");
  EXPECT_EQ(format(-1), "−1");
  EXPECT_EQ(format(-0.5f), "−.5");
  EXPECT_EQ(format(1.5f), "1.5");
  EXPECT_EQ(format(120.4f), "120");
}

TEST(NumberFormat, IsBlindToWhatIsNotFinite) {
  EXPECT_EQ(format_within(row({kNaN, -kInfinity, 0.5f}), 2, 4)(0.5f), "0.50");
  EXPECT_EQ(format_within(Matrix(0, 0), 2, 4).decimals, 2);
}

TEST(Heatmap, PrintsNumbersThatHaveRoom) {
  drawing::TextEngine engine;
  const auto texts_in = [&](float cell_w, std::initializer_list<float> values) {
    drawing::Drawing out{.bounds = {0, 0, 400, 100}, .commands = {}, .regions = {}};
    drawing::Painter painter(out, engine, drawing::built_in_theme(false));
    heatmap(painter, {10, 10}, std::make_shared<Matrix>(row(values)), {.cell_w = cell_w, .max_decimals = 1});
    return support::all_text(out);
  };
  EXPECT_EQ(texts_in(26, {1.5f, -0.5f, 0}), "1.5\n−0.5\n0.0\n");
  EXPECT_EQ(texts_in(16, {1.5f, -0.5f, 0}), "");
  EXPECT_EQ(texts_in(16, {1, -2, 0}), "1\n−2\n0\n");
  EXPECT_EQ(texts_in(18, {-2.3f, 1.5f, -0.5f}), "−2.3\n1.5\n−.5\n");  // the largest is smaller type, not a hole
}

}  // namespace
}  // namespace qkv::figures
