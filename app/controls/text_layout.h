#pragma once
#include <string_view>

#include "app/drawing/painter.h"

// Text of several lines: descriptions, help, tooltips.
namespace qkv::controls {

/// Height of the wrapped text; line_height 0: 1.4 × size.
float paragraph_height(drawing::TextEngine& engine, std::string_view text, const drawing::TextStyle& style,
                       float width, float line_height = 0);

/// Draws the wrapped text from its top left corner and returns its height.
float paragraph(drawing::Painter& p, drawing::Point top_left, float width, std::string_view text,
                const drawing::TextStyle& style, float line_height = 0);

}  // namespace qkv::controls
