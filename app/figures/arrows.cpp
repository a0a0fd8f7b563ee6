#include "app/figures/arrows.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "app/figures/curve_labels.h"
#include "app/figures/drawing_names.h"
#include "app/figures/numbers.h"
#include "app/figures/symbols.h"

namespace qkv::figures {

namespace {

constexpr float kTextWidth = 264, kTextHeight = 176, kGap = 32, kLine = 24;

float length(Point p) { return std::hypot(p.x, p.y); }
bool drawable(Point p) { return std::isfinite(p.x) && std::isfinite(p.y) && length(p) > 1e-6f; }

void grid(Painter& p, const ArrowsLayout& l) {
  const auto& t = p.theme();
  const int most = static_cast<int>(std::floor(l.limit + 1e-3f));
  const int every = l.plane.w / (2 * l.limit) >= 28 ? 1 : 2;
  for (int i = -most; i <= most; ++i) {
    const Point at = l.at({static_cast<float>(i), static_cast<float>(i)});
    const Color c = i == 0 ? t.border_strong : t.gridline;
    p.fill({std::round(at.x), l.plane.y, 1, l.plane.h}, c);
    p.fill({l.plane.x, std::round(at.y), l.plane.w, 1}, c);
  }
  const TextStyle style{.color = t.text3, .size = 10.5f, .family = Family::mono};
  for (int i = -most; i <= most; ++i) {
    if (i % every != 0) continue;
    const Point at = l.at({static_cast<float>(i), static_cast<float>(i)});
    p.text({std::round(at.x), l.plane.bottom() + 16}, number(static_cast<float>(i), 0), style, Align::center);
    p.text_middle(l.plane.x - 8, std::round(at.y), number(static_cast<float>(i), 0), style, Align::right);
  }
}

void arrow(Painter& p, const ArrowsLayout& l, Point v, Color c) {
  const Point from = l.at({0, 0}), to = l.at(v);
  const Point d{to.x - from.x, to.y - from.y};
  const float n = length(d);
  if (n < 1) return;
  const float head = std::min(12.f, n), wide = head * 0.42f;
  const Point u{d.x / n, d.y / n}, base{to.x - u.x * head, to.y - u.y * head};
  p.polyline({from, {to.x - u.x * head * 0.8f, to.y - u.y * head * 0.8f}}, c, 2.5f);
  p.polygon({to, {base.x - u.y * wide, base.y + u.x * wide}, {base.x + u.y * wide, base.y - u.x * wide}}, c);
}

/// The part of the wedge between two directions, as convex triangles, and its edge.
void angle_arc(Painter& p, const ArrowsLayout& l, Point a, Point b) {
  const auto& t = p.theme();
  const float from = std::atan2(b.y, b.x);
  float turn = std::atan2(a.y, a.x) - from;
  if (turn > std::numbers::pi_v<float>) turn -= 2 * std::numbers::pi_v<float>;
  if (turn < -std::numbers::pi_v<float>) turn += 2 * std::numbers::pi_v<float>;
  const Point origin = l.at({0, 0});
  const float radius = std::clamp(l.plane.w * 0.09f, 18.f, 36.f);
  std::vector<Point> edge;
  constexpr int kSteps = 32;
  for (int i = 0; i <= kSteps; ++i) {
    const float at = from + turn * static_cast<float>(i) / kSteps;
    edge.push_back({origin.x + radius * std::cos(at), origin.y - radius * std::sin(at)});
  }
  p.polyline(std::move(edge), t.text2, 1.25f);
}

void dashes(Painter& p, Point a, Point b, Color c) {
  const float n = std::hypot(b.x - a.x, b.y - a.y);
  for (float s = 0; s < n; s += 6) {
    const float e = std::min(n, s + 3);
    p.polyline({{a.x + (b.x - a.x) * s / n, a.y + (b.y - a.y) * s / n},
                {a.x + (b.x - a.x) * e / n, a.y + (b.y - a.y) * e / n}},
               c, 1);
  }
}

/// From a's tip straight down onto the line of b, and the stretch of that line.
void projection(Painter& p, const ArrowsLayout& l, const Arrows& v, Color c) {
  const float norm = length(v.b), along = v.numbers.projection;
  if (!std::isfinite(along) || !drawable(v.b)) return;
  const Point foot{v.b.x / norm * along, v.b.y / norm * along}, origin = l.at({0, 0}), at = l.at(foot);
  p.polyline({origin, at}, mixed(p.theme().canvas, c, 0.45f), 6);
  if (std::hypot(foot.x - v.a.x, foot.y - v.a.y) > 0.02f) dashes(p, l.at(v.a), at, p.theme().text3);
}

struct Name {
  Point at;  ///< baseline, centre
  Rect box;
};

/// Beside the tip, on the side away from the other arrow.
Name name_place(const ArrowsLayout& l, Point v, Point other, float width) {
  const float n = length(v);
  const Point tip = l.at(v);
  const Point u = n > 1e-6f ? Point{v.x / n, -v.y / n} : Point{1, 0};
  const float side = v.x * other.y - v.y * other.x > 0 ? -1.f : 1.f;
  const Point across{u.y * side, -u.x * side};
  Point centre{tip.x + u.x * 6 + across.x * (12 + width / 2), tip.y + u.y * 6 + across.y * 18};
  const float left = l.plane.x + width / 2 + 2, right = l.plane.right() - width / 2 - 2;
  if (centre.y < l.plane.y + 10 || centre.y > l.plane.bottom() - 10)  // no room there: back along the arrow
    centre = {tip.x + across.x * (12 + width / 2) - u.x * 14,
              std::clamp(centre.y, l.plane.y + 10, l.plane.bottom() - 10)};
  centre.x = std::clamp(centre.x, left, right);
  return {{centre.x, centre.y + 5}, {centre.x - width / 2, centre.y - 9, width, 18}};
}

void names(Painter& p, const ArrowsLayout& l, const Arrows& v, Color a, Color b) {
  const TextStyle style_a{.color = a, .size = 15, .weight = 600, .italic = true};
  TextStyle style_b = style_a;
  style_b.color = b;
  const float wa = symbols_width(p, v.name_a, style_a), wb = symbols_width(p, v.name_b, style_b);
  Name na = name_place(l, v.a, v.b, wa), nb = name_place(l, v.b, v.a, wb);
  if (na.box.intersects(nb.box)) {  // side by side, each on its own arrow's side
    const bool a_first = v.a.x < v.b.x;
    const float total = wa + wb + 8;
    const float left =
        std::clamp((na.at.x + nb.at.x) / 2 - total / 2, l.plane.x + 2, l.plane.right() - total - 2);
    na.at = {a_first ? left + wa / 2 : left + wb + 8 + wa / 2, na.at.y};
    nb.at = {a_first ? left + wa + 8 + wb / 2 : left + wb / 2, na.at.y};
  }
  symbols(p, na.at, v.name_a, style_a, Align::center);
  symbols(p, nb.at, v.name_b, style_b, Align::center);
}

std::string component(float x) { return number(x, std::fabs(x * 10 - std::round(x * 10)) < 1e-3f ? 1 : 2); }

std::string factor(float x) {
  const std::string text = component(x);
  return text.starts_with("−") ? "(" + text + ")" : text;
}

void numbers(Painter& p, const ArrowsLayout& l, const Arrows& v, Color a, Color b) {
  const auto& t = p.theme();
  const TextStyle quiet{.color = t.text2, .size = 13},
      mono{.color = t.text, .size = 13, .family = Family::mono};
  TextStyle strong = mono, sa{.color = a, .size = 14, .weight = 600, .italic = true}, sb = sa;
  strong.weight = 600;
  sb.color = b;
  const analysis::Similarity& s = v.numbers;
  std::vector<std::vector<Run>> lines;
  const auto plus = [](std::vector<Run> x, const std::vector<Run>& y) {
    x.insert(x.end(), y.begin(), y.end());
    return x;
  };
  const std::vector<Run> qa = symbol_runs(v.name_a, sa), qb = symbol_runs(v.name_b, sb);
  const auto norm = [&](const std::vector<Run>& name) {
    return plus(plus({{"‖", quiet}}, name), {{"‖", quiet}});
  };
  lines.push_back(plus(qa, {{" = (" + component(v.a.x) + ", " + component(v.a.y) + ")", mono}}));
  lines.push_back(plus(qb, {{" = (" + component(v.b.x) + ", " + component(v.b.y) + ")", mono}}));
  const auto product = plus(plus(qa, {{" · ", quiet}}), qb);
  lines.push_back(plus(
      product,
      {{" = " + factor(v.a.x) + "×" + factor(v.b.x) + " + " + factor(v.a.y) + "×" + factor(v.b.y), mono}}));
  lines.push_back({{"= ", mono},
                   {number(s.dot, 2), {.color = t.text, .size = 16, .weight = 600, .family = Family::mono}}});
  const auto norm_a = plus(norm(qa), {{" = " + number(s.norm_a, 2), mono}}),
             norm_b = plus(norm(qb), {{" = " + number(s.norm_b, 2), mono}});
  const auto norms = plus(plus(norm_a, {{"   ", mono}}), norm_b);
  if (p.runs_width(norms) <= l.text.w) {
    lines.push_back(norms);
  } else {
    lines.push_back(norm_a);
    lines.push_back(norm_b);
  }
  lines.push_back({{"angle ", quiet},
                   {std::isnan(s.angle) ? "none" : number(s.angle, 0) + "°", mono},
                   {"   cos ", quiet},
                   {std::isnan(s.cosine) ? "none" : number(s.cosine, 2), strong}});
  if (v.projection)
    lines.push_back(plus(plus(plus(qa, {{" along ", quiet}}), qb),
                         {{"  " + (std::isnan(s.projection) ? "none" : number(s.projection, 2)), mono}}));
  float y = l.text.y + 14;
  for (auto& line : lines) {
    if (y > l.text.bottom()) break;
    while (line.size() > 1 && p.runs_width(line) > l.text.w)
      line.pop_back();  // the product without its arithmetic
    p.runs({l.text.x, y}, line);
    y += kLine;
  }
}

}  // namespace

Point ArrowsLayout::at(Point v) const {
  const float unit = plane.w / (2 * limit);
  return {plane.x + plane.w / 2 + v.x * unit, plane.y + plane.h / 2 - v.y * unit};
}

Point ArrowsLayout::components_at(Point pixel, bool fine) const {
  const float unit = plane.w / (2 * limit), steps = fine ? 100.f : 10.f;
  const auto to_step = [&](float v) {
    v = std::round(std::clamp(v, -limit, limit) * steps) / steps;
    return v == 0 ? 0.f : v;  // never −0
  };
  return {to_step((pixel.x - plane.x - plane.w / 2) / unit),
          to_step((plane.y + plane.h / 2 - pixel.y) / unit)};
}

ArrowsLayout arrows_layout(Rect area, const Arrows& v) {
  constexpr float kAxis = 22;  // room of the numbers left of and below the plane
  ArrowsLayout l;
  l.area = area;
  l.limit = std::max(1.f, v.limit);
  const bool beside = area.w >= kAxis + 200 + kGap + kTextWidth;
  const float text_h =
      std::min(kTextHeight, std::floor(area.h / 2));  // the last lines go where there is no room
  const float room_w = area.w - kAxis - (beside ? kGap + kTextWidth : 0) - 8,
              room_h = area.h - kAxis - 8 - (beside ? 0 : text_h + 8);
  const float side = std::max(1.f, std::floor(std::min(room_w, room_h)));
  l.plane = {std::round(area.x + kAxis), std::round(area.y + 8), side, side};
  l.text = beside ? Rect{l.plane.right() + kGap, l.plane.y, area.right() - l.plane.right() - kGap, side}
                  : Rect{l.plane.x, l.plane.bottom() + kAxis + 8, area.right() - l.plane.x, text_h};
  return l;
}

void arrows(Painter& p, const ArrowsLayout& l, const Arrows& v) {
  if (l.plane.w < 60) return;
  const auto& t = p.theme();
  const Color a = v.colour_a.a > 0 ? v.colour_a : t.query, b = v.colour_b.a > 0 ? v.colour_b : t.key;
  grid(p, l);
  p.push_clip(l.plane.inset(-12));
  if (v.projection) projection(p, l, v, b);
  if (drawable(v.a) && drawable(v.b)) angle_arc(p, l, v.a, v.b);
  arrow(p, l, v.b, b);
  arrow(p, l, v.a, a);
  p.circle(l.at({0, 0}), 2.5f, t.text);
  if (v.draggable)
    for (const int i : {1, 0})
      p.circle(l.at(i == 0 ? v.a : v.b), v.held == i ? 8 : 6, {0, 0, 0, 0}, i == 0 ? a : b,
               v.held == i ? 2 : 1);
  p.pop_clip();
  names(p, l, v, a, b);
  numbers(p, l, v, a, b);
  p.region(
      {.id = v.id + "/plane", .rect = l.plane, .label = v.name_a + " and " + v.name_b + " in the plane"});
  if (!v.draggable) return;
  for (const int i : {1, 0}) {
    const Point at = l.at(i == 0 ? v.a : v.b);
    p.region({.id = v.id + (i == 0 ? "/a" : "/b"),
              .rect = {at.x - 12, at.y - 12, 24, 24},
              .label = "Tip of " + (i == 0 ? v.name_a : v.name_b),
              .hint = "Drag to turn and stretch; Shift is finer.",
              .cursor = drawing::Cursor::hand,
              .focusable = true});
  }
}

}  // namespace qkv::figures
