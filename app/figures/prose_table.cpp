#include "app/figures/prose_table.h"

#include <algorithm>
#include <cmath>

namespace qkv::figures {
namespace {

using Rows = std::vector<std::vector<std::vector<prose::Span>>>;

/// Widths for columns that would like `wanted`: who wants less than an equal share gets it, the others share
/// the rest.
std::vector<float> shared(const std::vector<float>& wanted, float room) {
  std::vector<float> widths(wanted.size(), -1);
  std::size_t open = wanted.size();
  for (bool changed = true; changed && open > 0;) {
    changed = false;
    const float share = room / static_cast<float>(open);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (widths[i] >= 0 || wanted[i] > share) continue;
      widths[i] = wanted[i];
      room -= wanted[i];
      --open;
      changed = true;
    }
  }
  for (float& w : widths)
    if (w < 0) w = std::floor(room / static_cast<float>(open));
  return widths;
}

}  // namespace

float prose_table(drawing::Painter& p, drawing::Point top_left, float width, const Rows& rows,
                  const FlowStyle& style, bool draws) {
  std::size_t columns = 0;
  for (const auto& row : rows) columns = std::max(columns, row.size());
  if (columns == 0) return 0;
  FlowStyle heading = style;
  heading.text.weight = 600;
  heading.text.color = style.strong;
  const auto look = [&](std::size_t row) -> const FlowStyle& { return row == 0 ? heading : style; };
  const float gap = std::round(std::min(1.2f * style.text.size, 0.3f * width / static_cast<float>(columns)));
  const float above = std::round(0.3f * style.text.size);

  std::vector<float> wanted(columns, 1);
  for (std::size_t r = 0; r < rows.size(); ++r)
    for (std::size_t c = 0; c < rows[r].size(); ++c)
      wanted[c] = std::max(wanted[c], std::ceil(flow(p, rows[r][c], look(r), 0).width));
  const std::vector<float> widths =
      shared(wanted, std::max(1.f, width - gap * static_cast<float>(columns - 1)));

  float used = gap * static_cast<float>(columns - 1);
  for (const float w : widths) used += w;
  float y = std::round(top_left.y);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::vector<Flow> cells;
    float height = 0;
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      cells.push_back(flow(p, rows[r][c], look(r), std::max(1.f, widths[c])));
      height = std::max(height, cells.back().height);
    }
    height += 2 * above;
    if (draws) {
      float x = top_left.x;
      for (std::size_t c = 0; c < cells.size(); ++c) {
        draw_flow(p, {x, y + above}, cells[c], style.hits);
        x += widths[c] + gap;
      }
      const bool is_heading = r == 0;
      if (is_heading || r + 1 < rows.size())
        p.fill({top_left.x, y + height - 1, std::min(used, width), 1},
               is_heading ? p.theme().border_strong : p.theme().gridline);
    }
    y += height;
  }
  return y - std::round(top_left.y);
}

}  // namespace qkv::figures
