#include <algorithm>
#include <cmath>

#include "app/controls/ui.h"

namespace qkv::controls {
namespace {

constexpr float kRadius = 6, kInset = 2;

int after_keys(Ui& ui, std::string_view id, int count, int selected) {
  if (ui.key_on(id, Key::left) || ui.key_on(id, Key::up)) return std::max(0, selected - 1);
  if (ui.key_on(id, Key::right) || ui.key_on(id, Key::down)) return std::min(count - 1, selected + 1);
  if (ui.key_on(id, Key::home)) return 0;
  if (ui.key_on(id, Key::end)) return count - 1;
  return selected;
}

}  // namespace

int segmented(Ui& ui, std::string_view id, Rect r, const std::vector<std::string>& items, int selected,
              std::string_view hint, const std::vector<std::string>& item_hints) {
  if (items.empty()) return selected;
  const drawing::Theme& t = ui.p.theme();
  const auto count = static_cast<int>(items.size());
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) {
    ids.push_back(std::string(id) + "/" + std::to_string(i));
    if (ui.pressed(ids.back())) ui.in.focus = id;  // the group is one stop of the keyboard
    if (ui.clicked(ids.back())) selected = i;
  }
  selected = after_keys(ui, id, count, selected);

  ui.p.fill(r, t.sunken, kRadius);
  if (t.dark) ui.p.stroke(r, t.border, 1, kRadius);
  ui.p.region({.id = std::string(id), .rect = r, .hint = std::string(hint), .focusable = ui.enabled});
  const float width = r.w / static_cast<float>(count);
  for (int i = 0; i < count; ++i) {
    const auto k = static_cast<std::size_t>(i);
    const float left = std::round(r.x + width * static_cast<float>(i));
    const float right = std::round(r.x + width * static_cast<float>(i + 1));
    const Rect cell{left, r.y, right - left, r.h};
    const bool on = i == selected;
    if (on) {
      ui.p.fill(cell.inset(kInset), t.dark ? t.hover : t.panel, kRadius - kInset);
      ui.p.stroke(cell.inset(kInset), t.dark ? t.border_strong : t.border, 1, kRadius - kInset);
    }
    const drawing::TextStyle style{.color = ui.ink(on || ui.hot(ids[k]) ? t.text : t.text2),
                                   .size = r.h < 28 ? 11.5f : 12,
                                   .weight = on ? 600 : 500};
    const std::string shown = ui.p.text_engine().elided(items[k], style, cell.w - 2 * kInset - 4);
    ui.p.text_middle(cell.x + cell.w / 2, cell.y + cell.h / 2, shown, style, drawing::Align::center);
    ui.p.region({.id = ids[k],
                 .rect = cell,
                 .label = items[k],
                 .hint = k < item_hints.size() ? item_hints[k] : std::string(hint)});
  }
  ui.focus_ring(id, r, kRadius);
  return selected;
}

}  // namespace qkv::controls
