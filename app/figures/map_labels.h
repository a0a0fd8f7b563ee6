#pragma once
#include <span>
#include <vector>

namespace qkv::figures {

struct LabelPlace {
  int index = 0;
  float at = 0;  ///< centre of its cell, or moved aside where two that must show are too close
  bool strong = false;
};

/// Which labels of an axis show: every k-th of the whole axis (k = 1, 2, 5, 10, …; the same ones while
/// panning) so that two are at least `apart` px from each other, and those of `strong` that are in view, for
/// which the others make way. first … end: indices in view; begin: px of index 0.
std::vector<LabelPlace> label_places(float begin, float cell, int first, int end, float apart,
                                     std::span<const int> strong);

}  // namespace qkv::figures
