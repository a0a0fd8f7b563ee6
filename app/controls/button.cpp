#include <algorithm>
#include <cmath>

#include "app/controls/ui.h"

namespace qkv::controls {
namespace {

constexpr float kRadius = 5, kPadding = 12, kIcon = 14, kIconGap = 6, kCaret = 8;

drawing::TextStyle label_style(const drawing::Theme& t, const ButtonStyle& s) {
  return {.color = !s.enabled  ? t.text_disabled
                   : s.primary ? t.on_accent
                               : t.text,
          .size = s.text_size,
          .weight = 500};
}

void frame(Ui& ui, std::string_view id, Rect r, const ButtonStyle& s) {
  const drawing::Theme& t = ui.p.theme();
  const bool hovered = s.enabled && ui.hot(id), held = hovered && ui.active(id);
  if (s.primary && s.enabled) {
    ui.p.fill(r, held ? t.text2 : hovered ? t.accent.with_alpha(0.88f) : t.accent, kRadius);
    return;
  }
  const drawing::Color rest = s.selected ? t.hover : s.flat ? t.raised.with_alpha(0) : t.raised;
  ui.p.fill(r, held ? t.border : hovered ? t.hover : rest, kRadius);
  if (!s.flat || s.selected) ui.p.stroke(r, s.selected ? t.border_strong : t.border, 1, kRadius);
}

}  // namespace

float button_width(Ui& ui, std::string_view label, const ButtonStyle& s) {
  if (label.empty()) return 28;
  float width = 2 * kPadding + ui.p.width_of(label, label_style(ui.p.theme(), s));
  if (!s.icon.empty()) width += kIcon + kIconGap;
  if (s.drop_down) width += kCaret + kIconGap;
  return std::ceil(width);
}

bool button(Ui& ui, std::string_view id, Rect r, std::string_view label, const ButtonStyle& wanted) {
  const drawing::Theme& t = ui.p.theme();
  ButtonStyle s = wanted;
  s.enabled &= ui.enabled;
  const bool clicked = s.enabled && ui.clicked(id);
  frame(ui, id, r, s);
  const drawing::TextStyle style = label_style(t, s);
  const drawing::Color icon_color = !s.enabled ? t.text_disabled : s.primary ? t.on_accent : t.text2;
  const float middle = r.y + r.h / 2;

  if (label.empty()) {
    icon(ui.p, s.icon, {std::round(r.x + (r.w - kIcon) / 2), middle}, icon_color);
  } else {
    const float lead = s.icon.empty() ? 0 : kIcon + kIconGap, tail = s.drop_down ? kCaret + kIconGap : 0;
    const float padding = std::min(kPadding, r.w / 8 + 2);
    const float room = std::max(0.f, r.w - 2 * padding - lead - tail);
    const std::string shown = ui.p.text_engine().elided(label, style, room);
    const float width = ui.p.width_of(shown, style), slack = room - width;
    const float shift = s.align == drawing::Align::left    ? 0
                        : s.align == drawing::Align::right ? slack
                                                           : slack / 2;
    const float x = r.x + padding + shift;
    if (!s.icon.empty()) icon(ui.p, s.icon, {std::round(x), middle}, icon_color);
    ui.p.text_middle(x + lead, middle, shown, style);
  }
  if (s.drop_down) {
    icon(ui.p, "caret", {r.right() - kPadding - kCaret, middle}, s.enabled ? t.text3 : t.text_disabled);
  }

  std::string_view name = label, hint = s.hint;
  if (label.empty()) {
    name = hint.substr(0, hint.find('\n'));
    hint.remove_prefix(std::min(hint.size(), name.size() + 1));
  }
  ui.p.region({.id = std::string(id),
               .rect = r,
               .label = std::string(name),
               .hint = std::string(hint),
               .focusable = s.enabled});
  ui.focus_ring(id, r, kRadius);
  return clicked;
}

}  // namespace qkv::controls
