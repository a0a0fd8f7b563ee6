#pragma once
#include <span>

#include "app/drawing/painter.h"

namespace qkv::figures {

/// Signed bars of the terms and the running sum as a step line that ends on the total, in `area`; one bar every
/// `step` px from area.x. A zero line and its label stand at the left. Terms that are not finite are left out,
/// and the line ends before the first.
void waterfall(drawing::Painter& p, drawing::Rect area, std::span<const float> terms, float step, int highlighted = -1);

}  // namespace qkv::figures
