#include "app/drawing/text_engine.h"

#include "app/drawing/text_layout.h"

namespace qkv::drawing {
namespace {

float to_pixels(int pango_units, const TextStyle& style) {
  return static_cast<float>(pango_units) / (kShapeSize * PANGO_SCALE) * style.size;
}

bool is_utf8(std::string_view text) {
  return g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr) != FALSE;
}

/// Byte indices where a caret may stand, 0 and the end among them.
std::vector<std::size_t> cursor_positions(std::string_view text) {
  if (!is_utf8(text)) {  // not text: every byte is a position
    std::vector<std::size_t> bytes(text.size() + 1);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = i;
    return bytes;
  }
  std::vector<std::size_t> positions =
      positions_that(text, [](const PangoLogAttr& a) { return a.is_cursor_position != 0; });
  positions.insert(positions.begin(), 0);
  if (!text.empty()) positions.push_back(text.size());
  return positions;
}

}  // namespace

TextEngine::TextEngine() : impl_(std::make_unique<Impl>()) {}
TextEngine::~TextEngine() = default;

TextExtent TextEngine::measure(std::string_view text, const TextStyle& asked) {
  const TextStyle style = impl_->drawn(asked);
  TextExtent extent = impl_->font_metrics(style);
  extent.width = impl_->shape(text, style).width * style.size;
  extent.ascent *= style.size;
  extent.descent *= style.size;
  return extent;
}

Rect TextEngine::ink(std::string_view text, const TextStyle& asked) {
  const TextStyle style = impl_->drawn(asked);
  const Rect em = impl_->ink(text, style);
  return {em.x * style.size, em.y * style.size, em.w * style.size, em.h * style.size};
}

float TextEngine::caret_x(std::string_view text, const TextStyle& style, std::size_t index) {
  const PangoLine line = impl_->lay_out(text, style);
  const std::size_t end = std::string_view(pango_layout_get_text(line.layout.get())).size();
  PangoRectangle caret;
  pango_layout_get_cursor_pos(line.layout.get(), static_cast<int>(std::min(index, end)), &caret, nullptr);
  return to_pixels(caret.x, style);
}

std::size_t TextEngine::index_at(std::string_view text, const TextStyle& style, float x) {
  const PangoLine line = impl_->lay_out(text, style);
  int index = 0, trailing = 0;
  pango_layout_line_x_to_index(line.line, static_cast<int>(x / style.size * kShapeSize * PANGO_SCALE), &index,
                               &trailing);
  const char* laid_out = pango_layout_get_text(line.layout.get());
  const char* at = laid_out + index;
  for (; trailing > 0 && *at; --trailing) at = g_utf8_next_char(at);
  return std::min(static_cast<std::size_t>(at - laid_out), text.size());
}

std::vector<TextSpan> TextEngine::spans(std::string_view text, const TextStyle& style, std::size_t from,
                                        std::size_t to) {
  const PangoLine line = impl_->lay_out(text, style);
  const std::size_t end = std::string_view(pango_layout_get_text(line.layout.get())).size();
  int* ranges = nullptr;
  int count = 0;
  pango_layout_line_get_x_ranges(line.line, static_cast<int>(std::min(from, end)),
                                 static_cast<int>(std::min(to, end)), &ranges, &count);
  std::vector<TextSpan> spans;
  for (int i = 0; i < count; ++i) {
    const TextSpan span{to_pixels(ranges[2 * i], style), to_pixels(ranges[2 * i + 1], style)};
    if (span.right > span.left) spans.push_back(span);
  }
  g_free(ranges);
  return spans;
}

std::vector<std::string> TextEngine::wrapped(std::string_view text, const TextStyle& asked, float width) {
  const TextStyle style = impl_->drawn(asked);
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const PangoLine paragraph = impl_->lay_out(text.substr(0, end), style);
    PangoLayout* layout = paragraph.layout.get();
    const float units = (width + 0.005f) / style.size * kShapeSize * PANGO_SCALE;
    pango_layout_set_width(layout, static_cast<int>(std::clamp(units, 0.f, 1e9f)));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    for (GSList* l = pango_layout_get_lines_readonly(layout); l; l = l->next) {
      const auto* line = static_cast<const PangoLayoutLine*>(l->data);
      std::string shown(pango_layout_get_text(layout) + line->start_index,
                        static_cast<std::size_t>(line->length));
      while (shown.ends_with(' ')) shown.pop_back();
      lines.push_back(std::move(shown));
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::vector<std::size_t> TextEngine::line_breaks(std::string_view text) {
  if (!is_utf8(text)) return {};
  return impl_->line_breaks(text);
}

bool TextEngine::is_right_to_left(std::string_view text) {
  if (!is_utf8(text)) return false;
  const char* end = text.data() + text.size();
  for (const char* at = text.data(); at < end; at = g_utf8_next_char(at)) {
    const gunichar letter = g_utf8_get_char(at);
    if (!g_unichar_isalpha(letter)) continue;
    const GUnicodeScript script = g_unichar_get_script(letter);
    return script == G_UNICODE_SCRIPT_ARABIC || script == G_UNICODE_SCRIPT_HEBREW ||
           script == G_UNICODE_SCRIPT_SYRIAC || script == G_UNICODE_SCRIPT_THAANA || script == G_UNICODE_SCRIPT_NKO;
  }
  return false;
}

std::size_t TextEngine::next_position(std::string_view text, std::size_t index) {
  const std::vector<std::size_t> positions = cursor_positions(text);
  const auto next = std::upper_bound(positions.begin(), positions.end(), index);
  return next == positions.end() ? text.size() : *next;
}

std::size_t TextEngine::previous_position(std::string_view text, std::size_t index) {
  const std::vector<std::size_t> positions = cursor_positions(text);
  const auto here = std::lower_bound(positions.begin(), positions.end(), index);
  return here == positions.begin() ? 0 : *(here - 1);
}

std::string TextEngine::elided(std::string_view text, const TextStyle& style, float width) {
  // Half a hundredth of a pixel of slack: a width computed from measure() must fit itself.
  const auto fits = [&](std::string_view s) { return measure(s, style).width <= width + 0.005f; };
  if (fits(text)) return std::string(text);
  if (!fits("…")) return {};
  const std::vector<std::size_t> positions = cursor_positions(text);
  std::size_t good = 0, bad = positions.size() - 1;
  while (bad - good > 1) {
    const std::size_t middle = (good + bad) / 2;
    (fits(std::string(text.substr(0, positions[middle])) + "…") ? good : bad) = middle;
  }
  std::string head(text.substr(0, positions[good]));
  while (head.ends_with(' ')) head.pop_back();
  return head + "…";
}

}  // namespace qkv::drawing
