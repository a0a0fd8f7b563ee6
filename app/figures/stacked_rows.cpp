#include "app/figures/stacked_rows.h"

#include <algorithm>
#include <cmath>

#include "app/figures/drawing_names.h"
#include "app/figures/heatmap.h"
#include "app/figures/numbers.h"
#include "app/figures/symbols.h"

namespace qkv::figures {

namespace {

constexpr float kRow = 26, kLeastRow = 12, kGapRow = 3, kHead = 40, kSumGap = 16, kNote = 30;
constexpr float kName = 10.5f, kNameLength = 62, kSlant = 46, kLegible = 18;  // names of columns, at 45° where they are long
constexpr float kWeightText = 44, kSign = 22, kMostCell = 52, kLeastCell = 10;

/// Columns: tokens, weights, then value rows (where they have room), "=", products.
struct Layout {
  float token_w = 0, weight_x = 0, bar_w = 0;
  bool with_values = false;
  float values_x = 0, products_x = 0, cell = 0;
  float top = 0, pitch = 0;  ///< of the rows
  bool slanted = false;      ///< the names of the columns, where they are wider than a cell
  int columns = 0, rows = 0;
  float row_h() const { return pitch - kGapRow; }
  float y(int row) const { return top + pitch * static_cast<float>(row); }
  float sum_y() const { return std::round(y(rows) + kSumGap); }
  float width() const { return cell * static_cast<float>(columns); }
};

Layout layout_of(Painter& p, Rect area, const StackedRows& s) {
  Layout l;
  l.rows = static_cast<int>(s.weights->cols());
  l.columns = static_cast<int>(s.products->cols());
  const TextStyle token{.size = 12};
  for (const std::string& key : s.keys) l.token_w = std::max(l.token_w, p.width_of(key, token));
  l.token_w = std::min(std::ceil(l.token_w), area.w * 0.18f);
  l.bar_w = area.w >= 560 ? 60.f : 0.f;
  l.weight_x = std::round(area.x + l.token_w + 12);
  const float from = l.weight_x + l.bar_w + kWeightText + kSign, room = area.right() - from;
  const auto n = static_cast<float>(std::max(1, l.columns));
  const float both = std::floor((room - kSign) / (2 * n)), one = std::floor(room / n);
  l.with_values = both >= 28 || (both >= kLeastCell && both >= one);
  l.cell = std::clamp(l.with_values ? both : one, 1.f, kMostCell);
  l.values_x = std::round(from);
  l.products_x = l.with_values ? std::round(l.values_x + l.width() + kSign) : l.values_x;
  float widest = 0;
  for (const std::string& name : s.columns) widest = std::max(widest, p.width_of(name, {.size = kName, .weight = 600}));
  const float least = kHead + kSumGap + kRow + kNote + (kLeastRow + kGapRow) * static_cast<float>(std::max(1, l.rows));
  l.slanted = widest > l.cell - 4 && l.cell >= kLegible && area.h >= least + kSlant;
  const float head = kHead + (l.slanted ? kSlant : 0.f);
  l.top = std::round(area.y + head);
  const float rows_h = area.h - head - kSumGap - kRow - kNote;
  l.pitch = std::clamp(std::floor(rows_h / static_cast<float>(std::max(1, l.rows))), 2.f, kRow + kGapRow);
  return l;
}

std::shared_ptr<const Matrix> row_of(const Matrix& m, Eigen::Index row) {
  return std::make_shared<Matrix>(m.row(row));
}

HeatmapStyle cells(const Layout& l, float height, float limit) {
  HeatmapStyle style;
  style.cell_w = l.cell;
  style.cell_h = height;
  style.lo = -limit;
  style.hi = limit;
  return style;
}

void column_names(Painter& p, const Layout& l, float x, const StackedRows& s) {
  const auto& t = p.theme();
  for (int c = 0; c < l.columns && c < static_cast<int>(s.columns.size()); ++c) {
    const float middle = x + l.cell * (static_cast<float>(c) + 0.5f);
    const bool on = c == s.hovered_column;
    const TextStyle style{.color = on ? t.text : t.text3, .size = kName, .weight = on ? 600 : 400};
    const std::string& name = s.columns[static_cast<std::size_t>(c)];
    if (l.slanted) p.text({middle - 2, l.top - 6}, p.text_engine().elided(name, style, kNameLength), style, Align::left, 45);
    else if (l.cell >= 24) p.text_fit({middle, l.top - 6}, name, style, l.cell - 4, Align::center);
  }
}

void heads(Painter& p, Rect area, const Layout& l, const StackedRows& s) {
  const auto& t = p.theme();
  const TextStyle weight{.color = t.weight, .size = 13, .weight = 600, .italic = true};
  TextStyle value = weight;
  value.color = t.value;
  const TextStyle quiet{.color = t.text2, .size = 12};
  const float y = area.y + 14;
  p.runs({l.weight_x + l.bar_w + kWeightText - 4, y}, std::vector<Run>{{"a", weight}}, Align::right);
  if (l.with_values) p.runs({l.values_x, y}, std::vector<Run>{{"v", value}});
  std::vector<Run> product{{"a", weight}, {" × ", quiet}, {"v", value}};
  if (!s.query.empty() && l.width() >= 150) product.push_back({"   what '" + s.query + "' takes", quiet});
  if (p.runs_width(product) > area.right() - l.products_x) product.resize(3);
  p.runs({l.products_x, y}, product);
  if (l.with_values) column_names(p, l, l.values_x, s);
  column_names(p, l, l.products_x, s);
}

void one_row(Painter& p, Rect area, const Layout& l, const StackedRows& s, int row, float limit) {
  const auto& t = p.theme();
  const bool added = s.shown < 0 || row < s.shown, on = row == s.hovered_row;
  const float y = l.y(row), h = l.row_h(), middle = y + h / 2, weight = (*s.weights)(0, row);
  p.set_alpha(added ? 1.f : 0.28f);
  if (h >= kLeastRow - 1) {
    if (row < static_cast<int>(s.keys.size()))
      p.text_fit({area.x, std::round(middle + 4)}, s.keys[static_cast<std::size_t>(row)],
                 {.color = on ? t.key : t.text, .size = 12, .weight = on ? 600 : 400}, l.token_w);
    p.text_middle(l.weight_x + l.bar_w + kWeightText - 4, middle, weight_number(weight, 2),
                  {.color = t.text, .size = 11.5f, .weight = 600, .family = Family::mono}, Align::right);
    p.text_middle(l.values_x - kSign / 2, middle, "×", {.color = t.text3, .size = 12}, Align::center);
    if (l.with_values)
      p.text_middle(l.products_x - kSign / 2, middle, "=", {.color = t.text3, .size = 12}, Align::center);
  }
  if (l.bar_w > 0 && std::isfinite(weight) && weight > 0)
    p.fill({l.weight_x, std::round(middle - 4), std::max(1.f, std::round(l.bar_w * std::min(1.f, weight))),
            std::min(8.f, h)},
           t.weight);
  p.set_alpha(1);
  const auto strip = [&](float x, const Matrix& values, float alpha) {
    HeatmapStyle style = cells(l, h, limit);
    style.numbers = h >= kLeastRow;
    if (alpha == 1) {
      heatmap(p, {x, y}, row_of(values, row), style);
    } else {  // a row to come: its place, and nothing that could be read as a number of the sum
      p.stroke({x - 1, y - 1, l.width() + 2, h + 2}, t.border, 1, 0, true);
    }
  };
  if (l.with_values) strip(l.values_x, *s.values, 1);
  strip(l.products_x, *s.products, added ? 1.f : 0.f);
  p.region({.id = s.id + "/row/" + std::to_string(row),
            .rect = {area.x, y, l.values_x - area.x, l.pitch},
            .label = row < static_cast<int>(s.keys.size()) ? s.keys[static_cast<std::size_t>(row)] : "",
            .hint = "weight " + number(weight, 4)});
}

/// "facts: 0.80 × 1.2 + 0.20 × 0.5 = 1.06", as many terms as fit, the largest first to stay.
void arithmetic(Painter& p, Rect area, const Layout& l, const StackedRows& s, int shown) {
  const auto& t = p.theme();
  const int c = s.hovered_column;
  if (c < 0 || c >= l.columns || shown == 0) return;
  const TextStyle mono{.color = t.text2, .size = 11, .family = Family::mono};
  TextStyle strong = mono;
  strong.color = t.text;
  strong.weight = 600;
  const float sum = (*s.sums)(shown, c);
  std::vector<int> kept;
  for (int i = 0; i < shown; ++i) kept.push_back(i);
  const auto line = [&] {
    std::vector<Run> runs;
    for (const int i : kept) {
      const float v = (*s.values)(i, c);
      const std::string value = number(v, 2);
      runs.push_back({(runs.empty() ? "" : " + ") + weight_number((*s.weights)(0, i), 2) + "×" +
                          (value.starts_with("−") ? "(" + value + ")" : value),
                      mono});
    }
    if (static_cast<int>(kept.size()) < shown) runs.push_back({" + …", mono});
    runs.push_back({" = ", mono});
    runs.push_back({number(sum, 2), strong});
    return runs;
  };
  while (kept.size() > 1 && p.runs_width(line()) > area.w)
    kept.erase(std::ranges::min_element(kept, {}, [&](int i) { return std::fabs((*s.products)(i, c)); }));
  const auto runs = line();
  if (p.runs_width(runs) <= area.w) p.runs({area.right(), l.sum_y() + kRow + 20}, runs, Align::right);
}

}  // namespace

float stacked_rows_height(int keys) {
  return kHead + kSlant + (kRow + kGapRow) * static_cast<float>(keys) + kSumGap + kRow + kNote;
}

void stacked_rows(Painter& p, Rect area, const StackedRows& s) {
  if (!s.weights || !s.values || !s.products || !s.sums || s.weights->cols() == 0 || s.products->cols() == 0)
    return;
  const Eigen::Index n = s.weights->cols(), d = s.products->cols();
  if (s.values->rows() != n || s.values->cols() != d || s.products->rows() != n || s.sums->rows() != n + 1 ||
      s.sums->cols() != d)
    return;
  const auto& t = p.theme();
  const Layout l = layout_of(p, area, s);
  const int shown = s.shown < 0 ? l.rows : std::min(s.shown, l.rows);
  const float limit = std::max(symmetric_limit(*s.values), symmetric_limit(*s.sums));
  heads(p, area, l, s);
  for (int i = 0; i < l.rows; ++i) one_row(p, area, l, s, i, limit);
  p.fill({l.products_x - 1, std::round((l.y(l.rows) + l.sum_y() - kGapRow) / 2), l.width() + 2, 1}, t.text2);
  const std::string name = shown == l.rows ? "output"
                           : shown == 0    ? "nothing yet"
                                        : "sum of " + std::to_string(shown) + (shown == 1 ? " row" : " rows");
  const float name_w =
      p.text_fit({l.products_x - 10, l.sum_y() + 17}, name, {.color = t.text, .size = 12, .weight = 600},
                 l.products_x - 10 - area.x, Align::right);
  heatmap(p, {l.products_x, l.sum_y()}, row_of(*s.sums, shown), cells(l, kRow, limit));
  if (s.hovered_column >= 0 && s.hovered_column < l.columns) {
    const float x = l.cell * static_cast<float>(s.hovered_column);
    p.outline({l.products_x + x, l.top, l.cell, l.sum_y() + kRow - l.top}, t.text2, 1);
    if (l.with_values) p.outline({l.values_x + x, l.top, l.cell, l.y(l.rows) - kGapRow - l.top}, t.value, 1);
  }
  if (l.with_values) {
    const float w = colour_scale_width(p, -limit, limit);
    if (l.values_x + w + 12 <= l.products_x - 10 - name_w)
      colour_scale(p, {l.values_x, l.sum_y() + 2}, Map::diverging, -limit, limit);
  }
  arithmetic(p, area, l, s, shown);
  const auto grid = [&](const std::string& id, float x, float y, float h, int rows,
                        const std::string& label) {
    p.region({.id = s.id + id,
              .rect = {x, y, l.width(), h},
              .label = label,
              .cursor = drawing::Cursor::cross,
              .rows = rows,
              .columns = l.columns});
  };
  const float rows_h = l.pitch * static_cast<float>(l.rows);
  if (l.with_values) grid("/values", l.values_x, l.top, rows_h, l.rows, "Value rows");
  grid("/products", l.products_x, l.top, rows_h, l.rows, "Value rows times their weights");
  grid("/sum", l.products_x, l.sum_y(), kRow, 1, "Their sum");
}

}  // namespace qkv::figures
