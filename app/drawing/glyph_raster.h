#pragma once
#include <cstdint>
#include <vector>

#include "app/drawing/text_layout.h"

namespace qkv::drawing {

/// One glyph as it will stand on the device's pixels.
struct GlyphRequest {
  std::uint16_t font = 0;
  std::uint32_t index = 0;
  float size = 12;                 ///< device px an em
  float shift_x = 0, shift_y = 0;  ///< 0…1 px right and down of a whole pixel
  int angle = 0;                   ///< degrees, counter-clockwise
  bool light_ink = false;          ///< light text on dark: thin stems need more weight to look the same
};

/// Straight (not premultiplied) RGBA, top row first; white where the glyph takes the text's colour.
struct GlyphImage {
  int width = 0, height = 0;
  int left = 0, top = 0;  ///< of the first pixel, from the origin: right, down
  bool upright = false;   ///< a bitmap glyph (emoji), drawn without the angle
  std::vector<std::uint8_t> rgba;
};

/// Whether text of this colour is light ink.
bool is_light(Color c);

/// Outlines keep their widths; their heights are fitted to whole pixels (light hinting), which is what makes
/// numbers of 9 px crisp. An empty image for blanks and for fonts that cannot be read.
GlyphImage rasterize(TextEngine::Impl& text, const GlyphRequest& request);

/// The top left corner of a rounded rectangle, `radius` device px: filled when width is 0, else a stroke of
/// that width inside the edge. Square, of whole pixels; below and right of it everything continues straight.
GlyphImage rasterize_corner(float radius, float width);

}  // namespace qkv::drawing
