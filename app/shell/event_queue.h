#pragma once
#include <vector>

#include "app/controls/input.h"

namespace qkv::shell {

/// Collects what happened while the program was busy, so that a frame is built once for it: of pointer moves
/// that follow each other only the last counts, of resizes too; scrolling adds up and typed characters join.
/// Also counts clicks.
class EventQueue {
 public:
  void push(controls::Event event);
  /// A press at `seconds` with its clicks counted: the same button, soon and near.
  void press(controls::PointerPress press, double seconds);
  bool empty() const { return events_.empty(); }
  std::vector<controls::Event> take();

 private:
  std::vector<controls::Event> events_;
  controls::PointerPress last_press_;
  double last_press_at_ = -1e9;
};

}  // namespace qkv::shell
