#include "app/controls/text_layout.h"

#include <cmath>

namespace qkv::controls {
namespace {

float line_step(const drawing::TextStyle& style, float line_height) {
  return line_height > 0 ? line_height : std::round(style.size * 1.4f);
}

}  // namespace

float paragraph_height(drawing::TextEngine& engine, std::string_view text, const drawing::TextStyle& style,
                       float width, float line_height) {
  return line_step(style, line_height) * static_cast<float>(engine.wrapped(text, style, width).size());
}

float paragraph(drawing::Painter& p, drawing::Point top_left, float width, std::string_view text,
                const drawing::TextStyle& style, float line_height) {
  const float step = line_step(style, line_height);
  float y = top_left.y;
  for (const std::string& line : p.text_engine().wrapped(text, style, width)) {
    p.text_middle(top_left.x, y + step / 2, line, style);
    y += step;
  }
  return y - top_left.y;
}

}  // namespace qkv::controls
