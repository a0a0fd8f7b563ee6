#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "app/drawing/painter.h"

namespace qkv::figures {

/// The runs of a text in which a letter and an index joined by "_" are a symbol: "÷ √d_k" has an italic d
/// with the subscript k. Any other text is one run as it is.
std::vector<drawing::Run> symbol_runs(std::string_view text, const drawing::TextStyle& style);
/// Draws them; returns the width. symbols_width is the same without drawing.
float symbols(drawing::Painter& p, drawing::Point at, std::string_view text, const drawing::TextStyle& style,
              drawing::Align align = drawing::Align::left);
float symbols_width(drawing::Painter& p, std::string_view text, const drawing::TextStyle& style);

/// The line above a figure: "■ Without scaling                a = softmax(q·k)".
struct Heading {
  std::string title{};                  ///< may hold symbols
  std::string note{};                   ///< small, at the right; left out where it has no room
  std::vector<drawing::Run> formula{};  ///< instead of the note
  drawing::Color swatch{0, 0, 0, 0};    ///< a square before the title; transparent: none
};
inline constexpr float kHeadingHeight = 28;
/// Draws it at the top of `area`; returns what is left below.
drawing::Rect heading(drawing::Painter& p, drawing::Rect area, const Heading& h);

}  // namespace qkv::figures
