#include <algorithm>

#include "app/controls/ui.h"

namespace qkv::controls {

namespace {

auto find_popup(auto& popups, std::string_view id) {
  return std::find_if(popups.begin(), popups.end(), [&](const Popup& p) { return p.id == id; });
}

}  // namespace

void open_popup(Interaction& in, std::string_view id) {
  if (popup_open(in, id)) return;
  in.popups.push_back({.id = std::string(id), .focus_before = in.focus, .opened = in.builds});
  in.focus = id;
}

void close_popup(Interaction& in, std::string_view id) {
  const auto at = find_popup(in.popups, id);
  if (at == in.popups.end()) return;
  in.focus = at->focus_before;
  in.popups.erase(at, in.popups.end());
}

void close_popups(Interaction& in) {
  if (!in.popups.empty()) close_popup(in, std::string(in.popups.front().id));
}

bool popup_open(const Interaction& in, std::string_view id) {
  return find_popup(in.popups, id) != in.popups.end();
}

PopupUi begin_popup(Ui& ui, std::string_view id) {
  PopupUi popup{ui, false};
  const auto at = find_popup(ui.in.popups, id);
  if (at == ui.in.popups.end()) return popup;
  popup.ui.layer = static_cast<std::size_t>(at - ui.in.popups.begin()) + 1;
  const Rect bounds = ui.p.drawing().bounds;
  ui.p.region({.id = std::string(id), .rect = bounds});
  if (popup.ui.pressed(id) || popup.ui.key(Key::escape)) {
    if (ui.in.event) ui.in.event.reset();
    close_popup(ui.in, id);
    return popup;
  }
  popup.open = true;
  return popup;
}

void popup_panel(Painter& p, Rect r, float radius) {
  const drawing::Theme& t = p.theme();
  constexpr int kShadow = 6;
  for (int i = kShadow; i > 0; --i) {
    const auto spread = static_cast<float>(i);
    p.fill(r.inset(-spread).moved(0, 2), t.ink_dark.with_alpha(t.dark ? 0.06f : 0.018f), radius + spread);
  }
  p.fill(r, t.raised, radius);
  p.stroke(r, t.border_strong, 1, radius);
}

}  // namespace qkv::controls
