#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/drawing/drawing.h"

namespace qkv::drawing {

struct TextExtent {
  float width = 0;    ///< advance
  float ascent = 0;   ///< of the font, above the baseline
  float descent = 0;  ///< of the font, below it
};

/// A stretch of a line, px from its left end.
struct TextSpan {
  float left = 0, right = 0;
};

/// Shapes and measures with Pango (any script, fallback through fontconfig), caching every string it has
/// seen. Metrics are unhinted, so a layout is the same at every scale. Not thread-safe.
class TextEngine {
 public:
  TextEngine();
  ~TextEngine();
  TextEngine(const TextEngine&) = delete;
  TextEngine& operator=(const TextEngine&) = delete;

  TextExtent measure(std::string_view text, const TextStyle& style);
  /// What the glyphs really cover, from the left end of the baseline: y < 0 is above it. Empty for blanks.
  Rect ink(std::string_view text, const TextStyle& style);
  /// x of the caret before byte `index` of the text (a cluster boundary), and the opposite.
  float caret_x(std::string_view text, const TextStyle& style, std::size_t index);
  std::size_t index_at(std::string_view text, const TextStyle& style, float x);
  /// Byte index of the next/previous cursor position (grapheme).
  std::size_t next_position(std::string_view text, std::size_t index);
  std::size_t previous_position(std::string_view text, std::size_t index);
  /// Where bytes [from, to) stand: one piece, more where left-to-right and right-to-left text meet.
  std::vector<TextSpan> spans(std::string_view text, const TextStyle& style, std::size_t from,
                              std::size_t to);
  /// The lines of a text at most `width` px wide, broken where its script allows, and within a word that is
  /// wider than a line. Every line break of the text is one; spaces at the end of a line go. An empty text
  /// has no line.
  std::vector<std::string> wrapped(std::string_view text, const TextStyle& style, float width);
  /// Byte indices where the text may be broken into lines: each begins one. Behind a line break of the text it must.
  std::vector<std::size_t> line_breaks(std::string_view text);
  /// Whether a paragraph of this text begins at the right: its first letter is Arabic, Hebrew or the like.
  bool is_right_to_left(std::string_view text);
  /// The text, or as much of it as fits `width` followed by "…".
  std::string elided(std::string_view text, const TextStyle& style, float width);

  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace qkv::drawing
