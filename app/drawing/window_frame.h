#pragma once
#include <imgui.h>

#include <deque>
#include <vector>

#include "app/drawing/glyph_atlas.h"
#include "app/drawing/heat_shader.h"

namespace qkv::drawing {

/// One frame: turns the commands of a Drawing into an ImGui draw list, in device pixels.
class WindowFrame {
 public:
  WindowFrame(ImDrawList& list, TextEngine::Impl& text, GlyphAtlas& atlas, HeatShader& heats,
              const Theme& theme, int width, int height, float scale)
      : list_(list),
        text_(text),
        atlas_(atlas),
        heats_(heats),
        theme_(theme),
        width_(width),
        height_(height),
        scale_(scale) {}
  WindowFrame(const WindowFrame&) = delete;
  WindowFrame& operator=(const WindowFrame&) = delete;

  /// The draw list refers to the drawing and to this frame until it is rendered.
  void play(const Drawing& drawing, ImTextureID atlas);

  void operator()(const FillRect& c);
  void operator()(const StrokeRect& c);
  void operator()(const Polyline& c);
  void operator()(const Polygon& c);
  void operator()(const Bezier& c);
  void operator()(const Circle& c);
  void operator()(const Hatch& c);
  void operator()(const Text& c);
  void operator()(const Heat& c);
  void operator()(const PushClip& c);
  void operator()(const PopClip& c);

 private:
  /// What OpenGL draws between the parts of the list: a heatmap, or (heat is null) an opaque area.
  struct Call {
    WindowFrame* frame;
    const Heat* heat;
    PixelRect rect, clip;
    Color color;
  };

  PixelRect snapped(const Rect& r) const;
  ImVec2 device(Point p) const { return {p.x * scale_, p.y * scale_}; }
  bool visible(const PixelRect& r) const;
  void fill(const PixelRect& r, Color c);
  void frame(const PixelRect& r, int width, Color c);
  void rounded(const PixelRect& r, float radius, float width, Color c);
  void call(const Call& c);
  void run(const Call& c);
  void dashes(const std::vector<ImVec2>& points, bool closed, Color c, float width);
  void straight(Point a, Point b, Color c, float width);
  void glyph(const Glyph& g, const Text& t, ImVec2 origin, float size);
  void quad(const GlyphAtlas::Slot& slot, ImVec2 at, int angle, ImU32 color);
  ImVec2 texel(int x, int y) const {
    return {static_cast<float>(x) / static_cast<float>(atlas_.width()),
            static_cast<float>(y) / static_cast<float>(atlas_.height())};
  }

  ImDrawList& list_;
  TextEngine::Impl& text_;
  GlyphAtlas& atlas_;
  HeatShader& heats_;
  const Theme& theme_;
  int width_, height_;
  float scale_;
  std::vector<PixelRect> clips_;
  std::deque<Call> calls_;
};

}  // namespace qkv::drawing
