#pragma once
#include <string>
#include <vector>

#include "app/figures/curves.h"

// The texts of a set of curves, placed where none covers another.
namespace qkv::figures {

/// a and b mixed, b by `share`; opaque.
drawing::Color mixed(drawing::Color a, drawing::Color b, float share);

/// Room right of the plot for the names of the curves that end there.
float end_label_room(drawing::Painter& p, drawing::Rect area, const Curves& data);

/// Each keeps clear of those drawn before it.
class CurveLabels {
 public:
  CurveLabels(drawing::Painter& p, const AxesLayout& layout, const Curves& data)
      : p_(p), l_(layout), data_(data) {}

  /// At the ends of the curves: beside the plot where they reach its right edge, else inside it where there is room.
  void end_labels();
  /// A ring on each curve at x, and its value in a box beside the line.
  void value_boxes(float x);
  /// Names of the extra points, above, below or beside them.
  void extra_labels();

 private:
  void inner_label(const Curve& c, drawing::Point end);
  /// Where a curve may be named: at its end; a theory, straight, also along it where it is crowded there.
  std::vector<drawing::Point> places_of(const Curve& c, drawing::Point end) const;
  bool free(drawing::Rect r) const;
  /// How much of the curves a box would hide: points along them.
  int points_under(drawing::Rect r) const;

  drawing::Painter& p_;
  const AxesLayout& l_;
  const Curves& data_;
  std::vector<drawing::Rect> taken_;
};

}  // namespace qkv::figures
