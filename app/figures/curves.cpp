#include "app/figures/curves.h"

#include <algorithm>
#include <cmath>

#include "app/figures/curve_labels.h"
#include "app/figures/drawing_names.h"
#include "app/figures/symbols.h"

namespace qkv::figures {

namespace {

bool finite(Point p) { return std::isfinite(p.x) && std::isfinite(p.y); }
bool has_band(const CurvePoint& c) { return std::isfinite(c.lo) && std::isfinite(c.hi); }

/// A band is drawn in opaque strips that overlap by a pixel: pale, and without seams in any player.
void band(Painter& p, const AxesLayout& l, const Curve& c) {
  const Color pale = mixed(p.theme().canvas, c.colour, p.theme().dark ? 0.16f : 0.1f);
  for (std::size_t i = 0; i + 1 < c.points.size(); ++i) {
    const CurvePoint &a = c.points[i], &b = c.points[i + 1];
    if (!has_band(a) || !has_band(b)) continue;
    const auto inside = [&](float v) {  // a band may reach below the lowest tick of a logarithmic axis
      return std::isfinite(place(l.y, v)) ? std::clamp(l.y_at(v), l.plot.y, l.plot.bottom())
                                          : l.plot.bottom();
    };
    const float x0 = l.x_at(a.x), x1 = l.x_at(b.x), w = x1 - x0;
    if (!(w > 0)) continue;
    const float more = i + 2 < c.points.size() ? std::min(1.f, w) / w : 0;
    const float top = inside(b.hi), bottom = inside(b.lo);
    p.polygon({{x0, inside(a.hi)},
               {x1 + more * w, top + more * (top - inside(a.hi))},
               {x1 + more * w, bottom + more * (bottom - inside(a.lo))},
               {x0, inside(a.lo)}},
              pale);
  }
}

/// The stretches between gaps.
template <typename Draw>
void stretches(const AxesLayout& l, const Curve& c, const Draw& draw) {
  std::vector<Point> line;
  for (const CurvePoint& point : c.points) {
    const Point at = l.at(point.x, point.y);
    if (finite(at)) {
      line.push_back(at);
      continue;
    }
    if (line.size() > 1) draw(line);
    line.clear();
  }
  if (line.size() > 1) draw(line);
}

struct Dashes {
  float width = 1.25f, dash = 5, period = 9, from = 0;  ///< px; the first dash begins at `from`
};

/// Dashes along a line of any shape.
void dashed(Painter& p, const std::vector<Point>& line, Color colour, const Dashes& look) {
  float along = 0;
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const Point a = line[i], b = line[i + 1];
    const float length = std::hypot(b.x - a.x, b.y - a.y);
    const auto at = [&](float s) {
      return Point{a.x + (b.x - a.x) * s / length, a.y + (b.y - a.y) * s / length};
    };
    for (float s = look.from - std::fmod(along, look.period); s < length; s += look.period)
      if (s + look.dash > 0) p.polyline({at(std::max(0.f, s)), at(std::min(length, s + look.dash))}, colour, look.width);
    along += length;
  }
}

/// Where stretches of several curves lie on each other, each draws its own dashes in turn, so that all are seen.
struct Turn {
  int of = 0, count = 1;  ///< this one of so many
};

/// The other curves' points at the same two places are found by their x.
Turn turn_of(const AxesLayout& l, const Curves& data, std::size_t c, std::size_t i) {
  constexpr float kOnEachOther = 2;  // px between them
  const CurvePoint &a = data.curves[c].points[i], &b = data.curves[c].points[i + 1];
  const auto lies_on = [&](const Curve& other, const CurvePoint& point) {
    const auto it = std::ranges::find(other.points, point.x, &CurvePoint::x);
    return it != other.points.end() && std::fabs(l.y_at(it->y) - l.y_at(point.y)) < kOnEachOther;
  };
  Turn turn{.of = 0, .count = 0};
  for (std::size_t o = 0; o < data.curves.size(); ++o) {
    const Curve& other = data.curves[o];
    if (o != c && (other.dashed || !lies_on(other, a) || !lies_on(other, b))) continue;
    turn.of += o < c;
    ++turn.count;
  }
  return turn;
}

/// A dot at every point would hide the line where they are dense: of powers of two, those have one.
bool on_tick(const Axis& x, float value) {
  if (x.scale != AxisScale::log2) return true;
  const float power = std::log2(value);
  return std::fabs(power - std::round(power)) < 1e-4f;
}

/// Every stretch by itself where it has to share its place.
void shared_line(Painter& p, const AxesLayout& l, const Curves& data, std::size_t c) {
  constexpr float kDash = 8;
  const auto& points = data.curves[c].points;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const Point a = l.at(points[i].x, points[i].y), b = l.at(points[i + 1].x, points[i + 1].y);
    if (!finite(a) || !finite(b)) continue;
    const Turn turn = turn_of(l, data, c, i);
    if (turn.count == 1) {
      p.polyline({a, b}, data.curves[c].colour, 2);
    } else {
      dashed(p, {a, b}, data.curves[c].colour, {.width = 2, .dash = kDash, .period = kDash * static_cast<float>(turn.count), .from = kDash * static_cast<float>(turn.of)});
    }
  }
}

void dot(Painter& p, const AxesLayout& l, const Curve& c, const CurvePoint& point) {
  const Point at = l.at(point.x, point.y);
  if (finite(at) && ((c.dots && on_tick(l.x, point.x)) || c.points.size() == 1)) p.circle(at, 2.5f, c.colour);
}

void curve(Painter& p, const AxesLayout& l, const Curves& data, std::size_t index) {
  const Curve& c = data.curves[index];
  const auto shares = [&] {
    for (std::size_t i = 0; i + 1 < c.points.size(); ++i)
      if (turn_of(l, data, index, i).count > 1) return true;
    return false;
  };
  if (!c.dashed && shares()) {
    shared_line(p, l, data, index);
  } else {
    stretches(l, c, [&](const std::vector<Point>& line) {
      if (c.dashed) {
        dashed(p, line, c.colour, {});
      } else {
        p.polyline(line, c.colour, 2);
      }
    });
  }
  if (c.dashed) return;
  for (std::size_t i = 0; i + 1 < c.points.size(); ++i) {
    const Turn turn = turn_of(l, data, index, i);
    if (static_cast<int>(i) % turn.count == turn.of) dot(p, l, c, c.points[i]);
  }
}

void extra_point(Painter& p, const AxesLayout& l, const ExtraPoint& e) {
  const Point at = l.at(e.x, e.y);
  if (!finite(at) || !l.plot.inset(-1).contains(at)) return;
  if (std::isfinite(e.lo) && std::isfinite(e.hi)) {
    const float top = l.y_at(e.hi), bottom = l.y_at(e.lo), x = std::round(at.x);
    if (std::isfinite(top) && std::isfinite(bottom)) {
      p.fill({x, std::round(top), 1, std::max(1.f, std::round(bottom - top))}, e.colour);
      p.fill({x - 3, std::round(top), 7, 1}, e.colour);
      p.fill({x - 3, std::round(bottom), 7, 1}, e.colour);
    }
  }
  constexpr float kSize = 5;
  p.polygon({{at.x, at.y - kSize}, {at.x + kSize, at.y}, {at.x, at.y + kSize}, {at.x - kSize, at.y}},
            e.colour);
  p.polyline({{at.x, at.y - kSize}, {at.x + kSize, at.y}, {at.x, at.y + kSize}, {at.x - kSize, at.y}},
             p.theme().canvas, 1, true);
}

}  // namespace

AxesLayout curves_layout(Painter& p, Rect area, const Curves& data) {
  return axes_layout(p, area, data.x, data.y, end_label_room(p, area, data));
}

std::optional<float> cursor_at(const AxesLayout& l, const Curves& data, float x) {
  std::optional<float> best;
  float nearest = std::numeric_limits<float>::infinity();
  for (const Curve& c : data.curves) {
    if (c.dashed) continue;
    for (const CurvePoint& point : c.points) {
      const float away = std::fabs(l.x_at(point.x) - x);
      if (away < nearest) {
        nearest = away;
        best = point.x;
      }
    }
  }
  return best;
}

void curves(Painter& p, const AxesLayout& l, const Curves& data) {
  if (l.plot.w < 40 || l.plot.h < 20) return;
  const auto& t = p.theme();
  std::optional<float> cursor;
  if (data.cursor && std::isfinite(place(l.x, *data.cursor)))
    cursor = cursor_at(l, data, l.x_at(*data.cursor));
  for (const Curve& c : data.curves) band(p, l, c);
  axes(p, l, cursor.value_or(-1));
  if (cursor)
    for (float y = l.plot.y - 6; y < l.plot.bottom(); y += 5)
      p.fill({std::round(l.x_at(*cursor)), y, 1, std::min(2.f, l.plot.bottom() - y)}, t.text);
  for (std::size_t c = 0; c < data.curves.size(); ++c) curve(p, l, data, c);
  for (const Curve& c : data.curves)  // last: one that ends on another is seen to end there
    if (!c.dashed && !c.points.empty()) dot(p, l, c, c.points.back());
  for (const ExtraPoint& e : data.extra) extra_point(p, l, e);
  CurveLabels labels(p, l, data);
  if (cursor) labels.value_boxes(*cursor);
  labels.end_labels();
  labels.extra_labels();
  p.region({.id = data.id,
            .rect = l.plot,
            .label = data.label,
            .hint = data.draggable ? "Drag to move the line." : "",
            .cursor = data.draggable ? drawing::Cursor::resize_horizontal : drawing::Cursor::arrow,
            .focusable = data.draggable});
}

}  // namespace qkv::figures
