#include "app/figures/head_stats.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "app/figures/axes.h"
#include "app/figures/drawing_names.h"
#include "app/figures/numbers.h"

namespace qkv::figures {

namespace {

constexpr float kAxisSize = 9.5f;

float value_of(const LayerDots& d, int layer, int head) {
  const auto i =
      static_cast<std::size_t>(layer) * static_cast<std::size_t>(d.heads) + static_cast<std::size_t>(head);
  return i < d.values.size() ? d.values[i] : std::numeric_limits<float>::quiet_NaN();
}

}  // namespace

void metric_rows(Painter& p, Rect area, std::span<const MetricRow> rows) {
  const auto& t = p.theme();
  const float percent_x = area.right(), track_w = std::clamp(area.w * 0.22f, 24.f, 80.f),
              track_x = std::round(percent_x - 28 - track_w);
  const float value_x = track_x - 12;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const MetricRow& r = rows[i];
    const Rect row{area.x, area.y + kMetricRowHeight * static_cast<float>(i), area.w, kMetricRowHeight};
    if (row.bottom() > area.bottom() + 0.5f) break;
    const float y = std::round(row.center().y + 4);
    const bool ranked = !std::isnan(r.percentile);
    const float value_right = ranked ? value_x : area.right();  // words in place of a number need the room
    const float w = p.text({value_right, y}, r.value, {.color = ranked ? t.text : t.text3, .size = 10.5f, .family = Family::mono}, Align::right);
    p.text_fit({area.x, y}, r.name,
               {.color = r.chosen ? t.text : t.text2, .size = 11.5f, .weight = r.chosen ? 600 : 400},
               std::max(0.f, value_right - w - 8 - area.x));
    if (ranked) {
      const float at = std::clamp(r.percentile, 0.f, 1.f);
      p.fill({track_x, y - 5, track_w, 3}, t.hover);
      p.fill({std::round(track_x + track_w * at - 1.5f), y - 8, 3, 9}, r.chosen ? t.text : t.neutral);
      p.text({percent_x, y}, number(at * 100, 0), {.color = t.text3, .size = 10, .family = Family::mono},
             Align::right);
    }
    p.region({.id = r.id, .rect = row, .label = r.name, .cursor = drawing::Cursor::hand});
  }
}

Point LayerDotsLayout::place(int layer, float value) const {
  const float column = plot.w / static_cast<float>(std::max(1, layers));
  return {plot.x + column * (static_cast<float>(layer) + 0.5f),
          plot.bottom() - plot.h * (value - lo) / (hi - lo)};
}

LayerDotsLayout layer_dots_layout(drawing::TextEngine& text, Rect area, const LayerDots& d) {
  LayerDotsLayout l;
  l.area = area;
  l.layers = d.layers;
  l.heads = d.heads;
  float low = 0, high = 0;
  for (const float v : d.values)
    if (std::isfinite(v)) {
      low = std::min(low, v);
      high = std::max(high, v);
    }
  const float room = std::max(10.f, area.h - 28);
  l.step = tick_step(high > low ? high - low : 1, std::max(1, static_cast<int>(room / 22)));
  l.lo = std::floor(low / l.step) * l.step;
  l.hi = std::max(std::ceil(high / l.step - 1e-4f) * l.step, l.lo + l.step);
  const int decimals = tick_decimals(l.step);
  const TextStyle style{.size = kAxisSize, .family = Family::mono};
  const float w = std::max(text.measure(number(l.lo, decimals), style).width,
                           text.measure(number(l.hi, decimals), style).width);
  const float left = std::ceil(w) + 7;
  l.plot = {std::round(area.x + left), std::round(area.y + 6), std::floor(std::max(1.f, area.w - left)),
            std::floor(room)};
  return l;
}

std::optional<HeadAt> dot_at(const LayerDotsLayout& l, const LayerDots& d, Point p) {
  if (!l.area.contains(p) || l.layers <= 0) return std::nullopt;
  const float column = l.plot.w / static_cast<float>(l.layers);
  std::optional<HeadAt> best;
  float nearest = 64;
  const int middle = static_cast<int>((p.x - l.plot.x) / column), reach = 1 + static_cast<int>(8 / column);
  for (int layer = std::max(0, middle - reach); layer <= std::min(l.layers - 1, middle + reach); ++layer)
    for (int h = 0; h < l.heads; ++h) {
      const float v = value_of(d, layer, h);
      if (!std::isfinite(v)) continue;
      const Point at = l.place(layer, v);
      const float away = (at.x - p.x) * (at.x - p.x) + (at.y - p.y) * (at.y - p.y);
      if (away < nearest) {
        nearest = away;
        best = HeadAt{layer, h};
      }
    }
  return best;
}

void layer_dots(Painter& p, const LayerDotsLayout& l, const LayerDots& d) {
  if (l.layers <= 0 || l.plot.w < 8 || l.plot.h < 8) return;
  const auto& t = p.theme();
  const TextStyle axis{.color = t.text3, .size = kAxisSize, .family = Family::mono};
  const int decimals = tick_decimals(l.step);
  for (int i = 0;; ++i) {
    const float v = l.lo + l.step * static_cast<float>(i);
    if (v > l.hi + l.step * 0.01f) break;
    const float y = std::round(l.place(0, v).y);
    p.fill({l.plot.x, y, l.plot.w, 1}, std::fabs(v) < l.step * 0.01f ? t.border_strong : t.gridline);
    p.text_middle(l.plot.x - 6, y, number(v, decimals), axis, Align::right);
  }
  const float column = l.plot.w / static_cast<float>(l.layers),
              tick = std::clamp(std::floor(column * 0.52f), 3.f, 16.f);
  std::vector<float> means;
  for (int layer = 0; layer < l.layers; ++layer) {
    float sum = 0;
    int n = 0;
    for (int h = 0; h < d.heads; ++h) {
      const float v = value_of(d, layer, h);
      if (!std::isfinite(v)) continue;
      sum += v;
      ++n;
      if (d.selected != HeadAt{layer, h}) p.circle(l.place(layer, v), column >= 10 ? 1.8f : 1.2f, t.neutral);
    }
    means.push_back(n > 0 ? sum / static_cast<float>(n) : std::numeric_limits<float>::quiet_NaN());
  }
  for (int layer = 0; layer < l.layers; ++layer) {
    const float mean = means[static_cast<std::size_t>(layer)];
    if (!std::isfinite(mean)) continue;
    const Point at = l.place(layer, mean);
    p.fill({std::round(at.x - tick / 2), std::round(at.y) - 1, tick, 2}, column >= 10 ? t.text2 : t.text);
  }
  const auto marked = [&](HeadAt at, bool selected) {
    const float v = value_of(d, at.layer, at.head);
    if (!std::isfinite(v) || at.layer >= l.layers) return;
    p.circle(l.place(at.layer, v), selected ? 3.5f : 4.f, selected ? t.text : drawing::Color{0, 0, 0, 0},
             selected ? t.panel : t.text2, 1);
    if (selected) p.circle(l.place(at.layer, v), 5, {0, 0, 0, 0}, t.text, 1);
  };
  if (d.hovered && d.hovered != d.selected) marked(*d.hovered, false);
  if (d.selected) marked(*d.selected, true);
  const int chosen = d.selected ? d.selected->layer : -1;
  const int every =
      std::max(1, static_cast<int>(std::ceil((p.width_of(std::to_string(l.layers - 1), axis) + 5) / column)));
  for (int layer = 0; layer < l.layers; ++layer) {
    const bool on = layer == chosen, near = chosen >= 0 && !on && std::abs(layer - chosen) < every;
    if (!on && (layer % every != 0 || near)) continue;
    TextStyle style = axis;
    if (on) style.color = t.text;
    p.text({std::round(l.place(layer, l.lo).x), l.plot.bottom() + 15}, std::to_string(layer), style,
           Align::center);
  }
  drawing::Region region{
      .id = "dots", .rect = l.area, .label = "Every head, by layer", .cursor = drawing::Cursor::hand};
  if (d.hovered) {
    region.label = "Layer " + std::to_string(d.hovered->layer) + ", head " + std::to_string(d.hovered->head);
    region.hint = number(value_of(d, d.hovered->layer, d.hovered->head), d.decimals + 1);
  }
  p.region(std::move(region));
}

}  // namespace qkv::figures
