#pragma once
#include "app/figures/prose_flow.h"

namespace qkv::figures {

/// Rows of cells, the first the heading, in columns as wide as they need, narrower and wrapped where `width` is less. Returns its
/// height; draws it when asked to.
float prose_table(drawing::Painter& p, drawing::Point top_left, float width,
                  const std::vector<std::vector<std::vector<prose::Span>>>& rows, const FlowStyle& style, bool draws);

}  // namespace qkv::figures
