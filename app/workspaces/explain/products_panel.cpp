#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/figures/heatmap.h"
#include "app/figures/numbers.h"
#include "app/figures/waterfall.h"
#include "app/workspaces/explain/panels.h"

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

/// One products panel while it is drawn.
struct Products {
  Page& s;
  int level;
  const Explanation& why;
  Rect area;
  float step = 1;   ///< width of one product, px; below 1 where there are more of them than pixels
  int chosen = -1;  ///< the product that the next level explains

  int count() const { return static_cast<int>(why.terms.size()); }
  float x() const { return area.x + kProductLabel; }
  float width() const { return step * static_cast<float>(count()); }

  std::vector<Run> strip_name(int row) const;
  float strips(float y, float row_h, float gap);
  void largest(float y);
};

const char* letter_of(Stage stage) {
  switch (stage) {
    case Stage::x:
    case Stage::embedding:
      return "x";
    case Stage::weights:
      return "a";
    case Stage::v:
      return "v";
    case Stage::output:
      return "z";
    default:
      return "w";
  }
}

std::vector<Run> Products::strip_name(int row) const {
  const auto& t = s.theme();
  const TextStyle product{.color = t.text2, .size = 11, .family = Family::mono};
  if (why.operation == Operation::dot) {
    if (row == 0) return vector_name(s, "q", t.query, why.cell.row);
    if (row == 1) return vector_name(s, "k", t.key, why.cell.column);
    return {{"q×k", product}};
  }
  const Stage first = why.terms.front().factors.front().cell.stage,
              last = why.terms.front().factors.back().cell.stage;
  if (row == 2) return {{std::string(letter_of(first)) + "×" + letter_of(last), product}};
  const Stage stage = row == 0 ? first : last;
  return {{letter_of(stage), {.color = role_colour(t, stage), .size = 12, .weight = 600, .italic = true}}};
}

constexpr const char* kLegend = "bars: products   line: running sum";

/// The two factors and the product, a row each; returns the y below them.
float Products::strips(float y, float row_h, float gap) {
  auto& p = s.p();
  const auto& t = s.theme();
  const int m = count();
  Matrix rows[3] = {Matrix(1, m), Matrix(1, m), Matrix(1, m)};
  for (int k = 0; k < m; ++k) {
    const Term& term = why.terms[static_cast<std::size_t>(k)];
    const bool pair = term.factors.size() > 1;
    rows[0](0, k) = pair ? term.factors[0].value : 1;
    rows[1](0, k) = term.factors[pair ? 1 : 0].value;
    rows[2](0, k) = term.value;
  }
  for (int r = 0; r < 3; ++r) {
    const auto values = std::make_shared<const Matrix>(rows[r]);
    const bool weights = r == 0 && why.operation == Operation::mix;
    figures::HeatmapStyle style{.cell_w = step,
                                .cell_h = row_h,
                                .map = weights ? drawing::Map::sequential : drawing::Map::diverging,
                                .lo = -figures::symmetric_limit(rows[r]),
                                .hi = figures::symmetric_limit(rows[r]),
                                .max_decimals = step >= 30 ? 2 : 1,
                                .rows = {},
                                .columns = {},
                                .masked = nullptr};
    if (weights) {
      style.lo = 0;
      style.hi = 1;
    }
    figures::heatmap(p, {x(), y}, values, style);
    p.runs({x() - 8, std::round(y + row_h / 2) + 4}, strip_name(r), Align::right);
    if (r < 2) {
      const std::string id = "drawer/" + std::to_string(level) + "/" + std::to_string(r);
      p.region({.id = id,
                .rect = {x(), y, width(), row_h},
                .label = "operands: click one to see where it comes from",
                .hint = "",
                .cursor = drawing::Cursor::hand,
                .rows = 1,
                .columns = m});
      if (s.ui.hot(id)) {
        const int k = std::clamp(static_cast<int>((s.ui.in.pointer.x - x()) / step), 0, m - 1);
        const auto& factors = why.terms[static_cast<std::size_t>(k)].factors;
        const auto& f = factors[std::min<std::size_t>(static_cast<std::size_t>(r), factors.size() - 1)];
        auto& region = p.drawing().regions.back();
        if (f.is_cell) region.label = s.names().cell(f.cell) + " = " + number(f.value, 4);
        region.hint = "Click to see where it comes from.";
        p.outline({x() + static_cast<float>(k) * step, y, std::max(step, 1.f), row_h}, t.text2, 1);
        if (s.ui.clicked(id) && f.is_cell) descend(s.story, level, f.cell);
      }
      if (step >= 24)
        for (int k = 0; k < m; ++k)
          p.text_middle(x() + (static_cast<float>(k) + 0.5f) * step, y + row_h + gap / 2, r == 0 ? "×" : "=",
                        {.color = t.text3, .size = 10}, Align::center);
    }
    y += row_h + gap;
  }
  return y;
}

/// The products that weigh most, as many as there is room for: "447   −0.31 × 2.10 = −0.65".
void Products::largest(float y) {
  auto& p = s.p();
  const auto& t = s.theme();
  constexpr float kLine = 17;
  const int fit = std::clamp(static_cast<int>((area.bottom() - 20 - y) / kLine), 0, 8);
  if (fit == 0) return;
  std::vector<int> order(why.terms.size());
  std::iota(order.begin(), order.end(), 0);
  const auto weight = [&](int k) { return std::fabs(why.terms[static_cast<std::size_t>(k)].value); };
  const auto last = order.begin() + std::min<std::ptrdiff_t>(fit, std::ssize(order));
  std::partial_sort(order.begin(), last, order.end(), [&](int a, int b) { return weight(a) > weight(b); });
  for (auto it = order.begin(); it != last; ++it) {
    const Term& term = why.terms[static_cast<std::size_t>(*it)];
    y += kLine;
    const Rect hit{area.x - 4, y - 12.5f, area.w - 4, kLine};
    const auto& of = term.factors.front();
    if (*it == chosen) p.fill(hit, t.sunken, 3);
    const std::string rank = std::to_string(it - order.begin());
    if (of.is_cell && operand_row(s, level, "largest/" + rank, hit, s.names().cell(of.cell), of.cell))
      descend(s.story, level, of.cell);
    std::string line;
    for (const auto& f : term.factors) line += (line.empty() ? "" : " × ") + number(f.value, 3);
    const TextStyle mono{.color = t.text2, .size = 11, .family = Family::mono};
    const TextStyle value{.color = t.text, .size = 11, .weight = 600, .family = Family::mono};
    const bool is_bias = term.factors.size() == 1;
    const std::string name = is_bias                           ? s.names().cell(of.cell)
                             : why.operation == Operation::mix ? s.names().token(*it)
                                                               : std::to_string(*it);
    p.text_fit({area.x, y}, name, {.color = t.text3, .size = 11, .family = Family::mono}, kProductLabel - 8);
    const std::string result = "= " + number(term.value, 3);
    p.text_fit({x(), y}, is_bias ? "bias" : line, mono, area.right() - 20 - p.width_of(result, value) - x());
    p.text({area.right() - 12, y}, result, value, Align::right);
  }
}

}  // namespace

void products_panel(Page& s, int level, const Explanation& why, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  const float top = panel_heading(s, level, area, heading_of(s, why));
  const int m = static_cast<int>(why.terms.size());
  const float fitting = (area.w - kProductLabel - 10) / static_cast<float>(m);
  Products products{s, level, why, area, fitting < 1 ? fitting : std::min(48.f, std::floor(fitting))};
  const float x = products.x(), step = products.step;
  const Cell* next = s.next(level);
  std::vector<float> values;
  for (const Term& term : why.terms) {
    for (const auto& f : term.factors)
      if (next && f.is_cell && f.cell == *next) products.chosen = static_cast<int>(values.size());
    values.push_back(term.value);
  }
  const int chosen = products.chosen;
  const bool many = m > kManyProducts;
  const Rect body{x, top, products.width(), area.bottom() - top};
  const float row_h = many ? 12 : std::clamp(std::floor((body.h - 76) * 0.16f), 16.f, 22.f),
              gap = step >= 24 ? 10.f : 4.f;
  if (step >= 10) {
    const int every = std::max(1, static_cast<int>(std::ceil(20 / step)));
    for (int k = 0; k < m; k += every)
      p.text({x + (static_cast<float>(k) + 0.5f) * step, top + 9}, std::to_string(k),
             {.color = k == chosen ? t.text : t.text3,
              .size = 9.5f,
              .weight = k == chosen ? 700 : 400,
              .family = Family::mono},
             Align::center);
  }
  const float first_y = top + (many ? 4.f : 15.f), y = products.strips(first_y, row_h, gap);
  if (chosen >= 0)
    p.stroke({x + static_cast<float>(chosen) * step - 1, first_y - 2, step + 2, y - gap - first_y + 4},
             t.text, 1.5f, 1);
  const TextStyle note{.color = t.text3, .size = 10.5f};
  float bars_y = y + 6;
  if (many) {  // below stands what the list is
    p.text({x, bars_y + 8}, kLegend, note);
    bars_y += 16;
  }
  const float room = area.bottom() - 22 - bars_y;
  const Rect bars{x, bars_y, body.w, many ? std::floor(room * 0.4f) : room};
  if (bars.h > 18) figures::waterfall(p, bars, values, step, many ? -1 : chosen);
  if (many) products.largest(bars.bottom() + 4);
  const TextStyle total{.color = t.text, .size = 11.5f, .weight = 600, .family = Family::mono};
  const std::string sum = "Σ " + figures::telling_number(why.value, 3);
  p.text({many ? area.right() - 12 : std::max(body.right(), x + 70), area.bottom() - 4}, sum, total,
         Align::right);
  std::string says = many ? "the largest of " + std::to_string(m) + " products" : kLegend;
  const float right =
      (many ? area.right() - 12 : std::max(body.right(), x + 70)) - p.width_of(sum, total) - 10;
  if (!many && p.width_of(says, note) > right - area.x) says = "line: running sum";
  const float left = x + p.width_of(says, note) <= right ? x : area.x;
  p.text_fit({left, area.bottom() - 4}, says, note, right - left);
}

}  // namespace qkv::workspaces
