#include <algorithm>
#include <cmath>
#include <numbers>

#include "app/workspaces/present/scene.h"

// What lies over a step: pen marks, the spotlight, and nothing at all.
namespace qkv::workspaces {

using drawing::Point;
using drawing::Rect;

namespace {

/// Everything but a disc around the pointer goes dark: a ring of quadrilaterals, since polygons are convex.
void spotlight(PresentScene& s, Rect area) {
  const Point at = s.ui.in.pointer;
  const float radius = s.u(190), far = area.w + area.h;
  constexpr int kSides = 64;
  s.p().push_clip(area);
  for (int i = 0; i < kSides; ++i) {
    const auto on = [&](int k, float r) {
      const float angle = 2 * std::numbers::pi_v<float> * static_cast<float>(k) / kSides;
      return Point{at.x + r * std::cos(angle), at.y + r * std::sin(angle)};
    };
    s.p().polygon({on(i, radius), on(i + 1, radius), on(i + 1, far), on(i, far)}, drawing::Color{0, 0, 0, 150});
  }
  s.p().pop_clip();
}

}  // namespace

void ink(PresentScene& s, Rect area) {
  PresentView& v = s.view;
  if (v.pen) {
    s.p().region({.id = "present/pen", .rect = area, .cursor = drawing::Cursor::cross});
    if (s.ui.pressed("present/pen")) v.strokes.push_back({s.ui.in.pointer});
    else if (s.ui.active("present/pen") && !v.strokes.empty() && v.strokes.back().size() < 4096) v.strokes.back().push_back(s.ui.in.pointer);
  }
  for (const auto& stroke : v.strokes) {
    if (stroke.size() > 1) s.p().polyline(stroke, s.theme().warn, s.u(6));
    else s.p().circle(stroke.front(), s.u(4), s.theme().warn);
  }
  if (v.spotlight && !s.still) spotlight(s, area);
  if (v.blank) s.p().fill(area, drawing::Color{0, 0, 0, 255});
}

}  // namespace qkv::workspaces
