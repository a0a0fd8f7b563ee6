#include "app/drawing/scaled.h"

#include <gmock/gmock.h>

#include "app/drawing/painter.h"

namespace qkv::drawing {
namespace {

template <class T>
const T& only(const Drawing& d) {
  for (const Command& c : d.commands)
    if (const T* found = std::get_if<T>(&c)) return *found;
  throw std::runtime_error("not in the drawing");
}

void expect_rect(const Rect& r, float x, float y, float w, float h) {
  EXPECT_FLOAT_EQ(r.x, x);
  EXPECT_FLOAT_EQ(r.y, y);
  EXPECT_FLOAT_EQ(r.w, w);
  EXPECT_FLOAT_EQ(r.h, h);
}

TEST(Scaled, EveryKindOfCommandGoesToItsPlaceAtItsSize) {
  Drawing from;
  from.bounds = {10, 20, 100, 50};
  const Color ink{1, 2, 3, 255};
  Heat heat;
  heat.rect = {30, 20, 10, 10};
  heat.alpha = 0.5f;
  from.commands = {FillRect{{10, 20, 4, 6}, ink, 2}, StrokeRect{{12, 22, 4, 6}, ink, 1.5f, 3, true}, Polyline{{{10, 20}, {20, 30}}, ink, 2, true, true},
                   Polygon{{{10, 20}, {11, 20}, {10, 21}}, ink}, Bezier{{10, 20}, {11, 21}, {12, 22}, {13, 23}, ink, 1}, Circle{{15, 25}, 5, ink, ink, 2},
                   Hatch{{10, 20, 2, 2}, ink, 5}, Text{.at = {20, 40}, .text = "a", .style = {.color = ink, .size = 12}, .align = Align::right, .angle = 45, .box = {14, 30, 6, 12}},
                   heat, PushClip{{10, 20, 50, 50}}, PopClip{}};
  from.regions = {{.id = "a", .rect = {10, 20, 5, 5}, .clip = {10, 20, 100, 50}}};
  Drawing to;
  to.commands = {FillRect{}};
  append_scaled(to, from, 3, {100, 200});
  ASSERT_EQ(to.commands.size(), from.commands.size() + 1);
  for (std::size_t i = 0; i < from.commands.size(); ++i) EXPECT_EQ(to.commands[i + 1].index(), from.commands[i].index());
  const auto& fill = std::get<FillRect>(to.commands[1]);
  expect_rect(fill.rect, 100, 200, 12, 18);
  EXPECT_FLOAT_EQ(fill.radius, 6);
  expect_rect(only<StrokeRect>(to).rect, 106, 206, 12, 18);
  EXPECT_FLOAT_EQ(only<StrokeRect>(to).width, 4.5f);
  EXPECT_TRUE(only<StrokeRect>(to).dashed);
  EXPECT_FLOAT_EQ(only<Polyline>(to).points[1].x, 130);
  EXPECT_FLOAT_EQ(only<Polyline>(to).width, 6);
  EXPECT_TRUE(only<Polyline>(to).closed);
  EXPECT_FLOAT_EQ(only<Polygon>(to).points[2].y, 203);
  EXPECT_FLOAT_EQ(only<Bezier>(to).control2.x, 106);
  EXPECT_FLOAT_EQ(only<Circle>(to).radius, 15);
  EXPECT_FLOAT_EQ(only<Hatch>(to).step, 15);
  const Text& text = only<Text>(to);
  EXPECT_FLOAT_EQ(text.at.x, 130);
  EXPECT_FLOAT_EQ(text.at.y, 260);
  EXPECT_FLOAT_EQ(text.style.size, 36);
  EXPECT_FLOAT_EQ(text.angle, 45);
  expect_rect(text.box, 112, 230, 18, 36);
  expect_rect(only<Heat>(to).rect, 160, 200, 30, 30);
  EXPECT_FLOAT_EQ(only<Heat>(to).alpha, 0.5f);
  expect_rect(only<PushClip>(to).rect, 100, 200, 150, 150);
  ASSERT_EQ(to.regions.size(), 1u);
  expect_rect(to.regions[0].rect, 100, 200, 15, 15);
  expect_rect(to.regions[0].clip, 100, 200, 300, 150);
}

TEST(Scaled, ByOneInPlaceIsTheSameDrawing) {
  TextEngine engine;
  Drawing from, to;
  from.bounds = {5, 5, 200, 100};
  Painter p(from, engine, built_in_theme(false));
  p.text({20, 30}, "as it was", {.color = {0, 0, 0, 255}, .size = 14});
  append_scaled(to, from, 1, {5, 5});
  EXPECT_EQ(only<Text>(to).box.x, only<Text>(from).box.x);
  EXPECT_EQ(only<Text>(to).style, only<Text>(from).style);
}

}  // namespace
}  // namespace qkv::drawing
