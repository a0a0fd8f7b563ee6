#include "app/figures/attention_lines.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "app/figures/drawing_names.h"
#include "app/figures/numbers.h"

namespace qkv::figures {

using model::Tile;

namespace {

constexpr float kTokenSize = 12, kIndexSize = 9.5f, kHead = 24, kFoot = 26, kLeastPitch = 18, kMostPitch = 28,
                kGap = 7;
constexpr float kBar = 44, kNumber = 30;  // beside the keys: the weights of the emphasised query

/// The query whose lines stand out; −1: none.
int emphasised_query(const AttentionLines& a) {
  if (a.hovered_query >= 0) return a.hovered_query;
  return a.hovered_key >= 0 ? -1 : a.selected_query;
}

struct Line {
  float weight;
  int query, key;
  bool strong;
};

float place_of(const AttentionLines& a, float weight) {
  WeightScale s = a.scale;
  if (s.scale == Scale::row_rank) s = {.scale = Scale::linear, .lo = 0, .hi = 1};
  return strength(s, scale_value(s, weight));
}

Color line_colour(const drawing::Theme& t, const AttentionLines& a, float weight) {
  return a.scale.diverging ? drawing::colour_at(t, drawing::Map::diverging, weight > 0 ? 0.93f : 0.07f) : t.weight;
}

std::vector<Line> lines_of(const LinesLayout& l, const AttentionLines& a, const LinesCut& cut) {
  const Tile seen = l.visible();
  const int strong = emphasised_query(a);
  std::vector<Line> out;
  const int from = std::max(seen.row, a.tile.row),
            to = std::min(seen.row + seen.rows, a.tile.row + a.tile.rows);
  for (int i = from; i < to; ++i)
    for (int j = std::max(a.tile.column, a.first_key_excluded ? 1 : 0);
         j < std::min(l.keys, a.tile.column + a.tile.columns); ++j) {
      const float w = (*a.values)(i - a.tile.row, j - a.tile.column);
      if (std::fabs(w) >= cut.threshold && (w > 0 || a.scale.diverging))
        out.push_back({w, i, j, i == strong || (a.hovered_query < 0 && j == a.hovered_key)});
    }
  // Strong ones last, on top.
  std::sort(out.begin(), out.end(), [](const Line& x, const Line& y) {
    return x.strong != y.strong ? y.strong : std::fabs(x.weight) < std::fabs(y.weight);
  });
  return out;
}

void draw_lines(Painter& p, const LinesLayout& l, const AttentionLines& a, const LinesCut& cut) {
  const auto lines = lines_of(l, a, cut);
  const bool dim = emphasised_query(a) >= 0 || a.hovered_key >= 0;
  const float x0 = l.area.x + l.left + 4, x1 = l.area.right() - l.right - 4;
  if (x1 - x0 < 20) return;
  const float bend = (x1 - x0) * 0.45f;
  for (const Line& line : lines) {
    const float y0 = l.query_rect(line.query).center().y;
    // To a key out of view: to the edge behind which it is.
    const float y1 = std::clamp(l.key_rect(line.key).center().y, l.viewport.y + 1, l.viewport.bottom() - 1);
    const float place = place_of(a, line.weight);
    const float alpha = dim && !line.strong ? 0.14f * place : 0.08f + 0.92f * place;
    if (alpha < 0.012f) continue;
    p.bezier({x0, y0}, {x0 + bend, y0}, {x1 - bend, y1}, {x1, y1}, line_colour(p.theme(), a, line.weight).with_alpha(alpha),
             line.strong ? 1.25f + 1.75f * place : 1.25f);
  }
}

struct TokenLook {
  Color text;
  int weight = 400;
  bool marked = false;
};

TokenLook look(const drawing::Theme& t, bool selected, bool hovered, bool dim, Color role) {
  if (selected) return {role, 700, true};
  if (hovered) return {t.text, 600, true};
  return {dim ? t.text_disabled : t.text2, 400, false};
}

void token(Painter& p, const LinesLayout& l, Rect r, bool query, int index, std::string_view text,
           const TokenLook& k, bool hatched) {
  const auto& t = p.theme();
  const float side = query ? l.left : l.right;
  if (k.marked) {
    const Rect box = r.inset(0, std::max(1.f, (r.h - 22) / 2));
    p.fill(box, k.text == t.query ? t.query_bg : k.text == t.key ? t.key_bg : t.hover, 4);
  }
  const TextStyle name{.color = k.text, .size = kTokenSize, .weight = k.weight},
      number{.color = k.marked ? k.text : t.text3,
             .size = kIndexSize,
             .weight = k.weight,
             .family = Family::mono};
  const float y = std::round(r.center().y + kTokenSize * 0.36f),
              yi = std::round(r.center().y + kIndexSize * 0.36f);
  const float extra = query ? 0 : kBar + kNumber + 6;
  const float room = std::max(0.f, side - l.index - 3 * kGap - extra);
  if (query) {
    p.text({r.right() - kGap, yi}, std::to_string(index), number, Align::right);
    p.text_fit({r.right() - 2 * kGap - l.index, y}, text, name, room, Align::right);
  } else {
    p.text({r.x + kGap, yi}, std::to_string(index), number);
    const float x = r.x + 2 * kGap + l.index;
    const float w = std::min(room, p.width_of(text, name));
    if (hatched) p.hatch(Rect{x - 3, r.y + 3, w + 6, r.h - 6}, t.mask_hatch, 6);
    p.text_fit({x, y}, text, name, room);
  }
}

/// Bar and number of one weight of the emphasised query, at the right edge.
void weight_beside(Painter& p, const AttentionLines& a, Rect r, int query, int key) {
  if (!a.mask.allows(query, key) || key < a.tile.column || key >= a.tile.column + a.tile.columns) return;
  const float v = (*a.values)(query - a.tile.row, key - a.tile.column);
  const auto& t = p.theme();
  const bool excluded = a.first_key_excluded && key == 0, strong = key == a.selected_key;
  const float x = r.right() - kNumber - kBar - 3;
  if (std::isfinite(v) && std::fabs(v) >= 0.005f) {
    const Rect bar{std::round(x), std::round(r.center().y - 4),
                   std::max(1.f, std::round(kBar * std::min(std::fabs(v), 1.f))), 8};
    if (excluded) {
      p.hatch(bar, t.weight, 4);
      p.stroke(bar, t.weight);
    } else {
      p.fill(bar, line_colour(t, a, v));
    }
  }
  p.text_middle(
      r.right() - 3, r.center().y, weight_text(v, 5),
      {.color = strong ? t.text : t.text3, .size = 10, .weight = strong ? 600 : 400, .family = Family::mono},
      Align::right);
}

/// The weight of a query on keys that are not in view.
float weight_outside(const LinesLayout& l, const AttentionLines& a, int query) {
  float sum = 0;
  for (int j = a.tile.column; j < a.tile.column + a.tile.columns; ++j) {
    const float y = l.key_rect(j).center().y, v = (*a.values)(query - a.tile.row, j - a.tile.column);
    if ((y < l.viewport.y || y > l.viewport.bottom()) && std::isfinite(v)) sum += v;
  }
  return sum;
}

void note(Painter& p, const LinesLayout& l, const AttentionLines& a, const LinesCut& cut, float outside) {
  std::string text;
  if (cut.left_out > 0)
    text = "lines under " + number(cut.threshold, cut.threshold < 0.01f ? 3 : 2) + " are not drawn: " +
           (cut.left_out < 0.01f ? "less than 1 %" : number(cut.left_out * 100, 0) + " %") + (a.scale.diverging ? " of the change" : " of the mass") +
           (l.scroll_most > 0 ? " in view" : "");
  if (outside >= 0.005f && !a.scale.diverging)
    text += (text.empty() ? "" : " · ") + weight_text(outside, 4) + " of its weight is on keys out of view";
  if (a.first_key_excluded && !a.keys.empty())
    text += std::string(text.empty() ? "" : " · ") + "none to the excluded first token";
  p.text_fit({l.area.x, l.area.bottom() - 8}, text, {.color = p.theme().text3, .size = 10.5f}, l.area.w);
}

void scroll_mark(Painter& p, const LinesLayout& l, float x, float scroll, float most) {
  if (most <= 0) return;
  const float h = std::max(20.f, l.viewport.h * l.viewport.h / (l.viewport.h + most));
  p.fill({x, l.viewport.y + (l.viewport.h - h) * scroll / most, 3, h}, p.theme().border_strong, 1.5f);
}

std::string_view label(std::span<const std::string> labels, int i) {
  return i < static_cast<int>(labels.size()) ? std::string_view(labels[static_cast<std::size_t>(i)])
                                             : std::string_view();
}

}  // namespace

Tile LinesLayout::visible() const {
  if (queries <= 0) return {};
  const int first = std::clamp(static_cast<int>(scroll / pitch), 0, queries - 1);
  const int last = std::clamp(static_cast<int>((scroll + viewport.h - 0.01f) / pitch), first, queries - 1);
  return {first, 0, last - first + 1, keys};
}

Rect LinesLayout::query_rect(int query) const {
  return {area.x, viewport.y - scroll + pitch * static_cast<float>(query), left, pitch};
}

Rect LinesLayout::key_rect(int key) const {
  return {area.right() - right, viewport.y - key_scroll + pitch * static_cast<float>(key), right, pitch};
}

LinesLayout lines_layout(drawing::TextEngine& text, Rect area, std::span<const std::string> queries,
                         std::span<const std::string> keys, float scroll, std::optional<float> key_scroll) {
  LinesLayout l;
  l.area = area;
  l.viewport = {area.x, area.y + kHead, area.w, std::max(1.f, area.h - kHead - kFoot)};
  l.queries = static_cast<int>(queries.size());
  l.keys = static_cast<int>(keys.size());
  const int most = std::max({1, l.queries, l.keys});
  const auto widest = [&](std::span<const std::string> labels) {
    float w = 20;
    for (const std::string& s : labels)
      w = std::max(w, text.measure(s, {.size = kTokenSize, .weight = 700}).width);
    return std::ceil(w) + 1;
  };
  l.index = std::ceil(
      text.measure(std::to_string(most - 1), {.size = kIndexSize, .weight = 700, .family = Family::mono})
          .width);
  const float beside = kBar + kNumber + 6, around = l.index + 3 * kGap;
  l.left = std::min(widest(queries) + around, std::floor(area.w * 0.3f));
  l.right = std::min(widest(keys) + around + beside, std::floor(area.w * 0.4f));
  l.pitch = std::clamp(std::floor(l.viewport.h / static_cast<float>(most)), kLeastPitch, kMostPitch);
  // Whole rows only: none is read by half.
  l.viewport.h = std::max(1.f, std::floor(l.viewport.h / l.pitch)) * l.pitch;
  const auto most_of = [&](int count) {
    return std::max(0.f, l.pitch * static_cast<float>(count) - l.viewport.h);
  };
  const auto clamped = [&](float px, float limit) {
    return std::round(std::clamp(px, 0.f, limit) / l.pitch) * l.pitch;
  };
  l.scroll_most = most_of(l.queries);
  l.key_scroll_most = most_of(l.keys);
  l.scroll = clamped(scroll, l.scroll_most);
  l.key_scroll = clamped(key_scroll.value_or(scroll), l.key_scroll_most);
  return l;
}

namespace {

std::optional<int> row_at(const LinesLayout& l, Point p, float scroll, int count) {
  const int i = static_cast<int>((p.y - l.viewport.y + scroll) / l.pitch);
  return l.viewport.contains(p) && i < count ? std::optional(i) : std::nullopt;
}

float scroll_to(const LinesLayout& l, float scroll, float most, int index) {
  const float begin = l.pitch * static_cast<float>(index);
  return std::clamp(std::clamp(scroll, begin + l.pitch - l.viewport.h, begin), 0.f, most);
}

}  // namespace

std::optional<int> query_at(const LinesLayout& l, Point p) {
  return p.x < l.area.x + l.left ? row_at(l, p, l.scroll, l.queries) : std::nullopt;
}

std::optional<int> key_at(const LinesLayout& l, Point p) {
  return p.x >= l.area.right() - l.right ? row_at(l, p, l.key_scroll, l.keys) : std::nullopt;
}

float scroll_to_query(const LinesLayout& l, int query) {
  return scroll_to(l, l.scroll, l.scroll_most, query);
}
float scroll_to_key(const LinesLayout& l, int key) {
  return scroll_to(l, l.key_scroll, l.key_scroll_most, key);
}

LinesCut lines_cut(const Matrix& values, int most, int first_key, int first_row, int rows) {
  constexpr float kLeast = 0.005f;
  std::vector<float> weights;
  double all = 0;
  const Eigen::Index end = rows < 0 ? values.rows() : std::min<Eigen::Index>(values.rows(), first_row + rows);
  for (Eigen::Index i = std::max(0, first_row); i < end; ++i)
    for (Eigen::Index j = first_key; j < values.cols(); ++j) {
      const float w = std::fabs(values(i, j));
      if (!(w > 0) || !std::isfinite(w)) continue;
      all += static_cast<double>(w);
      weights.push_back(w);
    }
  LinesCut cut{.threshold = kLeast};
  if (static_cast<int>(weights.size()) > most && most > 0) {
    auto nth = weights.begin() + most - 1;
    std::nth_element(weights.begin(), nth, weights.end(), std::greater<>());
    if (*nth > kLeast) {
      cut.threshold = rounded_up(*nth);
      // rounded_up() keeps a round value: as many again may be equal to it.
      if (std::count_if(weights.begin(), weights.end(), [&](float w) { return w >= cut.threshold; }) > most)
        cut.threshold = rounded_up(cut.threshold * 1.01f);
    }
  }
  double left_out = 0;
  for (const float w : weights) {
    if (w < cut.threshold)
      left_out += static_cast<double>(w);
    else
      ++cut.lines;
  }
  cut.left_out = all > 0 ? static_cast<float>(left_out / all) : 0;
  return cut;
}

void attention_lines(Painter& p, const LinesLayout& l, const AttentionLines& a) {
  if (l.viewport.empty() || l.queries <= 0 || l.keys <= 0) return;
  const auto& t = p.theme();
  const int strong = emphasised_query(a);
  const bool filled = a.values && a.values->rows() == a.tile.rows && a.values->cols() == a.tile.columns;
  const bool beside = filled && strong >= a.tile.row && strong < a.tile.row + a.tile.rows;
  p.text({l.area.x + l.left - kGap, l.area.y + 12}, "query", {.color = t.query, .size = 10.5f}, Align::right);
  p.text({l.area.right() - l.right + kGap, l.area.y + 12}, "key", {.color = t.key, .size = 10.5f});
  if (beside)
    p.text_fit({l.area.right() - 3, l.area.y + 12}, (a.scale.diverging ? std::string("change from ") : std::string("weight from ")) + std::string(label(a.queries, strong)),
               {.color = t.weight, .size = 10.5f}, l.right - kGap - 30, Align::right);
  p.push_clip(l.viewport);
  p.region({.id = "lines", .rect = l.viewport});
  LinesCut cut;
  if (filled) {
    const Tile seen = l.visible();
    cut = lines_cut(*a.values, a.most_lines, a.first_key_excluded ? std::max(0, 1 - a.tile.column) : 0, seen.row - a.tile.row, seen.rows);
    draw_lines(p, l, a, cut);
  }
  const int rows = static_cast<int>(std::lround(l.viewport.h / l.pitch));
  const int query0 = static_cast<int>(std::lround(l.scroll / l.pitch)),
            key0 = static_cast<int>(std::lround(l.key_scroll / l.pitch));
  for (int i = query0; i < std::min(l.queries, query0 + rows); ++i) {
    const Rect r = l.query_rect(i);
    token(p, l, r, true, i, label(a.queries, i),
          look(t, i == a.selected_query, i == a.hovered_query, false, t.query), false);
    p.region({.id = "query/" + std::to_string(i),
              .rect = r,
              .label = "Query " + std::to_string(i) + ": " + std::string(label(a.queries, i)),
              .cursor = drawing::Cursor::hand});
  }
  for (int j = key0; j < std::min(l.keys, key0 + rows); ++j) {
    const Rect r = l.key_rect(j);
    const bool masked = strong >= 0 && !a.mask.allows(strong, j);
    token(p, l, r, false, j, label(a.keys, j),
          look(t, j == a.selected_key, j == a.hovered_key, masked, t.key), a.first_key_excluded && j == 0);
    if (beside) weight_beside(p, a, r, strong, j);
    p.region({.id = "key/" + std::to_string(j),
              .rect = r,
              .label = "Key " + std::to_string(j) + ": " + std::string(label(a.keys, j)),
              .cursor = drawing::Cursor::hand});
  }
  scroll_mark(p, l, l.area.x, l.scroll, l.scroll_most);
  scroll_mark(p, l, l.area.right() - l.right - 3, l.key_scroll, l.key_scroll_most);
  p.pop_clip();
  if (filled) note(p, l, a, cut, beside ? weight_outside(l, a, strong) : 0);
}

}  // namespace qkv::figures
