#include "app/figures/arrows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "app/figures/numbers.h"
#include "tests/app/figures/look.h"
#include "tests/app/support/layout_checks.h"

namespace qkv::figures {
namespace {

using drawing::Point;
using ::testing::IsEmpty;

Arrows arrows_of(Point a, Point b) {
  Vector x(2), y(2);
  x << a.x, a.y;
  y << b.x, b.y;
  Arrows v;
  v.a = a;
  v.b = b;
  v.numbers = analysis::similarity(x, y);
  return v;
}

TEST(Arrows, CanBeReadInEveryDirection) {
  for (const float width : {300.f, 466.f, 900.f})
    for (int turn = 0; turn < 12; ++turn)
      for (const float size : {0.f, 0.4f, 2.9f}) {
        Sheet s({0, 0, width + 20, 520}, turn % 2 == 0);
        const float angle = static_cast<float>(turn) * std::numbers::pi_v<float> / 6;
        const Arrows v = arrows_of({size * std::cos(angle), size * std::sin(angle)}, {2, 1});
        arrows(s.p, arrows_layout({10, 10, width, 500}, v), v);
        const std::string name =
            std::to_string(static_cast<int>(width)) + "_" + std::to_string(turn) + "_" + number(size, 1);
        EXPECT_THAT(support::overlaps(s.out), IsEmpty()) << name;
        EXPECT_THAT(support::clipped(s.out), IsEmpty()) << name;
        if (turn % 5 == 1 && size != 0) look(s, "arrows_" + name);
      }
}

TEST(Arrows, CanBeReadInSmallAreasAndWithLongNames) {
  for (const drawing::Rect area :
       {drawing::Rect{10, 10, 360, 320}, drawing::Rect{10, 10, 620, 150}, drawing::Rect{10, 10, 280, 260}}) {
    Sheet s({0, 0, area.w + 20, area.h + 20}, false);
    Arrows v = arrows_of({1.25f, -2.25f}, {-2.25f, 0.55f});
    v.name_a = "q_northwestern";
    v.name_b = "k_日本語";
    arrows(s.p, arrows_layout(area, v), v);
    EXPECT_THAT(support::overlaps(s.out), IsEmpty()) << area.w;
    EXPECT_THAT(support::clipped(s.out), IsEmpty()) << area.w;
    EXPECT_NE(support::find_text(s.out, "日本語"), nullptr);
    look(s, "small_arrows_" + std::to_string(static_cast<int>(area.w)));
  }
}

TEST(Arrows, SayTheDotProductAndTheCosine) {
  Sheet s({0, 0, 700, 420});
  const Arrows v = arrows_of({1, 2}, {2, 0.5f});
  arrows(s.p, arrows_layout({10, 10, 680, 400}, v), v);
  EXPECT_NE(support::find_text(s.out, "3.00"), nullptr);
  EXPECT_NE(support::find_text(s.out, number(3 / std::sqrt(5.f) / std::sqrt(4.25f), 2)), nullptr);
  EXPECT_NE(support::find_text(s.out, " = 1.0×2.0 + 2.0×0.5"), nullptr);
  EXPECT_NE(support::find_text_with(s.out, "49°"), nullptr);
  Sheet zero({0, 0, 700, 420});
  const Arrows none = arrows_of({0, 0}, {2, 0.5f});
  arrows(zero.p, arrows_layout({10, 10, 680, 400}, none), none);
  EXPECT_NE(support::find_text(zero.out, "none"), nullptr) << "a zero vector has no angle";
}

TEST(Arrows, AreDraggedByTheirTips) {
  Sheet s({0, 0, 500, 620});
  const Arrows v = arrows_of({1, 2}, {2, 0.5f});
  const ArrowsLayout l = arrows_layout({10, 10, 480, 600}, v);
  arrows(s.p, l, v);
  EXPECT_EQ(drawing::region_at(s.out, l.at({1, 2}))->id, "arrows/a");
  EXPECT_EQ(drawing::region_at(s.out, l.at({2, 0.5f}))->id, "arrows/b");
  EXPECT_EQ(drawing::region_at(s.out, l.at({-2, -2}))->id, "arrows/plane");
  for (const Point at : {Point{1, 2}, Point{-2.9f, 0.1f}, Point{0, 0}}) {
    const Point back = l.components_at(l.at(at));
    EXPECT_NEAR(back.x, at.x, 1e-5f);
    EXPECT_NEAR(back.y, at.y, 1e-5f);
  }
  EXPECT_EQ(l.components_at({-500, -500}), (Point{-3, 3})) << "kept in the plane";
  EXPECT_FLOAT_EQ(l.components_at(l.at({1.234f, 0}), true).x, 1.23f);
}

}  // namespace
}  // namespace qkv::figures
