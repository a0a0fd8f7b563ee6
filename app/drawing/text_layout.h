#pragma once
#include <algorithm>
#include <ft2build.h>
#include FT_FREETYPE_H
#include <pango/pango.h>
#include <pango/pangofc-font.h>

#include <array>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "app/drawing/text_engine.h"

// What the players need of the text engine: shaped glyphs (window) and Pango's own lines (Cairo).
namespace qkv::drawing {

struct GObjectUnref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <typename T>
using GRef = std::unique_ptr<T, GObjectUnref>;

/// Everything is shaped at this size and scaled: unhinted metrics are linear, so one layout serves every
/// size.
inline constexpr float kShapeSize = 64;

/// A glyph of a font of the table, in em; y down from the baseline.
struct Glyph {
  std::uint16_t font = 0;
  std::uint32_t index = 0;
  float x = 0, y = 0;
  float size = 1;  ///< relative to the text's size; below 1 for the digits of a boxed code point
};

/// A line of glyphs in visual order, in em: multiply by the size of the text.
struct ShapedLine {
  std::vector<Glyph> glyphs;
  std::vector<Rect> boxes;  ///< frames of boxed code points: characters that no installed font covers
  float width = 0;
  bool right_to_left = false;  ///< the paragraph's direction
};

/// A file of the fonts that fontconfig chose.
struct FontFile {
  std::string path;
  int index = 0;          ///< of the face in the file; the upper half names an instance of a variable font
  bool embolden = false;  ///< synthetic bold
  FcMatrix slant{1, 0, 0, 1};  ///< synthetic italic
  FT_Face face = nullptr;      ///< opened on first use; null when it cannot be opened
  bool opened = false;
};

/// Pango's line of a text at kShapeSize. Boxed code points are empty glyphs of the box's width there.
struct PangoLine {
  struct Unknown {
    float x = 0;  ///< em
    gunichar code = 0;
    int index = 0;  ///< byte of the layout's text
  };
  GRef<PangoLayout> layout;
  PangoLayoutLine* line = nullptr;
  std::vector<Unknown> unknown;
};

/// Byte indices of the characters of a UTF-8 text, but the first, that Pango gives an attribute.
template <typename Is>
std::vector<std::size_t> positions_that(std::string_view text, Is is) {
  const auto length = static_cast<int>(text.size());
  const auto characters = static_cast<std::size_t>(g_utf8_strlen(text.data(), length));
  std::vector<PangoLogAttr> attributes(characters + 1);
  pango_get_log_attrs(text.data(), length, -1, pango_language_get_default(), attributes.data(),
                      static_cast<int>(attributes.size()));
  std::vector<std::size_t> positions;
  const char* at = text.data();
  for (std::size_t i = 1; i < characters; ++i) {
    at = g_utf8_next_char(at);
    if (is(attributes[i])) positions.push_back(static_cast<std::size_t>(at - text.data()));
  }
  return positions;
}

/// A piece of a line that a player can show as plain text: what stands between boxed code points, and their
/// digits.
struct TextPart {
  float x = 0, y = 0;  ///< em, left end and baseline
  float size = 1;      ///< below 1: digits, in the monospaced family
  std::string text;
};

struct TextEngine::Impl {
  Impl();
  ~Impl();

  /// Cached; the reference holds until the next call.
  const ShapedLine& shape(std::string_view text, const TextStyle& style);
  PangoLine lay_out(std::string_view text, const TextStyle& style);
  /// Frame and digits of a boxed code point at x (em).
  void add_box(ShapedLine& line, float x, gunichar code);
  std::vector<TextPart> parts(std::string_view text, const TextStyle& style);
  /// Cached; em.
  Rect ink(std::string_view text, const TextStyle& style);
  /// Cached; the reference holds until the next call.
  const std::vector<std::size_t>& line_breaks(std::string_view text);
  TextExtent font_metrics(const TextStyle& style);
  FontFile& font(std::uint16_t id) { return fonts_[id]; }
  FT_Face face(std::uint16_t id);
  /// The style that is drawn where this one is asked for.
  TextStyle drawn(TextStyle style) const {
    style.size = std::max(style.size, least);
    return style;
  }

  float least = 0;  ///< px: see LeastType

 private:
  struct Entry {
    std::string text;
    unsigned style = 0;
    ShapedLine line;
  };
  struct Key {
    std::string_view text;
    unsigned style;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& k) const {
      return std::hash<std::string_view>()(k.text) ^ (k.style * 0x9e3779b97f4a7c15ull);
    }
  };

  ShapedLine shape_now(std::string_view text, const TextStyle& style);
  std::uint16_t font_id(PangoFont* font);

  GRef<PangoFontMap> font_map_;
  GRef<PangoContext> context_;
  FT_Library freetype_ = nullptr;
  std::vector<FontFile> fonts_;
  std::unordered_map<PangoFont*, std::uint16_t> font_ids_;  // holds a reference on each
  std::unordered_map<unsigned, TextExtent> metrics_;
  std::unordered_map<std::string, Rect> inks_;  // by style and text
  std::unordered_map<std::string, std::vector<std::size_t>> line_breaks_;  // by text
  std::vector<Glyph> hex_digits_;
  std::list<Entry> recent_;  // most recent first
  std::unordered_map<Key, std::list<Entry>::iterator, KeyHash> entries_;
};

}  // namespace qkv::drawing
