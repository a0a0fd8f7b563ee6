#include "app/controls/magnified.h"

namespace qkv::controls {

Magnified::Magnified(Interaction& in, float factor, Point place)
    : in_(in), pointer_(in.pointer), press_at_(in.press_at), moved_(in.moved), event_(in.event) {
  const auto inside = [=](Point p) { return Point{(p.x - place.x) / factor, (p.y - place.y) / factor}; };
  in.pointer = inside(in.pointer);
  in.press_at = inside(in.press_at);
  in.moved = {in.moved.x / factor, in.moved.y / factor};
  if (!in.event) return;
  std::visit(
      [&](auto& e) {
        if constexpr (requires { e.at; }) e.at = inside(e.at);
      },
      *in.event);
}

Magnified::~Magnified() {
  in_.pointer = pointer_;
  in_.press_at = press_at_;
  in_.moved = in_.moved == Point{} ? Point{} : moved_;
  if (in_.event) in_.event = event_;  // else somebody took it
}

}  // namespace qkv::controls
