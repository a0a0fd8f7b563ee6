#include "app/shell/chrome/overlay.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "app/shell/chrome/actions.h"

namespace qkv::shell {

using controls::Interaction;
using controls::Key;
using controls::Ui;

namespace {

bool within(std::string_view id, std::string_view popup) {
  return id.starts_with(popup) && id.substr(popup.size()).starts_with('/');
}

const controls::KeyPress* key_press(const Ui& ui) {
  if (ui.layer != ui.in.popups.size() || !ui.in.event) return nullptr;
  return std::get_if<controls::KeyPress>(&*ui.in.event);
}

}  // namespace

controls::PopupUi begin_overlay(Ui& ui, std::string_view id) {
  controls::PopupUi popup = controls::begin_popup(ui, id);
  if (popup.open && take_key(popup.ui, Key::escape)) {
    controls::close_popup(ui.in, id);
    popup.open = false;
  }
  if (!popup.open && within(ui.in.edit.id, id)) controls::stop_editing(ui.in);
  return popup;
}

void close_overlay(Interaction& in, std::string_view id) {
  if (within(in.edit.id, id)) controls::stop_editing(in);
  controls::close_popup(in, id);
}

void overlay_panel(Ui& ui, std::string_view id, drawing::Rect r, bool dims) {
  const drawing::Theme& t = ui.p.theme();
  if (dims) ui.p.fill(ui.p.drawing().bounds, t.ink_dark.with_alpha(t.dark ? 0.4f : 0.12f));
  controls::popup_panel(ui.p, r);
  ui.p.region({.id = std::string(id) + "/panel", .rect = r});
}

bool take_key(Ui& ui, Key key, controls::Mods mods) {
  const auto* press = key_press(ui);
  if (!press || press->key != key || press->mods != mods) return false;
  if (press->repeat && (key == Key::enter || key == Key::backspace)) return false;
  ui.in.event.reset();
  return true;
}

bool take_shortcut(Ui& ui, std::string_view action_id) {
  const auto* press = key_press(ui);
  if (!press || !answers(*find_action(action_id), *press)) return false;
  ui.in.event.reset();
  return true;
}

namespace {

/// How many rows the arrow and page keys ask for in this event.
int list_step(Ui& ui, int page) {
  if (take_key(ui, Key::down)) return 1;
  if (take_key(ui, Key::up)) return -1;
  if (take_key(ui, Key::page_down)) return page;
  if (take_key(ui, Key::page_up)) return -page;
  return 0;
}

}  // namespace

bool take_list_keys(Ui& ui, const ListRows& rows, int& highlighted, float& scroll) {
  const int step = list_step(ui, std::max(1, static_cast<int>(rows.room / rows.row) - 1));
  if (step == 0) return false;
  if (rows.count == 0) return true;
  const int to = highlighted + step;
  const bool turns = rows.round && std::abs(step) == 1;
  highlighted = turns ? (to + rows.count) % rows.count : std::clamp(to, 0, rows.count - 1);
  scroll_to(scroll, rows.row * static_cast<float>(highlighted), rows.row, rows.room);
  return true;
}

void scroll_to(float& scroll, float top, float height, float room) {
  scroll = std::min(std::max(scroll, top + height - room), top);
}

bool keep_editing(Ui& ui, std::string_view field, const std::string& text) {
  Interaction& in = ui.in;
  if (in.editing() || ui.layer != in.popups.size()) return false;
  const bool elsewhere = in.focus_visible && in.focus != field && within(in.focus, in.popups.back().id);
  if (elsewhere) return false;
  controls::begin_editing(in, field, text);
  in.edit.anchor = in.edit.caret;
  return true;
}

void overlay_field(Ui& ui, std::string_view field, drawing::Rect r, const std::string& text,
                   std::string_view label, std::string_view placeholder) {
  const bool editing =
      controls::text_field(ui, field, r, text, {.placeholder = placeholder, .label = label}).editing;
  if (!editing || !ui.in.edit.text.empty()) return;
  const drawing::TextStyle style{.color = ui.p.theme().text3, .size = 12};
  ui.p.text_middle(r.x + 10, r.center().y, ui.p.text_engine().elided(placeholder, style, r.w - 20), style);
}

}  // namespace qkv::shell
