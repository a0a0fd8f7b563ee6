#include "app/figures/attention_map.h"

#include <algorithm>
#include <cmath>

#include "app/figures/drawing_names.h"
#include "app/figures/map_labels.h"

namespace qkv::figures {

using model::Tile;

namespace {

constexpr float kLabelSize = 11, kIndexSize = 9.5f, kAcross = 13, kAcrossThinned = 18, kDown = 12,
                kDownThinned = 14, kStepped = 3, kEveryNumber = 30;

drawing::Heat heat_of(const MapLayout& l, const AttentionMap& m) {
  const bool placed =
      m.places && m.places->rows() == m.values->rows() && m.places->cols() == m.values->cols();
  const auto& shown = placed ? m.places : m.values;
  const auto per = [&](int cells, Eigen::Index texels) {
    const int n = static_cast<int>(texels), pool = l.pool();
    return static_cast<float>((cells + pool - 1) / pool == n ? pool : (cells + n - 1) / n);
  };
  Rect r = l.rect_of(m.tile);
  r.w = l.cell * per(m.tile.columns, shown->cols()) * static_cast<float>(shown->cols());
  r.h = l.cell * per(m.tile.rows, shown->rows()) * static_cast<float>(shown->rows());
  const bool ranked = m.scale.scale == Scale::row_rank;
  return {.rect = r,
          .values = shown,
          .map = map_of(m.scale),
          .lo = ranked ? 0 : m.scale.lo,
          .hi = ranked ? 1 : m.scale.hi,
          .log = m.scale.scale == Scale::log,
          .masked = {},
          .gaps = l.cell >= 6};
}

/// The outline between what may be attended to and what may not; a straight line where steps would not show.
void steps(Painter& p, const MapLayout& l, const AttentionMap& m) {
  const Rect cells = l.cells();
  const auto c = p.theme().border_strong;
  if (!m.mask.causal && m.mask.window == 0) return p.stroke(cells.inset(-1), c);
  const auto at = [&](int key, int query) {
    return Point{std::round(cells.x + l.cell * static_cast<float>(key)) + 0.5f,
                 std::round(cells.y + l.cell * static_cast<float>(query)) + 0.5f};
  };
  const Tile seen = l.visible();
  const int from = std::max(0, seen.row - 1), to = std::min(l.queries, seen.row + seen.rows + 1);
  const auto side = [&](auto&& key_of) {
    std::vector<Point> line;
    const int every = l.cell >= kStepped ? 1 : std::max(1, (to - from) / 64);
    for (int i = from; i < to; i += every) {
      line.push_back(at(key_of(i), i));
      if (every == 1) line.push_back(at(key_of(i), i + 1));
    }
    if (every > 1) line.push_back(at(key_of(to - 1), to));
    return line;
  };
  std::vector<Point> outline = side([&](int i) { return m.mask.end_key(i, l.keys); });
  const std::vector<Point> left = side([&](int i) { return m.mask.first_key(i); });
  outline.insert(outline.end(), left.rbegin(), left.rend());
  p.polyline(std::move(outline), c, 1, true);
}

/// A row of cells, or of pixels where cells are smaller, and what of it may be attended to.
struct Band {
  float top, bottom, left, right;
};

std::vector<Band> bands(const MapLayout& l, const AttentionMap& m) {
  const Rect cells = l.cells(), shown = l.shown();
  const Tile seen = l.visible();
  const int every = l.cell >= 1 ? 1 : l.pool();
  std::vector<Band> out;
  for (int i = seen.row; i < seen.row + seen.rows; i += every) {
    const int last = std::min(i + every, l.queries) - 1;
    const auto x = [&](int key) {
      return std::clamp(std::round(cells.x + l.cell * static_cast<float>(key)), shown.x, shown.right());
    };
    const auto y = [&](int query) {
      return std::clamp(std::round(cells.y + l.cell * static_cast<float>(query)), shown.y, shown.bottom());
    };
    const Band b{y(i), y(last + 1), x(m.mask.first_key(i)), x(m.mask.end_key(last, l.keys))};
    if (b.bottom > b.top) out.push_back(b);
  }
  return out;
}

/// What may not be attended to: filled, and hatched faintly with lines that cross rows unbroken.
void masked_region(Painter& p, const MapLayout& l, const AttentionMap& m) {
  if (!m.mask.causal && m.mask.window == 0) return;
  const Rect shown = l.shown();
  const std::vector<Band> rows = bands(l, m);
  for (const Band& b : rows) {
    if (b.left > shown.x) p.fill({shown.x, b.top, b.left - shown.x, b.bottom - b.top}, p.theme().mask_fill);
    if (b.right < shown.right())
      p.fill({b.right, b.top, shown.right() - b.right, b.bottom - b.top}, p.theme().mask_fill);
  }
  constexpr float kStep = 6;
  const auto colour = p.theme().mask_hatch.with_alpha(0.6f);
  for (float sum = std::ceil((shown.x + shown.y) / kStep) * kStep + 0.5f;
       sum < shown.right() + shown.bottom(); sum += kStep) {
    float from = 0, to = -1;  // x of the stretch so far
    const auto flush = [&] {
      if (to - from >= 1) p.polyline({{from, sum - from}, {to, sum - to}}, colour, 1);
    };
    const auto add = [&](float a, float b) {
      if (b <= a) return;
      if (to < a - 0.01f || to < from) {
        flush();
        from = a;
      }
      to = b;
    };
    for (auto b = rows.rbegin(); b != rows.rend(); ++b) {
      const float begin = std::max(sum - b->bottom, shown.x), end = std::min(sum - b->top, shown.right());
      add(begin, std::min(end, b->left));
      add(std::max(begin, b->right), end);
    }
    flush();
  }
}

void excluded_column(Painter& p, const MapLayout& l, const AttentionMap& m) {
  if (!m.first_key_excluded) return;
  const int seen = m.mask.window > 0 ? std::min(l.queries, m.mask.window) : l.queries;
  const Rect r = l.rect_of(Tile{0, 0, seen, 1}).intersection(l.viewport);
  if (r.empty()) return;
  p.fill(r, p.theme().mask_fill);
  p.hatch(r, p.theme().mask_hatch, 6);
}

/// "future keys (causal mask)" where there is room for it beside the selected column.
void mask_caption(Painter& p, const MapLayout& l, const AttentionMap& m) {
  if (!m.mask.causal) return;
  const TextStyle style{.color = p.theme().text_disabled, .size = 10.5f};
  const Rect s = l.shown();
  const float w = std::max(p.width_of("future keys", style), p.width_of("(causal mask)", style));
  const bool key = m.selected_key >= 0 && m.selected_key < l.keys;
  const Rect column = key ? l.rect_of(Tile{0, m.selected_key, std::max(1, m.selected_key), 1}).inset(-2, 0) : Rect{};  // dotted down to the diagonal
  for (const float right : {s.right() - 12, column.x - 8}) {
    for (const float share : {0.55f, 0.4f, 0.25f, 0.1f}) {
      const Point at{std::min(right, s.right() - 12), s.y + std::round(s.h * share)};
      const Rect room{at.x - w - 8, at.y - 14, w + 12, 34};
      const auto lowest = cell_at(l, {room.x, room.bottom()});
      if (!lowest || lowest->key <= lowest->query + 1 || !cell_at(l, {room.x, room.y}) || (key && column.intersects(room))) continue;
      p.fill({room.x, room.y, room.w, room.h}, p.theme().mask_fill);
      p.text(at, "future keys", style, Align::right);
      p.text({at.x, at.y + 14}, "(causal mask)", style, Align::right);
      return;
    }
  }
}

/// "outside the window of 4 keys" in the lower left, where there is room for it.
void window_caption(Painter& p, const MapLayout& l, const AttentionMap& m) {
  if (m.mask.window == 0) return;
  const TextStyle style{.color = p.theme().text_disabled, .size = 10.5f};
  const Rect s = l.shown();
  const std::string first = "outside the window", second = "of " + std::to_string(m.mask.window) + (m.mask.window == 1 ? " key" : " keys");
  const float w = std::max(p.width_of(first, style), p.width_of(second, style));
  for (const float share : {0.12f, 0.06f, 0.02f}) {
    const Point at{s.x + 12, s.bottom() - std::round(s.h * share) - 20};
    const Rect room{at.x - 4, at.y - 14, w + 12, 34};
    const auto nearest = cell_at(l, {room.right(), room.y});
    const bool masked = nearest && nearest->key < m.mask.first_key(nearest->query);
    if (!masked || !cell_at(l, {room.x, room.bottom()})) continue;
    p.fill(room, p.theme().mask_fill);
    p.text(at, first, style);
    p.text({at.x, at.y + 14}, second, style);
    return;
  }
}

bool inside(const Rect& r, const Rect& outer) {
  return r.x >= outer.x && r.y >= outer.y && r.right() <= outer.right() && r.bottom() <= outer.bottom();
}

void row_numbers(Painter& p, const MapLayout& l, const AttentionMap& m, const drawing::Heat& heat,
                 int query) {
  const Tile seen = l.visible();
  const float size = l.cell >= 44 ? 11.f : l.cell >= kEveryNumber ? 10.f : 9.5f;
  TextStyle style{.size = size, .family = Family::mono};
  const int room = static_cast<int>((l.cell - 3) / p.width_of("0", style));
  if (room < 3 || query < m.tile.row || query >= m.tile.row + m.tile.rows || query < seen.row ||
      query >= seen.row + seen.rows)
    return;
  const int first =
      std::max({m.mask.first_key(query), m.tile.column, seen.column, m.first_key_excluded ? 1 : 0});
  const int end =
      std::min({m.mask.end_key(query, l.keys), m.tile.column + m.tile.columns, seen.column + seen.columns});
  for (int j = first; j < end; ++j) {
    const Eigen::Index r = query - m.tile.row, c = j - m.tile.column;
    const float v = (*m.values)(r, c);
    const std::string text = weight_text(v, room);
    if (text.empty()) continue;
    const float place = strength(m.scale, scale_value(m.scale, (*heat.values)(r, c)));
    const bool key = query == m.selected_query && j == m.selected_key;
    // Faint cells keep quiet numbers.
    style.color = !std::isfinite(v) ? p.theme().error
                  : place < 0.25f && !key
                      ? p.theme().text2
                      : drawing::ink_on(p.theme(), drawing::colour_of(p.theme(), heat, (*heat.values)(r, c)));
    style.weight = key ? 700 : 400;
    const Rect cell = l.rect_of(MapCell{query, j});
    const float w = p.width_of(text, style);
    const Rect box{cell.center().x - w / 2 - 1, cell.center().y - size / 2, w + 2, size};
    if (!inside(box, l.viewport)) continue;  // half a number is none
    p.text_middle(std::round(cell.center().x), cell.center().y, text, style, Align::center);
  }
}

void numbers(Painter& p, const MapLayout& l, const AttentionMap& m, const drawing::Heat& heat) {
  if (!m.numbers || m.values->rows() != m.tile.rows || m.values->cols() != m.tile.columns) return;
  if (l.cell < kEveryNumber) return row_numbers(p, l, m, heat, m.selected_query);
  const Tile seen = l.visible();
  for (int i = seen.row; i < seen.row + seen.rows; ++i) row_numbers(p, l, m, heat, i);
}

/// At least 3 px each way, so that it shows where cells are tiny.
Rect at_least(Rect r) {
  constexpr float kLeast = 3;
  if (r.w < kLeast) r = {r.center().x - kLeast / 2, r.y, kLeast, r.h};
  if (r.h < kLeast) r = {r.x, r.center().y - kLeast / 2, r.w, kLeast};
  return r;
}

void crosshair(Painter& p, const MapLayout& l, const AttentionMap& m) {
  const auto& t = p.theme();
  const bool query = m.selected_query >= 0 && m.selected_query < l.queries,
             key = m.selected_key >= 0 && m.selected_key < l.keys;
  // A gap lies before every cell: outlines keep clear of it.
  const auto inner = [&](Rect r) { return at_least(l.cell >= 6 ? Rect{r.x, r.y, r.w - 1, r.h - 1} : r); };
  if (key) {
    int first = m.mask.causal ? m.selected_key : 0,
        end = m.mask.window > 0 ? m.selected_key + m.mask.window : l.queries;
    first = std::min(first, l.queries);
    end = std::clamp(end, first, l.queries);
    const Rect lit = inner(l.rect_of(Tile{first, m.selected_key, end - first, 1}));
    if (first > 0) {
      const float top = l.cells().y;
      p.line({lit.x - 1, top}, {lit.x - 1, lit.y}, t.key, 1, true);
      if (l.cell >= 4) p.line({lit.right(), top}, {lit.right(), lit.y}, t.key, 1, true);
    }
    if (end > first) p.outline(lit, t.key, 1.5f);
  }
  if (query) {
    const int first = m.mask.first_key(m.selected_query), end = m.mask.end_key(m.selected_query, l.keys);
    p.outline(inner(l.rect_of(Tile{m.selected_query, first, 1, std::max(1, end - first)})), t.query, 1.5f);
  }
  if (m.hovered && m.hovered->query < l.queries && m.hovered->key < l.keys)
    p.outline(inner(l.rect_of(*m.hovered)), t.text2, 1);
  if (query && key && m.mask.allows(m.selected_query, m.selected_key))
    p.outline(inner(l.rect_of(MapCell{m.selected_query, m.selected_key})), t.selected, 2);
}

std::string_view label(std::span<const std::string> labels, int i) {
  return i < static_cast<int>(labels.size()) ? std::string_view(labels[static_cast<std::size_t>(i)])
                                             : std::string_view();
}

void row_labels(Painter& p, const MapLayout& l, const AttentionMap& m) {
  const auto& t = p.theme();
  const Tile seen = l.visible();
  const int strong[] = {m.selected_query, m.hovered ? m.hovered->query : -1, m.hovered_query};
  const float index_right = l.viewport.x - 7, token_right = index_right - l.gutters.index - 7,
              room = token_right - l.area.x - 8;
  for (const LabelPlace& at : label_places(l.cells().y, l.cell, seen.row, seen.row + seen.rows,
                                           l.cell >= kDown ? kDown : kDownThinned, strong)) {
    const float edge = at.strong ? 0 : 4;  // the first and last rows of small cells lie within 4 px of it
    if (at.at < l.viewport.y + edge || at.at > l.shown().bottom() - edge) continue;
    const bool selected = at.index == m.selected_query;
    const int weight = selected ? 700 : at.strong ? 600 : 400;
    const auto middle = [&](float size) { return std::round(at.at + size * 0.36f); };
    p.text_fit({token_right, middle(kLabelSize)}, label(m.queries, at.index),
               {.color = selected    ? t.query
                         : at.strong ? t.text
                                     : t.text2,
                .size = kLabelSize,
                .weight = weight},
               room, Align::right);
    p.text({index_right, middle(kIndexSize)}, std::to_string(at.index),
           {.color = selected    ? t.query
                     : at.strong ? t.text
                                 : t.text3,
            .size = kIndexSize,
            .weight = weight,
            .family = Family::mono},
           Align::right);
    if (selected) {
      const float h = std::max(5.f, std::min(l.cell, 26.f) - 7);
      p.fill({l.area.x, std::round(at.at - h / 2), 3, h}, t.query, 1);
    }
  }
}

void column_labels(Painter& p, const MapLayout& l, const AttentionMap& m) {
  const auto& t = p.theme();
  const Tile seen = l.visible();
  const Rect shown = l.shown();
  constexpr float kSin = 0.866f, kCos = 0.5f;
  const int strong[] = {m.selected_key, m.hovered ? m.hovered->key : -1, m.hovered_key};
  for (const LabelPlace& at : label_places(l.cells().x, l.cell, seen.column, seen.column + seen.columns,
                                           l.cell >= kAcross ? kAcross : kAcrossThinned, strong)) {
    const float edge = at.strong ? 0 : 2;
    if (at.at < shown.x + edge || at.at > shown.right() - edge) continue;
    const bool selected = at.index == m.selected_key;
    const TextStyle style{.color = selected    ? t.key
                                   : at.strong ? t.text
                                               : t.text2,
                          .size = kLabelSize,
                          .weight = selected    ? 700
                                    : at.strong ? 600
                                                : 400};
    const float x = std::round(at.at) + 3.5f;
    const float room = std::min((l.gutters.top - 17) / kSin, (shown.right() + l.gutters.right - x) / kCos);
    p.text({x, l.viewport.y - 8}, p.text_engine().elided(label(m.keys, at.index), style, std::max(0.f, room)),
           style, Align::left, 60);
  }
}

void regions(Painter& p, const MapLayout& l, const AttentionMap& m) {
  const Rect s = l.shown();
  p.region({.id = m.id + "/queries",
            .rect = {l.area.x, s.y, s.x - l.area.x, s.h},
            .label = "Queries",
            .cursor = drawing::Cursor::hand});
  p.region({.id = m.id + "/keys",
            .rect = {s.x, l.area.y, s.w + l.gutters.right, s.y - l.area.y},
            .label = "Keys",
            .cursor = drawing::Cursor::hand});
  p.push_clip(l.viewport);
  p.region({.id = m.id,
            .rect = l.cells(),
            .label = m.hover_label,
            .hint = m.hover_hint,
            .cursor = drawing::Cursor::cross,
            .focusable = true,
            .rows = l.queries,
            .columns = l.keys});
  p.pop_clip();
}

}  // namespace

void attention_map(Painter& p, const MapLayout& l, const AttentionMap& m) {
  if (l.queries <= 0 || l.keys <= 0 || l.shown().empty()) return;
  const auto& t = p.theme();
  if (l.gutters.left >= 50 && l.gutters.top >= 40) {
    p.text({l.area.x + 10, l.viewport.y - 30}, "key →", {.color = t.key, .size = 10.5f});
    p.text({l.area.x + 10, l.viewport.y - 14}, "query ↓", {.color = t.query, .size = 10.5f});
  }
  const bool filled = m.values && m.values->size() > 0 && m.tile.rows > 0 && m.tile.columns > 0;
  p.push_clip(l.shown());
  if (filled) p.heat(heat_of(l, m));
  masked_region(p, l, m);
  excluded_column(p, l, m);
  mask_caption(p, l, m);
  window_caption(p, l, m);
  p.pop_clip();
  p.push_clip(l.shown().inset(-2));
  steps(p, l, m);
  if (filled) {
    p.push_clip(l.viewport);
    numbers(p, l, m, heat_of(l, m));
    p.pop_clip();
  }
  crosshair(p, l, m);
  p.pop_clip();
  row_labels(p, l, m);
  column_labels(p, l, m);
  regions(p, l, m);
}

void excluded_mass(Painter& p, const MapLayout& l, float x, const ExcludedMass& e) {
  if (l.queries <= 0 || l.shown().empty()) return;
  const auto& t = p.theme();
  constexpr float kBar = 32, kWidth = 72;
  p.text({x, l.viewport.y - 24}, "excluded mass", {.color = t.text2, .size = 10.5f});
  p.text_fit({x, l.viewport.y - 10}, "on " + e.on, {.color = t.text3, .size = 10.5f}, kWidth);
  const Tile seen = l.visible();
  const float high = std::clamp(std::floor(l.cell) - 3, 6.f, 9.f);
  const int strong[] = {e.selected_query};
  for (const LabelPlace& at : label_places(l.cells().y, l.cell, seen.row, seen.row + seen.rows,
                                           l.cell >= kDown ? kDown : kDownThinned, strong)) {
    if (at.index >= static_cast<int>(e.mass.size()) || at.at < l.viewport.y + 4 ||
        at.at > l.shown().bottom() - 4)
      continue;
    const float v = e.mass[static_cast<std::size_t>(at.index)], y = std::round(at.at - high / 2);
    p.fill({x, y, kBar, high}, t.hover);
    if (std::isfinite(v)) {
      const Rect bar{x, y, std::max(1.f, std::round(kBar * std::clamp(v, 0.f, 1.f))), high};
      p.hatch(bar, t.neutral, 3);
      p.stroke(bar, t.neutral);
    }
    p.text_middle(x + kBar + 6, at.at, weight_text(v, 4),
                  {.color = at.strong ? t.text : t.text3,
                   .size = 10,
                   .weight = at.strong ? 600 : 400,
                   .family = Family::mono});
  }
}

}  // namespace qkv::figures
