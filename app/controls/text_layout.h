#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "app/drawing/painter.h"

// Text of several lines: descriptions, help, tooltips.
namespace qkv::controls {

/// The lines of a text at most `width` px wide: broken at line breaks and spaces, and within a word that is
/// wider than the whole line. An empty text has no line.
std::vector<std::string> wrap(drawing::TextEngine& engine, std::string_view text,
                              const drawing::TextStyle& style, float width);

/// Height of the wrapped text; line_height 0: 1.4 × size.
float paragraph_height(drawing::TextEngine& engine, std::string_view text, const drawing::TextStyle& style,
                       float width, float line_height = 0);

/// Draws the wrapped text from its top left corner and returns its height.
float paragraph(drawing::Painter& p, drawing::Point top_left, float width, std::string_view text,
                const drawing::TextStyle& style, float line_height = 0);

}  // namespace qkv::controls
