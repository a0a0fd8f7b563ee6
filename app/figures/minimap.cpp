#include "app/figures/minimap.h"

#include <algorithm>
#include <cmath>

#include "app/figures/drawing_names.h"
#include "app/figures/numbers.h"

namespace qkv::figures {

namespace {

constexpr float kCaption = 21;

std::string percent_text(float percent) {
  return number(percent, percent >= 10 ? 0 : percent >= 1 ? 1 : 2) + " %";
}

void captions(drawing::Painter& p, const MapLayout& l, Rect box, Rect area) {
  const auto& t = p.theme();
  const bool fits = l.cell <= l.fit_cell, full = l.cell == kFullCell;
  const auto style = [&](bool on) {
    return drawing::TextStyle{
        .color = on ? t.text : t.text3, .size = 10, .weight = on ? 600 : 400, .family = Family::mono};
  };
  const float y = box.bottom() + 17, fit_w = p.width_of("fit", style(true));
  p.text({box.right(), y}, "fit", style(fits), Align::right);
  p.region({.id = "map/fit",
            .rect = {box.right() - fit_w - 5, y - 13, fit_w + 10, 18},
            .label = "Fit the whole map",
            .cursor = drawing::Cursor::hand,
            .focusable = true});
  const std::string percent = percent_text(l.percent());
  const float x = box.right() - fit_w - 12, w = p.width_of(percent, style(true));
  if (x - w < area.x) return;
  p.text({x, y}, percent, style(full && !fits), Align::right);
  p.region({.id = "map/full",
            .rect = {x - w - 5, y - 13, w + 10, 18},
            .label = "100 %: 24 pixels a cell",
            .cursor = drawing::Cursor::hand,
            .focusable = true});
}

}  // namespace

Rect minimap_rect(const MapLayout& l, Rect area) {
  const float side = std::floor(std::max(8.f, std::min(area.w, area.h - kCaption)));
  const auto q = static_cast<float>(std::max(1, l.queries)), k = static_cast<float>(std::max(1, l.keys));
  const float w = std::max(6.f, std::round(side * std::min(1.f, k / q))),
              h = std::max(6.f, std::round(side * std::min(1.f, q / k)));
  return {std::round(area.right() - w), std::round(area.y), w, h};
}

void minimap(drawing::Painter& p, const MapLayout& l, Rect area, const Minimap& m) {
  const auto& t = p.theme();
  const Rect box = minimap_rect(l, area), inner = box.inset(1);
  p.fill(box, t.sunken);
  if (m.pooled && m.pooled->size() > 0) {
    const bool ranked = m.scale.scale == Scale::row_rank;
    drawing::Heat heat{.rect = inner, .values = m.pooled, .map = map_of(m.scale), .masked = {}};
    heat.lo = ranked ? 0 : m.scale.lo;
    heat.hi = ranked ? 1 : m.scale.hi;
    heat.log = m.scale.scale == Scale::log;
    p.heat(std::move(heat));
    if (m.first_key_excluded)
      p.fill({inner.x, inner.y,
              std::max(1.f,
                       std::round(inner.w / static_cast<float>(std::max<Eigen::Index>(1, m.pooled->cols())))),
              inner.h},
             t.sunken);
  }
  p.stroke(box, t.border_strong);
  const Rect cells = l.cells(), shown = l.shown();
  if (cells.w > 0 && cells.h > 0) {
    const float sx = inner.w / cells.w, sy = inner.h / cells.h;
    Rect view{inner.x + (shown.x - cells.x) * sx, inner.y + (shown.y - cells.y) * sy, shown.w * sx,
              shown.h * sy};
    const float least = 5;  // still seen, and still to be caught
    if (view.w < least)
      view = {std::clamp(view.center().x - least / 2, inner.x, inner.right() - least), view.y, least, view.h};
    if (view.h < least)
      view = {view.x, std::clamp(view.center().y - least / 2, inner.y, inner.bottom() - least), view.w,
              least};
    p.stroke({std::round(view.x), std::round(view.y), std::round(view.w), std::round(view.h)},
             l.whole() ? t.text2 : t.text);
  }
  p.region({.id = "minimap",
            .rect = box,
            .label = "The whole map",
            .hint = "Drag to move what is in view.",
            .cursor = drawing::Cursor::hand});
  captions(p, l, box, area);
}

MapView minimap_view(const MapLayout& l, Rect area, Point at) {
  const Rect inner = minimap_rect(l, area).inset(1);
  const float x = (at.x - inner.x) / inner.w, y = (at.y - inner.y) / inner.h;
  return centred(l, y * static_cast<float>(l.queries) - 0.5f, x * static_cast<float>(l.keys) - 0.5f);
}

}  // namespace qkv::figures
