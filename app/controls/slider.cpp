#include <algorithm>
#include <cmath>

#include "app/controls/ui.h"

namespace qkv::controls {
namespace {

constexpr float kKnob = 6.5f, kTrack = 3, kFine = 0.1f, kCoarse = 10;

// Values against the position 0…1 of the knob.
struct Scale {
  float low, high;
  const SliderStyle& style;

  bool logarithmic() const { return style.logarithmic && low > 0 && high > low; }
  float position(float value) const {
    if (!(high > low) || !std::isfinite(value)) return 0;
    value = std::clamp(value, low, high);
    return logarithmic() ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
  }
  float value(float position) const {
    position = std::clamp(position, 0.f, 1.f);
    const float v = logarithmic() ? low * std::pow(high / low, position) : low + (high - low) * position;
    return settled(v);
  }
  float settled(float v) const { return std::clamp(style.integer ? std::round(v) : v, low, high); }

  // One arrow key: by style.step, else by a hundredth of the way; integers move by at least one.
  float stepped(float v, float direction, float factor) const {
    if (style.step > 0) {
      const float grain = style.integer ? std::max(1.f, style.step * factor) : style.step * factor;
      return settled(std::round((v + direction * grain) / grain) * grain);  // no drift off the decimals
    }
    const float next = value(position(v) + direction * factor / 100);
    return style.integer && next == settled(v) ? settled(v + direction) : next;
  }
};

float after_keys(Ui& ui, std::string_view id, const Scale& scale, float value) {
  for (const auto& [mods, factor] :
       {std::pair{Mods{}, 1.f}, {Mods{.shift = true}, kFine}, {Mods{.ctrl = true}, kCoarse}}) {
    if (ui.key_on(id, Key::left, mods) || ui.key_on(id, Key::down, mods))
      return scale.stepped(value, -1, factor);
    if (ui.key_on(id, Key::right, mods) || ui.key_on(id, Key::up, mods))
      return scale.stepped(value, 1, factor);
  }
  if (ui.key_on(id, Key::page_down)) return scale.stepped(value, -1, kCoarse);
  if (ui.key_on(id, Key::page_up)) return scale.stepped(value, 1, kCoarse);
  if (ui.key_on(id, Key::home)) return scale.low;
  if (ui.key_on(id, Key::end)) return scale.high;
  return value;
}

// The position is kept unclamped while dragging, so that the knob waits for a pointer that went beyond the
// end.
float after_pointer(Ui& ui, std::string_view id, const Scale& scale, Rect track, float value) {
  Interaction& in = ui.in;
  if (!ui.active(id) || in.button != Button::left) return value;
  if (ui.pressed(id)) {
    const float knob = track.x + track.w * scale.position(value);
    const bool grabbed = std::abs(in.pointer.x - knob) <= kKnob + 2;
    in.drag_position = grabbed ? scale.position(value) : (in.pointer.x - track.x) / track.w;
    return grabbed ? value : scale.value(in.drag_position);
  }
  if (in.moved.x == 0) return value;
  in.drag_position += in.moved.x / track.w * (in.mods.shift ? kFine : 1);
  return scale.value(in.drag_position);
}

}  // namespace

Change slider(Ui& ui, std::string_view id, Rect r, float& value, float low, float high,
              const SliderStyle& style) {
  const Scale scale{low, high, style};
  const float middle = r.y + r.h / 2;
  const Rect track{r.x + kKnob, middle - kTrack / 2, std::max(1.f, r.w - 2 * kKnob), kTrack};
  const bool released = ui.released(id), key = ui.in.event && std::holds_alternative<KeyPress>(*ui.in.event);
  const float before = value;
  value = after_pointer(ui, id, scale, track, value);
  value = after_keys(ui, id, scale, value);
  const bool key_taken = key && !ui.in.event;
  const Change change{.changed = value != before, .finished = released || key_taken};

  const drawing::Theme& t = ui.p.theme();
  const float knob = track.x + track.w * scale.position(value);
  ui.p.fill(track, t.dark ? t.border_strong : t.hover, kTrack / 2);
  ui.p.fill({track.x, track.y, knob - track.x, kTrack}, ui.ink(t.text2), kTrack / 2);
  for (const float tick : style.ticks) {
    const float x = std::round(track.x + track.w * scale.position(tick) - 0.5f);
    ui.p.fill({x, std::round(middle) + 6, 1, 3}, t.border_strong);
  }
  const bool lit = ui.hot(id) || ui.active(id);
  ui.p.circle({knob, middle}, kKnob, t.dark ? ui.ink(t.text) : t.panel, ui.ink(lit ? t.text : t.text2),
              lit ? 2 : 1.5f);
  ui.p.region({.id = std::string(id),
               .rect = r,
               .label = std::string(style.label),
               .hint = std::string(style.hint),
               .focusable = ui.enabled});
  ui.focus_ring(id, r, 4);
  return change;
}

}  // namespace qkv::controls
