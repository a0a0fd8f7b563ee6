#include <utf8proc.h>

#include <algorithm>
#include <cmath>

#include "app/controls/ui.h"

namespace qkv::controls {
namespace {

constexpr float kRow = 26, kSeparator = 9, kMargin = 4, kPadding = 12, kCheck = 20, kShortcutGap = 28,
                kToBounds = 8;

drawing::TextStyle label_style(const drawing::Theme& t, const MenuItem& item) {
  return {.color = item.enabled ? t.text : t.text_disabled, .size = 12};
}

drawing::TextStyle shortcut_style(const drawing::Theme& t, const MenuItem& item) {
  return {.color = item.enabled ? t.text3 : t.text_disabled, .size = 11};
}

struct Layout {
  Rect panel, list;
  float content = 0;  // height of all rows
  bool scrolls = false;
  float indent = 0;         // room for check marks
  std::vector<float> tops;  // of each row, from the start of the content
};

Layout lay_out(Ui& ui, Rect anchor, const std::vector<MenuItem>& items) {
  Layout l;
  const drawing::Theme& t = ui.p.theme();
  float labels = 0, shortcuts = 0;
  for (const MenuItem& item : items) {
    if (item.separator_above && l.content > 0) l.content += kSeparator;
    l.tops.push_back(l.content);
    l.content += kRow;
    labels = std::max(labels, ui.p.width_of(item.label, label_style(t, item)));
    if (!item.shortcut.empty()) {
      shortcuts = std::max(shortcuts, kShortcutGap + ui.p.width_of(item.shortcut, shortcut_style(t, item)));
    }
    if (item.checked) l.indent = kCheck;
  }
  const Rect bounds = ui.p.drawing().bounds.inset(kToBounds);
  l.scrolls = l.content + 2 * kMargin > bounds.h;
  const float wanted =
      std::ceil(labels + shortcuts + l.indent + 2 * (kPadding + kMargin) + (l.scrolls ? kScrollbarWidth : 0));
  const float w = std::min(std::max(anchor.w, wanted), bounds.w);
  const float h = std::min(l.content + 2 * kMargin, bounds.h);
  float y = anchor.bottom() + 4;
  if (y + h > bounds.bottom() && anchor.y - 4 - h >= bounds.y) y = anchor.y - 4 - h;
  y = std::clamp(y, bounds.y, std::max(bounds.y, bounds.bottom() - h));
  l.panel = {std::clamp(anchor.x, bounds.x, std::max(bounds.x, bounds.right() - w)), y, w, h};
  l.list = l.panel.inset(kMargin);
  return l;
}

// The item `step` further on that can be chosen, round the ends; -1 when there is none.
int next_enabled(const std::vector<MenuItem>& items, int from, int step) {
  const auto n = static_cast<int>(items.size());
  for (int i = 1; i <= n; ++i) {
    const int at = ((from + step * i) % n + n) % n;
    if (items[static_cast<std::size_t>(at)].enabled) return at;
  }
  return -1;
}

utf8proc_int32_t first_letter(std::string_view text) {
  utf8proc_int32_t code = 0;
  utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &code);
  return utf8proc_tolower(std::max(0, code));
}

int item_by_letter(const std::vector<MenuItem>& items, int from, std::string_view typed) {
  const auto n = static_cast<int>(items.size());
  for (int i = 1; i <= n; ++i) {
    const int at = (from + i + n) % n;
    const MenuItem& item = items[static_cast<std::size_t>(at)];
    if (item.enabled && first_letter(item.label) == first_letter(typed)) return at;
  }
  return from;
}

// Moves the highlight; true when it moved.
bool highlight_by_keys(Ui& ui, Popup& state, const std::vector<MenuItem>& items) {
  const int before = state.highlighted, n = static_cast<int>(items.size());
  if (state.highlighted < 0 && ui.in.focus_visible) {  // opened from the keyboard
    const auto checked =
        std::find_if(items.begin(), items.end(), [](const MenuItem& i) { return i.checked && i.enabled; });
    state.highlighted =
        checked != items.end() ? static_cast<int>(checked - items.begin()) : next_enabled(items, -1, 1);
  }
  if (ui.key(Key::down)) state.highlighted = next_enabled(items, state.highlighted, 1);
  if (ui.key(Key::up))
    state.highlighted = next_enabled(items, state.highlighted < 0 ? n : state.highlighted, -1);
  if (ui.key(Key::home)) state.highlighted = next_enabled(items, -1, 1);
  if (ui.key(Key::end)) state.highlighted = next_enabled(items, n, -1);
  const auto* typed = ui.in.event ? std::get_if<TextInput>(&*ui.in.event) : nullptr;
  if (typed && ui.has_keyboard()) {
    state.highlighted = item_by_letter(items, state.highlighted, typed->text);
    ui.in.event.reset();
  }
  return state.highlighted != before;
}

void draw_item(Ui& ui, Rect row, const MenuItem& item, bool lit, float indent) {
  const drawing::Theme& t = ui.p.theme();
  if (item.separator_above) ui.p.line({row.x, row.y - 5}, {row.right(), row.y - 5}, t.border);
  if (lit) ui.p.fill(row, t.hover, 4);
  const float middle = row.y + row.h / 2;
  if (item.checked)
    icon(ui.p, "check", {row.x + kPadding - 4, middle}, item.enabled ? t.text2 : t.text_disabled);
  const drawing::TextStyle label = label_style(t, item), shortcut = shortcut_style(t, item);
  const float taken = item.shortcut.empty() ? 0 : kShortcutGap + ui.p.width_of(item.shortcut, shortcut);
  const float room = row.w - 2 * kPadding - indent - taken;
  ui.p.text_middle(row.x + kPadding + indent, middle, ui.p.text_engine().elided(item.label, label, room),
                   label);
  if (taken > 0)
    ui.p.text_middle(row.right() - kPadding, middle, item.shortcut, shortcut, drawing::Align::right);
}

}  // namespace

std::optional<std::string> menu(Ui& below, std::string_view id, Rect anchor,
                                const std::vector<MenuItem>& items) {
  PopupUi popup = begin_popup(below, id);
  if (!popup.open || items.empty()) return std::nullopt;
  Ui& ui = popup.ui;
  Popup& state = ui.in.popups[ui.layer - 1];
  const Layout l = lay_out(ui, anchor, items);
  popup_panel(ui.p, l.panel);
  ui.p.region({.id = std::string(id) + "/panel", .rect = l.panel});

  std::optional<std::string> chosen;
  const auto n = static_cast<int>(items.size());
  state.highlighted = std::min(state.highlighted, n - 1);
  if (highlight_by_keys(ui, state, items) && state.highlighted >= 0) {
    const float top = l.tops[static_cast<std::size_t>(state.highlighted)];
    state.scroll = std::clamp(state.scroll, top + kRow - l.list.h, top);
  }
  if (state.highlighted >= 0 && (ui.key(Key::enter) || ui.key(Key::space))) {
    chosen = items[static_cast<std::size_t>(state.highlighted)].id;
  }
  scrollbar(ui, std::string(id) + "/scroll", l.list, l.content, state.scroll);

  ui.p.push_clip(l.list);
  for (int i = 0; i < n; ++i) {
    const auto k = static_cast<std::size_t>(i);
    const Rect row{l.list.x, std::round(l.list.y + l.tops[k] - state.scroll),
                   l.list.w - (l.scrolls ? kScrollbarWidth : 0), kRow};
    const std::string row_id = std::string(id) + "/" + items[k].id;
    if (items[k].enabled) {
      if (ui.hot(row_id) && ui.in.moved != Point{}) state.highlighted = i;
      if (ui.clicked(row_id)) chosen = items[k].id;
    }
    if (row.intersects(l.list)) draw_item(ui, row, items[k], state.highlighted == i, l.indent);
    ui.p.region({.id = row_id, .rect = row, .label = items[k].label});
  }
  ui.p.pop_clip();
  if (chosen) close_popup(ui.in, id);
  return chosen;
}

}  // namespace qkv::controls
