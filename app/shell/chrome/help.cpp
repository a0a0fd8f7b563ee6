#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/shell/chrome/actions.h"
#include "app/shell/chrome/overlay.h"
#include "app/shell/chrome/session.h"
#include "core/experiment/sources.h"

namespace qkv::shell {

using controls::Key;
using controls::Ui;
using drawing::Rect;

namespace {

constexpr float kMostWidth = 1500, kToWindow = 24, kPadding = 28, kColumn = 330, kColumnGap = 36, kRow = 19;
constexpr float kHeading = 30, kBetween = 14, kHeader = 62, kFooter = 40;
constexpr float kCapHeight = 17, kCapPadding = 5, kCapGap = 3, kOr = 18;
constexpr const char* kId = "help";

/// Keys pressed together, drawn side by side: {"Ctrl", "Z"}.
using Caps = std::vector<std::string>;

struct Line {
  std::string title, hint;
  std::vector<Caps> ways;  ///< any of them does it
};

struct Group {
  std::string title;
  std::vector<Line> lines;
  float height() const { return kHeading + kRow * static_cast<float>(lines.size()) + kBetween; }
};

Group model_gestures() {
  return {"Pointer",
          {{"Follow a token", "It leads in every picture", {{"hover"}}},
           {"Hold query and key", "A second click on the same lets go", {{"click"}}},
           {"Show a head", "In the grid, the ranking or the dots", {{"click"}}},
           {"Ablate a head", "Its output becomes zero; again brings it back", {{"Alt", "click"}}},
           {"Zoom about the pointer", "", {{"wheel"}}},
           {"Move the picture", "Or drag in the small map", {{"drag"}}}}};
}

Group lab_gestures() {
  return {"Pointer",
          {{"Change a value", "On a number of X or of a weight matrix, or of Q, K and V", {{"drag ↕"}}},
           {"Change a value finely", "By 0.01 where it is 0.1 without", {{"Shift", "drag ↕"}}},
           {"Change a value coarsely", "By 1 where it is 0.1 without", {{"Ctrl", "drag ↕"}}},
           {"Type a value", "Enter commits, Esc cancels", {{"double-click"}}},
           {"Explain a number", "Selects the cell: the drawer says where it comes from", {{"click"}}},
           {"What else can be done with it", "A menu for the cell", {{"right-click"}}},
           {"Zoom about the pointer", "", {{"wheel"}}},
           {"Move the picture", "The left button does it on the empty canvas", {{"middle-drag"}, {"drag"}}}}};
}

Caps caps_of(const Shortcut& k) {
  Caps caps;
  if (k.mods.ctrl) caps.emplace_back("Ctrl");
  if (k.mods.alt) caps.emplace_back("Alt");
  if (k.mods.shift) caps.emplace_back("Shift");
  caps.push_back(shortcut_text({k.key, {}}));
  return caps;
}

std::vector<Group> all_groups(const Session& s) {
  std::vector<Group> groups;
  for (const Action& a : actions()) {
    if (!is_here(a, s)) continue;
    auto group =
        std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return g.title == a.menu; });
    if (group == groups.end()) group = groups.insert(groups.end(), {a.menu, {}});
    Line line{a.title, a.hint, {}};
    for (const Shortcut& k : a.shortcuts) line.ways.push_back(caps_of(k));
    group->lines.push_back(std::move(line));
  }
  groups.push_back(s.workspace == Workspace::model ? model_gestures() : lab_gestures());
  return groups;
}

/// The column of each group, and the height of the columns: the tallest groups are placed first, each where
/// there is most room; then the columns are put in the order of what they begin with.
std::vector<std::size_t> columns_of(const std::vector<Group>& groups, std::vector<float>& heights) {
  std::vector<std::size_t> order(groups.size()), column(groups.size()), rank(heights.size(), heights.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return groups[a].height() > groups[b].height(); });
  for (const std::size_t i : order) {
    const auto lowest = std::min_element(heights.begin(), heights.end());
    column[i] = static_cast<std::size_t>(lowest - heights.begin());
    *lowest += groups[i].height();
  }
  std::size_t next = 0;
  for (std::size_t& c : column) {
    if (rank[c] == heights.size()) rank[c] = next++;
    c = rank[c];
  }
  return column;
}

drawing::TextStyle cap_style(const drawing::Theme& t) {
  return {.color = t.text2, .size = 10.5f, .weight = 500, .family = drawing::Family::mono};
}

float caps_width(Ui& ui, const Caps& caps) {
  float width = -kCapGap;
  for (const std::string& cap : caps) {
    width += std::ceil(ui.p.width_of(cap, cap_style(ui.p.theme()))) + 2 * kCapPadding + kCapGap;
  }
  return width;
}

void draw_caps(Ui& ui, float x, float middle, const Caps& caps) {
  const drawing::Theme& t = ui.p.theme();
  for (const std::string& cap : caps) {
    const Rect r{x, std::round(middle - kCapHeight / 2), caps_width(ui, {cap}), kCapHeight};
    ui.p.fill(r, t.panel, 3);
    ui.p.stroke(r, t.border_strong, 1, 3);
    ui.p.text_middle(r.center().x, middle, cap, cap_style(t), drawing::Align::center);
    x = r.right() + kCapGap;
  }
}

// As many of the ways as there is room for beside the title, the first one rightmost where eyes look for it.
void draw_line(Ui& ui, Rect row, const Line& line, const std::string& id) {
  const drawing::Theme& t = ui.p.theme();
  const drawing::TextStyle title{.color = t.text, .size = 12}, quiet{.color = t.text3, .size = 11};
  const float middle = row.y + row.h / 2, left = row.x + ui.p.width_of(line.title, title) + kColumnGap / 2;
  std::size_t shown = 0;
  float width = 0;
  for (const Caps& caps : line.ways) {
    const float wider = width + (shown > 0 ? kOr : 0) + caps_width(ui, caps);
    if (shown > 0 && row.right() - wider < left) break;
    width = wider;
    ++shown;
  }
  float x = std::round(row.right() - width);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) {
      ui.p.text_middle(x + kOr / 2, middle, "or", quiet, drawing::Align::center);
      x += kOr;
    }
    draw_caps(ui, x, middle, line.ways[i]);
    x += caps_width(ui, line.ways[i]);
  }
  const float room = shown > 0 ? row.w - width - kCapGap : row.w;
  ui.p.text_middle(row.x, middle, ui.p.text_engine().elided(line.title, title, room), title);
  ui.p.region({.id = id, .rect = row, .label = line.title, .hint = line.hint});
}

void draw_group(Ui& ui, Rect r, const Group& group, Rect visible) {
  const drawing::Theme& t = ui.p.theme();
  ui.p.text_middle(r.x, r.y + kHeading / 2 - 2, group.title, {.color = t.text, .size = 12, .weight = 600});
  ui.p.line({r.x, r.y + kHeading - 4}, {r.right(), r.y + kHeading - 4}, t.border);
  float y = r.y + kHeading;
  for (const Line& line : group.lines) {
    const Rect row{r.x, y, r.w, kRow};
    if (row.intersects(visible)) draw_line(ui, row, line, "help/" + group.title + "/" + line.title);
    y += kRow;
  }
}

/// Where the experiment's numbers come from, so that nobody takes one kind for another.
std::string origin_note(const experiment::Experiment& e) {
  using experiment::Origin;
  std::vector<Origin> seen{e.embedding.origin};
  if (!experiment::random_rows(e).empty()) seen.push_back(Origin::random);
  for (const experiment::Layer& layer : e.layers) {
    for (const experiment::Head& head : layer.heads) {
      for (const auto* p : {&head.w_q, &head.w_k, &head.w_v}) seen.push_back(p->origin);
    }
  }
  const auto has = [&](Origin o) { return std::find(seen.begin(), seen.end(), o) != seen.end(); };
  std::string kinds;
  const auto add = [&](Origin o, const char* words) {
    if (has(o)) kinds += (kinds.empty() ? "" : ", partly ") + std::string(words);
  };
  add(Origin::hand_set, "set by hand");
  add(Origin::random, "random");
  add(Origin::imported, "imported");
  add(Origin::trained, "trained");
  if (kinds.find(',') != std::string::npos) kinds = "partly " + kinds;
  return "The numbers of ‘" + experiment::shown_title(e) + "’ are " + kinds + (has(Origin::trained) ? "." : ", not trained.");
}

}  // namespace

void help(Ui& below, Session& s) {
  controls::PopupUi popup = begin_overlay(below, kId);
  if (!popup.open) return;
  Ui& ui = popup.ui;
  if (take_shortcut(ui, "help.keys")) return close_overlay(s.in, kId);
  const drawing::Theme& t = ui.p.theme();
  const Rect bounds = ui.p.drawing().bounds;

  const float room = std::min(kMostWidth, bounds.w - 2 * kToWindow) - 2 * kPadding;
  const auto columns =
      static_cast<std::size_t>(std::clamp((room + kColumnGap) / (kColumn + kColumnGap), 1.f, 4.f));
  const float width = std::floor((room + kColumnGap) / static_cast<float>(columns) - kColumnGap);
  const std::vector<Group> groups = all_groups(s);
  std::vector<float> heights(columns, 0.f);
  const std::vector<std::size_t> column = columns_of(groups, heights);
  const float content = *std::max_element(heights.begin(), heights.end()) - kBetween;

  const float w = room + 2 * kPadding,
              h = std::min(content + kHeader + kFooter + 8, bounds.h - 2 * kToWindow);
  const Rect panel{std::round((bounds.w - w) / 2), std::round((bounds.h - h) / 2), w, std::floor(h)};
  overlay_panel(ui, kId, panel, true);
  ui.p.text_middle(panel.x + kPadding, panel.y + 32, "Keys and gestures",
                   {.color = t.text, .size = 16, .weight = 600});
  if (controls::button(ui, "help/close", {panel.right() - 44, panel.y + 16, 28, 28}, "",
                       {.flat = true, .icon = "close", .hint = "Close"})) {
    return close_overlay(s.in, kId);
  }

  const Rect area{panel.x, panel.y + kHeader, panel.w, panel.h - kHeader - kFooter};
  const float page = area.h - kRow, lines = 2 * kRow;
  s.help_scroll += take_key(ui, Key::page_down) ? page : take_key(ui, Key::page_up) ? -page : 0;
  s.help_scroll += take_key(ui, Key::down) ? lines : take_key(ui, Key::up) ? -lines : 0;
  controls::scrollbar(ui, "help/scroll", area, content, s.help_scroll);
  ui.p.push_clip(area);
  std::vector<float> tops(columns, std::round(area.y - s.help_scroll));
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const float x = std::round(panel.x + kPadding + static_cast<float>(column[i]) * (width + kColumnGap));
    draw_group(ui, {x, tops[column[i]], width, groups[i].height()}, groups[i], area);
    tops[column[i]] += groups[i].height();
  }
  ui.p.pop_clip();

  const drawing::TextStyle quiet{.color = t.text3, .size = 11};
  const float footer = panel.bottom() - kFooter / 2;
  ui.p.line({panel.x, panel.bottom() - kFooter}, {panel.right(), panel.bottom() - kFooter}, t.border);
  const float version = ui.p.text_middle(panel.right() - kPadding, footer, "QKV Lab " QKV_VERSION, quiet,
                                         drawing::Align::right);
  const float note = panel.w - 2 * kPadding - version - kColumnGap;
  const std::string origin = s.workspace == Workspace::model ? "Every number is computed from the checkpoint's own weights." : origin_note(s.lab.experiment());
  ui.p.text_middle(panel.x + kPadding, footer, ui.p.text_engine().elided(origin, quiet, note), quiet);
}

}  // namespace qkv::shell
