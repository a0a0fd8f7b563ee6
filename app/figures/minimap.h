#pragma once
#include <memory>

#include "app/drawing/painter.h"
#include "app/figures/map_layout.h"
#include "app/figures/weight_scale.h"

namespace qkv::figures {

struct Minimap {
  /// The whole pattern pooled by maximum, about a texel a pixel (64 × 64 is plenty); null: only the frame.
  /// For Scale::row_rank the pooled places.
  std::shared_ptr<const Matrix> pooled{};
  WeightScale scale{};
  bool first_key_excluded = false;  ///< its column is not shown
};

/// The square or, where keys and queries differ in number, rectangle at the top right of `area`.
drawing::Rect minimap_rect(const MapLayout& layout, drawing::Rect area);

/// The pattern with the viewport's rectangle in it and "100 %  fit" below. Regions: "minimap" (press or drag:
/// see minimap_view), "map/full" and "map/fit". Wants about 65 × 86 px.
void minimap(drawing::Painter& p, const MapLayout& layout, drawing::Rect area, const Minimap& map);

/// The view with the middle of the viewport where the pointer is in the minimap.
MapView minimap_view(const MapLayout& layout, drawing::Rect area, drawing::Point p);

}  // namespace qkv::figures
