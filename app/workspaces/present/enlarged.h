#pragma once
#include <string>

#include "app/controls/ui.h"

namespace qkv::workspaces {

/// A figure made for a desk that is shown larger, and answers the hand all the same: what happens to its regions on the screen,
/// which are named `prefix` + their own name, is told to an interaction of its own, in its own pixels. Left button, wheel
/// and the typing of a number; it never has the keyboard otherwise, which walks the talk, and opens no menu.
class Enlarged {
 public:
  /// `factor` times as large, its bounds' corner at `place.x`, `place.y`; clipped by `place`.
  Enlarged(controls::Interaction& outer, std::string prefix, float factor, drawing::Rect place, drawing::Point corner = {});
  /// For the Ui that builds the figure. Valid as long as this.
  controls::Interaction& interaction() { return inner_; }
  /// Shows the figure once it is built, and hands back what it took of the event.
  void show(drawing::Drawing& screen, const drawing::Drawing& figure);

 private:
  std::string own(const std::string& id) const;  ///< as the figure calls it; empty: not of the figure
  drawing::Point inside(drawing::Point at) const;

  controls::Interaction& outer_;
  controls::Interaction inner_;
  std::string prefix_;
  float factor_;
  drawing::Rect place_;
  drawing::Point corner_;
  bool told_ = false;  ///< the event
};

}  // namespace qkv::workspaces
