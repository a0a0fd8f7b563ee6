#include "app/drawing/window_frame.h"

#include <epoxy/gl.h>
#include <imgui_internal.h>

#include <cmath>

namespace qkv::drawing {
namespace {

constexpr float kDash = 3;             // px on, px off
constexpr int kLargeArea = 128 * 128;  // device px²
constexpr float kLargestRadius = 200;  // device px

ImU32 packed(Color c) { return IM_COL32(c.r, c.g, c.b, c.a); }

/// The whole pixel an edge falls on; halves go down, as the heat shader does it. NaN and what is far away
/// stay outside.
int snap(float v) {
  constexpr float kFar = 1 << 20;
  return static_cast<int>(std::max(-kFar, std::min(kFar, std::ceil(v - 0.5f))));
}

/// Device pixels of a straight stroke: whole ones, rather thin than thick, never invisible.
int whole(float v) { return std::max(1, static_cast<int>(v + 0.01f)); }

// Renamed in Dear ImGui 1.92.
void push_texture(ImDrawList& list, ImTextureID id) {
#if IMGUI_VERSION_NUM >= 19200
  list.PushTexture(id);
#else
  list.PushTextureID(id);
#endif
}

void pop_texture(ImDrawList& list) {
#if IMGUI_VERSION_NUM >= 19200
  list.PopTexture();
#else
  list.PopTextureID();
#endif
}

PixelRect intersection(const PixelRect& a, const PixelRect& b) {
  const int x = std::max(a.x, b.x), y = std::max(a.y, b.y);
  return {x, y, std::max(x, std::min(a.right, b.right)), std::max(y, std::min(a.bottom, b.bottom))};
}

ImVec2 operator+(ImVec2 a, ImVec2 b) { return {a.x + b.x, a.y + b.y}; }

}  // namespace

void WindowFrame::play(const Drawing& drawing, ImTextureID atlas) {
  // Solid shapes take their colour from a white texel of the atlas, so that they and the text share draw
  // calls.
  ImDrawListSharedData* shared = ImGui::GetDrawListSharedData();
  const ImVec2 font_white = shared->TexUvWhitePixel;
  shared->TexUvWhitePixel = {GlyphAtlas::kWhite / static_cast<float>(atlas_.width()),
                             GlyphAtlas::kWhite / static_cast<float>(atlas_.height())};
  list_.Flags &= ~ImDrawListFlags_AntiAliasedLinesUseTex;
  push_texture(list_, atlas);
  clips_.assign(1, {0, 0, width_, height_});
  for (const Command& command : drawing.commands) std::visit(*this, command);
  while (clips_.size() > 1) (*this)(PopClip{});
  pop_texture(list_);
  shared->TexUvWhitePixel = font_white;
}

PixelRect WindowFrame::snapped(const Rect& r) const {
  const PixelRect p{snap(r.x * scale_), snap(r.y * scale_), snap(r.right() * scale_),
                    snap(r.bottom() * scale_)};
  return {p.x, p.y, r.w > 0 ? std::max(p.right, p.x + 1) : p.x, r.h > 0 ? std::max(p.bottom, p.y + 1) : p.y};
}

bool WindowFrame::visible(const PixelRect& r) const {
  const PixelRect& clip = clips_.back();
  return r.x < clip.right && r.right > clip.x && r.y < clip.bottom && r.bottom > clip.y;
}

void WindowFrame::fill(const PixelRect& r, Color c) {
  if (c.a == 0 || r.right <= r.x || r.bottom <= r.y || !visible(r)) return;
  // Clearing a large area is several times faster than blending it on a software renderer.
  if (c.a == 255 && (r.right - r.x) * (r.bottom - r.y) >= kLargeArea)
    return call({this, nullptr, r, clips_.back(), c});
  list_.AddRectFilled(ImVec2(static_cast<float>(r.x), static_cast<float>(r.y)),
                      ImVec2(static_cast<float>(r.right), static_cast<float>(r.bottom)), packed(c));
}

void WindowFrame::frame(const PixelRect& r, int width, Color c) {
  if (2 * width >= r.right - r.x || 2 * width >= r.bottom - r.y) return fill(r, c);
  fill({r.x, r.y, r.right, r.y + width}, c);
  fill({r.x, r.bottom - width, r.right, r.bottom}, c);
  fill({r.x, r.y + width, r.x + width, r.bottom - width}, c);
  fill({r.right - width, r.y + width, r.right, r.bottom - width}, c);
}

/// Four corners from the atlas, the rest of whole pixels. Filled when width is 0.
void WindowFrame::rounded(const PixelRect& r, float radius, float width, Color c) {
  const float most = static_cast<float>(std::min(r.right - r.x, r.bottom - r.y)) / 2;
  const GlyphAtlas::Slot& slot =
      atlas_.corner(std::min({radius, most, kLargestRadius}), std::min(width, most));
  const int side = slot.width;
  const PixelRect inner{r.x + side, r.y + side, r.right - side, r.bottom - side};
  const ImVec2 from = texel(slot.x, slot.y), to = texel(slot.x + side, slot.y + side);
  const auto corner = [&](int x, int y, bool right, bool bottom) {
    const ImVec2 a{static_cast<float>(x), static_cast<float>(y)},
        b{static_cast<float>(x + side), static_cast<float>(y + side)};
    list_.PrimReserve(6, 4);
    list_.PrimRectUV(a, b, {right ? to.x : from.x, bottom ? to.y : from.y},
                     {right ? from.x : to.x, bottom ? from.y : to.y}, packed(c));
  };
  if (side > 0) {
    corner(r.x, r.y, false, false);
    corner(inner.right, r.y, true, false);
    corner(r.x, inner.bottom, false, true);
    corner(inner.right, inner.bottom, true, true);
  }
  if (width <= 0) {
    fill({inner.x, r.y, inner.right, inner.y}, c);
    fill({r.x, inner.y, r.right, inner.bottom}, c);
    fill({inner.x, inner.bottom, inner.right, r.bottom}, c);
    return;
  }
  // A stroke of 1.5 px is a whole pixel outside and a half one inside.
  for (float done = 0; width - done > 0.01f; done += 1) {
    const auto d = static_cast<int>(done);
    const Color part = c.with_alpha(std::min(1.f, width - done));
    fill({inner.x, r.y + d, inner.right, r.y + d + 1}, part);
    fill({inner.x, r.bottom - d - 1, inner.right, r.bottom - d}, part);
    fill({r.x + d, inner.y, r.x + d + 1, inner.bottom}, part);
    fill({r.right - d - 1, inner.y, r.right - d, inner.bottom}, part);
  }
}

void WindowFrame::operator()(const FillRect& c) {
  const PixelRect r = snapped(c.rect);
  if (c.radius <= 0) return fill(r, c.color);
  if (c.color.a != 0 && r.right > r.x && r.bottom > r.y && visible(r))
    rounded(r, c.radius * scale_, 0, c.color);
}

void WindowFrame::operator()(const StrokeRect& c) {
  const PixelRect r = snapped(c.rect);
  if (c.color.a == 0 || !visible(r) || r.right <= r.x || r.bottom <= r.y) return;
  const bool crisp = c.width == std::floor(c.width);
  const float width = crisp ? static_cast<float>(whole(c.width * scale_)) : std::max(1.f, c.width * scale_);
  const float radius = std::max(0.f, c.radius * scale_);
  if (!c.dashed) {
    if (radius <= 0 && std::abs(width - std::round(width)) < 0.01f) return frame(r, whole(width), c.color);
    return rounded(r, radius, width, c.color);
  }
  const float half = width / 2;
  list_.PathRect(ImVec2(static_cast<float>(r.x) + half, static_cast<float>(r.y) + half),
                 ImVec2(static_cast<float>(r.right) - half, static_cast<float>(r.bottom) - half),
                 std::max(0.f, radius - half));
  const std::vector<ImVec2> path(list_._Path.Data, list_._Path.Data + list_._Path.Size);
  list_.PathClear();
  dashes(path, true, c.color, width);
}

void WindowFrame::dashes(const std::vector<ImVec2>& points, bool closed, Color c, float width) {
  const float dash = kDash * scale_;
  float done = 0;  // along the whole line
  for (std::size_t i = 0; i + (closed ? 0 : 1) < points.size(); ++i) {
    const ImVec2 a = points[i], b = points[(i + 1) % points.size()];
    const float length = std::hypot(b.x - a.x, b.y - a.y);
    if (length <= 0) continue;
    const auto at = [&](float t) {
      return ImVec2(a.x + (b.x - a.x) * t / length, a.y + (b.y - a.y) * t / length);
    };
    const auto last = static_cast<int>((done + length) / dash);
    for (int k = static_cast<int>(done / dash); k <= last; ++k) {
      if (k % 2 == 1) continue;
      const float from = std::max(0.f, static_cast<float>(k) * dash - done);
      const float to = std::min(length, static_cast<float>(k + 1) * dash - done);
      if (to > from)
        list_.AddLine(at(from) + ImVec2(-0.5f, -0.5f), at(to) + ImVec2(-0.5f, -0.5f), packed(c), width);
    }
    done += length;
  }
}

void WindowFrame::straight(Point a, Point b, Color c, float width) {
  const int thick = whole(width * scale_);
  const float half = static_cast<float>(thick) / 2;
  if (a.y == b.y) {
    const int y = snap(a.y * scale_ - half), x = snap(std::min(a.x, b.x) * scale_),
              right = snap(std::max(a.x, b.x) * scale_);
    return fill({x, y, right, y + thick}, c);
  }
  const int x = snap(a.x * scale_ - half), y = snap(std::min(a.y, b.y) * scale_),
            bottom = snap(std::max(a.y, b.y) * scale_);
  fill({x, y, x + thick, bottom}, c);
}

void WindowFrame::operator()(const Polyline& c) {
  if (c.points.size() < 2 || c.color.a == 0) return;
  const Point a = c.points[0], b = c.points[1];
  if (c.points.size() == 2 && !c.dashed && (a.x == b.x || a.y == b.y))
    return straight(a, b, c.color, c.width);
  std::vector<ImVec2> points;
  points.reserve(c.points.size());
  for (const Point p : c.points) points.push_back(device(p));
  const float width = std::max(1.f, c.width * scale_);
  if (c.dashed) return dashes(points, c.closed, c.color, width);
  list_.AddPolyline(points.data(), static_cast<int>(points.size()), packed(c.color),
                    c.closed ? ImDrawFlags_Closed : ImDrawFlags_None, width);
}

void WindowFrame::operator()(const Polygon& c) {
  if (c.points.size() < 3 || c.color.a == 0) return;
  std::vector<ImVec2> points;
  points.reserve(c.points.size());
  float area = 0;
  for (std::size_t i = 0; i < c.points.size(); ++i) {
    const Point p = c.points[i], q = c.points[(i + 1) % c.points.size()];
    area += p.x * q.y - q.x * p.y;
    points.push_back(device(p));
  }
  if (area < 0) std::reverse(points.begin(), points.end());  // the soft edge must lie outside
  list_.AddConvexPolyFilled(points.data(), static_cast<int>(points.size()), packed(c.color));
}

void WindowFrame::operator()(const Bezier& c) {
  if (c.color.a == 0) return;
  list_.AddBezierCubic(device(c.from), device(c.control1), device(c.control2), device(c.to), packed(c.color),
                       std::max(1.f, c.width * scale_));
}

void WindowFrame::operator()(const Circle& c) {
  if (c.fill.a != 0) list_.AddCircleFilled(device(c.center), c.radius * scale_, packed(c.fill));
  if (c.stroke.a != 0 && c.width > 0) {
    list_.AddCircle(device(c.center), c.radius * scale_ + 0.5f, packed(c.stroke), 0,
                    std::max(1.f, c.width * scale_));
  }
}

void WindowFrame::operator()(const Hatch& c) {
  const PixelRect r = intersection(snapped(c.rect), clips_.back());
  if (c.color.a == 0 || c.step <= 0 || !visible(r)) return;
  const auto l = static_cast<float>(r.x), t = static_cast<float>(r.y);
  const auto right = static_cast<float>(r.right), bottom = static_cast<float>(r.bottom);
  const float step = c.step * scale_;
  list_.PushClipRect(ImVec2(l, t), ImVec2(right, bottom), true);
  // The lines x + y = (k + ½)·step of the whole frame, so that hatched neighbours join.
  for (float sum = (std::floor((l + t) / step) + 0.5f) * step; sum < right + bottom; sum += step) {
    if (sum <= l + t) continue;
    const ImVec2 low = sum - l < bottom ? ImVec2(l, sum - l) : ImVec2(sum - bottom, bottom);
    const ImVec2 high = sum - t < right ? ImVec2(sum - t, t) : ImVec2(right, sum - right);
    list_.AddLine(low + ImVec2(-1.5f, 0.5f), high + ImVec2(0.5f, -1.5f), packed(c.color),
                  std::max(1.f, scale_));
  }
  list_.PopClipRect();
}

void WindowFrame::operator()(const PushClip& c) {
  const PixelRect r = snapped(c.rect), outer = clips_.back();
  clips_.push_back(intersection(r, outer));
  const PixelRect& inner = clips_.back();
  list_.PushClipRect(ImVec2(static_cast<float>(inner.x), static_cast<float>(inner.y)),
                     ImVec2(static_cast<float>(inner.right), static_cast<float>(inner.bottom)));
}

void WindowFrame::operator()(const PopClip&) {
  if (clips_.size() == 1) return;
  clips_.pop_back();
  list_.PopClipRect();
}

void WindowFrame::operator()(const Heat& c) {
  const PixelRect r = snapped(c.rect);
  if (visible(r) && r.right > r.x && r.bottom > r.y) call({this, &c, r, clips_.back(), {}});
}

void WindowFrame::call(const Call& c) {
  calls_.push_back(c);
  list_.AddCallback(
      [](const ImDrawList*, const ImDrawCmd* command) {
        const Call& todo = *static_cast<const Call*>(command->UserCallbackData);
        todo.frame->run(todo);
      },
      &calls_.back());
  list_.AddCallback(ImDrawCallback_ResetRenderState, nullptr);
}

void WindowFrame::run(const Call& c) {
  if (c.heat) return heats_.draw(*c.heat, theme_, c.rect, c.clip, width_, height_, scale_);
  const PixelRect r = intersection(c.rect, c.clip);
  const auto channel = [](unsigned char v) { return static_cast<float>(v) / 255; };
  glScissor(r.x, height_ - r.bottom, r.right - r.x, r.bottom - r.y);
  glClearColor(channel(c.color.r), channel(c.color.g), channel(c.color.b), 1);
  glClear(GL_COLOR_BUFFER_BIT);
}

}  // namespace qkv::drawing
