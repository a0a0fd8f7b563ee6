#pragma once
#include "app/workspaces/learn/scene.h"

namespace qkv::workspaces {

/// The controls that the step names and no others, with the way to start again and to the Lab; returns its height. A room has it
/// only where the step names controls. A control
/// that the figure takes for itself (the d_k of a study) is left to it.
float controls_strip(LearnScene& s, Rect area);

/// Puts things of a row beside each other, and below where there is no more room.
class Flow {
 public:
  /// `height` of a row.
  Flow(Rect area, float height, float gap = 24) : area_(area), height_(height), gap_(gap), x_(area.x), y_(area.y) {}
  Rect take(float width) {
    if (x_ > area_.x && x_ + width > area_.right()) {
      x_ = area_.x;
      y_ += height_;
    }
    const Rect r{x_, y_, std::min(width, area_.w), height_};
    x_ += width + gap_;
    return r;
  }
  float room() const { return area_.right() - x_; }  ///< in this row
  float bottom() const { return y_ + height_; }
  bool empty() const { return x_ == area_.x && y_ == area_.y; }

 private:
  Rect area_;
  float height_, gap_, x_, y_;
};

}  // namespace qkv::workspaces
