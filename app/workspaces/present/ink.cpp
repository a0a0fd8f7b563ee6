#include <algorithm>
#include <cmath>

#include "app/workspaces/present/scene.h"

// What lies over a step: pen marks, the spotlight, and nothing at all.
namespace qkv::workspaces {

using drawing::Point;
using drawing::Rect;

namespace {

/// Everything but a disc around the pointer goes dark, row by row on whole pixels: slanted edges that meet would shine through.
void spotlight(PresentScene& s, Rect area) {
  constexpr drawing::Color kDark{0, 0, 0, 150};
  const Point at{std::round(s.ui.in.pointer.x), std::round(s.ui.in.pointer.y)};
  const float radius = std::round(s.u(190)), top = at.y - radius, bottom = at.y + radius;
  const auto darken = [&](Rect r) {
    if (!r.empty()) s.p().fill(r, kDark);
  };
  s.p().push_clip(area);
  darken({area.x, area.y, area.w, top - area.y});
  darken({area.x, bottom, area.w, area.bottom() - bottom});
  for (float y = top; y < bottom; ++y) {
    const float dy = y + 0.5f - at.y, half = std::round(std::sqrt(radius * radius - dy * dy));
    darken({area.x, y, at.x - half - area.x, 1});
    darken({at.x + half, y, area.right() - at.x - half, 1});
  }
  s.p().circle(at, radius, drawing::Color{0, 0, 0, 0}, s.theme().border_strong, s.u(4));  // over its stairs
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
