#pragma once
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "app/figures/axes.h"

namespace qkv::figures {

inline constexpr float kNoBand = std::numeric_limits<float>::quiet_NaN();
struct CurvePoint {
  float x = 0, y = 0;
  float lo = kNoBand, hi = kNoBand;  ///< of the band
};
struct Curve {
  std::string label{};  ///< at its end; may hold symbols: "÷ √d_k"
  drawing::Color colour{};
  std::vector<CurvePoint> points{};  ///< by rising x; a point that is not finite is a gap
  bool dashed = false;               ///< a theory: thin and dashed, without dots, not at the cursor
  bool dots = true;                  ///< on an axis of powers of two, only those points have one
};
/// A single point beside the curves: the user's own experiment.
struct ExtraPoint {
  float x = 0, y = 0, lo = kNoBand, hi = kNoBand;
  std::string label{};
  drawing::Color colour{};
};
struct Curves {
  std::string id = "curves";  ///< of the plot's region
  std::string label{};        ///< what a screen reader says of it
  Axis x{}, y{};
  std::vector<Curve> curves{};
  std::vector<ExtraPoint> extra{};
  /// A value of x: the vertical line stands at the nearest x of a point, with a box for each curve.
  std::optional<float> cursor{};
  int decimals = 3;        ///< of the boxes, where y has no unit
  bool draggable = false;  ///< the cursor of the pointer says that the line can be dragged
};

/// Where everything stands in `area`; draw with curves(), and turn the pointer into a value with cursor_at().
AxesLayout curves_layout(drawing::Painter& p, drawing::Rect area, const Curves& data);
/// Region: `id`, the plot. Bands first, then the grid, curves, cursor, extra points, boxes, labels. Curves that lie on
/// each other share their place in dashes; one that ends inside the plot has its label there.
void curves(drawing::Painter& p, const AxesLayout& layout, const Curves& data);
/// The x of the measured point nearest to pixel `x`; nothing without points.
std::optional<float> cursor_at(const AxesLayout& layout, const Curves& data, float x);

}  // namespace qkv::figures
