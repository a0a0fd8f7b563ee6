#pragma once
#include <string>
#include <vector>

#include "app/drawing/painter.h"

// Axes with ticks for curves, histograms and bars.
namespace qkv::figures {

/// log2: ticks at powers of two, log10: of ten.
enum class AxisScale : unsigned char { linear, log2, log10 };
enum class Unit : unsigned char { none, seconds, bytes };  ///< "12.3 ms", "4.2 MB" (decimal)

struct Axis {
  float lo = 0, hi = 1;  ///< of a logarithmic axis > 0
  AxisScale scale = AxisScale::linear;
  Unit unit = Unit::none;
  /// May hold symbols; stands below the right end of x, above the top of y; empty: none.
  std::string title{};
};

/// Place of a value, 0 at lo … 1 at hi, not clamped; NaN for what has none. value_at is its inverse.
float place(const Axis& axis, float value);
float value_at(const Axis& axis, float place);

struct Tick {
  float value = 0;
  std::string label{};
};
/// Between ticks: 1, 2, 2.5 or 5 times a power of ten, with at most `most` steps in the span (> 0).
float tick_step(float span, int most);
/// How many decimals it takes to write multiples of the step, at most 6.
int tick_decimals(float step);
/// Round values within lo … hi, rising, about `most` of them at most (but at least one); all labels with the
/// same decimals.
std::vector<Tick> ticks(const Axis& axis, int most);

/// An axis from zero, or from below it, to a round value that holds every finite one of lo … hi.
Axis linear_axis(float lo, float hi);
/// From the power (of 2 or 10) below lo to the one above hi; 1 … 10 when neither is positive.
Axis log_axis(float lo, float hi, AxisScale scale = AxisScale::log10);

/// A value of an axis with about three digits: "0.366", "12.3 ms", "512".
std::string quantity(float value, Unit unit, int decimals = 3);

struct AxesLayout {
  drawing::Rect area{}, plot{};  ///< plot: on whole pixels, inside the tick labels
  Axis x{}, y{};
  drawing::Point at(float x_value, float y_value) const;
  float x_at(float x_value) const;
  float y_at(float y_value) const;
};
/// Leaves room for tick labels left of and below the plot, and `right` px at its right.
AxesLayout axes_layout(drawing::Painter& p, drawing::Rect area, const Axis& x, const Axis& y,
                       float right = 8);
/// Hairlines at the ticks of y, small ticks below those of x, labels thinned until none overlap. The value
/// `marked` of x has a strong label, and those beside it give way. axes_grid draws only the lines, to be
/// drawn again over a filled band.
void axes(drawing::Painter& p, const AxesLayout& layout, float marked = -1);
void axes_grid(drawing::Painter& p, const AxesLayout& layout);

}  // namespace qkv::figures
