#include <algorithm>
#include <cmath>
#include <limits>

#include "app/figures/numbers.h"
#include "app/workspaces/explain/panels.h"

namespace qkv::workspaces {

using drawing::Align;
using drawing::Family;
using drawing::Run;
using drawing::TextStyle;
using figures::number;

namespace {

constexpr float kRow = 23;

/// The row of weights as one bar, each key its share.
void share_bar(Page& s, Rect r, const Cell& c) {
  auto& p = s.p();
  const int n = s.trace().n();
  float x = r.x;
  for (int j = 0; j < n; ++j) {
    const float a = attention::value(s.trace(), {Stage::weights, c.layer, c.head, c.row, j});
    if (!(a > 0)) continue;
    const float w = a * r.w;
    const auto fill = drawing::colour_at(s.theme(), drawing::Map::sequential, a);
    p.fill({x, r.y, std::max(w - 1, 0.5f), r.h}, fill);
    const TextStyle style{.color = drawing::ink_on(s.theme(), fill), .size = 10, .weight = 500};
    const std::string name = s.names().token(j);
    if (p.width_of(name, style) < w - 6) p.text_middle(x + w / 2, r.center().y, name, style, Align::center);
    x += w;
  }
}

}  // namespace

void softmax_panel(Page& s, int level, const attention::Explanation& why, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  const Cell& c = why.cell;
  const auto muted = [&](std::string text) {
    return Run{std::move(text), {.color = t.text2, .size = 12, .weight = 500}};
  };
  const float top = panel_heading(s, level, area,
                                  {{"weight", {.color = t.weight, .size = 12, .weight = 600}},
                                   muted(" = exp("),
                                   {"s", {.color = t.text, .size = 12, .weight = 500, .italic = true}},
                                   muted(" − max) / Σ")});
  const float columns[] = {92, 146, 196, 244};
  const char* names[] = {"s", "s − max", "exp", "a"};
  for (int k = 0; k < 4; ++k)
    p.text({area.x + columns[k], top + 8}, names[k], {.color = t.text3, .size = 10, .family = Family::mono},
           Align::right);
  const int n = s.trace().n();
  const float rows_top = top + 14, footer = 78;
  const float content = kRow * static_cast<float>(n);
  float rows_room = std::max(kRow, area.bottom() - footer - rows_top);
  if (content > rows_room) rows_room = std::floor(rows_room / kRow) * kRow;  // whole rows only
  if (content > rows_room) {
    const float least = std::max(0.f, static_cast<float>(c.column + 1) * kRow - rows_room);
    if (s.ui.in.hot.empty() && s.story.state.softmax_scroll < least) s.story.state.softmax_scroll = least;
    controls::scrollbar(s.ui, "drawer/" + std::to_string(level) + "/scroll",
                        {area.x - 6, rows_top, area.w, rows_room}, content, s.story.state.softmax_scroll);
  } else {
    s.story.state.softmax_scroll = 0;
  }
  p.push_clip({area.x - 8, rows_top, area.w, rows_room});
  for (int j = 0; j < n; ++j) {
    const float y = rows_top + static_cast<float>(j) * kRow - s.story.state.softmax_scroll;
    if (y + kRow < rows_top || y > rows_top + rows_room) continue;
    const bool on = j == c.column,
               hidden = attention::value(s.trace(), {Stage::scaled, c.layer, c.head, c.row, j}) ==
                        -std::numeric_limits<float>::infinity();
    const Rect hit{area.x - 6, y, 256, kRow - 1};
    const std::string id = "drawer/" + std::to_string(level) + "/key/" + std::to_string(j);
    if (on)
      p.fill(hit, t.weight_bg, 4);
    else if (s.ui.hot(id))
      p.fill(hit, t.hover, 4);
    p.region({.id = id,
              .rect = hit,
              .label = "Explain the weight on " + s.names().token(j),
              .cursor = drawing::Cursor::hand,
              .focusable = true});
    if (s.ui.clicked(id)) {
      s.event.chosen = Cell{Stage::weights, c.layer, c.head, c.row, j};
      break;
    }
    p.text_fit({area.x, y + 15}, s.names().token(j),
               {.color = on ? t.key : t.text2, .size = 11.5f, .weight = on ? 600 : 400}, 46);
    const float scaled = attention::value(s.trace(), {Stage::scaled, c.layer, c.head, c.row, j});
    const float weight = attention::value(s.trace(), {Stage::weights, c.layer, c.head, c.row, j});
    const bool summed = static_cast<std::size_t>(j) < why.terms.size();
    const std::string cells[] = {
        hidden ? "−∞" : number(scaled, 2), hidden ? "—" : number(scaled - why.maximum, 2),
        hidden || !summed ? "0" : number(why.terms[static_cast<std::size_t>(j)].value, 3), figures::weight_number(weight, 3)};
    for (int k = 0; k < 4; ++k)
      p.text({area.x + columns[k], y + 15}, cells[k],
             {.color = hidden && weight == 0 ? t.text_disabled
                       : k == 3              ? t.weight
                                             : t.text,
              .size = 11,
              .weight = on && k == 3 ? 700 : 400,
              .family = Family::mono},
             Align::right);
  }
  p.pop_clip();
  float y = rows_top + std::min(content, rows_room) + 1;
  p.fill({area.x, y, 246, 1}, t.border);
  p.text({area.x, y + 16}, "Σ", {.color = t.text2, .size = 11.5f});
  float total = 0;
  for (int j = 0; j < n; ++j)
    total += attention::value(s.trace(), {Stage::weights, c.layer, c.head, c.row, j});
  p.text({area.x + columns[2], y + 16}, number(why.sum, 3),
         {.color = t.text, .size = 11, .family = Family::mono}, Align::right);
  p.text({area.x + columns[3], y + 16}, number(total, 3),
         {.color = t.weight, .size = 11, .family = Family::mono}, Align::right);
  y += 24;
  if (why.operation == attention::Operation::fully_masked) {
    p.text({area.x, y + 14}, "Every key is masked: zeros.", {.color = t.warn, .size = 12, .weight = 500});
    return;
  }
  const auto mono = [&](std::string text, drawing::Color colour, int weight = 400) {
    return Run{std::move(text), {.color = colour, .size = 13, .weight = weight, .family = Family::mono}};
  };
  const float exponent =
      attention::value(s.trace(), {Stage::scaled, c.layer, c.head, c.row, c.column}) - why.maximum;
  const std::vector<Run> line{
      mono("exp(", t.text2), mono(number(exponent, 2), t.text),
      mono(") / ", t.text2), mono(number(why.sum, 3), t.text),
      mono(" = ", t.text2),  mono(figures::telling_number(why.value, 3), t.weight, 700)};
  if (y + 16 < area.bottom()) p.runs({area.x, y + 14}, line);
  if (y + 40 <= area.bottom()) share_bar(s, {area.x, y + 24, 248, 16}, c);
}

}  // namespace qkv::workspaces
