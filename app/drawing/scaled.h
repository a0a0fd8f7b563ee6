#pragma once
#include "app/drawing/drawing.h"

namespace qkv::drawing {

/// Appends `from`, `factor` times as large with its bounds' corner at `at`: a figure made for a desk, shown to a room. Regions
/// come along, at their new places.
void append_scaled(Drawing& to, const Drawing& from, float factor, Point at);

}  // namespace qkv::drawing
