#pragma once
#include <optional>
#include <span>
#include <string>

#include "app/drawing/painter.h"
#include "app/figures/head_grid.h"

// One head's metrics among those of all heads.
namespace qkv::figures {

struct MetricRow {
  std::string id{};      ///< of its region: "metric/induction"
  std::string name{};    ///< "Entropy"
  std::string value{};   ///< with its unit: "2.02 nat"
  float percentile = 0;  ///< 0…1 among all heads: the tick; NaN: none
  bool chosen = false;   ///< the metric the grid shows
};
inline constexpr float kMetricRowHeight = 20;
/// "Induction 0.536 ──|─ 97". Rows that have no room are left out.
void metric_rows(drawing::Painter& p, drawing::Rect area, std::span<const MetricRow> rows);

struct LayerDots {
  int layers = 0, heads = 0;
  std::span<const float> values{};  ///< [layers · heads], layer by layer; NaN: no dot
  int decimals = 2;
  std::optional<HeadAt> selected{}, hovered{};
};
struct LayerDotsLayout {
  drawing::Rect area{}, plot{};  ///< plot: between the axis numbers
  int layers = 0, heads = 0;
  float lo = 0, hi = 1;  ///< of the vertical axis: round values
  float step = 0.25f;    ///< between its lines
  drawing::Point place(int layer, float value) const;
};
LayerDotsLayout layer_dots_layout(drawing::TextEngine& text, drawing::Rect area, const LayerDots& dots);
/// The head whose dot is nearest to the point, within 8 px.
std::optional<HeadAt> dot_at(const LayerDotsLayout& layout, const LayerDots& dots, drawing::Point p);
/// A dot a head over its layer, a tick at each layer's mean. Region: "dots".
void layer_dots(drawing::Painter& p, const LayerDotsLayout& layout, const LayerDots& dots);

}  // namespace qkv::figures
