#pragma once
#include <utility>
#include <vector>

#include "app/drawing/drawing.h"
#include "app/drawing/theme.h"

// A heatmap as the vector players draw it: what the window's shader decides for every pixel, decided for
// every cell.
namespace qkv::drawing {

struct HeatCells {
  struct Run {
    Rect rect;
    Color color;
  };
  enum class Mark : unsigned char { nan, plus_infinity, minus_infinity };
  struct Marked {
    Rect rect;
    Mark mark = Mark::nan;
  };
  std::vector<Run> runs;       ///< equal neighbours of a row in one; empty when `image` serves
  std::vector<Rect> hatched;   ///< masked cells, neighbours of a row in one
  std::vector<Marked> marked;  ///< NaN and ±inf; empty when cells are too small for marks
  std::vector<Rect> gaps;
  int image_width = 0, image_height = 0;
  std::vector<Color> image;  ///< a pixel a cell, top row first, when there are too many for rectangles
};

/// More cells than this are an image.
inline constexpr int kMostVectorCells = 20000;

HeatCells heat_cells(const Heat& heat, const Theme& theme);

/// The shapes of a mark in the order of drawing: filled rectangles and lines.
struct MarkShapes {
  std::vector<HeatCells::Run> fills;
  std::vector<Polyline> lines;
  StrokeRect outline;
};
MarkShapes mark_shapes(const HeatCells::Marked& marked, const Theme& theme);

/// The lines of a hatched rectangle: x + y = (k + ½)·step of the whole drawing, so that neighbours join.
std::vector<std::pair<Point, Point>> hatch_lines(const Rect& rect, float step);

inline constexpr float kHeatHatchStep = 5;

}  // namespace qkv::drawing
