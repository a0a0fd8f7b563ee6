#include "app/figures/formula_box.h"

#include <algorithm>
#include <cmath>

namespace qkv::figures {
namespace {

using drawing::Point;

Point moved(Point p, Point by) { return {p.x + by.x, p.y + by.y}; }

struct Mover {
  Point by;
  void operator()(FormulaBox::Letters& l) const { l.at = moved(l.at, by); }
  void operator()(FormulaBox::Path& path) const {
    for (Point& p : path.points) p = moved(p, by);
  }
  void operator()(FormulaBox::Curve& c) const {
    for (Point* p : {&c.from, &c.control1, &c.control2, &c.to}) *p = moved(*p, by);
  }
  void operator()(FormulaBox::Value& v) const { v.box = v.box.moved(by.x, by.y); }
};

struct Drawer {
  drawing::Painter& p;
  Point by;
  void operator()(const FormulaBox::Letters& l) const { p.text(moved(l.at, by), l.text, l.style); }
  void operator()(const FormulaBox::Path& path) const {
    std::vector<Point> points = path.points;
    for (Point& point : points) point = moved(point, by);
    if (points.size() == 2)
      p.line(points[0], points[1], path.color, path.width);
    else
      p.polyline(std::move(points), path.color, path.width);
  }
  void operator()(const FormulaBox::Curve& c) const {
    p.bezier(moved(c.from, by), moved(c.control1, by), moved(c.control2, by), moved(c.to, by), c.color,
             c.width);
  }
  void operator()(const FormulaBox::Value&) const {}
};

}  // namespace

void FormulaBox::put(const FormulaBox& box, Point at) {
  ascent = std::max(ascent, box.ascent - at.y);
  descent = std::max(descent, box.descent + at.y);
  for (const Item& item : box.items) {
    items.push_back(item);
    std::visit(Mover{at}, items.back());
  }
}

void FormulaBox::draw(drawing::Painter& p, Point at) const {
  for (const Item& item : items) std::visit(Drawer{p, at}, item);
}

FormulaBox root_box(const FormulaBox& inside, const FormulaPen& pen, float gap) {
  const float em = pen.size, bottom = std::max(inside.descent, 0.02f * em) + 0.02f * em;
  const float top = -std::round(inside.ascent + gap + pen.thin / 2);
  const float height = bottom - top;
  const float width = 0.46f * em + 0.06f * std::min(height, 4 * em);
  // The hook, the heavy stroke down, the stroke up and the bar.
  const Point hook{0.06f * em, bottom - 0.46f * std::min(height, 1.5f * em)};
  const Point turn{hook.x + 0.1f * em, hook.y - 0.06f * em};
  const Point foot{turn.x + 0.42f * (width - turn.x), bottom};
  FormulaBox box;
  box.items.emplace_back(FormulaBox::Path{{hook, turn}, pen.color, pen.thin});
  box.items.emplace_back(FormulaBox::Path{{turn, foot}, pen.color, 1.7f * pen.thin});
  const float bar_end = width + inside.width + 0.06f * em;
  box.items.emplace_back(FormulaBox::Path{{foot, {width, top}, {bar_end, top}}, pen.color, pen.thin});
  box.put(inside, {width + 0.02f * em, 0});
  box.width = bar_end + 0.04f * em;
  box.ascent = pen.thin / 2 - top;
  box.descent = std::max(inside.descent, bottom);
  return box;
}

FormulaBox fence_box(std::string_view delimiter, float reach, float axis, const FormulaPen& pen) {
  const float em = pen.size, top = -axis - reach, bottom = reach - axis, middle = -axis;
  const bool is_closing = delimiter == ")" || delimiter == "]" || delimiter == "}" || delimiter == "⟩";
  const float stroke = std::max(1.25f, 0.065f * em), bar = std::max(1.f, std::round(stroke));
  FormulaBox box;
  box.ascent = -top;
  box.descent = bottom;
  const float slim = 0.2f * em + 0.05f * std::min(2 * reach, 4 * em);
  const auto width_is = [&](float ink) { box.width = ink + 0.16f * em; };
  const auto x = [&](float t) { return is_closing ? box.width - 0.08f * em - t : 0.08f * em + t; };
  const auto path = [&](std::vector<Point> points) {
    box.items.emplace_back(FormulaBox::Path{std::move(points), pen.color, stroke});
  };
  const auto upright = [&](float at, float thick) {
    box.items.emplace_back(FormulaBox::Path{{{x(at), top}, {x(at), bottom}}, pen.color, thick});
  };
  const auto curve = [&](Point a, Point b, Point c, Point d) {
    box.items.emplace_back(FormulaBox::Curve{a, b, c, d, pen.color, stroke});
  };
  if (delimiter == "(" || delimiter == ")") {
    width_is(slim);
    const float bow = 0.48f * reach;
    curve({x(slim), top}, {x(-slim / 3), middle - bow}, {x(-slim / 3), middle + bow}, {x(slim), bottom});
  } else if (delimiter == "[" || delimiter == "]") {
    width_is(0.2f * em);
    path({{x(0.2f * em), top + stroke / 2},
          {x(0), top + stroke / 2},
          {x(0), bottom - stroke / 2},
          {x(0.2f * em), bottom - stroke / 2}});
  } else if (delimiter == "{" || delimiter == "}") {
    width_is(slim + 0.1f * em);
    const float tip = 0, edge = slim + 0.1f * em, spine = edge * 0.5f;
    for (const float side : {-1.f, 1.f}) {
      const auto y = [&](float t) { return middle + side * t * reach; };
      curve({x(tip), y(0)}, {x(spine), y(0.02f)}, {x(spine), y(0.12f)}, {x(spine), y(0.5f)});
      curve({x(spine), y(0.5f)}, {x(spine), y(0.9f)}, {x(spine), y(1)}, {x(edge), y(1)});
    }
  } else if (delimiter == "|") {
    width_is(bar);
    upright(bar / 2, bar);
  } else if (delimiter == "‖") {
    const float apart = std::max(2 * bar + 1, std::round(0.17f * em));
    width_is(apart + bar);
    upright(bar / 2, bar);
    upright(bar / 2 + apart, bar);
  } else if (delimiter == "⟨" || delimiter == "⟩") {
    width_is(slim);
    path({{x(slim), top}, {x(0), middle}, {x(slim), bottom}});
  } else {
    box.ascent = box.descent = 0;
    box.width = 0.08f * em;  // none
  }
  return box;
}

}  // namespace qkv::figures
