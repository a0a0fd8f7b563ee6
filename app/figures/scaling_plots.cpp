#include "app/figures/scaling_plots.h"

#include <algorithm>
#include <cmath>

#include "app/figures/numbers.h"

namespace qkv::figures {

using analysis::ScalingPoint;
using analysis::Spread;

namespace {

const Spread& spread_of(const analysis::SoftmaxMeasures& m, ScalingMeasure measure) {
  switch (measure) {
    case ScalingMeasure::largest_weight:
      return m.largest_weight;
    case ScalingMeasure::entropy:
      return m.entropy;
    default:
      return m.jacobian_norm;
  }
}

CurvePoint point_of(const ScalingPoint& p, ScalingMeasure measure, bool scaled) {
  const auto x = static_cast<float>(p.d_k);
  if (measure == ScalingMeasure::variance) return {x, scaled ? p.scaled_variance : p.variance};
  const Spread& s = spread_of(scaled ? p.scaled : p.unscaled, measure);
  return {x, s.mean, s.lo, s.hi};
}

Axis y_axis(ScalingMeasure measure, int keys) {
  switch (measure) {
    case ScalingMeasure::variance:
      return {.lo = 0.1f, .hi = 1000, .scale = AxisScale::log10};
    case ScalingMeasure::largest_weight:
      return {.lo = 0, .hi = 1};
    case ScalingMeasure::entropy:
      return {.lo = 0, .hi = rounded_up(std::log(static_cast<float>(std::max(2, keys))))};
    case ScalingMeasure::jacobian_norm:
      break;
  }
  return {.lo = 0, .hi = 0.45f};  // 0.5 at most, when two keys share all the weight
}

}  // namespace

Curves scaling_curves(const analysis::ScalingStudy& study, ScalingMeasure measure,
                      const drawing::Theme& theme, std::optional<float> cursor_d_k,
                      const std::optional<analysis::OwnPoint>& own, const std::string& own_name) {
  Curves data;
  data.id = "scaling";
  data.label = scaling_title(measure);
  data.x = {.lo = 1, .hi = analysis::kMostStudyWidth, .scale = AxisScale::log2};
  data.y = y_axis(measure, study.request.keys);
  data.cursor = cursor_d_k;
  data.draggable = true;
  data.decimals = measure == ScalingMeasure::variance || measure == ScalingMeasure::entropy ? 2 : 3;
  Curve plain{.label = "unscaled", .colour = theme.warn}, divided{.label = "÷ √d_k", .colour = theme.weight};
  for (const ScalingPoint& p : study.points) {
    plain.points.push_back(point_of(p, measure, false));
    divided.points.push_back(point_of(p, measure, true));
  }
  if (measure == ScalingMeasure::variance) {
    Curve theory{.label = "theory", .colour = theme.text2, .dashed = true};
    for (const ScalingPoint& p : study.points)
      theory.points.push_back({static_cast<float>(p.d_k), static_cast<float>(p.d_k)});
    data.curves.push_back(std::move(theory));
  }
  data.curves.push_back(std::move(plain));
  data.curves.push_back(std::move(divided));
  if (own) {
    for (const bool scaled : {false, true}) {
      const CurvePoint p = point_of(own->point, measure, scaled);
      data.extra.push_back(
          {p.x, p.y, p.lo, p.hi, own_name + (scaled ? " ÷ √d_k" : ""), scaled ? theme.weight : theme.warn});
    }
  }
  return data;
}

std::string scaling_title(ScalingMeasure measure) {
  switch (measure) {
    case ScalingMeasure::variance:
      return "Variance of scores, by d_k";
    case ScalingMeasure::largest_weight:
      return "Largest weight, by d_k";
    case ScalingMeasure::entropy:
      return "Entropy of the weights, by d_k";
    case ScalingMeasure::jacobian_norm:
      break;
  }
  return "Gradient through softmax, by d_k";
}

std::string scaling_note(const analysis::ScalingStudy& study, ScalingMeasure measure) {
  const std::string draws = std::to_string(study.request.draws) + " draws";
  switch (measure) {
    case ScalingMeasure::variance:
      return draws + " of " + std::to_string(study.request.keys) + " keys";
    case ScalingMeasure::largest_weight:
      return draws + ", band 25–75 %";
    case ScalingMeasure::entropy:
      return "nat, " + draws + ", band 25–75 %";
    case ScalingMeasure::jacobian_norm:
      break;
  }
  return "‖∂a/∂s‖, " + draws + ", band 25–75 %";
}

std::vector<drawing::Point> normal_curve(float variance, float lo, float hi, int points) {
  std::vector<drawing::Point> line;
  for (int i = 0; i <= points; ++i) {
    const float x = std::lerp(lo, hi, static_cast<float>(i) / static_cast<float>(std::max(1, points)));
    line.push_back({x, analysis::normal_density(x, variance)});
  }
  return line;
}

}  // namespace qkv::figures
