#include "app/drawing/heat_cells.h"

#include <cmath>

namespace qkv::drawing {
namespace {

constexpr float kSmallestGap = 4, kSmallestMark = 6;  // px, as in the shader

/// Where cells begin: whole pixels, halves down, as in the window at scale 1.
float edge(float from, float size, int i, int cells) {
  const float begin = std::ceil(from - 0.5f), end = std::ceil(from + size - 0.5f);
  return begin +
         std::ceil(static_cast<float>(i) * std::max(1.f, end - begin) / static_cast<float>(cells) - 0.5f);
}

}  // namespace

HeatCells heat_cells(const Heat& heat, const Theme& theme) {
  HeatCells result;
  if (!heat.values || heat.values->size() == 0 || heat.rect.empty()) return result;
  const Matrix& values = *heat.values;
  const auto rows = static_cast<int>(values.rows()), columns = static_cast<int>(values.cols());
  const bool has_mask = heat.masked && heat.masked->size() == static_cast<std::size_t>(values.size());
  const auto is_masked = [&](int row, int column) {
    return has_mask && (*heat.masked)[static_cast<std::size_t>(row) * columns + column] != 0;
  };
  const auto color_of = [&](int row, int column) {
    return is_masked(row, column) ? theme.mask_fill : colour_of(theme, heat, values(row, column));
  };
  const auto cell = [&](int row, int column, int end_column) {
    const float x = edge(heat.rect.x, heat.rect.w, column, columns),
                y = edge(heat.rect.y, heat.rect.h, row, rows);
    return Rect{x, y, edge(heat.rect.x, heat.rect.w, end_column, columns) - x,
                edge(heat.rect.y, heat.rect.h, row + 1, rows) - y};
  };
  const float cell_width = heat.rect.w / static_cast<float>(columns),
              cell_height = heat.rect.h / static_cast<float>(rows);
  const bool gaps = heat.gaps && std::min(cell_width, cell_height) >= kSmallestGap;
  const bool as_image = values.size() > kMostVectorCells;
  if (as_image) {
    result.image_width = columns;
    result.image_height = rows;
    result.image.reserve(static_cast<std::size_t>(values.size()));
  }
  for (int row = 0; row < rows; ++row) {
    for (int column = 0, end = 0; column < columns; column = end) {
      const Color color = color_of(row, column);
      for (end = column + 1; end < columns && color_of(row, end) == color; ++end) {
      }
      if (as_image)
        result.image.insert(result.image.end(), static_cast<std::size_t>(end - column), color);
      else if (const Rect r = cell(row, column, end); !r.empty())
        result.runs.push_back({r, color});
    }
    for (int column = 0, end = 0; column < columns; column = end) {
      end = column + 1;
      if (is_masked(row, column)) {
        while (end < columns && is_masked(row, end)) ++end;
        result.hatched.push_back(cell(row, column, end));
      } else if (const float v = values(row, column);
                 !std::isfinite(v) && std::min(cell_width, cell_height) >= kSmallestMark) {
        const float left = gaps && column > 0 ? 1 : 0, top = gaps && row > 0 ? 1 : 0;
        const Rect r = cell(row, column, end);
        result.marked.push_back({{r.x + left, r.y + top, r.w - left, r.h - top},
                                 std::isnan(v) ? HeatCells::Mark::nan
                                 : v > 0       ? HeatCells::Mark::plus_infinity
                                               : HeatCells::Mark::minus_infinity});
      }
    }
  }
  if (gaps) {
    for (int column = 1; column < columns; ++column) {
      result.gaps.push_back({cell(0, column, column + 1).x, heat.rect.y, 1, heat.rect.h});
    }
    for (int row = 1; row < rows; ++row)
      result.gaps.push_back({heat.rect.x, cell(row, 0, 1).y, heat.rect.w, 1});
  }
  return result;
}

MarkShapes mark_shapes(const HeatCells::Marked& marked, const Theme& theme) {
  const Rect& r = marked.rect;
  const Color faint = theme.error.with_alpha(kErrorMark);
  const float band = std::max(2.f, std::floor(r.h / 5));
  MarkShapes shapes;
  switch (marked.mark) {
    case HeatCells::Mark::nan:
      shapes.lines.push_back({{{r.x, r.y}, {r.right(), r.bottom()}}, faint, 1});
      shapes.lines.push_back({{{r.x, r.bottom()}, {r.right(), r.y}}, faint, 1});
      break;
    case HeatCells::Mark::plus_infinity:
      shapes.fills.push_back({{r.x, r.y, r.w, band}, faint});
      break;
    case HeatCells::Mark::minus_infinity:
      shapes.fills.push_back({{r.x, r.bottom() - band, r.w, band}, faint});
      break;
  }
  shapes.outline = {r, theme.error};
  return shapes;
}

std::vector<std::pair<Point, Point>> hatch_lines(const Rect& r, float step) {
  std::vector<std::pair<Point, Point>> lines;
  if (step <= 0 || r.empty()) return lines;
  const float first = (std::ceil((r.x + r.y) / step - 0.5f) + 0.5f) * step;
  for (float sum = first; sum < r.right() + r.bottom(); sum += step) {
    const Point low = sum - r.x < r.bottom() ? Point{r.x, sum - r.x} : Point{sum - r.bottom(), r.bottom()};
    const Point high = sum - r.y < r.right() ? Point{sum - r.y, r.y} : Point{r.right(), sum - r.right()};
    lines.emplace_back(low, high);
  }
  return lines;
}

}  // namespace qkv::drawing
