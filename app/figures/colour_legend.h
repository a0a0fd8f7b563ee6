#pragma once
#include <optional>
#include <string>

#include "app/drawing/painter.h"
#include "app/figures/weight_scale.h"

namespace qkv::figures {

struct ColourLegend {
  WeightScale scale{};
  std::string title = "weight";
  std::optional<float> marked{};  ///< a triangle at this value (row_rank: at this place)
};

/// A vertical bar of the weight colours at the right of `area`, its ticks to the left where scale_value()
/// puts them, its title above. Wants 64 px of width. Returns the bar. Region: "legend".
drawing::Rect colour_legend(drawing::Painter& p, drawing::Rect area, const ColourLegend& legend);

}  // namespace qkv::figures
