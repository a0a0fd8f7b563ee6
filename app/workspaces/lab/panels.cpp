#include "app/workspaces/lab/panels.h"

#include <algorithm>
#include <cmath>

#include "app/controls/text_layout.h"
#include "app/figures/heatmap.h"
#include "app/figures/numbers.h"
#include "app/figures/waterfall.h"
#include "app/workspaces/lab/symbols.h"

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

constexpr float kLabel = 50;

/// A row of weights; a fully masked row's output has the same operation and is not one.
bool is_weights_row(const Explanation& why) {
  return why.cell.stage == Stage::weights && (why.operation == Operation::softmax || why.operation == Operation::fully_masked);
}

bool is_products(Operation o) { return o == Operation::project || o == Operation::dot || o == Operation::mix; }

Run words(const drawing::Theme& t, std::string text) { return {std::move(text), {.color = t.text2, .size = 12, .weight = 500}}; }

std::vector<Run> vector_name(const Scene& s, const char* letter, drawing::Color c, int token) {
  return {{letter, {.color = c, .size = 12, .weight = 600, .italic = true}},
          {s.p().text_engine().elided(token_label(s.experiment(), token), {.size = 9}, 44), {.color = c, .size = 12}, Run::Shift::sub}};
}

/// "q_sat · k_cat = Σ of 8 products = 1.287" and its kin.
std::vector<Run> heading_of(const Scene& s, const Explanation& why) {
  const auto& t = s.theme();
  std::vector<Run> runs;
  if (why.operation == Operation::dot) {
    runs = vector_name(s, "q", t.query, why.cell.row);
    runs.push_back(words(t, " · "));
    for (Run& r : vector_name(s, "k", t.key, why.cell.column)) runs.push_back(r);
    runs.push_back(words(t, "  =  Σ of " + std::to_string(why.terms.size()) + " products"));
    return runs;
  }
  runs.push_back({cell_name(s.experiment(), why.cell),
                  {.color = role_colour(t, why.cell.stage), .size = 12, .weight = 600, .family = Family::mono}});
  switch (why.operation) {
    case Operation::project: runs.push_back(words(t, why.cell.stage == Stage::layer_output ? "  =  Σ z·W_O" : "  =  Σ x·w")); break;
    case Operation::mix: runs.push_back(words(t, "  =  Σ weight × value")); break;
    case Operation::rotate: runs.push_back(words(t, "  =  " + number(why.value, 3) + ", turned by position")); break;
    default: runs.push_back(words(t, "  =  " + number(why.value, 3)));
  }
  return runs;
}

/// Two factor rows and their product, then bars and the running sum.
void products_panel(Scene& s, int level, const Explanation& why, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  const float top = panel_heading(s, level, area, heading_of(s, why));
  const int m = static_cast<int>(why.terms.size());
  const float step = std::max(1.f, std::min(48.f, std::floor((area.w - kLabel - 10) / static_cast<float>(std::max(1, m)))));
  const float x = area.x + kLabel;
  const Rect body{x, top, step * static_cast<float>(m), area.bottom() - top};
  const float row_h = std::clamp(std::floor((body.h - 76) * 0.16f), 16.f, 22.f), gap = step >= 24 ? 10.f : 4.f;

  Matrix rows[3] = {Matrix(1, m), Matrix(1, m), Matrix(1, m)};
  int chosen = -1;
  const Cell* next = static_cast<std::size_t>(level) + 1 < s.view.chain.size() ? &s.view.chain[static_cast<std::size_t>(level) + 1] : nullptr;
  std::vector<float> values(static_cast<std::size_t>(m));
  for (int k = 0; k < m; ++k) {
    const Term& term = why.terms[static_cast<std::size_t>(k)];
    const bool pair = term.factors.size() > 1;
    rows[0](0, k) = pair ? term.factors[0].value : 1;
    rows[1](0, k) = term.factors[pair ? 1 : 0].value;
    rows[2](0, k) = values[static_cast<std::size_t>(k)] = term.value;
    for (const auto& f : term.factors)
      if (next && f.is_cell && f.cell == *next) chosen = k;
  }
  std::vector<Run> names[3];
  const Term& first = why.terms.front();
  if (why.operation == Operation::dot) {
    names[0] = vector_name(s, "q", t.query, why.cell.row);
    names[1] = vector_name(s, "k", t.key, why.cell.column);
    names[2] = {{"q×k", {.color = t.text2, .size = 11, .family = Family::mono}}};
  } else {
    auto letter = [&](const attention::Operand& o) {
      const char* l = o.cell.stage == Stage::x || o.cell.stage == Stage::embedding ? "x" : o.cell.stage == Stage::weights ? "a"
                      : o.cell.stage == Stage::v ? "v" : o.cell.stage == Stage::output ? "z" : "w";
      return Run{l, {.color = role_colour(t, o.cell.stage), .size = 12, .weight = 600, .italic = true}};
    };
    names[0] = {letter(first.factors.front())};
    names[1] = {letter(first.factors.back())};
    names[2] = {{names[0][0].text + "×" + names[1][0].text, {.color = t.text2, .size = 11, .family = Family::mono}}};
  }
  if (step >= 10) {
    const int every = std::max(1, static_cast<int>(std::ceil(20 / step)));
    for (int k = 0; k < m; k += every)
      p.text({x + (static_cast<float>(k) + 0.5f) * step, top + 9}, std::to_string(k),
             {.color = k == chosen ? t.text : t.text3, .size = 9.5f, .weight = k == chosen ? 700 : 400, .family = Family::mono}, Align::center);
  }
  float y = top + 15;
  const float first_y = y;
  for (int r = 0; r < 3; ++r) {
    const auto values_row = std::make_shared<const Matrix>(rows[r]);
    const bool weights = r == 0 && why.operation == Operation::mix;
    figures::HeatmapStyle style{.cell_w = step, .cell_h = row_h, .map = weights ? drawing::Map::sequential : drawing::Map::diverging,
                                .lo = -figures::symmetric_limit(rows[r]), .hi = figures::symmetric_limit(rows[r]),
                                .max_decimals = step >= 30 ? 2 : 1, .rows = {}, .columns = {}, .masked = nullptr};
    if (weights) { style.lo = 0; style.hi = 1; }
    figures::heatmap(p, {x, y}, values_row, style);
    p.runs({x - 8, std::round(y + row_h / 2) + 4}, names[r], Align::right);
    if (r < 2) {
      const std::string id = "drawer/" + std::to_string(level) + "/" + std::to_string(r);
      p.region({.id = id, .rect = {x, y, body.w, row_h}, .label = "operands: click one to see where it comes from",
                .hint = "", .cursor = drawing::Cursor::hand, .rows = 1, .columns = m});
      if (s.ui.hot(id)) {
        const int k = std::clamp(static_cast<int>((s.ui.in.pointer.x - x) / step), 0, m - 1);
        const auto& factors = why.terms[static_cast<std::size_t>(k)].factors;
        const auto& f = factors[std::min<std::size_t>(static_cast<std::size_t>(r), factors.size() - 1)];
        auto& region = p.drawing().regions.back();
        if (f.is_cell) region.label = cell_name(s.experiment(), f.cell) + " = " + number(f.value, 4);
        region.hint = "Click to see where it comes from.";
        p.outline({x + static_cast<float>(k) * step, y, step, row_h}, t.text2, 1);
        if (s.ui.clicked(id) && f.is_cell) descend(s, level, f.cell);
      }
      if (step >= 24)
        for (int k = 0; k < m; ++k)
          p.text_middle(x + (static_cast<float>(k) + 0.5f) * step, y + row_h + gap / 2, r == 0 ? "×" : "=", {.color = t.text3, .size = 10}, Align::center);
    }
    y += row_h + gap;
  }
  if (chosen >= 0) p.stroke({x + static_cast<float>(chosen) * step - 1, first_y - 2, step + 2, y - gap - first_y + 4}, t.text, 1.5f, 1);
  const Rect bars{x, y + 6, body.w, area.bottom() - 22 - (y + 6)};
  if (bars.h > 18) figures::waterfall(p, bars, values, step, chosen);
  const TextStyle total{.color = t.text, .size = 11.5f, .weight = 600, .family = Family::mono};
  const std::string sum = "Σ " + number(why.value, 3);
  p.text({std::max(body.right(), x + 70), area.bottom() - 4}, sum, total, Align::right);
  const TextStyle note{.color = t.text3, .size = 10.5f};
  if (body.w > p.width_of("bars: products   line: running sum", note) + p.width_of(sum, total) + 12)
    p.text({x, area.bottom() - 4}, "bars: products   line: running sum", note);
}

/// The cell's weight if only this row were scaled where it is not, or not where it is: all else as it stands.
float weight_with_scale_switched(const attention::Trace& trace, const Cell& c) {
  const auto& o = trace.inputs.options;
  const float root = std::sqrt(static_cast<float>(attention::shape_of(trace, Stage::q, c.layer, c.head).columns));
  const float factor = o.scale ? root : 1 / root;
  Matrix row(1, trace.n());
  for (int j = 0; j < trace.n(); ++j) {
    const Explanation why = attention::explain(trace, {Stage::scaled, c.layer, c.head, c.row, j});
    row(0, j) = why.value;
    if (why.operation == Operation::scale && !why.terms.empty()) row(0, j) += why.terms.front().value * (factor - 1);
  }
  const Eigen::ArrayXXf e = (row.array() - row.maxCoeff()).exp();
  return e(0, c.column) / e.sum();
}

/// Score to scaled score as a list of steps, and what the weight would be without the scale.
void scale_panel(Scene& s, int level, const Explanation& why, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  const auto& o = s.trace->inputs.options;
  const float top = panel_heading(s, level, area, {{"s", {.color = t.text, .size = 12, .weight = 600, .italic = true}},
                                                   words(t, why.operation == Operation::mask ? " = −∞: masked" : o.scale ? " = (q·k) / √" + std::to_string(s.experiment().d_k) : " = q·k")});
  float y = top + 22;
  const float right = area.x + std::min(area.w - 8, 150.f);
  auto line = [&](std::string_view name, const std::string& v, bool strong = false) {
    p.text({area.x, y}, name, {.color = strong ? t.text : t.text2, .size = 11.5f, .weight = strong ? 600 : 400});
    p.text({right, y}, v, {.color = t.text, .size = strong ? 13.f : 11.f, .weight = strong ? 700 : 400, .family = Family::mono}, Align::right);
    y += 23;
  };
  const Cell& c = why.cell;
  const Cell score{Stage::scores, c.layer, c.head, c.row, c.column};
  const std::string id = "drawer/" + std::to_string(level) + "/score";
  const Rect hit{area.x - 6, y - 15, right - area.x + 12, 21};
  if (s.ui.hot(id)) p.fill(hit, t.hover, 4);
  p.region({.id = id, .rect = hit, .label = cell_name(s.experiment(), score), .hint = "Click to see its products.", .cursor = drawing::Cursor::hand, .focusable = true});
  if (s.ui.clicked(id)) descend(s, level, score);
  line("q·k", number(attention::value(*s.trace, score), 3));
  if (o.scale) line("÷ √" + std::to_string(s.experiment().d_k), number(std::sqrt(static_cast<float>(s.experiment().d_k)), 3));
  line("÷ temperature", number(o.temperature, 2));
  for (std::size_t i = 1; i < why.terms.size(); ++i)
    line("+ " + (why.terms[i].factors.empty() ? std::string("bias") : why.terms[i].factors.front().name), number(why.terms[i].value, 3));
  line("+ mask", why.operation == Operation::mask ? "−∞" : "0");
  p.fill({area.x, y - 14, right - area.x, 1}, t.border);
  y += 4;
  line("s", number(why.value, 3), true);
  if (why.operation == Operation::mask || s.trace->n() > 512 || y + 26 > area.bottom()) return;
  const float without = weight_with_scale_switched(*s.trace, c);
  const Cell weight{Stage::weights, c.layer, c.head, c.row, c.column};
  p.text({area.x, y + 8}, o.scale ? "without ÷√" + std::to_string(s.experiment().d_k) : "with ÷√" + std::to_string(s.experiment().d_k), {.color = t.text3, .size = 10.5f});
  const float w = p.text({area.x, y + 26}, "weight ", {.color = t.text2, .size = 11.5f});
  const float w2 = p.text({area.x + w, y + 26}, number(attention::value(*s.trace, weight), 2) + " → ", {.color = t.text, .size = 11.5f, .family = Family::mono});
  p.text({area.x + w + w2, y + 26}, number(without, 2), {.color = t.weight, .size = 11.5f, .weight = 600, .family = Family::mono});
}

/// Sums, rotations, copies and leaves: a short list of operands, or what is known of a given number.
void list_panel(Scene& s, int level, const Explanation& why, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  float y = panel_heading(s, level, area, heading_of(s, why)) + 8;
  const auto& e = s.experiment();
  const std::string note = words_of(e, why);
  const std::string explained = explanation_of(e, why.cell);
  y += controls::paragraph(p, {area.x, y}, area.w - 8, note, {.color = t.text2, .size = 11.5f}) + 8;
  if (!explained.empty())
    y += controls::paragraph(p, {area.x, y}, area.w - 8, explained, {.color = t.text, .size = 12, .weight = 500}) + 8;
  int i = 0;
  for (const Term& term : why.terms) {
    std::string line;
    for (const auto& f : term.factors) line += (line.empty() ? "" : " × ") + (f.is_cell ? cell_name(e, f.cell) : f.name) + " " + number(f.value, 3);
    y += 18;
    if (y > area.bottom() - 6) break;
    const std::string id = "drawer/" + std::to_string(level) + "/term/" + std::to_string(i++);
    const Rect hit{area.x - 4, y - 13, area.w - 4, 18};
    const auto cell = std::find_if(term.factors.begin(), term.factors.end(), [](const auto& f) { return f.is_cell; });
    if (cell != term.factors.end()) {
      if (s.ui.hot(id)) p.fill(hit, t.hover, 3);
      p.region({.id = id, .rect = hit, .label = line, .hint = "Click to see where it comes from.", .cursor = drawing::Cursor::hand, .focusable = true});
      if (s.ui.clicked(id)) descend(s, level, cell->cell);
    }
    const TextStyle value_style{.color = t.text, .size = 11, .weight = 600, .family = Family::mono};
    const std::string v = "= " + number(term.value, 3);
    p.text({area.right() - 12, y}, v, value_style, Align::right);
    p.text_fit({area.x, y}, line, {.color = t.text2, .size = 11, .family = Family::mono}, area.w - 24 - p.width_of(v, value_style));
  }
}

}  // namespace

PanelWidth panel_width(const Explanation& why) {
  if (is_weights_row(why)) return {262, 262};
  if (why.operation == Operation::scale || why.operation == Operation::mask) return {158, 158};
  if (is_products(why.operation)) return {226, kLabel + 20 + 46 * static_cast<float>(std::max<std::size_t>(5, why.terms.size()))};
  return {230, 320};
}

float panel_heading(Scene& s, int level, Rect area, std::vector<Run> runs) {
  auto& p = s.p();
  const Rect badge{area.x, area.y, 16, 16};
  p.fill(badge, s.theme().sunken, 3);
  p.text_middle(badge.center().x, badge.center().y, std::to_string(level + 1), {.color = s.theme().text2, .size = 10, .weight = 600, .family = Family::mono}, Align::center);
  // A long name gives way to what is said of it.
  const float excess = p.runs_width(runs) - (area.w - 28);
  if (excess > 0) {
    Run& longest = *std::max_element(runs.begin(), runs.end(), [&](const Run& a, const Run& b) { return p.width_of(a.text, a.style) < p.width_of(b.text, b.style); });
    longest.text = p.text_engine().elided(longest.text, longest.style, std::max(20.f, p.width_of(longest.text, longest.style) - excess));
  }
  p.runs({area.x + 24, area.y + 12}, runs);
  return area.y + 22;
}

void explanation_panel(Scene& s, int level, const Explanation& why, Rect area) {
  if (is_weights_row(why)) softmax_panel(s, level, why, area);
  else if (why.operation == Operation::scale || why.operation == Operation::mask) scale_panel(s, level, why, area);
  else if (is_products(why.operation) && !why.terms.empty()) products_panel(s, level, why, area);
  else list_panel(s, level, why, area);
}

void descend(Scene& s, int level, const Cell& operand) {
  s.view.chain.resize(static_cast<std::size_t>(level) + 1);
  for (const Cell& c : chain_from(*s.trace, operand)) s.view.chain.push_back(c);
}

std::string chain_as_text(const Scene& s) {
  std::string out;
  for (const Cell& c : s.view.chain) {
    const Explanation why = attention::explain(*s.trace, c);
    out += cell_name(s.experiment(), c) + " = ";
    if (why.operation == Operation::softmax) {
      out += "exp(" + number(attention::value(*s.trace, {Stage::scaled, c.layer, c.head, c.row, c.column}), 4) + " − " + number(why.maximum, 4) + ") / " + number(why.sum, 4);
    } else {
      bool first = true;
      for (const Term& t : why.terms) {
        out += first ? "" : " + ";
        first = false;
        for (std::size_t i = 0; i < t.factors.size(); ++i) out += (i ? " × " : "") + number(t.factors[i].value, 4);
      }
    }
    out += (why.terms.empty() ? "" : " = ") + number(why.value, 4) + "   (" + words_of(s.experiment(), why) + ")\n";
  }
  return out;
}

}  // namespace qkv::workspaces
