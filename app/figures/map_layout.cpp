#include "app/figures/map_layout.h"

#include <algorithm>
#include <cmath>

namespace qkv::figures {

using drawing::Point;
using drawing::Rect;
using model::Tile;

namespace {

constexpr float kLargestFit = 88, kLabelSize = 11, kIndexSize = 9.5f;
constexpr float kLabelBase = 8;  // where a column label begins above the cells

/// Whole pixels where a pixel is little of a cell.
float whole(float cell) { return cell >= 4 ? std::floor(cell + 1e-3f) : cell; }

/// The pan that leaves no room unused: 0 when everything fits along this axis.
float clamped_pan(float pan, float content, float room, float cell) {
  pan = std::clamp(pan, 0.f, std::max(0.f, content - room));
  return cell >= 4 ? std::round(pan) : pan;
}

int index_at(float p, float begin, float cell, int count) {
  return std::clamp(static_cast<int>((p - begin) / cell), 0, std::max(0, count - 1));
}

}  // namespace

MapGutters map_gutters(drawing::TextEngine& text, std::span<const std::string> queries,
                       std::span<const std::string> keys) {
  constexpr float kLongestRow = 110, kLongestColumn = 68, kSin60 = 0.866f;
  const drawing::TextStyle style{.size = kLabelSize, .weight = 700};
  const auto widest = [&](std::span<const std::string> labels, float most) {
    float w = 0;
    for (const std::string& s : labels) {
      if (w >= most) break;
      w = std::max(w, text.measure(s, style).width);
    }
    return std::min(w, most);
  };
  MapGutters g;
  const std::size_t last = queries.empty() ? 0 : queries.size() - 1;
  g.index = std::ceil(
      text.measure(std::to_string(last), {.size = kIndexSize, .weight = 700, .family = drawing::Family::mono})
          .width);
  // Row: marker, token, number; the corner holds the names of the axes.
  g.left = std::max(64.f, std::ceil(widest(queries, kLongestRow)) + g.index + 31);
  g.top = std::max(44.f, std::ceil(widest(keys, kLongestColumn) * kSin60) + 20);
  g.right = 16;
  return g;
}

Rect MapLayout::cells() const {
  return {viewport.x - pan.x, viewport.y - pan.y, cell * static_cast<float>(keys),
          cell * static_cast<float>(queries)};
}

Rect MapLayout::shown() const { return cells().intersection(viewport); }

Rect MapLayout::rect_of(MapCell at) const { return rect_of(Tile{at.query, at.key, 1, 1}); }

Rect MapLayout::rect_of(const Tile& t) const {
  return {viewport.x - pan.x + cell * static_cast<float>(t.column),
          viewport.y - pan.y + cell * static_cast<float>(t.row), cell * static_cast<float>(t.columns),
          cell * static_cast<float>(t.rows)};
}

bool MapLayout::whole() const {
  const Rect c = cells();
  return c.w <= viewport.w + 0.5f && c.h <= viewport.h + 0.5f;
}

int MapLayout::pool() const { return cell >= 1 ? 1 : static_cast<int>(std::ceil(1 / cell - 1e-3f)); }

Tile MapLayout::visible() const {
  if (queries <= 0 || keys <= 0 || viewport.empty()) return {};
  const int by = pool();
  const auto axis = [&](float at, float room, int count, int& first, int& n) {
    first = index_at(at, 0, cell, count) / by * by;
    const int last = index_at(at + std::max(0.f, room - 0.01f), 0, cell, count);
    n = std::min(count, (last / by + 1) * by) - first;
  };
  Tile t;
  axis(pan.y, viewport.h, queries, t.row, t.rows);
  axis(pan.x, viewport.w, keys, t.column, t.columns);
  return t;
}

MapLayout map_layout(Rect area, int queries, int keys, const MapView& view, const MapGutters& g) {
  MapLayout l;
  l.area = area;
  l.gutters = g;
  l.queries = queries;
  l.keys = keys;
  l.viewport = {std::round(area.x + g.left), std::round(area.y + g.top),
                std::floor(std::max(1.f, area.w - g.left - g.right)),
                std::floor(std::max(1.f, area.h - g.top))};
  const float fit = std::min(l.viewport.w / static_cast<float>(std::max(1, keys)),
                             l.viewport.h / static_cast<float>(std::max(1, queries)));
  l.fit_cell = std::min(kLargestFit, whole(fit));
  l.cell =
      view.cell <= 0 ? l.fit_cell : std::clamp(view.cell, l.fit_cell, std::max(l.fit_cell, kLargestCell));
  l.pan = {clamped_pan(view.pan.x, l.cell * static_cast<float>(keys), l.viewport.w, l.cell),
           clamped_pan(view.pan.y, l.cell * static_cast<float>(queries), l.viewport.h, l.cell)};
  return l;
}

std::optional<MapCell> cell_at(const MapLayout& l, Point p) {
  if (l.queries <= 0 || l.keys <= 0 || !l.shown().contains(p)) return std::nullopt;
  const Rect c = l.cells();
  return MapCell{index_at(p.y, c.y, l.cell, l.queries), index_at(p.x, c.x, l.cell, l.keys)};
}

std::optional<int> query_at(const MapLayout& l, Point p) {
  const Rect s = l.shown();
  if (l.queries <= 0 || p.y < s.y || p.y >= s.bottom() || p.x < l.area.x || p.x >= s.right())
    return std::nullopt;
  return index_at(p.y, l.cells().y, l.cell, l.queries);
}

std::optional<int> key_at(const MapLayout& l, Point p) {
  const Rect s = l.shown();
  if (p.y < s.y) p.x -= (s.y - kLabelBase - p.y) / 1.732f;  // along the slanted label, 60°
  if (l.keys <= 0 || p.x < s.x || p.x >= s.right() || p.y < l.area.y || p.y >= s.bottom())
    return std::nullopt;
  return index_at(p.x, l.cells().x, l.cell, l.keys);
}

namespace {

MapView at_size(const MapLayout& l, float cell, Point about) {
  const Rect c = l.cells();
  const Point within{(about.x - c.x) / l.cell, (about.y - c.y) / l.cell};
  MapLayout out = map_layout(l.area, l.queries, l.keys, {.cell = cell}, l.gutters);
  out = map_layout(l.area, l.queries, l.keys,
                   {.cell = out.cell,
                    .pan = {within.x * out.cell - (about.x - l.viewport.x),
                            within.y * out.cell - (about.y - l.viewport.y)}},
                   l.gutters);
  return {.cell = out.cell <= l.fit_cell ? 0 : out.cell, .pan = out.pan};
}

}  // namespace

MapView zoom_about(const MapLayout& l, Point about, float factor) {
  float cell = l.cell * factor;
  if (cell >= 4) {
    cell = std::round(cell);
    if (cell == l.cell && factor != 1) cell += factor > 1 ? 1.f : -1.f;
  }
  const Rect s = l.shown();
  about = {std::clamp(about.x, s.x, s.right()), std::clamp(about.y, s.y, s.bottom())};
  return at_size(l, cell, about);
}

MapView panned(const MapLayout& l, Point by) {
  const MapView moved{.cell = l.cell, .pan = {l.pan.x - by.x, l.pan.y - by.y}};
  return {.cell = l.cell <= l.fit_cell ? 0 : l.cell,
          .pan = map_layout(l.area, l.queries, l.keys, moved, l.gutters).pan};
}

MapView showing(const MapLayout& l, MapCell at) {
  const auto axis = [&](float pan, float room, int i) {
    const float begin = l.cell * static_cast<float>(i);
    return room < l.cell ? begin : std::clamp(pan, begin + l.cell - room, begin);
  };
  const Point pan{axis(l.pan.x, l.viewport.w, at.key), axis(l.pan.y, l.viewport.h, at.query)};
  return panned(l, {l.pan.x - pan.x, l.pan.y - pan.y});
}

MapView centred(const MapLayout& l, float query, float key) {
  const Point pan{(key + 0.5f) * l.cell - l.viewport.w / 2, (query + 0.5f) * l.cell - l.viewport.h / 2};
  return panned(l, {l.pan.x - pan.x, l.pan.y - pan.y});
}

MapView full_size(const MapLayout& l, MapCell about) {
  const MapLayout at_full = map_layout(l.area, l.queries, l.keys, {.cell = kFullCell}, l.gutters);
  return centred(at_full, static_cast<float>(about.query), static_cast<float>(about.key));
}

}  // namespace qkv::figures
