#include "app/figures/cost_plot.h"

#include <algorithm>
#include <cmath>

namespace qkv::figures {
namespace {

float value_of(const analysis::CostPoint& p, CostPlot::What what) {
  return static_cast<float>(what == CostPlot::What::time ? p.seconds : p.peak_bytes);
}

/// c·n² through the point of a curve nearest to n = 512, as far as the axes show it: what other costs add to fewer tokens and
/// full caches to more is seen above it.
Curve square_line(const Curve& measured, const Curves& data, const drawing::Theme& theme) {
  constexpr float kMiddle = 512;
  Curve line{.label = "n²", .colour = theme.text2, .dashed = true};
  const CurvePoint through = *std::ranges::min_element(measured.points, {}, [](const CurvePoint& p) { return std::fabs(std::log2(p.x / kMiddle)); });
  const auto n_at = [&](float y) { return through.x * std::sqrt(y / through.y); };
  const float from = std::max(data.x.lo, n_at(data.y.lo)), to = std::min(data.x.hi, n_at(data.y.hi));
  for (const float n : {from, to}) line.points.push_back({n, std::clamp(through.y * (n / through.x) * (n / through.x), data.y.lo, data.y.hi)});
  return line;
}

/// Logarithmic axes that hold every point.
void fit_axes(Curves& data) {
  float least_x = 1e30f, most_x = 0, least_y = 1e30f, most_y = 0;
  for (const Curve& c : data.curves)
    for (const CurvePoint& p : c.points) {
      least_x = std::min(least_x, p.x);
      most_x = std::max(most_x, p.x);
      least_y = std::min(least_y, p.y);
      most_y = std::max(most_y, p.y);
    }
  data.x = log_axis(least_x, most_x, AxisScale::log2);
  data.y = log_axis(least_y, most_y);
  data.x.title = "n tokens";
}

}  // namespace

Curves cost_curves(const CostPlot& plot, const drawing::Theme& theme) {
  Curves data;
  data.id = "cost";
  data.label = plot.what == CostPlot::What::time ? "Time against tokens" : "Memory against tokens";
  data.cursor = plot.cursor;
  data.draggable = true;
  for (const CostPlot::Series& s : plot.series) {
    Curve curve{.label = s.label, .colour = s.colour};
    for (const analysis::CostPoint& p : s.curve->points)
      curve.points.push_back({static_cast<float>(p.n), value_of(p, plot.what)});
    if (!curve.points.empty()) data.curves.push_back(std::move(curve));
  }
  fit_axes(data);
  data.y.unit = plot.what == CostPlot::What::time ? Unit::seconds : Unit::bytes;
  data.y.title = plot.what == CostPlot::What::time ? "time of one pass" : "memory of one pass";
  // Only the first series that has points is compared with n²: it comes first where the caller's order is
  // kept.
  if (!data.curves.empty() && data.curves.front().points.size() > 1) {
    Curve line = square_line(data.curves.front(), data, theme);
    data.curves.insert(data.curves.begin(), std::move(line));
  }
  return data;
}

Curves decoding_curves(const analysis::DecodingCost& cost, const drawing::Theme& theme,
                       std::optional<float> cursor) {
  using analysis::DecodingPoint;
  Curves data;
  data.id = "decoding";
  data.label = "Time a token against the tokens before it";
  data.cursor = cursor;
  data.draggable = true;
  const auto add = [&](const char* name, drawing::Color colour, double DecodingPoint::*seconds) {
    Curve curve{.label = name, .colour = colour};
    for (const DecodingPoint& p : cost.points)
      curve.points.push_back({static_cast<float>(p.n), static_cast<float>(p.*seconds)});
    if (!curve.points.empty()) data.curves.push_back(std::move(curve));
  };
  add("without a cache", theme.warn, &DecodingPoint::uncached);
  add("with a cache", theme.key, &DecodingPoint::cached);
  add("all at once", theme.weight, &DecodingPoint::all_at_once);
  fit_axes(data);
  data.y.unit = Unit::seconds;
  data.y.title = "time a token";
  return data;
}

}  // namespace qkv::figures
