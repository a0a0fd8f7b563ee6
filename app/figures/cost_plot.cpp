#include "app/figures/cost_plot.h"

#include <algorithm>
#include <cmath>

namespace qkv::figures {
namespace {

float value_of(const analysis::CostPoint& p, CostPlot::What what) {
  return static_cast<float>(what == CostPlot::What::time ? p.seconds : p.bytes);
}

/// c·n² through the last point of a curve, over its n.
Curve square_line(const Curve& through, const drawing::Theme& theme) {
  Curve line{.label = "n²", .colour = theme.text2, .dashed = true};
  const CurvePoint last = through.points.back();
  for (const CurvePoint& p : through.points) {
    const float ratio = p.x / last.x;
    line.points.push_back({p.x, last.y * ratio * ratio});
  }
  return line;
}

}  // namespace

Curves cost_curves(const CostPlot& plot, const drawing::Theme& theme) {
  Curves data;
  data.id = "cost";
  data.label = plot.what == CostPlot::What::time ? "Time against tokens" : "Memory against tokens";
  data.cursor = plot.cursor;
  data.draggable = true;
  float least_n = 1e9f, most_n = 0, least = 1e30f, most = 0;
  for (const CostPlot::Series& s : plot.series) {
    Curve curve{.label = s.label, .colour = s.colour};
    for (const analysis::CostPoint& p : s.curve->points) {
      const CurvePoint point{static_cast<float>(p.n), value_of(p, plot.what)};
      curve.points.push_back(point);
      least_n = std::min(least_n, point.x);
      most_n = std::max(most_n, point.x);
      least = std::min(least, point.y);
      most = std::max(most, point.y);
    }
    if (!curve.points.empty()) data.curves.push_back(std::move(curve));
  }
  data.x = log_axis(least_n, most_n, AxisScale::log2);
  data.y = log_axis(least, most);
  data.x.title = "n tokens";
  data.y.unit = plot.what == CostPlot::What::time ? Unit::seconds : Unit::bytes;
  data.y.title = plot.what == CostPlot::What::time ? "time of one pass" : "kept in memory, from the shapes";
  // Only the first series that has points is compared with n²: it comes first where the caller's order is kept.
  if (!data.curves.empty() && data.curves.front().points.size() > 1) {
    Curve line = square_line(data.curves.front(), theme);
    std::erase_if(line.points, [&](const CurvePoint& p) { return p.y < data.y.lo; });
    data.curves.insert(data.curves.begin(), std::move(line));
  }
  return data;
}

}  // namespace qkv::figures
