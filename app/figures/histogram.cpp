#include "app/figures/histogram.h"

#include <algorithm>
#include <cmath>

#include "app/figures/curve_labels.h"
#include "app/figures/drawing_names.h"
#include "app/figures/numbers.h"
#include "app/figures/symbols.h"

namespace qkv::figures {

namespace {

constexpr float kFactLine = 19, kSwatchLine = 24;

float fact_size(std::size_t i) { return i == 0 ? 15.f : 12.f; }

/// Name and facts, at the top left; returns their width.
float facts(Painter& p, Rect area, const HistogramPlot& h) {
  const auto& t = p.theme();
  float names = 0, width = 0;
  for (const auto& f : h.facts) names = std::max(names, symbols_width(p, f.name, {.size = 11}));
  p.fill({std::round(area.x), std::round(area.y), 10, 10}, h.colour, 2);
  width = 18 + symbols(p, {area.x + 18, area.y + 9}, h.name, {.color = t.text2, .size = 12});
  float y = area.y + 9 + kSwatchLine;
  for (std::size_t i = 0; i < h.facts.size(); ++i, y += kFactLine) {
    const TextStyle style{
        .color = t.text, .size = fact_size(i), .weight = i == 0 ? 600 : 400, .family = Family::mono};
    symbols(p, {area.x, y}, h.facts[i].name, {.color = t.text3, .size = 11});
    width = std::max(width,
                     names + 14 + symbols(p, {std::round(area.x + names + 14), y}, h.facts[i].value, style));
  }
  return width;
}

float facts_width(Painter& p, const HistogramPlot& h) {
  float names = 0, values = 0;
  for (std::size_t i = 0; i < h.facts.size(); ++i) {
    names = std::max(names, symbols_width(p, h.facts[i].name, {.size = 11}));
    values = std::max(values, symbols_width(p, h.facts[i].value,
                                            {.size = fact_size(i), .weight = 600, .family = Family::mono}));
  }
  return std::max(18 + symbols_width(p, h.name, {.size = 12}), names + 14 + values);
}

void bars(Painter& p, Rect plot, const analysis::Histogram& data, float most, Color colour) {
  const auto n = static_cast<int>(data.counts.size());
  const float pitch = plot.w / static_cast<float>(n);
  const auto edge = [&](int i) { return std::round(plot.x + pitch * static_cast<float>(i)); };
  for (int i = 0; i < n; ++i) {
    if (data.counts[static_cast<std::size_t>(i)] == 0) continue;
    const float h = std::max(0.5f, plot.h * data.density(i) / most), w = edge(i + 1) - edge(i);
    p.fill({edge(i), plot.bottom() - h, pitch >= 5 ? w - 1 : w, h}, colour);
  }
}

/// Quarters of a symmetric range where they are round numbers: −32, −16, 0, 16, 32.
std::vector<Tick> value_ticks(const Axis& x, float width) {
  const float half = x.hi / 2;
  if (x.lo != -x.hi || half * 10 != std::round(half * 10))
    return ticks(x, std::max(1, static_cast<int>(width / 90)));
  std::vector<Tick> out;
  for (const float v : {x.lo, -half, 0.f, half, x.hi})
    out.push_back({v, number(v, half == std::round(half) ? 0 : 1)});
  return out;
}

}  // namespace

void histogram(Painter& p, Rect area, const HistogramPlot& h) {
  if (!h.data || h.data->counts.empty() || area.w < 80 || area.h < 60) return;
  const auto& t = p.theme();
  const TextStyle small{.color = t.text3, .size = 10.5f, .family = Family::mono};
  const float line_w = h.line.empty() ? 0 : p.width_of(h.line, small);
  // The numbers stand in the empty upper left where a narrow figure leaves enough of it, above the plot
  // otherwise.
  const float facts_w = facts_width(p, h),
              facts_h = kSwatchLine + kFactLine * static_cast<float>(h.facts.size());
  const bool above = facts_w > area.w * 0.27f;
  const float top = area.y + (above ? facts_h : 0), bottom = area.bottom() - 24;
  const Rect plot{std::round(area.x), std::round(top + 4), std::floor(area.w),
                  std::max(1.f, std::floor(bottom - top - 4))};
  float most = 0;
  for (int i = 0; i < static_cast<int>(h.data->counts.size()); ++i) most = std::max(most, h.data->density(i));
  for (const Point& point : h.theory) most = std::max(most, point.y);
  if (!(most > 0)) most = 1;
  bars(p, plot, *h.data, most, mixed(t.canvas, h.colour, 0.5f));
  const AxesLayout l{area, plot, {.lo = h.data->lo, .hi = h.data->hi}, {.lo = 0, .hi = most}};
  std::vector<Point> line;
  for (const Point& point : h.theory)
    if (const Point at = l.at(point.x, point.y); at.x >= plot.x - 0.5f && at.x <= plot.right() + 0.5f)
      line.push_back(at);
  p.fill({plot.x, plot.bottom(), plot.w, 1}, t.border_strong);
  if (line.size() > 1) p.polyline(std::move(line), t.text, 1.25f);

  const auto x_ticks = value_ticks(l.x, plot.w);
  const float title_w = h.x_title.empty() ? 0 : symbols_width(p, h.x_title, {.size = 10.5f});
  float title_x = -1, free_from = -1e9f;
  for (std::size_t i = 0; i < x_ticks.size(); ++i) {
    const float x = std::round(l.x_at(x_ticks[i].value));
    p.fill({std::min(x, plot.right() - 1), plot.bottom(), 1, 4}, t.border_strong);
    if (!h.tick_labels) continue;
    const float w = p.width_of(x_ticks[i].label, small),
                left = std::clamp(std::round(x - w / 2), area.x, std::max(area.x, area.right() - w));
    if (left < free_from) continue;
    // The title goes into the last gap that has room for it.
    if (title_w > 0 && i > 0 && left - free_from > title_w + 12)
      title_x = std::round((free_from - 6 + left - title_w) / 2);
    p.text({left, plot.bottom() + 18}, x_ticks[i].label, small);
    free_from = left + w + 6;
  }
  if (title_x >= 0) symbols(p, {title_x, plot.bottom() + 18}, h.x_title, {.color = t.text3, .size = 10.5f});
  const float used = facts(p, {area.x, area.y, area.w, area.h}, h);
  const float name_w = 18 + symbols_width(p, h.name, {.size = 12});
  if (line_w > 0 && (above ? used : name_w) + 16 + line_w <= area.w)
    p.text({area.right(), area.y + 9}, h.line, small, Align::right);
  p.region({.id = "histogram/" + h.name, .rect = plot, .label = "Distribution of " + h.name});
}

}  // namespace qkv::figures
