#include "app/figures/weight_bars.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/figures/numbers.h"
#include "core/analysis/scaling_study.h"
#include "tests/app/figures/look.h"
#include "tests/app/support/layout_checks.h"

namespace qkv::figures {
namespace {

using ::testing::IsEmpty;

WeightBars bars_of(const analysis::ScalingDraw& draw, bool scaled) {
  WeightBars b;
  b.scores = std::make_shared<Matrix>(scaled ? draw.scaled_scores : draw.scores);
  b.weights = std::make_shared<Matrix>(scaled ? draw.scaled_weights : draw.weights);
  b.readout = scaled ? draw.scaled_readout : draw.readout;
  return b;
}

TEST(WeightBars, CanBeReadAtEveryWidth) {
  for (const float width : {300.f, 466.f, 900.f})
    for (const int keys : {2, 8, 16})
      for (const bool scaled : {false, true}) {
        Sheet s({0, 0, width + 20, 320}, keys == 16);
        const analysis::ScalingDraw draw = analysis::scaling_draw(29, 64, keys);
        weight_bars(s.p, {10, 10, width, 300}, bars_of(draw, scaled));
        const std::string name = "bars_" + std::to_string(keys) + "_" +
                                 std::to_string(static_cast<int>(width)) + (scaled ? "_scaled" : "");
        EXPECT_THAT(support::overlaps(s.out), IsEmpty()) << name;
        EXPECT_THAT(support::clipped(s.out), IsEmpty()) << name;
        look(s, name);
      }
}

TEST(WeightBars, GiveUpSmallPrintFirstWhereTheyAreLow) {
  const analysis::ScalingDraw draw = analysis::scaling_draw(29, 64);
  for (const float height : {120.f, 160.f, 186.f, 210.f, 250.f}) {
    Sheet s({0, 0, 386, height + 20}, false);
    weight_bars(s.p, {10, 10, 366, height}, bars_of(draw, true));
    EXPECT_THAT(support::overlaps(s.out), IsEmpty()) << height;
    EXPECT_THAT(support::clipped(s.out), IsEmpty()) << height;
    EXPECT_NE(drawing::find_region(s.out, "bars/weights"), nullptr) << height;
    EXPECT_EQ(support::find_text(s.out, "saturation") != nullptr, height >= 160) << height;
    for (const auto& t : support::texts(s.out)) EXPECT_LE(t.text->at.y, height + 10) << t.text->text;
    look(s, "low_bars_" + std::to_string(static_cast<int>(height)));
  }
}

TEST(WeightBars, SayTheNumbersOfTheDraw) {
  Sheet s({0, 0, 486, 320});
  const analysis::ScalingDraw draw = analysis::scaling_draw(29, 64);
  weight_bars(s.p, {10, 10, 466, 300}, bars_of(draw, true));
  for (int i = 0; i < 8; ++i)
    EXPECT_NE(support::find_text(s.out, number(draw.scaled_weights(0, i), 3)), nullptr) << i;
  for (int i = 0; i < 8; ++i)
    EXPECT_NE(support::find_text(s.out, number(draw.scaled_scores(0, i), 2)), nullptr) << i;
  EXPECT_NE(support::find_text(s.out, number(draw.scaled_readout.jacobian_norm, 3)), nullptr);
  EXPECT_NE(support::find_text(s.out, number(100 * draw.scaled_readout.saturation, 0) + " %"), nullptr);
  const auto* cells = drawing::find_region(s.out, "bars/weights");
  ASSERT_NE(cells, nullptr);
  EXPECT_EQ(cells->columns, 8);
  // The bars stand on one line, one above each weight's cell, as high as the weight.
  std::vector<drawing::Rect> found;
  for (const auto& command : s.out.commands)
    if (const auto* fill = std::get_if<drawing::FillRect>(&command);
        fill && fill->rect.bottom() == cells->rect.y - 9 && fill->rect.w < 40)
      found.push_back(fill->rect);
  ASSERT_EQ(found.size(), 8u);
  const int top = draw.scaled_readout.largest_key;
  const float full = found[static_cast<std::size_t>(top)].h / draw.scaled_weights(0, top);
  for (int i = 0; i < 8; ++i)
    EXPECT_NEAR(found[static_cast<std::size_t>(i)].h, std::max(1.f, full * draw.scaled_weights(0, i)), 1)
        << i;
}

TEST(WeightBars, StandMaskedAndNonFiniteScores) {
  Sheet s({0, 0, 486, 320});
  WeightBars b;
  constexpr float kInf = std::numeric_limits<float>::infinity(),
                  kNaN = std::numeric_limits<float>::quiet_NaN();
  b.scores = std::make_shared<Matrix>((Matrix(1, 3) << 1, -kInf, kNaN).finished());
  b.weights = std::make_shared<Matrix>((Matrix(1, 3) << kNaN, 0, kNaN).finished());
  b.readout.saturation = kNaN;
  b.keys = {"cat", "a very long token name indeed", "猫"};
  weight_bars(s.p, {10, 10, 466, 300}, b);
  EXPECT_THAT(support::overlaps(s.out), IsEmpty());
  EXPECT_NE(support::find_text(s.out, "cat"), nullptr);
}

}  // namespace
}  // namespace qkv::figures
