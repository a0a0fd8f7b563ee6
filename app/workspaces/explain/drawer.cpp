#include <algorithm>

#include "app/figures/numbers.h"
#include "app/workspaces/explain/panels.h"

namespace qkv::workspaces {

using attention::Explanation;
using drawing::Align;
using drawing::Family;

namespace {

constexpr float kHead = 43;

/// The chain as a path: every level can be clicked to begin there.
void breadcrumb(Page& s, float x, float y, float right) {
  auto& p = s.p();
  const auto& t = s.theme();
  for (std::size_t i = 0; i < s.story.state.chain.size(); ++i) {
    const Cell& c = s.story.state.chain[i];
    const bool on = static_cast<int>(i) == s.story.state.first_level;
    const drawing::TextStyle style{.color = i == 0 || on ? role_colour(t, c.stage) : t.text2,
                                   .size = 11.5f,
                                   .weight = on ? 600 : 400,
                                   .family = Family::mono};
    const std::string name = s.names().cell(c);
    const float w = p.width_of(name, style);
    if (x + w + 14 > right) {
      p.text({x, y}, "…", style);
      return;
    }
    const std::string id = "drawer/crumb/" + std::to_string(i);
    const Rect hit{x - 7, y - 15, w + 14, 21};
    if (on)
      p.fill(hit, role_background(t, c.stage), 4);
    else if (s.ui.hot(id))
      p.fill(hit, t.hover, 4);
    p.region({.id = id,
              .rect = hit,
              .label = name + " = " + figures::telling_number(attention::value(s.trace(), c), 4),
              .hint = "Begin the explanation here.",
              .cursor = drawing::Cursor::hand,
              .focusable = true});
    if (s.ui.clicked(id)) s.story.state.first_level = static_cast<int>(i);
    p.text({x, y}, name, style);
    x += w + 12;
    if (i + 1 < s.story.state.chain.size()) {
      p.polyline({{x, y - 8}, {x + 4, y - 4}, {x, y}}, t.text3, 1.25f);
      x += 16;
    }
  }
}

void grip(Page& s, Rect area) {
  const Rect hit{area.center().x - 24, area.y, 48, 9};
  s.p().fill(
      {area.center().x - 16, area.y + 4, 32, 3},
      s.ui.hot("drawer/grip") || s.ui.active("drawer/grip") ? s.theme().text3 : s.theme().border_strong,
      1.5f);
  s.p().region({.id = "drawer/grip",
                .rect = hit,
                .label = "Drag to resize the drawer",
                .cursor = drawing::Cursor::resize_vertical});
  if (s.ui.dragged("drawer/grip"))
    s.story.state.drawer_height = std::clamp(area.bottom() - s.ui.in.pointer.y, 160.f, 520.f);
}

/// Copy and close; `right` becomes their left edge. False when it was closed.
bool buttons(Page& s, Rect area, float& right) {
  const Rect close{right - 52, area.y + 12, 52, 24}, copy{close.x - 8 - 96, area.y + 12, 96, 24};
  right = copy.x;
  if (controls::button(s.ui, "drawer/close", close, "close",
                       {.flat = true, .hint = "Close the drawer and unselect (Esc)", .text_size = 11})) {
    s.story.state.chain.clear();
    s.event.closed = true;
    return false;
  }
  if (controls::button(s.ui, "drawer/copy", copy, "copy as text",
                       {.flat = true, .hint = "Copy this derivation with its numbers", .text_size = 11})) {
    s.ui.clipboard.set(chain_as_text(s.story));
    s.event.copied = true;
  }
  return true;
}

void drawer(Page& s, Rect area, bool figure) {
  auto& p = s.p();
  const auto& t = s.theme();
  p.fill(area, t.panel);
  p.fill({area.x, area.y, area.w, 1}, t.border_strong);
  p.region({.id = "drawer", .rect = area});
  if (!figure) grip(s, area);
  if (s.story.state.chain.empty()) return;

  p.push_clip(area);
  const Cell& first = s.story.state.chain.front();
  const std::string question = s.names().question(attention::explain(s.trace(), first));
  const float w = p.text({area.x + 20, area.y + 28}, question, {.color = t.text, .size = 15, .weight = 600});
  float right = area.right() - 20;
  if (!figure && !buttons(s, area, right)) {
    p.pop_clip();
    return;
  }
  breadcrumb(s, area.x + 20 + w + 24, area.y + 28.5f, right - 12);
  p.fill({area.x, area.y + kHead, area.w, 1}, t.border);

  // As many levels as fit side by side; what is left over goes to the panels that can use it.
  std::vector<Explanation> levels;
  std::vector<float> widths;
  const float gap = 22;
  float room = area.w - 40;
  s.story.state.first_level =
      std::clamp(s.story.state.first_level, 0, static_cast<int>(s.story.state.chain.size()) - 1);
  for (std::size_t i = static_cast<std::size_t>(s.story.state.first_level); i < s.story.state.chain.size();
       ++i) {
    Explanation why = attention::explain(s.trace(), s.story.state.chain[i]);
    const float least = panel_width(why).least;
    if (!levels.empty() && least + gap > room) break;
    room -= least + (levels.empty() ? 0 : gap);
    widths.push_back(least);
    levels.push_back(std::move(why));
  }
  for (int pass = 0; pass < 4 && room > 1; ++pass) {
    int hungry = 0;
    for (std::size_t i = 0; i < levels.size(); ++i) hungry += panel_width(levels[i]).ideal > widths[i] + 1;
    if (hungry == 0) break;
    const float share = room / static_cast<float>(hungry);
    for (std::size_t i = 0; i < levels.size(); ++i) {
      const float more = std::min(share, std::max(0.f, panel_width(levels[i]).ideal - widths[i]));
      widths[i] += more;
      room -= more;
    }
  }
  float x = area.x + 20;
  const float top = area.y + kHead + 9, height = area.bottom() - 12 - top;
  const auto chain_before = s.story.state.chain;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (i > 0) p.fill({std::round(x - gap / 2 - 3), top, 1, height}, t.border);
    const Rect panel{std::round(x), top, std::floor(widths[i]), height};
    p.push_clip(panel.inset(-8, -6));
    explanation_panel(s, s.story.state.first_level + static_cast<int>(i), levels[i], panel);
    p.pop_clip();
    if (s.story.state.chain != chain_before) break;  // re-routed: the next build shows it
    x += widths[i] + gap;
  }
  p.pop_clip();
}

}  // namespace

DrawerEvent explain_drawer(controls::Ui& ui, Story& story, Rect area, bool figure) {
  DrawerEvent event;
  Page page{ui, story, event};
  drawer(page, area, figure);
  return event;
}

}  // namespace qkv::workspaces
