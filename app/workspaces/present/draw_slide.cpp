#include <algorithm>
#include <charconv>
#include <cmath>

#include "app/figures/formula.h"
#include "app/figures/numbers.h"
#include "app/workspaces/present/slide.h"

namespace qkv::workspaces {

using drawing::Align;
using drawing::Color;
using drawing::Family;
using drawing::Painter;
using drawing::Point;
using drawing::Rect;
using drawing::Run;
using drawing::TextStyle;
using Look = SlideRow::Look;
using Role = FormulaNode::Role;

namespace {

// px at 1920×1080
constexpr float kSmallest = 28, kFormula = 50, kSmallestFormula = 40,  // a formula's scripts are 0.72 of it
                 kLabels = 300, kEnd = 130, kNameLine = 34, kTableGap = 20;

Color colour(const drawing::Theme& t, Role role, Color plain) {
  switch (role) {
    case Role::query: return t.query;
    case Role::key: return t.key;
    case Role::value: return t.value;
    case Role::weight: return t.weight;
    case Role::none: break;
  }
  return plain;
}

std::vector<Run> runs_of(const drawing::Theme& t, const std::vector<Piece>& pieces, float size, int weight, Color plain) {
  std::vector<Run> line;
  for (const Piece& piece : pieces) {
    const bool strong = piece.role != Role::none || piece.symbol;
    line.push_back({piece.text, {.color = colour(t, piece.role, piece.symbol ? t.text : plain), .size = size, .weight = strong ? std::max(weight, 600) : weight, .italic = piece.symbol}, piece.raised ? Run::Shift::super : Run::Shift::none});
  }
  return line;
}

/// Pieces at `size`, or as small as they must be for `width`, elided at the smallest type.
struct Fitted {
  std::vector<Run> line;
  float width = 0;
};
Fitted fitted(Painter& p, const std::vector<Piece>& pieces, float size, float smallest, int weight, Color plain, float width) {
  Fitted out;
  for (;; size = std::max(smallest, size * 0.94f)) {
    out.line = runs_of(p.theme(), pieces, size, weight, plain);
    out.width = p.runs_width(out.line);
    if (out.width <= width || size <= smallest) break;
  }
  // The longest piece gives way: a token may be of any length.
  while (out.width > width) {
    const auto longest = std::ranges::max_element(out.line, {}, [](const Run& r) { return r.text.size(); });
    const float others = out.width - p.width_of(longest->text, longest->style);
    std::string shorter = p.text_engine().elided(longest->text, longest->style, std::max(0.f, width - others));
    if (shorter == longest->text) break;
    longest->text = std::move(shorter);
    out.width = p.runs_width(out.line);
  }
  return out;
}

float names_height(int lines) { return lines == 0 ? 0.f : 12 + kNameLine * static_cast<float>(lines); }

float natural_height(const SlideRow& row) { return row.look == Look::large ? 140.f : row.look == Look::plain ? 56.f : 72.f; }
float gap_above(const SlideRow& row) { return row.linked ? 26.f : 8.f; }

float natural_height(const SlideTable& table, int name_lines) {
  float h = names_height(name_lines) + (table.left_out.empty() ? 0 : 44);
  for (std::size_t r = 0; r < table.rows.size(); ++r) h += natural_height(table.rows[r]) + (r > 0 ? gap_above(table.rows[r]) : 0);
  return h;
}

/// Weights are on a sequential map: below 1 and above 0 they read neither.
std::string text_of(const SlideRow& row, float value, int decimals) {
  return row.map == drawing::Map::sequential ? figures::listed_weight(value, decimals) : figures::number(value, decimals);
}

/// One size and one number of decimals for a row, so that its numbers compare.
struct Figures {
  float size = 0;
  int decimals = 2;
};
Figures figures_of(Painter& p, const SlideRow& row, float cell_w, float height, float unit) {
  const float smallest = kSmallest * unit;
  const float wanted = std::max(smallest, std::min(height * (row.look == Look::large ? 0.52f : 0.6f), (row.look == Look::large ? 76.f : row.look == Look::plain ? 36.f : 38.f) * unit));
  for (int decimals = row.decimals;; --decimals) {
    float widest = 0;
    for (const SlideCell& cell : row.cells)
      widest = std::max(widest, p.width_of(text_of(row, cell.value, decimals), {.size = wanted, .weight = row.look == Look::large ? 600 : 500, .family = Family::mono}));
    const float size = std::min(wanted, wanted * (cell_w - 10 * unit) / std::max(1.f, widest));
    if (size >= smallest || decimals == 0) return {std::max(size, smallest), decimals};
  }
}

struct Draw {
  Painter& p;
  const SlideStyle& style;
  std::vector<RowPlace> places{};

  const drawing::Theme& t() const { return p.theme(); }
  float u(float px) const { return px * style.unit; }

  Rect travelled(const SlideRow& row, Rect to) const {
    const auto it = std::ranges::find(style.from, row.id, &RowPlace::id);
    if (it == style.from.end() || style.progress >= 1) return to;
    const float s = style.progress * style.progress * (3 - 2 * style.progress);
    const auto mix = [&](float a, float b) { return a + (b - a) * s; };
    return {mix(it->cells.x, to.x), mix(it->cells.y, to.y), mix(it->cells.w, to.w), mix(it->cells.h, to.h)};
  }
  bool travels(const SlideRow& row) const { return std::ranges::find(style.from, row.id, &RowPlace::id) != style.from.end(); }

  Rect cell_rect(const Rect& row, std::size_t c, std::size_t n) const {
    const float gap = u(n <= 6 ? 14.f : 6.f), w = (row.w - gap * static_cast<float>(n - 1)) / static_cast<float>(n);
    const float left = std::round(row.x + (w + gap) * static_cast<float>(c)), right = std::round(row.x + (w + gap) * static_cast<float>(c) + w);
    return {left, std::round(row.y), right - left, std::round(row.h)};
  }

  void cell(const SlideRow& row, const SlideCell& what, Rect r, Figures look, bool strong, bool hot) {
    const float size = look.size;
    const TextStyle number{.color = t().text, .size = size, .weight = row.look == Look::large ? 600 : 500, .family = Family::mono};
    const Point middle = r.center();
    if (row.answer && !style.revealed) {
      p.fill(r, t().sunken, u(3));
      p.stroke(r, t().border_strong, std::max(1.f, u(2)), u(3), true);
      p.text_middle(middle.x, middle.y, "?", {.color = t().text3, .size = std::max(size, u(kSmallest)), .weight = 600}, Align::center);
      return;
    }
    if (what.masked) {
      p.fill(r, t().mask_fill);
      p.hatch(r, t().mask_hatch, u(10));
      p.stroke(r, t().border, 1);
      const std::string word = row.map == drawing::Map::sequential && r.w > u(180) ? "masked" : row.map == drawing::Map::sequential ? "0" : "−∞";
      const TextStyle quiet{.color = t().text2, .size = std::max(u(kSmallest), std::min(size, u(34)))};
      const float w = p.width_of(word, quiet) + u(20);
      p.fill({middle.x - w / 2, middle.y - quiet.size * 0.75f, w, quiet.size * 1.5f}, t().canvas, u(4));
      p.text_middle(middle.x, middle.y, word, quiet, Align::center);
      return;
    }
    if (what.blank) {
      p.text_middle(middle.x, middle.y, "0", {.color = t().text3, .size = size, .family = Family::mono}, Align::center);
      return;
    }
    Color ink = t().text;
    if (row.look != Look::plain) {
      drawing::Heat heat;
      heat.map = row.map;
      heat.lo = row.map == drawing::Map::sequential ? 0.f : -row.limit;
      heat.hi = row.limit;
      const Color fill = drawing::colour_of(t(), heat, what.value);
      p.fill(r, fill);
      p.stroke(r, t().border, 1);
      ink = std::isfinite(what.value) ? drawing::ink_on(t(), fill) : t().error;
    }
    TextStyle own = number;
    own.color = ink;
    if (row.look == Look::plain && strong) own.weight = 700;
    p.text_middle(middle.x, middle.y, text_of(row, what.value, look.decimals), own, Align::center);
    if (strong && row.look == Look::large) p.stroke(r.inset(-std::round(u(3))), t().selected, std::max(2.f, std::round(u(5))));
    else if (hot) p.outline(r, t().text2, u(2), u(2));
  }

  void row(const SlideTable& table, const SlideRow& what, Rect to, std::size_t at_table, std::size_t at_row, float label_right) {
    places.push_back({what.id, to});
    const Rect place = travelled(what, to);
    const bool fades = style.progress < 1 && !travels(what);
    if (fades) p.set_alpha(style.progress);
    const std::size_t n = what.cells.size();
    const Figures size = n == 0 ? Figures{} : figures_of(p, what, cell_rect(to, 0, n).w, to.h, style.unit);
    for (std::size_t c = 0; c < n; ++c) {
      const Rect r = cell_rect(place, c, n);
      const bool strong = static_cast<int>(c) == table.strong;
      const std::string id = "slide/" + std::to_string(at_table) + "/" + std::to_string(at_row) + "/" + std::to_string(c);
      if (what.linked && at_row > 0 && style.progress >= 1) {
        const float x = std::round(r.center().x), top = r.y - u(gap_above(what)) + u(5);
        p.line({x, top}, {x, r.y - u(5)}, strong ? t().weight : t().border_strong, std::max(1.f, u(strong ? 3.f : 2.f)));
      }
      cell(what, what.cells[c], r, size, strong, style.hovered == id);
      if (what.cells[c].cell && style.progress >= 1)
        p.region({.id = id, .rect = r, .label = c < table.columns.size() ? table.columns[c] : "", .cursor = drawing::Cursor::resize_vertical});
    }
    if (fades) p.set_alpha(1);
    if (style.progress < 1) p.set_alpha(style.progress);
    const bool raised = std::ranges::any_of(what.label, &Piece::raised);  // an exponent is smaller than its base
    const Fitted label = fitted(p, what.label, u(raised ? 38.f : 34.f), u(raised ? 38.f : kSmallest), 400, t().text2, u(kLabels - 30));
    p.runs({label_right - label.width, to.center().y + u(11)}, label.line);
    if (!what.end.empty() && (style.revealed || !what.answer))
      p.text_middle(to.right() + u(22), to.center().y, what.end, {.color = t().text2, .size = u(kSmallest + 2), .family = Family::mono});
    p.set_alpha(1);
  }

  /// The names of a table's columns, each on at most two lines.
  std::vector<std::vector<std::string>> names(const SlideTable& what, float width) const {
    std::vector<std::vector<std::string>> all;
    for (const std::string& name : what.columns) {
      const TextStyle type{.size = u(kSmallest), .weight = 600};
      const float room = cell_rect({0, 0, width, 1}, 0, what.columns.size()).w + u(4);
      auto lines = p.text_engine().wrapped(name, type, room);
      if (lines.size() > 2) {
        for (std::size_t i = 2; i < lines.size(); ++i) lines[1] += lines[i];
        lines.resize(2);
        lines[1] = p.text_engine().elided(lines[1] + "…", type, room);
      }
      all.push_back(std::move(lines));
    }
    return all;
  }
  int name_lines(const SlideTable& what, float width) const {
    std::size_t most = 0;
    for (const auto& lines : names(what, width)) most = std::max(most, lines.size());
    return static_cast<int>(most);
  }

  /// Returns its height.
  float table(const SlideTable& what, Rect area, std::size_t index, float squeeze) {
    const float x = area.x + u(kLabels), w = area.w - u(kLabels + kEnd);
    const std::size_t n = what.columns.size();
    const auto all_names = names(what, w);
    const float heading = u(names_height(name_lines(what, w)));
    if (style.progress < 1) p.set_alpha(style.progress);
    for (std::size_t c = 0; c < n; ++c) {
      const Rect r = cell_rect({x, area.y, w, heading}, c, n);
      const Role role = c < what.roles.size() ? what.roles[c] : Role::none;
      const bool strong = static_cast<int>(c) == what.strong;
      const auto& lines = all_names[c];
      for (std::size_t i = 0; i < lines.size(); ++i)
        p.text({r.center().x, std::round(r.bottom() - u(13) - u(kNameLine) * static_cast<float>(lines.size() - 1 - i))}, lines[i],
               {.color = colour(t(), role, t().text), .size = u(kSmallest), .weight = strong ? 600 : 400}, Align::center);
    }
    p.set_alpha(1);
    float y = area.y + heading;
    for (std::size_t r = 0; r < what.rows.size(); ++r) {
      if (r > 0) y += u(gap_above(what.rows[r])) * std::min(1.f, squeeze);
      const float h = u(natural_height(what.rows[r])) * squeeze;
      row(what, what.rows[r], {x, y, w, h}, index, r, x - u(26));
      y += h;
    }
    if (!what.left_out.empty()) {
      p.text({x, y + u(36)}, what.left_out, {.color = t().text3, .size = u(kSmallest)});
      y += u(44);
    }
    return y - area.y;
  }

  /// The fullest formula that has room, and its look.
  struct Told {
    const FormulaNode* formula;
    figures::FormulaStyle look;
    float ascent, descent;
  };
  Told told(const Slide& slide, float width) const {
    figures::FormulaStyle look{.size = u(kFormula), .color = t().text, .muted = t().text2};
    const FormulaNode* chosen = &slide.formulas.back();
    for (const FormulaNode& formula : slide.formulas) {
      if (figures::measure_formula(p, formula, look).width * kSmallestFormula / kFormula > width) continue;
      chosen = &formula;
      break;
    }
    auto extent = figures::measure_formula(p, *chosen, look);
    if (extent.width > width) {
      look.size *= width / extent.width;
      extent = figures::measure_formula(p, *chosen, look);
    }
    return {chosen, look, extent.ascent, extent.descent};
  }
  float formula_height(const Slide& slide, float width) const {
    if (slide.formulas.empty()) return 0;
    const Told it = told(slide, width);
    return it.ascent + it.descent + u(36);
  }

  /// The formula along the lower edge; returns its height.
  float formula(const Slide& slide, Rect area) {
    if (slide.formulas.empty()) return 0;
    const Told it = told(slide, area.w);
    const float height = it.ascent + it.descent;
    const bool hidden = slide.formula_is_answer && !style.revealed;
    if (!hidden) {
      p.push_clip({area.x, area.bottom() - height - u(20), area.w, height + u(30)});
      if (style.progress < 1) p.set_alpha(style.progress);
      figures::draw_formula(p, {area.x, std::round(area.bottom() - u(8) - it.descent)}, *it.formula, it.look);
      p.set_alpha(1);
      p.pop_clip();
    }
    return height + u(36);
  }
};

/// Of all tables, in px at 1920×1080: what stays, and what rows give way of.
struct Heights {
  float fixed = 0, flexible = 0;
};
Heights heights(const Draw& d, const Slide& slide, float width) {
  Heights h{.fixed = kTableGap * static_cast<float>(slide.tables.size() > 1 ? slide.tables.size() - 1 : 0)};
  for (const SlideTable& table : slide.tables) {
    const int lines = d.name_lines(table, width - d.u(kLabels + kEnd));
    const float rest = names_height(lines) + (table.left_out.empty() ? 0 : 44);
    h.flexible += natural_height(table, lines) - rest;
    h.fixed += rest;
  }
  return h;
}

}  // namespace

float draw_slide_title(Painter& p, Rect area, const std::vector<Piece>& title, float size, float unit) {
  const Fitted line = fitted(p, title, size * unit, kSmallest * unit, 500, p.theme().text, area.w);
  p.runs({area.x, std::round(area.y + size * unit)}, line.line);
  return (size + 30) * unit;
}

float slide_height(Painter& p, const Slide& slide, float width, float unit, float squeeze) {
  const SlideStyle style{.unit = unit};
  const Draw d{p, style};
  const Heights h = heights(d, slide, width);
  return (h.fixed + h.flexible * squeeze) * unit + d.formula_height(slide, width);
}

std::vector<RowPlace> draw_slide(Painter& p, Rect area, const Slide& slide, const SlideStyle& style) {
  Draw d{p, style};
  const float u = style.unit;
  const float below = d.formula(slide, area);
  const Rect body{area.x, area.y, area.w, area.h - below};
  const Heights h = heights(d, slide, body.w);
  const float squeeze = std::clamp((body.h / u - h.fixed) / std::max(1.f, h.flexible), kLeastSqueeze, 1.3f);
  float y = body.y + std::max(0.f, body.h - (h.fixed + h.flexible * squeeze) * u) / 2;
  for (std::size_t i = 0; i < slide.tables.size(); ++i) y += d.table(slide.tables[i], {body.x, y, body.w, body.bottom() - y}, i, squeeze) + kTableGap * u;
  return std::move(d.places);
}

std::optional<Cell> slide_cell(const Slide& slide, std::string_view region) {
  constexpr std::string_view kPrefix = "slide/";
  if (!region.starts_with(kPrefix)) return std::nullopt;
  std::size_t at[3]{};
  const char* from = region.data() + kPrefix.size();
  const char* const end = region.data() + region.size();
  for (std::size_t& index : at) {
    const auto [next, error] = std::from_chars(from, end, index);
    if (error != std::errc{}) return std::nullopt;
    from = next == end ? next : next + 1;
  }
  if (at[0] >= slide.tables.size() || at[1] >= slide.tables[at[0]].rows.size() || at[2] >= slide.tables[at[0]].rows[at[1]].cells.size()) return std::nullopt;
  return slide.tables[at[0]].rows[at[1]].cells[at[2]].cell;
}

}  // namespace qkv::workspaces
