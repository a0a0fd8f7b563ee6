#include "app/figures/axes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "app/figures/drawing_names.h"
#include "app/figures/numbers.h"
#include "app/figures/symbols.h"

namespace qkv::figures {

namespace {

constexpr float kLabelSize = 10.5f, kTickLength = 4, kLabelGap = 8;
constexpr float kBelow = 24;  // of the plot: ticks and their labels
constexpr float kAbove = 8;   // half a label of the highest tick
constexpr float kTitleHeight = 18;

bool logarithmic(const Axis& a) { return a.scale != AxisScale::linear; }
float base_of(const Axis& a) { return a.scale == AxisScale::log2 ? 2.f : 10.f; }
float log_of(const Axis& a, float v) { return a.scale == AxisScale::log2 ? std::log2(v) : std::log10(v); }

TextStyle label_style(const Painter& p) {
  return {.color = p.theme().text3, .size = kLabelSize, .family = Family::mono};
}

struct Scaled {
  float value = 0;
  const char* unit = "";
};
Scaled scaled(float value, Unit unit) {
  if (unit == Unit::none || !(std::fabs(value) > 0) || !std::isfinite(value))
    return {value, unit == Unit::bytes ? " B" : unit == Unit::seconds ? " s" : ""};
  struct Step {
    float size;
    const char* name;
  };
  static constexpr Step kTime[] = {{1, " s"}, {1e-3f, " ms"}, {1e-6f, " µs"}, {1e-9f, " ns"}};
  static constexpr Step kBytes[] = {{1e12f, " TB"}, {1e9f, " GB"}, {1e6f, " MB"}, {1e3f, " kB"}, {1, " B"}};
  const auto in = [&](std::span<const Step> steps) {
    for (const Step& s : steps)
      if (std::fabs(value) >= s.size * 0.9995f) return Scaled{value / s.size, s.name};
    return Scaled{value / steps.back().size, steps.back().name};
  };
  return unit == Unit::seconds ? in(kTime) : in(kBytes);
}

std::vector<Tick> linear_ticks(const Axis& axis, int most) {
  std::vector<Tick> out;
  const float step = tick_step(axis.hi - axis.lo, most);
  if (!(step > 0) || !std::isfinite(step)) return out;
  const int decimals = tick_decimals(step);
  const double from = std::ceil(static_cast<double>(axis.lo) / static_cast<double>(step) - 1e-3);
  for (int i = 0; i <= most + 1; ++i) {
    const auto v = static_cast<float>((from + i) * static_cast<double>(step));
    if (v > axis.hi + step * 1e-3f) break;
    out.push_back({v, axis.unit == Unit::none ? number(v, decimals) : quantity(v, axis.unit)});
  }
  return out;
}

std::vector<Tick> power_ticks(const Axis& axis, int most) {
  const int first = static_cast<int>(std::ceil(log_of(axis, axis.lo) - 1e-3f)),
            last = static_cast<int>(std::floor(log_of(axis, axis.hi) + 1e-3f));
  const int every = std::max(1, (last - first + std::max(1, most)) / std::max(1, most));
  std::vector<Tick> out;
  for (int e = first; e <= last; e += every) {
    const float v = std::pow(base_of(axis), static_cast<float>(e));
    if (axis.unit != Unit::none) {
      const Scaled s = scaled(v, axis.unit);
      out.push_back({v, number(s.value, s.value < 0.999f ? 1 : 0) + s.unit});
    } else {
      out.push_back({v, v >= 1e5f ? number(v, 0)
                                  : number(v, e < 0 && axis.scale == AxisScale::log10 ? -e
                                              : v < 1                                 ? 3
                                                                                      : 0)});
    }
  }
  return out;
}

/// How many ticks of y: one every 44 px or so.
int y_ticks(Rect plot) { return std::max(1, static_cast<int>(plot.h / 44)); }

}  // namespace

float tick_step(float span, int most) {
  const float least = span / static_cast<float>(std::max(1, most));
  const float power = std::pow(10.f, std::floor(std::log10(least)));
  for (const float m : {1.f, 2.f, 2.5f, 5.f})
    if (m * power >= least * 0.999f) return m * power;
  return 10 * power;
}

int tick_decimals(float step) {
  for (int d = 0; d < 6; ++d) {
    const float scaled = step * std::pow(10.f, static_cast<float>(d));
    if (std::fabs(scaled - std::round(scaled)) < 1e-3f * scaled) return d;
  }
  return 6;
}

float place(const Axis& a, float value) {
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  if (!std::isfinite(value) || (logarithmic(a) && value <= 0)) return kNaN;
  if (logarithmic(a)) return std::log(value / a.lo) / std::log(a.hi / a.lo);
  return (value - a.lo) / (a.hi - a.lo);
}

float value_at(const Axis& a, float at) {
  if (logarithmic(a)) return a.lo * std::pow(a.hi / a.lo, at);
  return a.lo + (a.hi - a.lo) * at;
}

std::vector<Tick> ticks(const Axis& axis, int most) {
  if (!(axis.hi > axis.lo) || (logarithmic(axis) && !(axis.lo > 0))) return {};
  return logarithmic(axis) ? power_ticks(axis, most) : linear_ticks(axis, most);
}

Axis linear_axis(float lo, float hi) {
  if (!std::isfinite(lo)) lo = 0;
  if (!std::isfinite(hi)) hi = 0;
  lo = std::min(lo, 0.f);
  hi = std::max(hi, 0.f);
  return {.lo = lo < 0 ? -rounded_up(-lo) : 0, .hi = hi > 0 ? rounded_up(hi) : lo < 0 ? 0.f : 1.f};
}

Axis log_axis(float lo, float hi, AxisScale scale) {
  const bool fit = lo > 0 && hi >= lo && std::isfinite(hi);
  Axis a{.lo = fit ? lo : 1.f, .hi = fit ? hi : 10.f, .scale = scale};
  const float low = std::floor(log_of(a, a.lo) + 1e-3f), high = std::ceil(log_of(a, a.hi) - 1e-3f);
  a.lo = std::pow(base_of(a), low);
  a.hi = std::pow(base_of(a), std::max(high, low + 1));
  return a;
}

std::string quantity(float value, Unit unit, int decimals) {
  if (unit == Unit::none) return number(value, decimals);
  const Scaled s = scaled(value, unit);
  const float size = std::fabs(s.value);
  const bool whole = std::fabs(s.value - std::round(s.value)) < 1e-4f * std::max(1.f, size);
  return number(s.value, whole || size >= 99.95f ? 0 : size >= 9.995f ? 1 : 2) + s.unit;
}

float AxesLayout::x_at(float value) const { return plot.x + plot.w * place(x, value); }
float AxesLayout::y_at(float value) const { return plot.bottom() - plot.h * place(y, value); }
Point AxesLayout::at(float x_value, float y_value) const { return {x_at(x_value), y_at(y_value)}; }

AxesLayout axes_layout(Painter& p, Rect area, const Axis& x, const Axis& y, float right) {
  AxesLayout l{.area = area, .x = x, .y = y};
  const float top = area.y + kAbove + (y.title.empty() ? 0 : kTitleHeight),
              bottom = area.bottom() - kBelow - (x.title.empty() ? 0 : kTitleHeight);
  l.plot = {0, std::round(top), 0, std::max(1.f, std::floor(bottom - top))};
  float labels = 0;
  for (const Tick& t : ticks(y, y_ticks(l.plot)))
    labels = std::max(labels, p.width_of(t.label, label_style(p)));
  l.plot.x = std::round(area.x + std::ceil(labels) + kLabelGap);
  l.plot.w = std::max(1.f, std::floor(area.right() - right - l.plot.x));
  return l;
}

void axes_grid(Painter& p, const AxesLayout& l) {
  for (const Tick& tick : ticks(l.y, y_ticks(l.plot))) {
    const float y = std::round(l.y_at(tick.value));
    if (y < l.plot.bottom() - 1) p.fill({l.plot.x, y, l.plot.w, 1}, p.theme().gridline);
  }
}

namespace {

void y_labels(Painter& p, const AxesLayout& l) {
  for (const Tick& tick : ticks(l.y, y_ticks(l.plot)))
    p.text_middle(l.plot.x - kLabelGap, std::round(l.y_at(tick.value)), tick.label, label_style(p),
                  Align::right);
  if (!l.y.title.empty())
    symbols(p, {l.area.x, l.area.y + 10}, l.y.title, {.color = p.theme().text3, .size = kLabelSize});
}

/// The left edge of a centred label, moved to stay inside the area.
float kept_inside(float centre, float width, Rect area) {
  return std::max(area.x, std::min(std::round(centre - width / 2), area.right() - width));
}

void x_labels(Painter& p, const AxesLayout& l, float marked) {
  const auto& t = p.theme();
  constexpr float kApart = 6;
  const float baseline = l.plot.bottom() + 18;
  const auto all =
      ticks(l.x, l.x.scale == AxisScale::linear ? std::max(1, static_cast<int>(l.plot.w / 64)) : 1000);
  float widest = 0;
  for (const Tick& tick : all) widest = std::max(widest, p.width_of(tick.label, label_style(p)));
  // The marked value has its label whatever it is, and the ticks beside it give way.
  float marked_left = 1e9f, marked_right = 1e9f;
  if (const float at = place(l.x, marked); at >= 0 && at <= 1) {
    TextStyle strong = label_style(p);
    strong.color = t.text;
    strong.weight = 700;
    const std::string label = number(marked, marked == std::round(marked) ? 0 : 2);
    const float width = p.width_of(label, strong);
    marked_left = kept_inside(std::round(l.x_at(marked)), width, l.area);
    marked_right = marked_left + width;
    p.fill({std::round(l.x_at(marked)), l.plot.bottom(), 1, kTickLength}, t.text);
    p.text({marked_left, baseline}, label, strong);
  }
  const float pitch = all.size() > 1 ? l.x_at(all[1].value) - l.x_at(all[0].value) : l.plot.w;
  const int every = std::max(1, static_cast<int>(std::ceil((widest + kApart) / std::max(1.f, pitch))));
  float free_from = -1e9f;
  for (int i = 0; i < static_cast<int>(all.size()); ++i) {
    const Tick& tick = all[static_cast<std::size_t>(i)];
    const float x = std::round(l.x_at(tick.value));
    p.fill({x, l.plot.bottom(), 1, kTickLength}, t.border_strong);
    if (i % every != 0) continue;
    const float width = p.width_of(tick.label, label_style(p)), left = kept_inside(x, width, l.area);
    const bool by_marked = left < marked_right + kApart && left + width + kApart > marked_left;
    if (by_marked || left < free_from) continue;  // or moved inwards onto the one before
    p.text({left, baseline}, tick.label, label_style(p));
    free_from = left + width + kApart;
  }
  if (!l.x.title.empty())
    symbols(p, {l.plot.right(), l.area.bottom() - 4}, l.x.title, {.color = t.text3, .size = kLabelSize},
            Align::right);
}

}  // namespace

void axes(Painter& p, const AxesLayout& l, float marked) {
  axes_grid(p, l);
  p.fill({l.plot.x, l.plot.bottom(), l.plot.w + 1, 1}, p.theme().border_strong);
  y_labels(p, l);
  x_labels(p, l, marked);
}

}  // namespace qkv::figures
