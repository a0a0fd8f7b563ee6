#include "app/figures/token_text.h"

#include <algorithm>
#include <cmath>

#include "app/figures/drawing_names.h"
#include "app/figures/numbers.h"
#include "app/figures/token_label.h"

namespace qkv::figures {

namespace {

/// Sizes of a style, px.
struct Measures {
  float text, chip, line, pad, gap, least;
  int weight;
};

Measures measures(TokenStyle style) {
  if (style == TokenStyle::flow)
    return {.text = 18, .chip = 28, .line = 36, .pad = 1, .gap = 5, .least = 6, .weight = 400};
  return {.text = 13, .chip = 26, .line = 46, .pad = 9, .gap = 6, .least = 34, .weight = 500};
}

constexpr float kMargin = 3;       // outlines reach beyond their chip
constexpr float kNumberRoom = 14;  // under it
constexpr float kBarRoom = 5;      // of the scroll mark

TextStyle text_style(const Measures& m, Color c) { return {.color = c, .size = m.text, .weight = m.weight}; }

/// Whether the first letter is of a script written from right to left: Hebrew, Arabic and their neighbours.
bool reads_right_to_left(std::string_view s) {
  for (std::size_t i = 0; i + 1 < s.size(); ++i) {
    const auto a = static_cast<unsigned char>(s[i]), b = static_cast<unsigned char>(s[i + 1]);
    if (a < 0x80 && ((a | 0x20) >= 'a' && (a | 0x20) <= 'z')) return false;
    if (a >= 0xD6 && a <= 0xDF) return a > 0xD6 || b >= 0x90;
    if (a == 0xE0) return b >= 0xA0 && b <= 0xA3;
    if (a == 0xEF) return b >= 0xAC && b <= 0xBB;
    if (a >= 0xC3) return false;
  }
  return false;
}

bool has_letter(std::string_view s) {
  return std::any_of(s.begin(), s.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x80 || std::isalpha(static_cast<unsigned char>(c));
  });
}

/// Whole lines only: none is read by half.
int lines_in(const TokenTextLayout& l, Rect area) {
  const Measures m = measures(l.style);
  const float last = m.chip + 2 * kMargin + (l.style == TokenStyle::chips ? kNumberRoom : 0);
  return std::max(0, static_cast<int>(std::floor((area.h - last) / m.line + 1e-3f)) + 1);
}

int lines_of(const TokenTextLayout& l) {
  return l.boxes.empty()
             ? 0
             : static_cast<int>(std::lround((l.boxes.back().y - kMargin) / measures(l.style).line)) + 1;
}

int first_line(const TokenTextLayout& l, Rect area, float scroll) {
  const int most = std::max(0, lines_of(l) - std::max(1, lines_in(l, area)));
  return std::clamp(static_cast<int>(std::lround(scroll / measures(l.style).line)), 0, most);
}

/// The first token of a line or of those after it.
std::size_t first_of_line(const TokenTextLayout& l, int line) {
  const float y = kMargin + measures(l.style).line * (static_cast<float>(line) - 0.5f);
  const auto found =
      std::partition_point(l.boxes.begin(), l.boxes.end(), [y](const Rect& r) { return r.y < y; });
  return static_cast<std::size_t>(found - l.boxes.begin());
}

/// One token on the screen.
struct Chip {
  Rect rect;
  int index;
  float value, place;
  float strength;
  drawing::Map map;
  bool shaded, masked, excluded, query, key, hovered;
};

Color fill_of(const Painter& p, const Chip& c) {
  return c.shaded ? drawing::colour_at(p.theme(), c.map, c.place) : p.theme().panel;
}

void framed(Painter& p, const Chip& c) {
  const auto& t = p.theme();
  if (c.excluded) {
    p.fill(c.rect, t.mask_fill);
    p.hatch(c.rect, t.mask_hatch, 6);
    p.stroke(c.rect, t.border);
    p.fill(c.rect.inset(5, 6), t.mask_fill);
  } else {
    if (c.shaded) p.fill(c.rect, fill_of(p, c), 4);
    p.stroke(c.rect, c.masked ? t.border : t.border_strong, 1, 4);
  }
}

void shaded_run(Painter& p, const Chip& c) {
  const auto& t = p.theme();
  if (c.excluded) {
    p.fill(c.rect, t.mask_fill);
    p.hatch(c.rect, t.mask_hatch, 6);
  } else if (c.shaded && c.strength > 0.01f) {
    p.fill(c.rect, fill_of(p, c), 3);
  }
}

void chip(Painter& p, const TokenTextLayout& l, const TokenText& x, const Chip& c) {
  const auto& t = p.theme();
  const Measures m = measures(l.style);
  const bool chips = l.style == TokenStyle::chips;
  chips ? framed(p, c) : shaded_run(p, c);
  if (c.query || c.key) p.outline(c.rect, c.query ? t.query : t.key, 2, 5);
  if (c.query && c.key) p.outline(c.rect.inset(3), t.key, 1.5f, 3);
  if (c.hovered && !c.query && !c.key) p.outline(c.rect, t.text2, 1, 4);
  const bool on_colour = c.shaded && (chips || c.strength > 0.01f);
  const Color ink = c.masked     ? t.text_disabled
                    : c.excluded ? t.text2
                    : on_colour  ? drawing::ink_on(t, fill_of(p, c))
                                 : t.text;
  p.text_middle(std::round(c.rect.center().x), c.rect.center().y, l.shown[static_cast<std::size_t>(c.index)],
                text_style(m, ink), Align::center);
  if (!chips || !x.numbers || c.masked || x.values.empty()) return;
  const TextStyle number{.color = c.query ? t.query
                                  : c.key ? t.key
                                          : t.text3,
                         .size = 9.5f,
                         .weight = c.query || c.key ? 600 : 400,
                         .family = Family::mono};
  p.text({std::round(c.rect.center().x), c.rect.bottom() + 12}, weight_text(c.value, 5), number,
         Align::center);
}

}  // namespace

TokenTextLayout token_text_layout(drawing::TextEngine& text, std::span<const std::string> tokens, float width,
                                  TokenStyle style) {
  const Measures m = measures(style);
  TokenTextLayout l{
      .style = style, .width = std::max(width, m.least + 2 * kMargin + kBarRoom), .boxes = {}, .shown = {}};
  l.boxes.reserve(tokens.size());
  l.shown.reserve(tokens.size());
  const TextStyle look = text_style(m, {});
  int right_to_left = 0, letters = 0;
  float x = kMargin, y = kMargin;
  const float right = l.width - kMargin - kBarRoom;
  for (const std::string& token : tokens) {
    right_to_left += reads_right_to_left(token);
    letters += has_letter(token);
    std::string shown = visible_token(token);
    float w = text.measure(shown, look).width;
    const float most = right - kMargin - 2 * m.pad;
    if (w > most) {
      shown = text.elided(shown, look, most);
      w = text.measure(shown, look).width;
    }
    w = std::min(std::max(m.least, std::ceil(w + 2 * m.pad)), right - kMargin);
    const bool parted = style == TokenStyle::chips || (token.size() > 1 && token.front() == ' ');
    if (x > kMargin && parted) x += m.gap;
    if (x > kMargin && x + w > right) {
      x = kMargin;
      y += m.line;
    }
    l.boxes.push_back({x, y, w, m.chip});
    l.shown.push_back(std::move(shown));
    x += w;
    if (style == TokenStyle::flow && token.find('\n') != std::string::npos) {
      x = kMargin;
      y += m.line;
    }
  }
  l.height =
      l.boxes.empty() ? 0 : l.boxes.back().y + (style == TokenStyle::chips ? m.line : m.chip + kMargin);
  l.right_to_left = 2 * right_to_left > letters;
  if (l.right_to_left)
    for (Rect& r : l.boxes) r.x = l.width - r.right();
  return l;
}

float scroll_most(const TokenTextLayout& l, Rect area) {
  return measures(l.style).line *
         static_cast<float>(std::max(0, lines_of(l) - std::max(1, lines_in(l, area))));
}

float scroll_to(const TokenTextLayout& l, Rect area, float scroll, int token) {
  if (token < 0 || token >= static_cast<int>(l.boxes.size())) return scroll;
  const float pitch = measures(l.style).line;
  const int line =
      static_cast<int>(std::lround((l.boxes[static_cast<std::size_t>(token)].y - kMargin) / pitch));
  const int first = first_line(l, area, scroll), shown = std::max(1, lines_in(l, area));
  return pitch * static_cast<float>(std::clamp(first, line - shown + 1, line));
}

int token_at(const TokenTextLayout& l, Rect area, float scroll, Point p) {
  if (!area.contains(p)) return -1;
  const float pitch = measures(l.style).line;
  const int first = first_line(l, area, scroll), line = first + static_cast<int>((p.y - area.y) / pitch);
  if (line >= first + lines_in(l, area)) return -1;
  const Point at{p.x - area.x, p.y - area.y + pitch * static_cast<float>(first)};
  for (std::size_t i = first_of_line(l, line); i < first_of_line(l, line + 1); ++i)
    if (l.boxes[i].contains(at)) return static_cast<int>(i);
  return -1;
}

void token_text(Painter& p, Rect area, const TokenTextLayout& l, const TokenText& x, float scroll) {
  if (area.empty()) return;
  const float pitch = measures(l.style).line;
  const int first = first_line(l, area, scroll), shown = lines_in(l, area);
  p.push_clip(area);
  p.region({.id = "tokens", .rect = area});
  for (std::size_t i = first_of_line(l, first); i < first_of_line(l, first + shown); ++i) {
    const int index = static_cast<int>(i);
    const float v = i < x.values.size() ? x.values[i] : 0, shade = i < x.places.size() ? x.places[i] : v;
    Chip c{.rect = l.boxes[i].moved(area.x, area.y - pitch * static_cast<float>(first)),
           .index = index,
           .value = v,
           .place = scale_value(x.scale, shade), .strength = strength(x.scale, scale_value(x.scale, shade)), .map = map_of(x.scale),
           .shaded = false,
           .masked = std::isnan(v),
           .excluded = x.first_excluded && i == 0,
           .query = index == x.selected_query,
           .key = index == x.selected_key,
           .hovered = index == x.hovered};
    c.rect.x = std::round(c.rect.x);
    c.shaded = i < x.values.size() && !c.masked && !c.excluded;
    chip(p, l, x, c);
    drawing::Region region{.id = "token/" + std::to_string(index),
                           .rect = c.rect,
                           .label = "Token " + std::to_string(index) + ": " + l.shown[i],
                           .cursor = drawing::Cursor::hand};
    if (i < x.values.size())
      region.hint = c.masked ? "masked: the query does not see it" : (x.scale.diverging ? "change " : "weight ") + number(v, 4);
    p.region(std::move(region));
  }
  if (const float most = scroll_most(l, area); most > 0) {
    const float h = std::max(20.f, area.h * area.h / (area.h + most));
    const float bar = l.right_to_left ? area.x : area.right() - 3;
    p.fill({bar, area.y + (area.h - h) * pitch * static_cast<float>(first) / most, 3, h},
           p.theme().border_strong, 1.5f);
  }
  p.pop_clip();
}

}  // namespace qkv::figures
