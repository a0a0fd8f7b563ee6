#include <algorithm>
#include <cmath>

#include "app/controls/text_editing.h"
#include "app/shell/chrome/actions.h"
#include "app/shell/chrome/fuzzy.h"
#include "app/shell/chrome/overlay.h"
#include "app/shell/chrome/session.h"

namespace qkv::shell {

using controls::Key;
using controls::Ui;
using drawing::Rect;

namespace {

constexpr float kWidth = 520, kTop = 56, kMargin = 8, kField = 32, kRow = 28, kMostRows = 13;
constexpr float kMenuColumn = 12, kCheckColumn = 80, kTitleColumn = 100, kGap = 12;
constexpr const char *kId = "palette", *kFieldId = "palette/query";

/// A line of the palette: an action, or a file to open.
struct Entry {
  std::string menu, title, hint, shortcut;
  bool enabled = true, checked = false;
  std::function<void(Session&)> run;
  int score = 0;
};

Entry file_entry(const char* menu, const std::string& title, std::string hint, std::filesystem::path path) {
  return {.menu = menu,
          .title = "Open: " + controls::one_line(title),
          .hint = std::move(hint),
          .shortcut = {},
          .run = [path = std::move(path)](Session& s) { open_safely(s, path); }};
}

std::vector<Entry> all_entries(Session& s) {
  std::vector<Entry> all;
  for (const Action& a : actions()) {
    if (!is_here(a, s)) continue;
    all.push_back({.menu = a.menu,
                   .title = a.title,
                   .hint = a.hint,
                   .shortcut = a.shortcuts.empty() ? "" : shortcut_text(a.shortcuts.front()),
                   .enabled = is_enabled(a, s),
                   .checked = a.checked && a.checked(s),
                   .run = [&a](Session& t) { run_action(t, a.id); }});
  }
  for (const Shipped& e : shipped_experiments(s)) {
    all.push_back(file_entry("Experiment", e.title, "Comes with the program", e.path));
  }
  for (const Shipped& m : shipped_models(s.assets)) {
    all.push_back(file_entry("Model", m.title, "A checkpoint that comes with the program", m.path));
  }
  for (const std::filesystem::path& path : s.settings.recent) {
    all.push_back(file_entry("Recent", path.filename().string(),
                             controls::one_line(path.parent_path().string()), path));
  }
  return all;
}

// Best first; what is found far worse than the best is noise.
std::vector<Entry> found_entries(Session& s) {
  std::vector<Entry> found = all_entries(s);
  int best = 0;
  for (Entry& e : found) {
    e.score = fuzzy_score(s.palette.query, e.menu, e.title, e.hint).value_or(-1);
    best = std::max(best, e.score);
  }
  std::erase_if(found, [&](const Entry& e) { return e.score < 0 || 4 * e.score < 3 * best; });
  std::stable_sort(found.begin(), found.end(),
                   [](const Entry& a, const Entry& b) { return a.score > b.score; });
  return found;
}

void draw_entry(Ui& ui, Rect row, const Entry& e, bool lit) {
  const drawing::Theme& t = ui.p.theme();
  drawing::TextEngine& engine = ui.p.text_engine();
  const auto color = [&](drawing::Color c) { return e.enabled ? c : t.text_disabled; };
  const drawing::TextStyle quiet{.color = color(t.text3), .size = 11};
  const drawing::TextStyle title{.color = color(t.text), .size = 12, .weight = lit ? 500 : 400};
  const float middle = row.y + row.h / 2;
  if (lit) ui.p.fill(row, t.hover, 4);
  ui.p.text_middle(row.x + kMenuColumn, middle, e.menu, quiet);
  if (e.checked) controls::icon(ui.p, "check", {row.x + kCheckColumn, middle}, color(t.text2));

  float right = row.right() - kGap;
  if (!e.shortcut.empty()) {
    ui.p.text_middle(right, middle, e.shortcut, quiet, drawing::Align::right);
    right -= ui.p.width_of(e.shortcut, quiet) + kGap;
  }
  const float left = row.x + kTitleColumn;
  const std::string name = engine.elided(e.title, title, right - left);
  ui.p.text_middle(left, middle, name, title);
  const float hint = left + ui.p.width_of(name, title) + kGap;
  if (right - hint > 40) ui.p.text_middle(hint, middle, engine.elided(e.hint, quiet, right - hint), quiet);
}

void edit_query(Ui& ui, PaletteState& state, Rect field) {
  keep_editing(ui, kFieldId, state.query);
  overlay_field(ui, kFieldId, field, state.query, "Command palette", "A few letters of what you want to do");
  if (ui.in.edit.id != kFieldId || ui.in.edit.text == state.query) return;
  state.query = ui.in.edit.text;
  state.highlighted = 0;
  state.scroll = 0;
}

// Draws the lines found; the one to run when the user chose it.
const Entry* choose(Ui& ui, PaletteState& state, const std::vector<Entry>& found, Rect list, bool enter) {
  const auto count = static_cast<int>(found.size());
  const Entry* chosen = nullptr;
  const float content = kRow * static_cast<float>(count);
  controls::scrollbar(ui, "palette/scroll", list, content, state.scroll);
  if (count == 0) {
    ui.p.text_middle(list.center().x, list.y + kRow / 2, "Nothing found",
                     {.color = ui.p.theme().text3, .size = 12}, drawing::Align::center);
  }
  ui.p.push_clip(list);
  for (int i = 0; i < count; ++i) {
    const Entry& e = found[static_cast<std::size_t>(i)];
    const float y = std::round(list.y + kRow * static_cast<float>(i) - state.scroll);
    const Rect row{list.x, y, list.w - (content > list.h ? controls::kScrollbarWidth : 0), kRow};
    if (!row.intersects(list)) continue;
    const std::string id = "palette/row/" + std::to_string(i);
    if (ui.hot(id) && ui.in.moved != drawing::Point{}) state.highlighted = i;
    if (e.enabled && (ui.clicked(id) || (enter && state.highlighted == i))) chosen = &e;
    draw_entry(ui, row, e, state.highlighted == i);
    ui.p.region({.id = id, .rect = row, .label = e.title, .hint = e.hint});
  }
  ui.p.pop_clip();
  return chosen;
}

}  // namespace

void palette(Ui& below, Session& s) {
  controls::PopupUi popup = begin_overlay(below, kId);
  if (!popup.open) return;
  Ui& ui = popup.ui;
  PaletteState& state = s.palette;
  if (take_shortcut(ui, "view.palette")) return close_overlay(s.in, kId);

  const Rect bounds = ui.p.drawing().bounds;
  const float width = std::min(kWidth, bounds.w - 2 * kMargin);
  const float room = bounds.h - kTop - kField - 4 * kMargin;
  const std::vector<Entry> found = found_entries(s);
  const float wanted = std::clamp(static_cast<float>(found.size()), 1.f, kMostRows);
  const float rows = std::max(1.f, std::min(wanted, std::floor(room / kRow)));
  const Rect panel{std::round((bounds.w - width) / 2), kTop, width, kField + rows * kRow + 3 * kMargin};
  const Rect field{panel.x + kMargin, panel.y + kMargin, panel.w - 2 * kMargin, kField};
  const Rect list{field.x, field.bottom() + kMargin, field.w, rows * kRow};
  overlay_panel(ui, kId, panel, false);

  const bool enter = take_key(ui, Key::enter);
  take_list_keys(ui, {.count = static_cast<int>(found.size()), .row = kRow, .room = list.h, .round = true},
                 state.highlighted, state.scroll);
  edit_query(ui, state, field);
  if (const Entry* chosen = choose(ui, state, found, list, enter)) {
    close_overlay(s.in, kId);
    chosen->run(s);
  }
}

}  // namespace qkv::shell
