#include <algorithm>

#include "app/shell/chrome/actions.h"
#include "app/shell/chrome/room.h"
#include "core/experiment/sources.h"

namespace qkv::shell {

using controls::ButtonStyle;
using controls::MenuItem;
using controls::Ui;
using drawing::Rect;

namespace {

void logo(Ui& ui, float x, float y) {
  const auto& t = ui.p.theme();
  ui.p.fill({x, y, 5, 16}, t.query, 1);
  ui.p.fill({x + 7, y, 5, 16}, t.key, 1);
  ui.p.fill({x + 14, y, 5, 16}, t.value, 1);
}

/// An icon button for an action; its tooltip is the action's title and keys.
void action_button(Ui& ui, Session& s, std::string_view action_id, const std::string& icon, Rect r) {
  const Action* a = find_action(action_id);
  const std::string hint = a->title + (a->shortcuts.empty() ? "" : " (" + shortcut_text(a->shortcuts.front()) + ")");
  if (controls::button(ui, "action/" + a->id, r, "", {.enabled = is_enabled(*a, s), .flat = icon == "undo" || icon == "redo", .icon = icon, .hint = hint}))
    run_action(s, action_id);
}

constexpr const char* kMenus[] = {"File", "Edit", "Cell", "View", "Attention", "Model", "Learn", "Present", "Help"};

bool has_actions(const char* menu, const Session& s) {
  return std::ranges::any_of(actions(), [&](const Action& a) { return a.menu == menu && is_here(a, s); });
}

/// Every action of the table under one button, a menu a heading.
void main_menu(Ui& ui, Session& s, Rect anchor) {
  if (controls::popup_open(s.in, "menu")) {
    std::vector<MenuItem> items;
    for (const char* name : kMenus)
      if (has_actions(name, s)) items.push_back({.id = name, .label = std::string(name) + "…"});
    if (const auto chosen = controls::menu(ui, "menu", anchor, items)) controls::open_popup(s.in, "menu/" + *chosen);
  }
  for (const char* name : kMenus) {
    const std::string id = std::string("menu/") + name;
    if (!controls::popup_open(s.in, id)) continue;
    std::vector<MenuItem> items;
    for (const Action& a : actions())
      if (a.menu == name && is_here(a, s))
        items.push_back({.id = a.id, .label = a.title, .shortcut = a.shortcuts.empty() ? "" : shortcut_text(a.shortcuts.front()),
                         .enabled = is_enabled(a, s), .checked = a.checked && a.checked(s)});
    if (const auto chosen = controls::menu(ui, id, anchor, items)) run_action(s, *chosen);
  }
}

/// Whether a recent file belongs to the picker of the workspace that is shown.
bool belongs_here(const std::filesystem::path& path, const Session& s) {
  std::error_code error;
  const bool model = std::filesystem::is_directory(path, error);
  return s.workspace == Workspace::model ? model || path.extension() == ".safetensors" : !model;
}

/// What the picker opens: what comes with the program, recent files of this kind, anything else.
void open_menu(Ui& ui, Session& s, Rect anchor) {
  if (!controls::popup_open(s.in, "open-menu")) return;
  const bool in_model = s.workspace == Workspace::model;
  const std::vector<Shipped> shipped = in_model ? shipped_models(s.assets) : shipped_experiments(s);
  const auto& now = in_model ? s.model.path() : s.lab.path();
  std::vector<MenuItem> items;
  for (std::size_t i = 0; i < shipped.size(); ++i)
    items.push_back({.id = "shipped/" + std::to_string(i), .label = shipped[i].title, .checked = now == shipped[i].path});
  bool first = true;
  int listed = 0;
  for (std::size_t i = 0; i < s.settings.recent.size() && listed < 6; ++i) {
    const auto& path = s.settings.recent[i];
    if (!belongs_here(path, s) || std::any_of(shipped.begin(), shipped.end(), [&](const Shipped& x) { return x.path == path; })) continue;
    items.push_back({.id = "recent/" + std::to_string(i), .label = path.filename().string(), .checked = now == path, .separator_above = first});
    first = false;
    ++listed;
  }
  items.push_back({.id = "open", .label = in_model ? "Open a model folder…" : "Open…", .shortcut = "Ctrl+O", .separator_above = true});
  const auto chosen = controls::menu(ui, "open-menu", anchor, items);
  if (!chosen) return;
  if (*chosen == "open") {
    open_file_dialog(s, FilePurpose::open);
    return;
  }
  const auto index = static_cast<std::size_t>(std::stoul(chosen->substr(chosen->find('/') + 1)));
  open_safely(s, chosen->starts_with("shipped/") ? shipped[index].path : s.settings.recent[index]);
}

}  // namespace

void top_bar(Ui& ui, Session& s, Rect area) {
  auto& p = ui.p;
  const auto& t = p.theme();
  p.fill(area, t.panel);
  p.fill({area.x, area.bottom() - 1, area.w, 1}, t.border);
  logo(ui, area.x + 20, area.y + 16);
  // A narrow window leaves out first the name, then what the menu has too.
  const bool named = area.w >= 720, roomy = area.w >= 560, small = area.w < 420, wide = area.w >= 1180;
  float x = area.x + 48;
  if (named) x += p.text({area.x + 48, area.y + 29}, "QKV Lab", {.color = t.text, .size = 14, .weight = 600}) + 20;
  const Rect menu{x, area.y + 10, 32, 28};
  if (controls::button(ui, "menu-button", menu, "", {.icon = "menu", .hint = "Menu: everything that can be done"})) controls::open_popup(s.in, "menu");
  x += 32 + 16;
  p.fill({x, area.y + 14, 1, 20}, t.border);
  x += 16;
  const Room& room = room_of(s);
  const bool in_model = s.workspace == Workspace::model, in_lab = s.workspace == Workspace::lab;
  const float taken = small ? 20.f : wide ? 430.f : roomy ? 330.f : 152.f;  // by the buttons at the right
  const float tabs_w = 68 * static_cast<float>(rooms().size());
  const bool with_tabs = area.right() - x - taken > tabs_w + 33 + 60;
  const Rect tabs{x, area.y + 10, tabs_w, 28};
  if (with_tabs) {
    std::vector<std::string> names, hints;
    int shown = 0;
    for (const Room& each : rooms()) {
      if (&each == &room) shown = static_cast<int>(names.size());
      names.push_back(each.tab);
      hints.push_back(std::string(each.hint) + " (Ctrl+" + std::to_string(names.size()) + ")");
    }
    const int tab = controls::segmented(ui, "workspace", tabs, names, shown, "Workspace", hints);
    if (tab != shown) go_to(s, rooms()[static_cast<std::size_t>(tab)].workspace);
    x = tabs.right() + 16;
    p.fill({x, area.y + 14, 1, 20}, t.border);
    x += 16;
  }
  if (area.w > 1000) x += p.text({x, area.y + 28.5f}, room.opens, {.color = t.text3, .size = 12}) + 10;
  const Rect picker{x, area.y + 10, std::min(in_model ? 200.f : 260.f, std::max(40.f, area.right() - x - taken)), 28};
  if (controls::button(ui, "open-button", picker, p.text_engine().elided(room.open_title(s), {.size = 12, .weight = 500}, picker.w - 44),
                       {.drop_down = true, .hint = std::string("Choose another ") + static_cast<char>(room.opens[0] + 'a' - 'A') + (room.opens + 1), .align = drawing::Align::left})) {
    if (s.workspace == Workspace::learn) workspaces::open_lesson_list(s.in, s.learn_view);
    else controls::open_popup(s.in, "open-menu");
  }
  x = picker.right() + 12;
  if (in_lab && s.back_to_lesson && s.learn && s.learn->is_open()) {
    const std::string label = "Back to lesson " + std::to_string(s.learn->lesson().number);
    const ButtonStyle style{.hint = "To the step this experiment was opened from, as it was left (L)"};
    const float w = controls::button_width(ui, label, style);
    if (x + w < area.right() - taken) {
      if (controls::button(ui, "action/learn.back", {x, area.y + 10, w, 28}, label, style)) run_action(s, "learn.back");
      x += w + 12;
    }
  }
  if (in_model && s.model.is_open()) {
    const std::string facts = workspaces::facts(*s.model.run());
    const drawing::TextStyle style{.color = t.text3, .size = 10.5f, .family = drawing::Family::mono};
    if (x + p.width_of(facts, style) < area.right() - taken) p.text({x, area.y + 28.5f}, facts, style);
  }
  if (in_lab && s.lab.unsaved() && area.w > 1100) p.text({x, area.y + 28.5f}, "unsaved changes", {.color = t.text3, .size = 11});

  float right = area.right() - 20;
  auto place = [&](float w) {
    right -= w;
    const Rect r{right, area.y + 10, w, 28};
    right -= 8;
    return r;
  };
  if (!small) {
    action_button(ui, s, "view.theme", s.settings.dark ? "moon" : "sun", place(28));
    action_button(ui, s, "help.keys", "help", place(28));
    if (wide && controls::button(ui, "action/present.start", place(92), "Present", {.icon = "present", .hint = "Full screen, in large type, step by step (F5)"}))
      run_action(s, "present.start");
    if (roomy && controls::button(ui, "action/file.export", place(86), "Export", {.icon = "export", .hint = "Picture, derivation, matrix, script, capture, animation (Ctrl+E)"}))
      run_action(s, "file.export");
    action_button(ui, s, "view.palette", "search", place(28));
  }
  if (roomy) {
    right -= 8;
    p.fill({right, area.y + 14, 1, 20}, t.border);
    right -= 12;
    action_button(ui, s, "edit.redo", "redo", place(28));
    action_button(ui, s, "edit.undo", "undo", place(28));
  }
  main_menu(ui, s, menu);
  open_menu(ui, s, picker);
  if (s.workspace == Workspace::learn) workspaces::lesson_list(ui, lessons_of(s), s.learn_view, picker);
}

}  // namespace qkv::shell
