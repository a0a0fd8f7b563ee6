#include "app/workspaces/explain/panels.h"

#include <algorithm>

#include "app/controls/text_layout.h"
#include "app/figures/numbers.h"

namespace qkv::workspaces {

using attention::Explanation;
using attention::Operation;
using attention::Term;
using drawing::Align;
using drawing::Family;
using drawing::Run;
using drawing::TextStyle;
using figures::number;

namespace {

/// A row of weights; a fully masked row's output has the same operation and is not one.
bool is_weights_row(const Explanation& why) {
  return why.cell.stage == Stage::weights &&
         (why.operation == Operation::softmax || why.operation == Operation::fully_masked);
}

bool is_products(Operation o) {
  return o == Operation::project || o == Operation::dot || o == Operation::mix;
}
bool is_scaling(Operation o) { return o == Operation::scale || o == Operation::cap || o == Operation::mask; }

/// "E[sat, 3] 0.41 × 1/σ 2.31 × γ[3] 1.02", as many factors a line as `room` allows.
std::vector<std::string> factor_lines(const Page& s, const Term& term, const TextStyle& style, float room) {
  std::vector<std::string> lines;
  for (const auto& f : term.factors) {
    const std::string factor = (lines.empty() ? "" : " × ") + (f.is_cell ? s.names().cell(f.cell) : f.name) +
                               " " + number(f.value, 3);
    if (lines.empty() || s.p().width_of(lines.back() + factor, style) > room)
      lines.push_back(factor);
    else
      lines.back() += factor;
  }
  return lines;
}

/// Norms, sums, rotations, copies and leaves: a short list of operands, or what is known of a given number.
void list_panel(Page& s, int level, const Explanation& why, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  float y = panel_heading(s, level, area, heading_of(s, why)) + 8;
  const std::string explained = s.names().note(why.cell);
  y += controls::paragraph(p, {area.x, y}, area.w - 8, s.names().words(why),
                           {.color = t.text2, .size = 11.5f}) +
       8;
  if (!explained.empty())
    y += controls::paragraph(p, {area.x, y}, area.w - 8, explained,
                             {.color = t.text, .size = 12, .weight = 500}) +
         8;
  const TextStyle factors{.color = t.text2, .size = 11, .family = Family::mono};
  const TextStyle value{.color = t.text, .size = 11, .weight = 600, .family = Family::mono};
  constexpr float kLine = 18;
  int i = 0;
  for (const Term& term : why.terms) {
    const std::string v = "= " + number(term.value, 3);
    const std::vector<std::string> lines = factor_lines(s, term, factors, area.w - 24 - p.width_of(v, value));
    const float height = kLine * static_cast<float>(lines.size());
    if (y + height > area.bottom() - 6) break;
    const Rect hit{area.x - 4, y + 5, area.w - 4, height};
    const auto cell =
        std::find_if(term.factors.begin(), term.factors.end(), [](const auto& f) { return f.is_cell; });
    std::string label;
    for (const std::string& line : lines) label += line;
    if (cell != term.factors.end() &&
        operand_row(s, level, "term/" + std::to_string(i++), hit, label, cell->cell))
      descend(s.story, level, cell->cell);
    for (const std::string& line : lines) {
      y += kLine;
      p.text_fit({area.x, y}, line, factors, area.w - 24 - p.width_of(v, value));
    }
    p.text({area.right() - 12, y}, v, value, Align::right);
  }
}

}  // namespace

Run heading_words(const drawing::Theme& t, std::string text) {
  return {std::move(text), {.color = t.text2, .size = 12, .weight = 500}};
}

std::vector<Run> vector_name(const Page& s, const char* letter, drawing::Color c, int token) {
  return {{letter, {.color = c, .size = 12, .weight = 600, .italic = true}},
          {s.p().text_engine().elided(s.names().token(token), {.size = 9}, 44),
           {.color = c, .size = 12},
           Run::Shift::sub}};
}

std::vector<Run> heading_of(const Page& s, const Explanation& why) {
  const auto& t = s.theme();
  std::vector<Run> runs;
  if (why.operation == Operation::dot) {
    runs = vector_name(s, "q", t.query, why.cell.row);
    runs.push_back(heading_words(t, " · "));
    for (Run& r : vector_name(s, "k", t.key, why.cell.column)) runs.push_back(r);
    runs.push_back(heading_words(t, "  =  Σ of " + std::to_string(why.terms.size()) + " products"));
    return runs;
  }
  runs.push_back(
      {s.names().cell(why.cell),
       {.color = role_colour(t, why.cell.stage), .size = 12, .weight = 600, .family = Family::mono}});
  switch (why.operation) {
    case Operation::project:
      runs.push_back(heading_words(t, why.cell.stage == Stage::layer_output ? "  =  Σ z·W_O" : "  =  Σ x·w"));
      break;
    case Operation::mix:
      runs.push_back(heading_words(t, "  =  Σ weight × value"));
      break;
    case Operation::rotate:
      runs.push_back(heading_words(t, "  =  " + figures::telling_number(why.value, 3) + ", rotated"));
      break;
    case Operation::normalise:
      runs.push_back(heading_words(t, "  =  " + figures::telling_number(why.value, 3) + ", normalised"));
      break;
    default:
      runs.push_back(heading_words(t, "  =  " + figures::telling_number(why.value, 3)));
  }
  return runs;
}

bool operand_row(Page& s, int level, const std::string& name, Rect hit, const std::string& label,
                 const Cell& cell) {
  const std::string id = "drawer/" + std::to_string(level) + "/" + name;
  if (s.ui.hot(id)) s.p().fill(hit, s.theme().hover, 3);
  s.p().region({.id = id,
                .rect = hit,
                .label = label.empty() ? s.names().cell(cell) : label,
                .hint = "Click to see where it comes from.",
                .cursor = drawing::Cursor::hand,
                .focusable = true});
  return s.ui.clicked(id);
}

PanelWidth panel_width(const Explanation& why) {
  if (is_weights_row(why)) return {262, 262};
  if (is_scaling(why.operation)) return {158, 158};
  if (is_products(why.operation)) {
    if (why.terms.size() > kManyProducts) return {260, 560};
    return {226, kProductLabel + 20 + 46 * static_cast<float>(std::max<std::size_t>(5, why.terms.size()))};
  }
  return {230, 320};
}

float panel_heading(Page& s, int level, Rect area, std::vector<Run> runs) {
  auto& p = s.p();
  const Rect badge{area.x, area.y, 16, 16};
  p.fill(badge, s.theme().sunken, 3);
  p.text_middle(badge.center().x, badge.center().y, std::to_string(level + 1),
                {.color = s.theme().text2, .size = 10, .weight = 600, .family = Family::mono}, Align::center);
  // A long name gives way to what is said of it.
  const float excess = p.runs_width(runs) - (area.w - 28);
  if (excess > 0) {
    Run& longest = *std::max_element(runs.begin(), runs.end(), [&](const Run& a, const Run& b) {
      return p.width_of(a.text, a.style) < p.width_of(b.text, b.style);
    });
    longest.text = p.text_engine().elided(longest.text, longest.style,
                                          std::max(20.f, p.width_of(longest.text, longest.style) - excess));
  }
  p.runs({area.x + 24, area.y + 12}, runs);
  return area.y + 22;
}

void explanation_panel(Page& s, int level, const Explanation& why, Rect area) {
  if (is_weights_row(why))
    softmax_panel(s, level, why, area);
  else if (is_scaling(why.operation))
    scale_panel(s, level, why, area);
  else if (is_products(why.operation) && !why.terms.empty())
    products_panel(s, level, why, area);
  else
    list_panel(s, level, why, area);
}

}  // namespace qkv::workspaces
