#pragma once
#include <algorithm>

namespace qkv::drawing {

/// Logical pixels (before the display scale), y down.
struct Point {
  float x = 0, y = 0;
  bool operator==(const Point&) const = default;
};

struct Rect {
  float x = 0, y = 0, w = 0, h = 0;
  float right() const { return x + w; }
  float bottom() const { return y + h; }
  Point center() const { return {x + w / 2, y + h / 2}; }
  bool empty() const { return w <= 0 || h <= 0; }
  bool contains(Point p) const { return p.x >= x && p.x < right() && p.y >= y && p.y < bottom(); }
  bool intersects(const Rect& o) const {
    return x < o.right() && o.x < right() && y < o.bottom() && o.y < bottom();
  }
  Rect inset(float d) const { return {x + d, y + d, w - 2 * d, h - 2 * d}; }
  Rect inset(float dx, float dy) const { return {x + dx, y + dy, w - 2 * dx, h - 2 * dy}; }
  Rect moved(float dx, float dy) const { return {x + dx, y + dy, w, h}; }
  Rect intersection(const Rect& o) const {
    const float l = std::max(x, o.x), t = std::max(y, o.y);
    return {l, t, std::max(0.f, std::min(right(), o.right()) - l), std::max(0.f, std::min(bottom(), o.bottom()) - t)};
  }
  bool operator==(const Rect&) const = default;
};

struct Color {
  unsigned char r = 0, g = 0, b = 0, a = 255;
  Color with_alpha(float alpha) const {
    return {r, g, b, static_cast<unsigned char>(std::clamp(static_cast<float>(a) * alpha, 0.f, 255.f))};
  }
  bool operator==(const Color&) const = default;
};

}  // namespace qkv::drawing
