#pragma once
#include <memory>

#include "app/drawing/drawing.h"
#include "app/drawing/text_engine.h"
#include "app/drawing/theme.h"

namespace qkv::drawing {

/// Plays a Drawing into the current OpenGL 3.3 framebuffer through a Dear ImGui draw list: glyph quads from a cache
/// filled on demand, matrices as R32F textures coloured in a shader (changing colours uploads nothing).
/// Needs a current context (libepoxy) from construction to destruction.
class WindowPlayer {
 public:
  explicit WindowPlayer(TextEngine& text);
  ~WindowPlayer();
  /// Draws into a viewport of width × height device pixels; `scale` device pixels a logical pixel.
  void play(const Drawing& drawing, const Theme& theme, int width, int height, float scale);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace qkv::drawing
