#include <cmath>
#include <numbers>

#include "app/drawing/window_frame.h"

// Text of the window player: glyph quads on the device's pixels.
namespace qkv::drawing {
namespace {

ImVec2 turned(ImVec2 v, int angle) {
  const float a = static_cast<float>(angle) * std::numbers::pi_v<float> / 180;
  return {v.x * std::cos(a) + v.y * std::sin(a), -v.x * std::sin(a) + v.y * std::cos(a)};
}

/// Splits off the fraction as a number of quarters, so that few variants of a glyph serve every place.
float quarters(float& v) {
  const float rounded = std::round(v * 4) / 4;
  v = std::floor(rounded);
  return rounded - v;
}

int whole_degrees(float angle) { return (static_cast<int>(std::lround(angle)) % 360 + 360) % 360; }

}  // namespace

void WindowFrame::operator()(const Text& c) {
  if (c.style.color.a == 0 || c.text.empty() || !std::isfinite(c.at.x + c.at.y)) return;
  const float size = c.style.size * scale_;
  const ShapedLine& line = text_.shape(c.text, c.style);
  const float width = line.width * size;
  const float shift = c.align == Align::left ? 0 : c.align == Align::center ? -width / 2 : -width;
  const int angle = whole_degrees(c.angle);
  // Accents and emoji reach beyond the font's metrics, hence the generous extent.
  const Rect extent{c.at.x + (shift - size) / scale_, c.at.y - 2 * c.style.size, (width + 2 * size) / scale_,
                    3 * c.style.size};
  if (angle == 0 && !visible(snapped(extent))) return;

  ImVec2 origin = device(c.at);
  const ImVec2 start = turned({shift, 0}, angle);
  origin = {origin.x + start.x, origin.y + start.y};
  if (angle == 0) origin.y = std::round(origin.y);
  for (const Glyph& g : line.glyphs) glyph(g, c, origin, size);
  for (const Rect& box : line.boxes) {
    const float hair = std::max(1.f, std::floor(scale_)) / scale_;
    if (angle == 0) {
      (*this)(StrokeRect{{origin.x / scale_ + box.x * c.style.size, origin.y / scale_ + box.y * c.style.size,
                          box.w * c.style.size, box.h * c.style.size},
                         c.style.color,
                         hair});
    } else {
      std::vector<ImVec2> corners;
      for (const Point p :
           {Point{box.x, box.y}, {box.right(), box.y}, {box.right(), box.bottom()}, {box.x, box.bottom()}}) {
        const ImVec2 v = turned({p.x * size, p.y * size}, angle);
        corners.emplace_back(origin.x + v.x, origin.y + v.y);
      }
      list_.AddPolyline(corners.data(), 4,
                        IM_COL32(c.style.color.r, c.style.color.g, c.style.color.b, c.style.color.a),
                        ImDrawFlags_Closed, hair * scale_);
    }
  }
}

void WindowFrame::glyph(const Glyph& g, const Text& t, ImVec2 origin, float size) {
  const int angle = whole_degrees(t.angle);
  const ImVec2 offset = turned({g.x * size, g.y * size}, angle);
  ImVec2 at{origin.x + offset.x, origin.y + offset.y};
  GlyphRequest request;
  request.font = g.font;
  request.index = g.index;
  request.size = size * g.size;
  request.angle = angle;
  request.light_ink = is_light(t.style.color);
  request.shift_x = quarters(at.x);
  if (angle != 0)
    request.shift_y = quarters(at.y);
  else
    at.y = std::round(at.y);
  const GlyphAtlas::Slot& slot = atlas_.slot(request);
  if (slot.width == 0) return;
  const Color c = t.style.color;
  quad(slot, at, angle, slot.upright ? IM_COL32(255, 255, 255, c.a) : IM_COL32(c.r, c.g, c.b, c.a));
}

void WindowFrame::quad(const GlyphAtlas::Slot& slot, ImVec2 at, int angle, ImU32 color) {
  const ImVec2 uv_from = texel(slot.x, slot.y), uv_to = texel(slot.x + slot.width, slot.y + slot.height);
  const auto left = static_cast<float>(slot.left), top = static_cast<float>(slot.top);
  const float right = left + static_cast<float>(slot.width), bottom = top + static_cast<float>(slot.height);
  list_.PrimReserve(6, 4);
  if (angle == 0 || !slot.upright) {
    list_.PrimRectUV({at.x + left, at.y + top}, {at.x + right, at.y + bottom}, uv_from, uv_to, color);
    return;
  }
  const auto corner = [&](float x, float y) {
    const ImVec2 p = turned({x, y}, angle);
    return ImVec2(at.x + p.x, at.y + p.y);
  };
  list_.PrimQuadUV(corner(left, top), corner(right, top), corner(right, bottom), corner(left, bottom),
                   uv_from, {uv_to.x, uv_from.y}, uv_to, {uv_from.x, uv_to.y}, color);
}

}  // namespace qkv::drawing
