#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "app/drawing/painter.h"

namespace qkv::figures {

using drawing::Color;
using drawing::Painter;
using drawing::Point;
using drawing::Rect;

struct AxisLabel {
  std::string text;
  Color color;
  bool strong = false;
};

struct HeatmapStyle {
  float cell_w = 26, cell_h = 20;
  drawing::Map map = drawing::Map::diverging;
  float lo = -1, hi = 1;
  bool numbers = true;
  int max_decimals = 2;
  std::span<const AxisLabel> rows{}, columns{};  ///< thinned and, for columns, rotated where they would not fit
  float row_label_width = 0;                 ///< room left of the matrix for row labels
  float label_size = 10;                     ///< px
  float label_length = 54;                   ///< px at which a slanted column label is cut
  std::shared_ptr<const std::vector<std::uint8_t>> masked{};
  std::string_view masked_text{};            ///< printed in a masked cell that has room
};

/// The matrix as coloured cells with their numbers where they fit, framed; NaN and ±∞ are outlined and named.
/// Origin is the first cell's corner. Returns the rectangle of the cells.
Rect heatmap(Painter& p, Point origin, const std::shared_ptr<const Matrix>& values, const HeatmapStyle& style);

/// Size at which numbers are printed in a cell of this width and height, 0 when there is no room.
float number_size(float cell_w, float cell_h);

/// How far the column labels reach above the matrix.
float column_label_height(Painter& p, const HeatmapStyle& style);

/// "−2 ▭▭▭ 2": the colours and what they stand for. Returns its width.
float colour_scale(Painter& p, Point top_left, drawing::Map map, float lo, float hi, float bar_width = 40,
                   int decimals = -1);

/// The same without drawing it.
float colour_scale_width(Painter& p, float lo, float hi, float bar_width = 40, int decimals = -1);

/// The teal corner that says 'edited by you'.
void edited_mark(Painter& p, Rect cell);

}  // namespace qkv::figures
