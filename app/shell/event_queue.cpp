#include "app/shell/event_queue.h"

#include <cmath>
#include <utility>

namespace qkv::shell {
namespace {

using namespace controls;

constexpr double kDoubleClickSeconds = 0.4;
constexpr float kDoubleClickDistance = 4;

/// Joins `next` into `last` where the two are as good as one.
bool joined(Event& last, const Event& next) {
  if (last.index() != next.index()) return false;
  if (auto* move = std::get_if<PointerMove>(&last); move && move->mods == std::get<PointerMove>(next).mods) {
    *move = std::get<PointerMove>(next);
    return true;
  }
  if (auto* scroll = std::get_if<Scroll>(&last); scroll && scroll->mods == std::get<Scroll>(next).mods) {
    const auto& more = std::get<Scroll>(next);
    *scroll = {more.at, scroll->dx + more.dx, scroll->dy + more.dy, more.mods};
    return true;
  }
  if (auto* text = std::get_if<TextInput>(&last)) {
    text->text += std::get<TextInput>(next).text;
    return true;
  }
  if (auto* resize = std::get_if<Resize>(&last)) {
    *resize = std::get<Resize>(next);
    return true;
  }
  return false;
}

}  // namespace

void EventQueue::push(Event event) {
  if (events_.empty() || !joined(events_.back(), event)) events_.push_back(std::move(event));
}

void EventQueue::press(PointerPress press, double seconds) {
  const bool again =
      press.button == last_press_.button && seconds - last_press_at_ < kDoubleClickSeconds &&
      std::hypot(press.at.x - last_press_.at.x, press.at.y - last_press_.at.y) < kDoubleClickDistance;
  press.clicks = again ? last_press_.clicks + 1 : 1;
  last_press_ = press;
  last_press_at_ = seconds;
  push(press);
}

std::vector<Event> EventQueue::take() { return std::exchange(events_, {}); }

}  // namespace qkv::shell
