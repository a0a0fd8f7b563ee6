#include <algorithm>
#include <cmath>

#include "app/controls/ui.h"

namespace qkv::controls {
namespace {

constexpr float kThumb = 6, kShortest = 24, kWheel = 48;

}  // namespace

Change scrollbar(Ui& ui, std::string_view id, Rect area, float content_height, float& offset) {
  Interaction& in = ui.in;
  const float reach = std::max(0.f, content_height - area.h), before = offset;
  const auto clamped = [&](float v) { return std::isfinite(v) ? std::clamp(v, 0.f, reach) : 0.f; };
  offset = clamped(offset);
  Change change;
  const auto* wheel = in.event ? std::get_if<Scroll>(&*in.event) : nullptr;
  if (wheel && area.contains(wheel->at) && ui.layer == in.popups.size()) {
    const float next = clamped(offset - wheel->dy * kWheel);
    if (next != offset) {  // at its end it leaves the wheel to what it stands in
      offset = next;
      change.finished = true;
      in.event.reset();
    }
  }
  if (reach > 0) {
    const Rect track{area.right() - kScrollbarWidth, area.y, kScrollbarWidth, area.h};
    const float length = std::clamp(area.h * area.h / content_height, std::min(kShortest, area.h), area.h);
    const float way = std::max(1.f, area.h - length);
    const auto thumb_at = [&] { return track.y + way * offset / reach; };
    if (ui.active(id) && in.button == Button::left) {
      if (ui.pressed(id)) {
        const bool grabbed = in.pointer.y >= thumb_at() && in.pointer.y < thumb_at() + length;
        in.drag_position = grabbed ? offset : (in.pointer.y - track.y - length / 2) / way * reach;
      } else {
        in.drag_position +=
            in.moved.y / way * reach;  // unclamped: the thumb waits for a pointer beyond the end
      }
      offset = clamped(in.drag_position);
      change.finished |= ui.released(id);
    }
    const drawing::Theme& t = ui.p.theme();
    const bool lit = ui.hot(id) || ui.active(id);
    ui.p.fill({track.x + (kScrollbarWidth - kThumb) / 2, std::round(thumb_at()), kThumb, std::round(length)},
              lit ? t.text3 : t.border_strong, kThumb / 2);
    ui.p.region({.id = std::string(id), .rect = track});
  }
  change.changed = offset != before;
  return change;
}

}  // namespace qkv::controls
