#pragma once
#include "app/drawing/drawing.h"

namespace qkv::drawing {

/// What is behind a picture.
enum class Ground {
  theme,  ///< the theme's background
  none,   ///< nothing: what covers the whole picture is left out too
};

/// True for a rectangle that fills the whole picture: its ground, which a transparent one leaves out.
inline bool is_ground(const Command& command, const Rect& bounds) {
  const auto* fill = std::get_if<FillRect>(&command);
  return fill && fill->rect.x <= bounds.x && fill->rect.y <= bounds.y && fill->rect.right() >= bounds.right() &&
         fill->rect.bottom() >= bounds.bottom();
}

}  // namespace qkv::drawing
