#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "app/figures/bar_rows.h"
#include "app/figures/colour_legend.h"
#include "app/figures/head_stats.h"
#include "app/figures/minimap.h"
#include "app/figures/vector_strip.h"
#include "tests/app/figures/model_bench.h"
#include "tests/app/support/layout_checks.h"

namespace qkv::figures {
namespace {

using drawing::Rect;
using ::testing::IsEmpty;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

void expect_readable(const drawing::Drawing& d) {
  EXPECT_THAT(support::overlaps(d), IsEmpty());
  EXPECT_THAT(support::clipped(d), IsEmpty());
}

TEST(BarRows, SayWhatTheDataSay) {
  for (const float width : {180.f, 256.f, 420.f}) {
    Sheet s({0, 0, width + 40, 240});
    const auto names = labels(2048);
    std::vector<BarRow> rows;
    for (const int i : {2047, 0, 9, 5, 3, 7, 12, 4, 1, 2})
      rows.push_back({i, names[static_cast<std::size_t>(i)], 0.81f / static_cast<float>(rows.size() + 1),
                      5.34f, i == 0, i == 2047, i == 9});
    bar_rows(s.p, {20, 10, width, 22 + 7 * 20}, {.rows = rows});
    expect_readable(s.out);
    EXPECT_NE(support::find_text(s.out, "0.81"), nullptr);
    EXPECT_NE(support::find_text(s.out, "2047"), nullptr);
    EXPECT_EQ(support::find_text(s.out, "4"), nullptr) << "an eighth row has no room";
    EXPECT_NE(drawing::find_region(s.out, "top-key/2047"), nullptr);
  }
}

TEST(BarRows, StandNonFiniteValues) {
  Sheet s({0, 0, 300, 100});
  const BarRow rows[] = {{0, "a", kNaN, std::numeric_limits<float>::infinity()}, {1, "b", 0, 0}};
  bar_rows(s.p, {20, 10, 256, 80}, {.rows = rows});
  expect_readable(s.out);
  EXPECT_NE(support::find_text(s.out, "NaN"), nullptr);
}

TEST(BeforeAfter, ShowsBothAndTheChange) {
  Sheet s({0, 0, 300, 120});
  const BeforeAfterRow rows[] = {{"was", 0.70f, 0.25f, -1.82f},
                                 {"anextraordinarilylongtoken", 0.15f, 0.37f, 0.14f},
                                 {"日本語", 0.1f, 0.2f, kNaN}};
  before_after(s.p, {20, 10, 256, 100}, {.rows = rows});
  expect_readable(s.out);
  for (const char* text : {"0.70", "0.25", "−1.82", "+0.14", "intact", "ablated", "Δ logit"})
    EXPECT_NE(support::find_text(s.out, text), nullptr) << text;
  Sheet plain({0, 0, 300, 120});
  before_after(plain.p, {20, 10, 256, 100}, {.rows = rows, .before = "probability", .compared = false});
  expect_readable(plain.out);
  EXPECT_EQ(support::find_text(plain.out, "0.25"), nullptr);
}

TEST(RankedRows, AreInOrderAndFound) {
  Sheet s({0, 0, 400, 160});
  const RankedRow rows[] = {
      {"top/5.5", "L5 H5", 0.749f}, {"top/47.39", "L47 H39", 0.5f, 3, true}, {"top/0.0", "L0 H0", kNaN}};
  ranked_rows(s.p, {20, 10, 344, 144}, rows);
  expect_readable(s.out);
  EXPECT_EQ(support::all_text(s.out), "L5 H5\n0.749\nL47 H39\n0.500\nL0 H0\nNaN\n");
  EXPECT_NE(drawing::find_region(s.out, "top/47.39"), nullptr);
}

TEST(MetricRows, PlaceTheirTick) {
  Sheet s({0, 0, 300, 120});
  const MetricRow rows[] = {{"m/e", "Entropy", "2.02 nat", 0.51f, false},
                            {"m/i", "Induction", "0.536", 0.97f, true},
                            {"m/x", "Previous token", "NaN", kNaN, false}};
  metric_rows(s.p, {20, 10, 256, 100}, rows);
  expect_readable(s.out);
  EXPECT_EQ(support::all_text(s.out), "2.02 nat\nEntropy\n51\n0.536\nInduction\n97\nNaN\nPrevious token\n");
}

TEST(LayerDots, OneDotAHead) {
  for (const auto& [layers, heads] :
       {std::pair{1, 1}, std::pair{12, 12}, std::pair{48, 40}, std::pair{120, 8}}) {
    Sheet s({0, 0, 400, 160});
    std::vector<float> values(static_cast<std::size_t>(layers * heads));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 17) / 20;
    values.back() = 0.81f;
    const HeadAt last{layers - 1, heads - 1};
    const LayerDots dots{.layers = layers, .heads = heads, .values = values, .selected = last};
    const auto l = layer_dots_layout(s.text, {20, 20, 344, 120}, dots);
    layer_dots(s.p, l, dots);
    expect_readable(s.out);
    EXPECT_EQ(count<drawing::Circle>(s.out), layers * heads + 1) << "and a ring";
    EXPECT_EQ(dot_at(l, dots, l.place(last.layer, 0.81f)), last);
    EXPECT_EQ(dot_at(l, dots, {0, 0}), std::nullopt);
    EXPECT_GE(l.hi, 0.81f);
  }
}

TEST(LayerDots, LeaveOutWhatIsNotDefined) {
  Sheet s({0, 0, 400, 160});
  const std::vector<float> values{0.5f, kNaN, kNaN, kNaN};
  const LayerDots dots{.layers = 2, .heads = 2, .values = values};
  layer_dots(s.p, layer_dots_layout(s.text, {20, 20, 344, 120}, dots), dots);
  EXPECT_EQ(count<drawing::Circle>(s.out), 1);
}

TEST(VectorStrip, NamesTheVectorItsNormAndItsLimit) {
  for (const int d : {1, 2, 64, 768}) {
    Sheet s({0, 0, 300, 60});
    auto values = std::make_shared<Matrix>(Matrix::Zero(1, d));
    (*values)(0, 0) = 3;
    if (d > 1) (*values)(0, d - 1) = -4;
    const Rect strip =
        vector_strip(s.p, {20, 10, 256, 32}, {values, "strip/q", "q", labels(10)[9], s.p.theme().query});
    expect_readable(s.out);
    EXPECT_NE(support::find_text(s.out, d > 1 ? "5.00" : "3.00"), nullptr);
    EXPECT_NE(support::find_text_with(s.out, d > 1 ? "±4" : "±3"), nullptr);
    EXPECT_EQ(count<drawing::Heat>(s.out), 1);
    EXPECT_EQ(dimension_at(strip, d, strip.right() - 0.1f), d - 1);
    EXPECT_EQ(dimension_at(strip, d, strip.right()), -1);
    Sheet hovered({0, 0, 300, 60});
    vector_strip(hovered.p, {20, 10, 256, 32}, {values, "strip/q", "q", "it", s.p.theme().query, 0, d - 1});
    expect_readable(hovered.out);
    EXPECT_NE(support::find_text(hovered.out, d > 1 ? "−4.00" : "3.00"), nullptr);
  }
}

TEST(ProductBars, EndOnTheSum) {
  Sheet s({0, 0, 300, 130});
  const std::vector<float> a{1, 2, -3}, b{2, 0.5f, 1};
  product_bars(s.p, {20, 10, 256, 100}, {.a = a, .b = b, .scaled = "÷ 8 = 0.00"});
  expect_readable(s.out);
  EXPECT_NE(support::find_text(s.out, "Σ "), nullptr);
  EXPECT_NE(support::find_text(s.out, "0.000"), nullptr);
  Sheet hovered({0, 0, 300, 130});
  product_bars(hovered.p, {20, 10, 256, 100}, {.a = a, .b = b, .scaled = "", .hovered = 2});
  EXPECT_NE(support::find_text(hovered.out, "−3.00"), nullptr);
  EXPECT_NE(support::find_text(hovered.out, "[2] "), nullptr);
}

TEST(ProductBars, TheRunningSumEndsWhereItIsNoNumber) {
  const std::vector<float> b(4, 1);
  for (const float third : {3.f, std::nanf("")}) {
    Sheet s({0, 0, 300, 130});
    const std::vector<float> a{1, 2, third, 4};
    product_bars(s.p, {20, 10, 256, 100}, {.a = a, .b = b, .scaled = ""});
    float right = 0;
    for (const auto& command : s.out.commands)
      if (const auto* line = std::get_if<drawing::Polyline>(&command)) right = std::max(right, line->points.back().x);
    EXPECT_NEAR(right, std::isnan(third) ? 20 + 128 : 20 + 256, 2) << third;
    EXPECT_EQ(count<drawing::Circle>(s.out), std::isnan(third) ? 0 : 1);
  }
}

TEST(ProductBars, ManageMoreDimensionsThanPixels) {
  Sheet s({0, 0, 300, 130});
  std::vector<float> a(2048, 0.5f), b(2048, -1);
  a[2000] = 1;
  product_bars(s.p, {20, 10, 256, 100}, {.a = a, .b = b, .scaled = {}});
  EXPECT_LT(count<drawing::FillRect>(s.out), 600);
  expect_readable(s.out);
}

TEST(Minimap, TheViewportFollowsThePointer) {
  Sheet s({0, 0, 200, 200});
  const auto l = map_layout({0, 0, 700, 600}, 400, 400, {.cell = 24, .pan = {500, 900}});
  const Rect area{20, 20, 65, 86};
  minimap(s.p, l, area, {.pooled = std::make_shared<Matrix>(pattern(64)), .scale = {}});
  expect_readable(s.out);
  EXPECT_NE(support::find_text(s.out, "100 %"), nullptr);
  EXPECT_NE(support::find_text(s.out, "fit"), nullptr);
  const Rect box = drawing::find_region(s.out, "minimap")->rect;
  const auto moved = map_layout(l.area, 400, 400, minimap_view(l, area, box.center()), l.gutters);
  const auto middle = cell_at(moved, moved.viewport.center());
  ASSERT_TRUE(middle);
  EXPECT_NEAR(middle->query, 200, 1);
  EXPECT_NEAR(middle->key, 200, 1);
  const auto corner =
      map_layout(l.area, 400, 400, minimap_view(l, area, {box.right(), box.bottom()}), l.gutters);
  EXPECT_EQ(corner.visible().row + corner.visible().rows, 400);
}

TEST(Minimap, KeepsTheProportionsOfCrossAttention) {
  const auto l = map_layout({0, 0, 700, 600}, 400, 100, {});
  const Rect r = minimap_rect(l, {0, 0, 65, 86});
  EXPECT_NEAR(r.w / r.h, 0.25f, 0.02f);
}

TEST(WeightScale, IsMonotoneAndHasItsInverse) {
  for (const Scale scale : {Scale::linear, Scale::log}) {
    const WeightScale s = weight_scale(scale, 0.81f);
    EXPECT_FLOAT_EQ(s.hi, 0.85f);
    float last = -1;
    for (const float v : {s.lo, 0.001f, 0.01f, 0.1f, 0.5f, s.hi}) {
      if (v < s.lo) continue;
      EXPECT_GT(scale_value(s, v), last);
      last = scale_value(s, v);
      EXPECT_NEAR(value_at(s, last), v, 1e-5f);
    }
    EXPECT_EQ(scale_value(s, 2), 1);
    EXPECT_EQ(scale_value(s, 0), 0);
    EXPECT_TRUE(std::isnan(scale_value(s, kNaN)));
  }
}

TEST(WeightScale, IsThatOfTheCells) {
  for (const Scale scale : {Scale::linear, Scale::log}) {
    const WeightScale s = weight_scale(scale, 0.81f);
    const auto& theme = drawing::built_in_theme(true);
    drawing::Heat heat{.rect = {}, .values = nullptr, .map = drawing::Map::sequential, .masked = {}};
    heat.lo = s.lo, heat.hi = s.hi, heat.log = scale == Scale::log;
    for (const float v : {0.f, 0.001f, 0.03f, 0.4f, 0.85f}) {
      const auto cell = drawing::colour_of(theme, heat, v),
                 legend = drawing::colour_at(theme, drawing::Map::sequential, scale_value(s, v));
      EXPECT_NEAR(cell.r, legend.r, 1);
      EXPECT_NEAR(cell.b, legend.b, 1);
    }
  }
}

TEST(WeightScale, OfChangesIsSymmetric) {
  const WeightScale s = change_scale(0.31f);
  EXPECT_EQ(s.lo, -s.hi);
  EXPECT_FLOAT_EQ(scale_value(s, 0), 0.5f);
  EXPECT_EQ(map_of(s), drawing::Map::diverging);
  EXPECT_FLOAT_EQ(strength(s, scale_value(s, -s.hi)), 1);
  Sheet sheet({0, 0, 100, 220});
  colour_legend(sheet.p, {10, 10, 80, 204}, {.scale = s, .title = "change", .marked = -0.1f});
  expect_readable(sheet.out);
  EXPECT_NE(support::find_text(sheet.out, "−0.2"), nullptr);
}

TEST(BarRows, OfChangesShowTheirSign) {
  Sheet s({0, 0, 300, 100});
  const BarRow rows[] = {{4, "up", 0.31f}, {2, "down", -0.62f}};
  bar_rows(s.p, {20, 10, 256, 80}, {.rows = rows, .first = "change", .second = ""});
  expect_readable(s.out);
  EXPECT_NE(support::find_text(s.out, "−0.62"), nullptr);
  std::vector<float> widths;
  for (const auto& c : s.out.commands)
    if (const auto* fill = std::get_if<drawing::FillRect>(&c)) widths.push_back(fill->rect.w);
  ASSERT_EQ(widths.size(), 2u);
  EXPECT_NEAR(widths[0] * 2, widths[1], 1);
}

TEST(RankPlaces, TheLargestOfARowIsOne) {
  Matrix m(2, 4);
  m << 0.1f, 0.5f, 0.1f, 0.3f, 0.2f, 0.8f, 0, 0;
  const Matrix all = rank_places(m);
  EXPECT_EQ(all(0, 1), 1);
  EXPECT_NEAR(all(0, 3), 2.f / 3, 1e-6f);
  EXPECT_EQ(all(0, 0), all(0, 2));
  const Matrix causal = rank_places(m, [](int i, int j) { return j <= i; });
  EXPECT_EQ(causal(0, 0), 1);
  EXPECT_EQ(causal(0, 1), 0);
  EXPECT_EQ(causal(1, 1), 1);
  EXPECT_EQ(causal(1, 0), 0);
}

TEST(WeightText, FitsAndNeverMisleads) {
  EXPECT_EQ(weight_text(0.814f, 3), ".81");
  EXPECT_EQ(weight_text(0.814f, 4), "0.81");
  EXPECT_EQ(weight_text(0.814f, 6), "0.814");
  EXPECT_EQ(weight_text(0.002f, 3), "0");
  EXPECT_EQ(weight_text(0.997f, 3), ">.9");
  EXPECT_EQ(weight_text(0.997f, 4), ".997");
  EXPECT_EQ(weight_text(1, 4), "1.00");
  EXPECT_EQ(weight_text(-0.31f, 3), "−.3");
  EXPECT_EQ(weight_text(-0.02f, 3), "");
  EXPECT_EQ(weight_text(-0.02f, 4), "−.02");
  EXPECT_EQ(weight_text(kNaN, 3), "NaN");
  EXPECT_EQ(weight_text(kNaN, 2), "");
}

class Legends : public ::testing::TestWithParam<Scale> {};

TEST_P(Legends, HaveTicksWhereTheirValuesAre) {
  for (const float largest : {1.f, 0.81f, 0.034f, 0.00002f}) {
    for (const float height : {60.f, 100.f, 204.f, 500.f}) {
      Sheet s({0, 0, 100, 520});
      const WeightScale scale = weight_scale(GetParam(), largest);
      const Rect bar = colour_legend(s.p, {10, 10, 80, height}, {.scale = scale, .marked = largest / 2});
      SCOPED_TRACE(std::to_string(largest) + " in " + std::to_string(height));
      expect_readable(s.out);
      const auto shown = support::texts(s.out);
      ASSERT_GE(shown.size(), 3u) << "a title and two ticks";
      if (GetParam() == Scale::row_rank) continue;
      for (std::size_t i = 1; i < shown.size(); ++i) {
        std::string t = shown[i].text->text;
        if (const auto minus = t.find("−"); minus != std::string::npos) t.replace(minus, 3, "-");
        const float y = shown[i].text->at.y - 0.36f * shown[i].text->style.size;
        EXPECT_NEAR(y, bar.bottom() - bar.h * scale_value(scale, std::stof(t)), 1.5f) << t;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Scales, Legends, ::testing::Values(Scale::linear, Scale::log, Scale::row_rank));

}  // namespace
}  // namespace qkv::figures
