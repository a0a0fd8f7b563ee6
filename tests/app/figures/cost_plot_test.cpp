#include "app/figures/cost_plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tests/app/figures/look.h"
#include "tests/app/support/layout_checks.h"

namespace qkv::figures {
namespace {

using drawing::Point;
using ::testing::IsEmpty;

/// seconds = c·n^e, as if it had been timed.
analysis::CostCurve curve_of(double c, double e, int most, bool stored) {
  analysis::CostCurve curve;
  for (int n = 64; n <= most; n *= 2)
    curve.points.push_back({.n = n,
                            .seconds = c * std::pow(n, e),
                            .square_bytes = stored ? 12.0 * n * n : 0,
                            .peak_bytes = 1024.0 * n + (stored ? 12.0 * n * n : 0)});
  return curve;
}

TEST(CostPlot, CanBeReadWhilePointsArrive) {
  for (const float width : {300.f, 466.f, 900.f})
    for (const int most : {32, 64, 128, 4096, 65536})
      for (const auto what : {CostPlot::What::time, CostPlot::What::memory}) {
        Sheet s({0, 0, width + 20, 360}, most == 4096);
        const auto& t = s.p.theme();
        const auto softmax = curve_of(2e-9, 2, most, true), window = curve_of(3e-7, 1.1, most, false),
                   linear = curve_of(4e-8, 1, most, false);
        const CostPlot plot{.what = what,
                            .series = {{"softmax", t.warn, &softmax},
                                       {"window 128", t.key, &window},
                                       {"linear", t.value, &linear}},
                            .cursor = 512.f};
        const Curves data = cost_curves(plot, t);
        curves(s.p, curves_layout(s.p, {10, 10, width, 340}, data), data);
        const std::string name = std::string(what == CostPlot::What::time ? "time" : "memory") + "_" +
                                 std::to_string(static_cast<int>(width)) + "_" + std::to_string(most);
        EXPECT_THAT(support::overlaps(s.out), IsEmpty()) << name;
        EXPECT_THAT(support::clipped(s.out), IsEmpty()) << name;
        if (most >= 4096 || most == 64) look(s, "cost_" + name);
      }
}

/// Where lines of a colour bend, begin and end.
std::vector<Point> points_in(const drawing::Drawing& d, drawing::Color colour) {
  std::vector<Point> out;
  for (const auto& command : d.commands)
    if (const auto* line = std::get_if<drawing::Polyline>(&command); line && line->color == colour) out.insert(out.end(), line->points.begin(), line->points.end());
  return out;
}

TEST(CostPlot, EveryCurveIsSeenAndNamedAtItsEndEvenWhereTheyCoincide) {
  for (const float width : {300.f, 466.f, 900.f}) {
    Sheet s({0, 0, width + 20, 300});
    const auto& t = s.p.theme();
    const auto stored = curve_of(2e-9, 2, 2048, true), fused = curve_of(2e-9, 2, 8192, false), window = curve_of(3e-7, 1.1, 65536, false),
               linear = curve_of(4e-8, 1, 65536, false);  // the same memory, all but the first
    const Curves data = cost_curves({.what = CostPlot::What::memory, .series = {{"stored", t.warn, &stored}, {"fused", t.weight, &fused}, {"window", t.key, &window}, {"linear", t.value, &linear}}}, t);
    const AxesLayout l = curves_layout(s.p, {10, 10, width, 280}, data);
    curves(s.p, l, data);
    look(s, "cost_coincide_" + std::to_string(static_cast<int>(width)));
    for (const Curve& c : data.curves) {
      if (c.dashed) continue;
      const auto places = points_in(s.out, c.colour);
      const auto reaches = [&](float n) { return std::ranges::any_of(places, [&](Point at) { return std::fabs(at.x - l.x_at(n)) < 20; }); };
      for (const float n : {128.f, 1024.f, c.points.back().x}) EXPECT_TRUE(reaches(n)) << c.label << " at " << n << ", " << width;
      const auto* label = support::find_text(s.out, c.label);
      ASSERT_NE(label, nullptr) << c.label << ", " << width;
      const Point end = l.at(c.points.back().x, c.points.back().y);
      EXPECT_LE(std::max(label->box.x - end.x, end.x - label->box.right()), 12) << c.label << ", " << width;
      EXPECT_LE(std::fabs(label->at.y - end.y), 32) << c.label << ", " << width;
    }
    // Where three lie on each other none hides another: no two dashes begin at one place.
    std::vector<float> begins;
    for (const auto& command : s.out.commands)
      if (const auto* line = std::get_if<drawing::Polyline>(&command))
        if (line->color == t.weight || line->color == t.key || line->color == t.value)
          if (line->points.front().x < l.x_at(8192) - 1) begins.push_back(line->points.front().x);
    std::ranges::sort(begins);
    for (std::size_t i = 1; i < begins.size(); ++i) EXPECT_GT(begins[i] - begins[i - 1], 0.5f) << width;
  }
}

TEST(CostPlot, TheSquareLineMeetsTheMiddlePointWithSlopeTwo) {
  for (const int most : {128, 512, 4096, 65536}) {
    const auto softmax = curve_of(2e-9, 1.7, most, true);
    const Curves data = cost_curves({.series = {{"softmax", {}, &softmax}}}, drawing::built_in_theme(false));
    ASSERT_EQ(data.curves.size(), 2u);
    const auto &line = data.curves[0].points, &measured = data.curves[1].points;
    EXPECT_EQ(data.curves[0].label, "n²");
    ASSERT_EQ(line.size(), 2u);
    const CurvePoint middle = *std::ranges::find(measured, static_cast<float>(std::min(512, most)), &CurvePoint::x);
    for (const CurvePoint& end : line) {
      const float wanted = std::pow(end.x / middle.x, 2.f);
      EXPECT_NEAR(end.y / middle.y, wanted, 1e-3f * wanted) << most;
    }
    EXPECT_GE(line.front().y, data.y.lo);
    EXPECT_LE(line.back().y, data.y.hi);
    EXPECT_LE(line.back().x, data.x.hi);
    EXPECT_FLOAT_EQ(measured[0].y, static_cast<float>(softmax.points[0].seconds));
  }
}

TEST(CostPlot, TimeThatBendsUpIsSeenAboveTheSquareLineOnBothSides) {
  analysis::CostCurve bent;  // other costs at first, full caches at last
  for (int n = 64; n <= 4096; n *= 2) bent.points.push_back({.n = n, .seconds = 2e-5 + 4e-9 * n * n * std::max(1., n / 1024.)});
  const Curves data = cost_curves({.series = {{"softmax", {}, &bent}}}, drawing::built_in_theme(false));
  const CurvePoint on = data.curves[0].points.front();
  for (const CurvePoint& p : data.curves[1].points) EXPECT_GE(p.y, on.y * std::pow(p.x / on.x, 2.f) * (p.x == 1024 ? 0.9f : 0.999f)) << p.x;
}

/// A part of the line from a to b lies in the rectangle.
bool meets(drawing::Rect r, Point a, Point b) {
  float from = 0, to = 1;
  for (const auto& [at, way, lo, hi] : {std::array{a.x, b.x - a.x, r.x, r.right()}, std::array{a.y, b.y - a.y, r.y, r.bottom()}}) {
    if (way == 0 && (at < lo || at > hi)) return false;
    if (way == 0) continue;
    from = std::max(from, std::min((lo - at) / way, (hi - at) / way));
    to = std::min(to, std::max((lo - at) / way, (hi - at) / way));
  }
  return from < to;
}

TEST(CostPlot, TheNameOfTheSquareLineLiesOnNoCurve) {
  for (const float width : {300.f, 410.f, 900.f})
    for (const float height : {180.f, 290.f})
      for (const double e : {1.7, 2., 2.3, 2.6})
        for (const int most : {1024, 4096, 16384})
          for (const double tiles : {1e-9, 4e-9}) {
            Sheet s({0, 0, width + 20, height + 20});
            const auto& t = s.p.theme();
            const auto stored = curve_of(2e-9, e, most, true), fused = curve_of(tiles, 2.02, 8192, false), window = curve_of(3e-7, 1.1, 65536, false),
                       linear = curve_of(4e-7, 1, 16384, false);
            const Curves data = cost_curves({.series = {{"stored", t.warn, &stored}, {"fused", t.weight, &fused}, {"window", t.key, &window}, {"linear", t.value, &linear}}}, t);
            const AxesLayout l = curves_layout(s.p, {10, 10, width, height}, data);
            curves(s.p, l, data);
            const auto* label = support::find_text(s.out, "n²");
            ASSERT_NE(label, nullptr);
            const drawing::Rect ink{label->box.x, label->at.y - 10, label->box.w, 11};
            for (const Curve& c : data.curves)
              for (std::size_t i = 0; i + 1 < c.points.size(); ++i)
                EXPECT_FALSE(meets(ink, l.at(c.points[i].x, c.points[i].y), l.at(c.points[i + 1].x, c.points[i + 1].y)))
                    << c.label << " " << width << "×" << height << " e " << e << " most " << most << " tiles " << tiles;
          }
}

TEST(CostPlot, DecodingCanBeReadAndSaysItsTimes) {
  analysis::DecodingCost cost;
  for (int n = 64; n <= 8192; n *= 2)
    cost.points.push_back({.n = n, .all_at_once = 2e-9 * n, .cached = 7e-9 * n, .uncached = 2e-9 * n * n});
  for (const float width : {300.f, 466.f, 900.f}) {
    Sheet s({0, 0, width + 20, 360}, width == 466);
    const Curves data = decoding_curves(cost, s.p.theme(), 1024.f);
    curves(s.p, curves_layout(s.p, {10, 10, width, 340}, data), data);
    EXPECT_THAT(support::overlaps(s.out), IsEmpty()) << width;
    EXPECT_THAT(support::clipped(s.out), IsEmpty()) << width;
    for (const char* text : {"2.05 µs", "7.17 µs", "2.10 ms"})
      EXPECT_NE(support::find_text(s.out, text), nullptr) << text;
    look(s, "decoding_" + std::to_string(static_cast<int>(width)));
  }
  EXPECT_TRUE(decoding_curves({}, drawing::built_in_theme(false)).curves.empty());
}

TEST(CostPlot, BoxesHaveUnits) {
  Sheet s({0, 0, 500, 360});
  const auto softmax = curve_of(2e-9, 2, 4096, true);
  const Curves data =
      cost_curves({.series = {{"softmax", s.p.theme().warn, &softmax}}, .cursor = 1024.f}, s.p.theme());
  curves(s.p, curves_layout(s.p, {10, 10, 480, 340}, data), data);
  EXPECT_NE(support::find_text(s.out, "2.10 ms"), nullptr);
  EXPECT_NE(support::find_text(s.out, "1024"), nullptr);
}

TEST(Quantity, HasThreeDigitsOrSo) {
  EXPECT_EQ(quantity(0.0123f, Unit::seconds), "12.3 ms");
  EXPECT_EQ(quantity(2.5e-6f, Unit::seconds), "2.50 µs");
  EXPECT_EQ(quantity(1e-3f, Unit::seconds), "1 ms");
  EXPECT_EQ(quantity(12'582'912, Unit::bytes), "12.6 MB");
  EXPECT_EQ(quantity(512, Unit::bytes), "512 B");
  EXPECT_EQ(quantity(0, Unit::seconds), "0 s");
  EXPECT_EQ(quantity(0.3664f, Unit::none), "0.366");
}

TEST(Ticks, AreRoundRisingAndInside) {
  for (const Axis& a : {Axis{0, 1}, Axis{-3, 7}, Axis{0, 0.003f}, Axis{1, 512, AxisScale::log2},
                        Axis{1e-6f, 1, AxisScale::log10}})
    for (const int most : {1, 3, 8}) {
      const auto all = ticks(a, most);
      ASSERT_FALSE(all.empty());
      EXPECT_LE(static_cast<int>(all.size()), most + 2);
      for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_GE(place(a, all[i].value), -1e-3f);
        EXPECT_LE(place(a, all[i].value), 1 + 1e-3f);
        EXPECT_NEAR(value_at(a, place(a, all[i].value)), all[i].value, 1e-4f * (a.hi - a.lo));
        if (i > 0) {
          EXPECT_GT(all[i].value, all[i - 1].value);
        }
      }
    }
  EXPECT_TRUE(std::isnan(place({1, 10, AxisScale::log10}, 0)));
}

}  // namespace
}  // namespace qkv::figures
