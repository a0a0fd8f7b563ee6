#include "app/drawing/text_layout.h"

#include <pango/pangocairo.h>

#include <algorithm>

#include "core/error.h"

namespace qkv::drawing {
namespace {

constexpr std::size_t kCachedLines = 16384, kCachedParagraphs = 512;
constexpr float kPangoPerEm = kShapeSize * PANGO_SCALE;

// A boxed code point: two rows of two or three hexadecimal digits in a frame.
constexpr float kDigitSize = 0.52f, kDigitAdvance = 0.33f, kBoxPadding = 0.12f, kBoxMargin = 0.06f;
constexpr float kBoxTop = -0.92f, kBoxBottom = 0.24f, kUpperRow = -0.4f, kLowerRow = 0.12f;

int box_columns(gunichar code) { return code > 0xffff ? 3 : 2; }
float box_advance(gunichar code) {
  return static_cast<float>(box_columns(code)) * kDigitAdvance + 2 * (kBoxPadding + kBoxMargin);
}

unsigned style_key(const TextStyle& style) {
  return static_cast<unsigned>(std::clamp(style.weight, 100, 900)) << 2 |
         static_cast<unsigned>(style.family == Family::mono) << 1 | static_cast<unsigned>(style.italic);
}

struct FreeDescription {
  void operator()(PangoFontDescription* d) const { pango_font_description_free(d); }
};
using Description = std::unique_ptr<PangoFontDescription, FreeDescription>;

Description description(const TextStyle& style) {
  Description d(pango_font_description_new());
  // The names after the first serve where Inter or JetBrains Mono is not installed.
  pango_font_description_set_family_static(d.get(), style.family == Family::mono
                                                        ? "JetBrains Mono,DejaVu Sans Mono,monospace"
                                                        : "Inter,DejaVu Sans,sans-serif");
  pango_font_description_set_weight(d.get(), static_cast<PangoWeight>(std::clamp(style.weight, 100, 900)));
  pango_font_description_set_style(d.get(), style.italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
  pango_font_description_set_absolute_size(d.get(), kPangoPerEm);
  return d;
}

template <typename T, typename Get>
T pattern_value(FcPattern* pattern, const char* object, T fallback, Get get) {
  T value = fallback;
  return get(pattern, object, 0, &value) == FcResultMatch ? value : fallback;
}

}  // namespace

TextEngine::Impl::Impl() : font_map_(pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT)) {
  if (!font_map_ || FT_Init_FreeType(&freetype_) != 0) {
    throw Error(
        "The text engine cannot start: Pango with FreeType is missing; reinstall libpangocairo and "
        "libfreetype.");
  }
  pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(font_map_.get()), 72);
  context_.reset(pango_font_map_create_context(font_map_.get()));
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options(context_.get(), options);
  cairo_font_options_destroy(options);
  pango_context_set_round_glyph_positions(context_.get(), FALSE);
  const Description d = description({});
  const GRef<PangoFont> font(pango_context_load_font(context_.get(), d.get()));
  if (!font)
    throw Error(
        "No font is installed; install Inter and JetBrains Mono (fonts-inter, fonts-jetbrains-mono).");
}

TextEngine::Impl::~Impl() {
  for (const auto& [font, id] : font_ids_) g_object_unref(font);
  for (const FontFile& f : fonts_) {
    if (f.face) FT_Done_Face(f.face);
  }
  FT_Done_FreeType(freetype_);
}

PangoLine TextEngine::Impl::lay_out(std::string_view text, const TextStyle& style) {
  PangoLine result{GRef<PangoLayout>(pango_layout_new(context_.get())), nullptr, {}};
  PangoLayout* layout = result.layout.get();
  pango_layout_set_single_paragraph_mode(layout, TRUE);
  pango_layout_set_font_description(layout, description(style).get());
  PangoAttrList* attributes = pango_attr_list_new();
  // Contextual alternates would turn "->" and "!=" of a token into arrows and signs that are not in it.
  pango_attr_list_insert(attributes, pango_attr_font_features_new("calt=0"));
  pango_layout_set_attributes(layout, attributes);
  pango_attr_list_unref(attributes);
  const auto length = static_cast<gssize>(text.size());
  if (g_utf8_validate(text.data(), length, nullptr)) {
    pango_layout_set_text(layout, text.data(), static_cast<int>(length));
  } else {
    gchar* valid = g_utf8_make_valid(text.data(), length);
    pango_layout_set_text(layout, valid, -1);
    g_free(valid);
  }
  result.line = pango_layout_get_line(layout, 0);
  float x = 0;
  for (GSList* run = result.line->runs; run; run = run->next) {
    const auto* item = static_cast<PangoLayoutRun*>(run->data);
    PangoGlyphString* glyphs = item->glyphs;
    for (int i = 0; i < glyphs->num_glyphs; ++i) {
      PangoGlyphInfo& glyph = glyphs->glyphs[i];
      if (glyph.glyph != PANGO_GLYPH_EMPTY && (glyph.glyph & PANGO_GLYPH_UNKNOWN_FLAG) != 0) {
        const gunichar code = glyph.glyph & ~PANGO_GLYPH_UNKNOWN_FLAG;
        result.unknown.push_back(
            {x, std::min<gunichar>(code, 0xffffff), item->item->offset + glyphs->log_clusters[i]});
        glyph.glyph = PANGO_GLYPH_EMPTY;
        glyph.geometry.width = static_cast<int>(box_advance(code) * kPangoPerEm);
      }
      x += static_cast<float>(glyph.geometry.width) / kPangoPerEm;
    }
  }
  return result;
}

ShapedLine TextEngine::Impl::shape_now(std::string_view text, const TextStyle& style) {
  ShapedLine result;
  const PangoLine line = lay_out(text, style);
  result.right_to_left = pango_layout_get_direction(line.layout.get(), 0) == PANGO_DIRECTION_RTL;
  for (GSList* run = line.line->runs; run; run = run->next) {
    const auto* item = static_cast<PangoLayoutRun*>(run->data);
    const std::uint16_t font = font_id(item->item->analysis.font);
    for (int i = 0; i < item->glyphs->num_glyphs; ++i) {
      const PangoGlyphInfo& glyph = item->glyphs->glyphs[i];
      if (glyph.glyph != PANGO_GLYPH_EMPTY) {
        result.glyphs.push_back({font, glyph.glyph,
                                 result.width + static_cast<float>(glyph.geometry.x_offset) / kPangoPerEm,
                                 static_cast<float>(glyph.geometry.y_offset) / kPangoPerEm, 1});
      }
      result.width += static_cast<float>(glyph.geometry.width) / kPangoPerEm;
    }
  }
  for (const PangoLine::Unknown& u : line.unknown) add_box(result, u.x, u.code);
  return result;
}

const ShapedLine& TextEngine::Impl::shape(std::string_view text, const TextStyle& style) {
  const unsigned style_bits = style_key(style);
  if (const auto found = entries_.find({text, style_bits}); found != entries_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second);
    return found->second->line;
  }
  if (recent_.size() >= kCachedLines) {
    entries_.erase({recent_.back().text, recent_.back().style});
    recent_.pop_back();
  }
  recent_.push_front({std::string(text), style_bits, shape_now(text, style)});
  entries_.emplace(Key{recent_.front().text, style_bits}, recent_.begin());
  return recent_.front().line;
}

void TextEngine::Impl::add_box(ShapedLine& line, float x, gunichar code) {
  if (hex_digits_.empty()) {
    hex_digits_ = shape_now("0123456789ABCDEF", {.weight = 500, .family = Family::mono}).glyphs;
  }
  const int columns = box_columns(code);
  line.boxes.push_back({x + kBoxMargin, kBoxTop, box_advance(code) - 2 * kBoxMargin, kBoxBottom - kBoxTop});
  for (int i = 0; i < 2 * columns; ++i) {
    const std::size_t digit = code >> (4 * (2 * columns - 1 - i)) & 15;
    if (digit >= hex_digits_.size()) continue;  // a font without digits
    Glyph glyph = hex_digits_[digit];
    glyph.x = x + kBoxMargin + kBoxPadding + static_cast<float>(i % columns) * kDigitAdvance;
    glyph.y = i < columns ? kUpperRow : kLowerRow;
    glyph.size = kDigitSize;
    line.glyphs.push_back(glyph);
  }
}

std::vector<TextPart> TextEngine::Impl::parts(std::string_view text, const TextStyle& style) {
  PangoLine line = lay_out(text, style);
  const char* characters = pango_layout_get_text(line.layout.get());
  const auto end = static_cast<int>(std::string_view(characters).size());
  std::ranges::sort(line.unknown, {}, &PangoLine::Unknown::index);
  const auto x_of = [&](int index) {
    PangoRectangle caret;
    pango_layout_get_cursor_pos(line.layout.get(), index, &caret, nullptr);
    return static_cast<float>(caret.x) / kPangoPerEm;
  };
  std::vector<TextPart> parts;
  const auto add_text = [&](int from, int to) {
    if (to > from)
      parts.push_back(
          {std::min(x_of(from), x_of(to)), 0, 1, std::string(characters + from, characters + to)});
  };
  int done = 0;
  for (const PangoLine::Unknown& u : line.unknown) {
    add_text(done, u.index);
    done = static_cast<int>(g_utf8_next_char(characters + u.index) - characters);
    const int columns = box_columns(u.code);
    char digits[8];
    g_snprintf(digits, sizeof digits, "%0*X", 2 * columns, u.code);
    const float x = u.x + kBoxMargin + kBoxPadding;
    parts.push_back({x, kUpperRow, kDigitSize, std::string(digits, digits + columns)});
    parts.push_back({x, kLowerRow, kDigitSize, std::string(digits + columns)});
  }
  add_text(done, end);
  return parts;
}

Rect TextEngine::Impl::ink(std::string_view text, const TextStyle& style) {
  std::string key = std::to_string(style_key(style));
  key.append(1, ' ').append(text);
  if (const auto found = inks_.find(key); found != inks_.end()) return found->second;
  if (inks_.size() >= kCachedLines) inks_.clear();
  const PangoLine line = lay_out(text, style);
  PangoRectangle ink;
  pango_layout_line_get_extents(line.line, &ink, nullptr);
  const Rect em{static_cast<float>(ink.x) / kPangoPerEm, static_cast<float>(ink.y) / kPangoPerEm,
                static_cast<float>(ink.width) / kPangoPerEm, static_cast<float>(ink.height) / kPangoPerEm};
  return inks_.emplace(std::move(key), em).first->second;
}

const std::vector<std::size_t>& TextEngine::Impl::line_breaks(std::string_view text) {
  std::string key(text);
  if (const auto found = line_breaks_.find(key); found != line_breaks_.end()) return found->second;
  if (line_breaks_.size() >= kCachedParagraphs) line_breaks_.clear();
  auto breaks = positions_that(text, [](const PangoLogAttr& a) { return a.is_line_break != 0; });
  return line_breaks_.emplace(std::move(key), std::move(breaks)).first->second;
}

TextExtent TextEngine::Impl::font_metrics(const TextStyle& style) {
  const auto [entry, is_new] = metrics_.try_emplace(style_key(style));
  if (is_new) {
    const Description d = description(style);
    const GRef<PangoFont> font(pango_context_load_font(context_.get(), d.get()));
    PangoFontMetrics* m = pango_font_get_metrics(font.get(), nullptr);
    entry->second.ascent = static_cast<float>(pango_font_metrics_get_ascent(m)) / kPangoPerEm;
    entry->second.descent = static_cast<float>(pango_font_metrics_get_descent(m)) / kPangoPerEm;
    pango_font_metrics_unref(m);
  }
  return entry->second;
}

std::uint16_t TextEngine::Impl::font_id(PangoFont* font) {
  if (const auto found = font_ids_.find(font); found != font_ids_.end()) return found->second;
  FcPattern* pattern = pango_fc_font_get_pattern(PANGO_FC_FONT(font));
  FontFile file;
  file.path = reinterpret_cast<const char*>(pattern_value<FcChar8*>(
      pattern, FC_FILE, reinterpret_cast<FcChar8*>(const_cast<char*>("")), FcPatternGetString));
  file.index = pattern_value<int>(pattern, FC_INDEX, 0, FcPatternGetInteger);
  file.embolden = pattern_value<FcBool>(pattern, FC_EMBOLDEN, FcFalse, FcPatternGetBool) != FcFalse;
  if (FcMatrix* slant = pattern_value<FcMatrix*>(pattern, FC_MATRIX, nullptr, FcPatternGetMatrix))
    file.slant = *slant;
  const auto id = static_cast<std::uint16_t>(fonts_.size());
  fonts_.push_back(std::move(file));
  font_ids_.emplace(PANGO_FONT(g_object_ref(font)), id);
  return id;
}

FT_Face TextEngine::Impl::face(std::uint16_t id) {
  FontFile& file = fonts_[id];
  if (!file.opened) {
    file.opened = true;
    if (FT_New_Face(freetype_, file.path.c_str(), file.index, &file.face) != 0) file.face = nullptr;
  }
  return file.face;
}

}  // namespace qkv::drawing
