#pragma once
#include <string>

#include "app/drawing/painter.h"
#include "core/analysis/similarity.h"

namespace qkv::figures {

/// Two vectors of the plane as arrows from the origin, the angle between them, the projection of one on the
/// other, and the dot product in numbers.
struct Arrows {
  std::string id = "arrows";
  drawing::Point a{}, b{};         ///< components, y up
  analysis::Similarity numbers{};  ///< of a and b
  std::string name_a = "q", name_b = "k";
  drawing::Color colour_a{0, 0, 0, 0}, colour_b{0, 0, 0, 0};  ///< transparent: query and key of the theme
  float limit = 3;                                            ///< both axes −limit … limit
  bool projection = true;                                     ///< of a on b
  bool draggable = true;
  int held = -1;  ///< 0: the tip of a is dragged, 1: of b
};
struct ArrowsLayout {
  drawing::Rect area{}, plane{};  ///< plane: square, on whole pixels
  drawing::Rect text{};           ///< the numbers: at the right of the plane, below it where that is narrow
  float limit = 3;
  drawing::Point at(drawing::Point components) const;  ///< pixel
  /// Components of a pixel, within ±limit, to the nearest 0.1 (0.01 when fine), so that what is shown is what
  /// is meant.
  drawing::Point components_at(drawing::Point pixel, bool fine = false) const;
};
ArrowsLayout arrows_layout(drawing::Rect area, const Arrows& arrows);
/// Regions: "ID/plane", and on it "ID/a" and "ID/b": the tips, 24 px square.
void arrows(drawing::Painter& p, const ArrowsLayout& layout, const Arrows& arrows);

}  // namespace qkv::figures
