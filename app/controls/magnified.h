#pragma once
#include "app/controls/ui.h"

namespace qkv::controls {

/// For a part of the screen that is built at one size and shown at another: while it lives, the pointer stands where it
/// is in that part's own coordinates, whose origin is shown at `place` and each of whose pixels is `factor` wide.
class Magnified {
 public:
  Magnified(Interaction& in, float factor, Point place);
  ~Magnified();
  Magnified(const Magnified&) = delete;
  Magnified& operator=(const Magnified&) = delete;

 private:
  Interaction& in_;
  Point pointer_, press_at_, moved_;
  std::optional<Event> event_;
};

}  // namespace qkv::controls
