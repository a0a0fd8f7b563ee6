#include "app/controls/ui.h"

namespace qkv::controls {
namespace {

constexpr float kWidth = 28, kHeight = 16, kGap = 8;

}  // namespace

bool toggle(Ui& ui, std::string_view id, Rect r, bool on, std::string_view label, std::string_view hint) {
  const bool switched = ui.clicked(id);
  const bool shown = on != switched;
  const drawing::Theme& t = ui.p.theme();
  const float middle = r.y + r.h / 2;
  const float room = r.w - kWidth - kGap;
  if (!label.empty() && room > 0) {
    const drawing::TextStyle style{.color = ui.ink(t.text), .size = 12, .weight = 500};
    ui.p.text_middle(r.x, middle, ui.p.text_engine().elided(label, style, room), style);
  }
  const Rect track{r.right() - kWidth, middle - kHeight / 2, kWidth, kHeight};
  const drawing::Color off = ui.hot(id) ? t.text3 : t.border_strong;
  ui.p.fill(track, shown ? ui.ink(t.accent) : off, kHeight / 2);
  const drawing::Color knob = shown ? t.on_accent : t.dark ? t.text2 : t.panel;
  ui.p.circle({shown ? track.right() - 8 : track.x + 8, middle}, 6, knob);
  ui.p.region({.id = std::string(id),
               .rect = r,
               .label = std::string(label),
               .hint = std::string(hint),
               .focusable = ui.enabled});
  ui.focus_ring(id, track, kHeight / 2);
  return switched;
}

}  // namespace qkv::controls
