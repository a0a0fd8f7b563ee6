#include "app/drawing/painter.h"

#include <algorithm>
#include <cmath>

#include "app/drawing/least_type.h"

namespace qkv::drawing {
namespace {

constexpr float kCapHeight = 0.728f;  // of Inter and JetBrains Mono alike, in em
constexpr float kShifted = 0.74f;     // size of subscripts and superscripts
constexpr float kSubDrop = 0.2f;      // baseline shifts in em of the line
constexpr float kSuperRise = 0.38f;
constexpr float kOverline = 0.82f;  // where "√" of Inter ends, so that the bar joins it

/// An axis-aligned line of odd width covers whole pixels only when it runs along their centres.
float snap_centre(float v, float width) {
  const auto pixels = static_cast<int>(std::lround(width));
  return pixels % 2 == 1 ? std::floor(v) + 0.5f : std::round(v);
}

TextStyle run_style(const Run& run) {
  TextStyle style = run.style;
  if (run.shift != Run::Shift::none) style.size *= kShifted;
  return style;
}

float run_baseline(const Run& run, float baseline) {
  switch (run.shift) {
    case Run::Shift::sub:
      return baseline + kSubDrop * run.style.size;
    case Run::Shift::super:
      return baseline - kSuperRise * run.style.size;
    case Run::Shift::none:
      break;
  }
  return baseline;
}

float aligned_left(float x, float width, Align align) {
  return align == Align::left ? x : align == Align::center ? x - width / 2 : x - width;
}

}  // namespace

void Painter::fill(Rect r, Color c, float radius) {
  drawing_.commands.push_back(FillRect{r, faded(c), radius});
}

void Painter::stroke(Rect r, Color c, float width, float radius, bool dashed) {
  drawing_.commands.push_back(StrokeRect{r, faded(c), width, radius, dashed});
}

void Painter::outline(Rect r, Color c, float width, float radius) {
  stroke(r.inset(-width / 2), c, width, radius);
}

void Painter::line(Point a, Point b, Color c, float width, bool dashed) {
  if (a.x == b.x)
    a.x = b.x = snap_centre(a.x, width);
  else if (a.y == b.y)
    a.y = b.y = snap_centre(a.y, width);
  drawing_.commands.push_back(Polyline{{a, b}, faded(c), width, dashed, false});
}

void Painter::polyline(std::vector<Point> points, Color c, float width, bool closed) {
  drawing_.commands.push_back(Polyline{std::move(points), faded(c), width, false, closed});
}

void Painter::polygon(std::vector<Point> points, Color c) {
  drawing_.commands.push_back(Polygon{std::move(points), faded(c)});
}

void Painter::bezier(Point a, Point c1, Point c2, Point b, Color c, float width) {
  drawing_.commands.push_back(Bezier{a, c1, c2, b, faded(c), width});
}

void Painter::circle(Point centre, float radius, Color fill_color, Color stroke_color, float width) {
  drawing_.commands.push_back(Circle{centre, radius, faded(fill_color), faded(stroke_color), width});
}

void Painter::hatch(Rect r, Color c, float step) { drawing_.commands.push_back(Hatch{r, faded(c), step}); }

void Painter::arrow_head(Point tip, Point direction, Color c, float size) {
  const float length = std::hypot(direction.x, direction.y);
  if (length == 0) return;
  const float dx = direction.x / length * size, dy = direction.y / length * size;
  polyline({{tip.x - dx - dy, tip.y - dy + dx}, tip, {tip.x - dx + dy, tip.y - dy - dx}}, c, 1.25f);
}

float Painter::text(Point at, std::string_view s, const TextStyle& style, Align align, float angle) {
  const TextExtent extent = text_.measure(s, style);
  Text command{at, std::string(s), style, align, angle, {}};
  command.style.color = faded(style.color);
  command.style.size = std::max(style.size, least_type(text_));
  command.box = {aligned_left(at.x, extent.width, align), at.y - extent.ascent, extent.width,
                 extent.ascent + extent.descent};
  drawing_.commands.push_back(std::move(command));
  return extent.width;
}

float Painter::text_middle(float x, float y, std::string_view s, const TextStyle& style, Align align) {
  return text({x, y + kCapHeight / 2 * std::max(style.size, least_type(text_))}, s, style, align);
}

float Painter::text_fit(Point at, std::string_view s, const TextStyle& style, float width, Align align) {
  return text(at, text_.elided(s, style, width), style, align);
}

float Painter::runs(Point at, std::span<const Run> line, Align align) {
  const float width = runs_width(line);
  float x = aligned_left(at.x, width, align);
  for (const Run& run : line) {
    const float advance = text({x, run_baseline(run, at.y)}, run.text, run_style(run));
    if (run.overline) {
      const float y = at.y - kOverline * run.style.size;
      this->line({x - 1, y}, {x + advance, y}, run.style.color,
                 std::max(1.f, std::round(run.style.size / 14)));
    }
    x += advance;
  }
  return width;
}

float Painter::runs_width(std::span<const Run> line) {
  float width = 0;
  for (const Run& run : line) width += width_of(run.text, run_style(run));
  return width;
}

void Painter::heat(Heat h) {
  h.alpha *= alpha_;
  drawing_.commands.emplace_back(std::move(h));
}

void Painter::region(Region r) {
  r.clip = clip();
  drawing_.regions.push_back(std::move(r));
}

void Painter::push_clip(Rect r) {
  clips_.push_back(clip().intersection(r));
  drawing_.commands.emplace_back(PushClip{r});
}

void Painter::pop_clip() {
  if (clips_.empty()) return;
  clips_.pop_back();
  drawing_.commands.emplace_back(PopClip{});
}

}  // namespace qkv::drawing
