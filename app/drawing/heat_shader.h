#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "app/drawing/drawing.h"
#include "app/drawing/heat_program.h"
#include "app/drawing/theme.h"

namespace qkv::drawing {

/// A rectangle of device pixels, y down.
struct PixelRect {
  int x = 0, y = 0, right = 0, bottom = 0;
};

/// Draws heatmaps: one quad each, every cell's colour, hatching, gaps and marks decided in the fragment
/// shader. Needs a current OpenGL 3.3 context from construction to destruction.
class HeatShader {
 public:
  /// Throws Error when the driver does not take the shader.
  HeatShader();
  ~HeatShader();
  HeatShader(const HeatShader&) = delete;
  HeatShader& operator=(const HeatShader&) = delete;

  /// Draws into a viewport of width × height device pixels, within clip. Throws Error when the driver does
  /// not take the shader.
  void draw(const Heat& heat, const Theme& theme, PixelRect rect, PixelRect clip, int width, int height,
            float scale);
  /// Forgets textures that no frame has used for a while.
  void end_frame();

 private:
  struct Texture {
    std::shared_ptr<const void> kept;  // its address is the key, so it must not be used again
    unsigned id = 0;
    int rows = 0, columns = 0;
    bool finite = true;
    int unused_frames = 0;
  };
  struct Colors {
    std::vector<Color> stops;
    unsigned id = 0;
  };
  const Texture& values(const std::shared_ptr<const Matrix>& matrix);
  const Texture& mask(const std::shared_ptr<const std::vector<std::uint8_t>>& mask, int rows, int columns);
  /// The colormap as a texture, made again when the theme has changed.
  unsigned colors(const Theme& theme, Map map);
  const HeatProgram& program(HeatFeatures features);

  unsigned vertex_array_ = 0;
  int largest_ = 1024;  // side of a texture
  std::unordered_map<const void*, Texture> textures_;
  std::array<Colors, 3> colors_;
  std::array<std::unique_ptr<HeatProgram>, HeatFeatures::kCombinations> programs_;
};

}  // namespace qkv::drawing
