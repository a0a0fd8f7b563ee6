#include <algorithm>
#include <cmath>
#include <limits>

#include "app/controls/ui.h"

namespace qkv::controls {
namespace {

constexpr float kDragDistance = 3;
constexpr double kTooltipDelay = 0.25, kCaretPhase = 0.53;
constexpr double kNever = std::numeric_limits<double>::infinity();

}  // namespace

void Interaction::begin(const Event& e, const drawing::Drawing& last_frame) {
  event = e;
  const Point before = pointer;
  bool moves_pointer = false;
  std::visit(
      [&](const auto& v) {
        if constexpr (requires { v.mods; }) mods = v.mods;
        if constexpr (requires { v.at; }) {
          pointer = v.at;
          moves_pointer = true;
        }
      },
      e);
  if (const auto* tick = std::get_if<Tick>(&e)) now += tick->seconds;
  if (std::holds_alternative<PointerLeave>(e) && active.empty()) pointer = {-1, -1};
  moved = moves_pointer ? Point{pointer.x - before.x, pointer.y - before.y} : Point{};

  drop_what_vanished(last_frame);
  const drawing::Region* under = drawing::region_at(last_frame, pointer);
  std::string under_id = under ? under->id : "";
  if (!active.empty() && under_id != active) under_id.clear();
  if (under_id != hot) {
    hot = std::move(under_id);
    // What came under a resting pointer, such as a dialog opened by its key, was not asked about.
    came_to_pointer_ = moved == Point{};
    hot_since = came_to_pointer_ ? kNever : now;
  } else if (moved != Point{} && (came_to_pointer_ || (now < hot_since + kTooltipDelay && hot_since < kNever))) {
    hot_since = now;  // still moving: the tooltip waits for rest
    came_to_pointer_ = false;
  }
  if (!active.empty()) dragging |= std::hypot(pointer.x - press_at.x, pointer.y - press_at.y) > kDragDistance;

  if (const auto* press = std::get_if<PointerPress>(&e)) {
    if (held_ && *held_ != press->button) {
      event.reset();  // one gesture at a time
    } else {
      held_ = button = press->button;
      active = hot;
      press_at = pointer;
      dragging = false;
      focus = under && under->focusable ? under->id : "";
      focus_visible = false;
      hot_since = kNever;
    }
  } else if (const auto* release = std::get_if<PointerRelease>(&e)) {
    if (held_ == release->button) {
      releasing_ = true;
    } else {
      event.reset();
    }
  } else if (const auto* key = std::get_if<KeyPress>(&e)) {
    hot_since = focus_since = kNever;
    if (key->key == Key::tab && !mods.ctrl && !mods.alt) move_focus(last_frame, mods.shift);
  }
}

void Interaction::end() {
  if (releasing_) {
    held_.reset();
    active.clear();
    dragging = false;
    releasing_ = false;
  }
  event.reset();
  moved = {};  // a build without an event follows, which must not move a knob again
  ++builds;
}

std::optional<double> Interaction::next_change() const {
  std::optional<double> next;
  if (!hot.empty() && active.empty() && now < hot_since + kTooltipDelay && hot_since < kNever) {
    next = hot_since + kTooltipDelay - now;
  }
  if (focus_visible && !focus.empty() && !editing() && active.empty() && now < focus_since + kTooltipDelay && focus_since < kNever) {
    const double rest = focus_since + kTooltipDelay - now;
    next = std::min(next.value_or(rest), rest);
  }
  if (editing()) {
    const double blink = kCaretPhase - std::fmod(std::max(0.0, now - edit.touched), kCaretPhase);
    next = std::min(next.value_or(blink), blink);
  }
  return next;
}

const std::string* Interaction::tooltip_of() const {
  if (!active.empty()) return nullptr;
  if (!hot.empty() && now >= hot_since + kTooltipDelay) return &hot;
  const bool focused = focus_visible && !focus.empty() && !editing() && now >= focus_since + kTooltipDelay;
  return focused ? &focus : nullptr;
}

bool Interaction::caret_visible() const {
  return editing() && std::fmod(std::max(0.0, now - edit.touched), 2 * kCaretPhase) < kCaretPhase;
}

void Interaction::move_focus(const drawing::Drawing& last_frame, bool backwards) {
  std::vector<const std::string*> stops;
  for (const drawing::Region& r : last_frame.regions) {
    if (!popups.empty() && r.id == popups.back().id) stops.clear();  // what lies below the popup is blocked
    if (r.focusable) stops.push_back(&r.id);
  }
  if (stops.empty()) return;
  const auto at =
      std::find_if(stops.begin(), stops.end(), [&](const std::string* id) { return *id == focus; });
  const std::size_t n = stops.size(), i = static_cast<std::size_t>(at - stops.begin());
  const std::size_t next = at == stops.end() ? (backwards ? n - 1 : 0) : (i + (backwards ? n - 1 : 1)) % n;
  focus = *stops[next];
  focus_visible = true;
  focus_since = now;
}

// A popup or field that the program no longer draws would keep the keyboard for ever. One opened in the last
// build may not have been drawn yet.
void Interaction::drop_what_vanished(const drawing::Drawing& last_frame) {
  const auto vanished = [&](const std::string& id, long opened) {
    return opened + 1 < builds && !drawing::find_region(last_frame, id);
  };
  for (std::size_t i = 0; i < popups.size(); ++i) {
    if (vanished(popups[i].id, popups[i].opened)) {
      close_popup(*this, std::string(popups[i].id));
      break;
    }
  }
  if (editing() && vanished(edit.id, edit.opened)) stop_editing(*this);
}

}  // namespace qkv::controls
