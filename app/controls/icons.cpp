#include <cmath>
#include <initializer_list>
#include <map>
#include <numbers>

#include "app/controls/ui.h"

namespace qkv::controls {
namespace {

using drawing::Color;

// Strokes of one icon, in a box 14 wide around the middle line y = 0.
struct Pen {
  Painter& p;
  Point origin;
  Color color;
  float width = 1.5f;

  Point at(float x, float y) const { return {origin.x + x, origin.y + y}; }
  void path(std::initializer_list<Point> points, bool closed = false) {
    std::vector<Point> moved;
    for (const Point& q : points) moved.push_back(at(q.x, q.y));
    p.polyline(std::move(moved), color, width, closed);
  }
  // Points of a circle's arc; degrees, clockwise on the screen from three o'clock.
  std::vector<Point> arc_points(float cx, float cy, float radius, float from, float to) const {
    constexpr int kSteps = 16;
    std::vector<Point> points;
    for (int i = 0; i <= kSteps; ++i) {
      const float a = (from + (to - from) * static_cast<float>(i) / kSteps) * std::numbers::pi_v<float> / 180;
      points.push_back(at(cx + radius * std::cos(a), cy + radius * std::sin(a)));
    }
    return points;
  }
  void arc(float cx, float cy, float radius, float from, float to) {
    p.polyline(arc_points(cx, cy, radius, from, to), color, width);
  }
  void dot(float x, float y, float radius = 1) { p.circle(at(x, y), radius, color); }
  void ring(float x, float y, float radius) { p.circle(at(x, y), radius, {0, 0, 0, 0}, color, width); }
};

void turn_back(Pen& pen, float flip) {
  const auto x = [&](float v) { return 7 + flip * (v - 7); };
  pen.path({{x(4), -6}, {x(1), -3}, {x(4), 0}});
  std::vector<Point> way{pen.at(x(1), -3)};
  for (const Point& q : pen.arc_points(0, 1, 4, -90, 90))
    way.push_back({pen.origin.x + x(q.x - pen.origin.x + 9), q.y});
  way.push_back(pen.at(x(4), 5));
  pen.p.polyline(std::move(way), pen.color, pen.width);
}

void sun(Pen& pen) {
  pen.ring(7, 0, 3);
  for (int k = 0; k < 8; ++k) {
    const float a = static_cast<float>(k) * std::numbers::pi_v<float> / 4, c = std::cos(a), s = std::sin(a);
    pen.path({{7 + 5 * c, 5 * s}, {7 + 7 * c, 7 * s}});
  }
}

void moon(Pen& pen) {
  std::vector<Point> crescent = pen.arc_points(6.35f, 0, 6, 19.6f, 266.7f);
  for (const Point& q : pen.arc_points(9, -2, 5, 233.1f, 53.1f)) crescent.push_back(q);
  pen.p.polyline(std::move(crescent), pen.color, pen.width, true);
}

void dice(Pen& pen) {
  pen.p.stroke({pen.origin.x + 1, pen.origin.y - 6, 12, 12}, pen.color, pen.width, 3);
  pen.dot(4.5f, -2.5f);
  pen.dot(7, 0);
  pen.dot(9.5f, 2.5f);
}

void reset(Pen& pen) {
  std::vector<Point> way = pen.arc_points(7, 0, 5.25f, 180, -135);
  way.push_back(pen.at(1.75f, -2.3f));
  pen.p.polyline(std::move(way), pen.color, pen.width);
  pen.path({{1.75f, -5.5f}, {1.75f, -2.3f}, {4.9f, -2.3f}});
}

using Draw = void (*)(Pen&);

const std::map<std::string_view, Draw>& icons() {
  static const std::map<std::string_view, Draw> all{
      {"undo", [](Pen& pen) { turn_back(pen, 1); }},
      {"redo", [](Pen& pen) { turn_back(pen, -1); }},
      {"export",
       [](Pen& pen) {
         pen.path({{7, 2}, {7, -6}});
         pen.path({{4, -3}, {7, -6}, {10, -3}});
         pen.path({{2, 1}, {2, 6}, {12, 6}, {12, 1}});
       }},
      {"present",
       [](Pen& pen) {
         pen.path({{1, -5}, {13, -5}, {13, 3}, {1, 3}}, true);
         pen.path({{4, 6}, {10, 6}});
       }},
      {"sun", sun},
      {"moon", moon},
      {"dice", dice},
      {"plus",
       [](Pen& pen) {
         pen.path({{7, -5}, {7, 5}});
         pen.path({{2, 0}, {12, 0}});
       }},
      {"close",
       [](Pen& pen) {
         pen.path({{3, -4}, {11, 4}});
         pen.path({{11, -4}, {3, 4}});
       }},
      {"caret",
       [](Pen& pen) {
         pen.path({{0, -2}, {4, 2}, {8, -2}});
       }},
      {"check",
       [](Pen& pen) {
         pen.path({{2, 0}, {5, 3}, {11, -4}});
       }},
      {"menu",
       [](Pen& pen) {
         for (const float y : {-4.f, 0.f, 4.f}) pen.path({{1, y}, {13, y}});
       }},
      {"help",
       [](Pen& pen) {
         pen.ring(7, 0, 6);
         pen.arc(7, -1.2f, 2, -180, 45);
         pen.path({{8.4f, 0.2f}, {7, 1.6f}});
         pen.dot(7, 3.4f, 0.9f);
       }},
      {"search",
       [](Pen& pen) {
         pen.ring(6, -1, 4.5f);
         pen.path({{9.2f, 2.2f}, {13, 6}});
       }},
      {"reset", reset},
  };
  return all;
}

}  // namespace

void icon(Painter& p, std::string_view name, Point left_middle, Color color) {
  const auto found = icons().find(name);
  if (found == icons().end()) return;
  Pen pen{p, left_middle, color, 1.4f};
  found->second(pen);
}

}  // namespace qkv::controls
