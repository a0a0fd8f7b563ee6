#include "app/figures/symbols.h"

#include <cctype>
#include <cmath>

#include "app/figures/drawing_names.h"

namespace qkv::figures {

namespace {

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
/// Letters and digits of any script: an index may be a token.
bool is_index(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80;
}

/// Whether text[i] is the letter of a symbol: alone before "_" and an index.
bool begins_symbol(std::string_view text, std::size_t i) {
  return is_letter(text[i]) && (i == 0 || !std::isalnum(static_cast<unsigned char>(text[i - 1]))) &&
         i + 2 < text.size() && text[i + 1] == '_' && is_index(text[i + 2]);
}

}  // namespace

std::vector<Run> symbol_runs(std::string_view text, const TextStyle& style) {
  std::vector<Run> runs;
  std::string plain;
  const auto flush = [&] {
    if (!plain.empty()) runs.push_back({plain, style});
    plain.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!begins_symbol(text, i)) {
      plain += text[i];
      continue;
    }
    flush();
    TextStyle italic = style;
    italic.italic = true;
    runs.push_back({std::string(1, text[i]), italic});
    std::string index;
    for (i += 2; i < text.size() && is_index(text[i]); ++i) index += text[i];
    --i;
    runs.push_back({index, style, Run::Shift::sub});
  }
  flush();
  return runs;
}

float symbols(Painter& p, Point at, std::string_view text, const TextStyle& style, Align align) {
  return p.runs(at, symbol_runs(text, style), align);
}

float symbols_width(Painter& p, std::string_view text, const TextStyle& style) {
  return p.runs_width(symbol_runs(text, style));
}

Rect heading(Painter& p, Rect area, const Heading& h) {
  const auto& t = p.theme();
  constexpr float kGap = 16;
  const float baseline = area.y + 14;
  float x = area.x;
  if (h.swatch.a > 0) {
    p.fill({std::round(x), baseline - 9, 10, 10}, h.swatch, 2);
    x += 18;
  }
  const TextStyle title{.color = t.text, .size = 14, .weight = 600};
  const TextStyle small{.color = t.text3, .size = 11};
  const float width = symbols_width(p, h.title, title);
  if (x + width > area.right()) {
    p.text_fit({x, baseline}, h.title, title, std::max(0.f, area.right() - x));
  } else {
    symbols(p, {x, baseline}, h.title, title);
  }
  const std::vector<Run> note = h.formula.empty() ? symbol_runs(h.note, small) : h.formula;
  if (!note.empty() && x + width + kGap + p.runs_width(note) <= area.right())
    p.runs({area.right(), baseline}, note, Align::right);
  return {area.x, area.y + kHeadingHeight, area.w, std::max(0.f, area.h - kHeadingHeight)};
}

}  // namespace qkv::figures
