#include "app/figures/records.h"

#include <algorithm>
#include <cmath>

#include "app/figures/drawing_names.h"
#include "app/figures/heatmap.h"
#include "app/figures/numbers.h"
#include "app/figures/symbols.h"

namespace qkv::figures {

namespace {

constexpr float kRow = 26, kMostRow = 44, kStrip = 22, kNames = 62, kQueryGap = 14, kAnswerGap = 14, kAnswers = 2 * kRow + 4;
constexpr float kMostCell = 78, kGap = 14, kMostName = 58;

struct Layout {
  float name_w = 0, keys_x = 0, score_x = 0, weight_x = 0, bar_w = 0, number_w = 0, values_x = 0,
        key_cell = 0, value_cell = 0;
  float query_y = 0, top = 0, answers_y = 0, row = kRow;
  int n = 0, a = 0, c = 0;
  float y(int i) const { return top + row * static_cast<float>(i); }
  float keys_w() const { return key_cell * static_cast<float>(a); }
  float values_w() const { return value_cell * static_cast<float>(c); }
};

TextStyle name_style(drawing::Color c) { return {.color = c, .size = 10.5f, .weight = 500}; }

bool upright(Painter& p, const std::vector<std::string>& names, float cell) {
  return std::ranges::all_of(names,
                             [&](const std::string& s) { return p.width_of(s, name_style({})) <= cell - 4; });
}

/// Cells of one width; where that is too narrow for a value's digits, keys give way: theirs are short.
void share(Layout& l, float room) {
  constexpr float kLeastKey = 16, kValue = 36;
  const auto a = static_cast<float>(std::max(1, l.a)), c = static_cast<float>(std::max(1, l.c));
  const float equal = std::floor(room / (a + c));
  l.value_cell = equal >= kValue ? std::min(equal, kMostCell)
                                 : std::clamp(std::floor((room - a * kLeastKey) / c), 2.f, kValue);
  l.key_cell = std::clamp(std::floor((room - c * l.value_cell) / a), 2.f, l.value_cell);
}

Layout layout_of(Painter& p, Rect area, const Records& r) {
  const analysis::Catalogue& table = *r.catalogue;
  Layout l;
  l.n = static_cast<int>(table.keys.rows());
  l.a = static_cast<int>(table.keys.cols());
  l.c = static_cast<int>(table.values.cols());
  float longest = 0;
  for (const std::string& name : table.records)
    longest = std::max(longest, p.width_of(name, {.size = 12, .weight = 600}));
  l.name_w = std::min(std::ceil(longest), std::floor(area.w * 0.26f));
  const bool roomy = area.w >= 460;
  const float score_w = roomy ? 44.f : 0.f;
  l.number_w = 34;
  l.bar_w = area.w >= 620 ? 64.f : roomy ? 30.f : 0.f;
  const float fixed = l.name_w + kGap + score_w + kGap + l.bar_w + l.number_w + kGap;
  const float room = area.w - fixed - 2;
  share(l, room);
  if (!upright(p, table.contents, l.value_cell)) {  // the last name leans out over the right edge
    const float name = table.contents.empty() ? 0 : p.width_of(table.contents.back(), name_style({}));
    share(l, room - std::max(0.f, std::ceil(std::min(name, kMostName) * 0.71f + 9 - l.value_cell / 2)));
  }
  l.keys_x = std::round(area.x + l.name_w + kGap);
  l.score_x = score_w > 0 ? l.keys_x + l.keys_w() + score_w : 0;
  l.weight_x = std::round(l.keys_x + l.keys_w() + score_w + kGap);
  l.values_x = std::round(l.weight_x + l.bar_w + l.number_w + kGap);
  l.query_y = std::round(area.y + kNames);
  l.top = l.query_y + kStrip + kQueryGap;
  const float rest = kNames + kStrip + kQueryGap + kAnswerGap + kAnswers;
  l.row = std::clamp(std::floor((area.h - rest) / static_cast<float>(l.n)), 14.f, kMostRow);
  l.answers_y = l.y(l.n) + kAnswerGap;
  return l;
}

/// Values as cells. Whole numbers are written as such.
void cells(Painter& p, Point at, std::shared_ptr<const Matrix> values, float width, float height,
           float limit) {
  HeatmapStyle style;
  style.cell_w = width;
  style.cell_h = height;
  style.lo = -limit;
  style.hi = limit;
  style.max_decimals = values->array().round().isApprox(values->array()) ? 0 : 2;
  heatmap(p, at, values, style);
}

/// Names above columns, at an angle when they are wider than their cell.
void column_names(Painter& p, float x, float y, float cell, const std::vector<std::string>& names,
                  drawing::Color colour) {
  const TextStyle style = name_style(colour);
  const bool straight = upright(p, names, cell);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const float middle = x + cell * (static_cast<float>(i) + 0.5f);
    if (straight) {
      p.text({std::round(middle), y - 6}, names[i], style, Align::center);
    } else if (cell >= 14) {
      p.text({middle + 2, y - 5}, p.text_engine().elided(names[i], style, kMostName), style, Align::left, 45);
    }
  }
}

void head(Painter& p, const Layout& l, const Records& r, float limit) {
  const auto& t = p.theme();
  const TextStyle quiet{.color = t.text3, .size = 10.5f};
  column_names(p, l.keys_x, l.query_y, l.key_cell, r.catalogue->attributes, t.key);
  column_names(p, l.values_x, l.top, l.value_cell, r.catalogue->contents, t.value);
  p.text_fit({l.keys_x - kGap, std::round(l.query_y + 15)}, "query",
             {.color = t.query, .size = 12, .weight = 600}, l.name_w, Align::right);
  cells(p, {l.keys_x, l.query_y}, std::make_shared<Matrix>(r.found->query), l.key_cell, kStrip, limit);
  p.outline({l.keys_x - 1, l.query_y - 1, l.keys_w() + 2, kStrip + 2}, t.query, 1.5f);
  const float y = l.query_y + 15;
  if (l.score_x > 0) p.text({l.score_x, y}, "score", quiet, Align::right);
  p.text({l.weight_x + l.bar_w + l.number_w, y}, "weight", {.color = t.weight, .size = 10.5f}, Align::right);
  p.region({.id = r.id + "/query",
            .rect = {l.keys_x, l.query_y, l.keys_w(), kStrip},
            .label = "The query: what is looked for",
            .cursor = drawing::Cursor::cross,
            .rows = 1,
            .columns = l.a});
}

void record(Painter& p, Rect area, const Layout& l, const Records& r, int i) {
  const auto& t = p.theme();
  const float y = l.y(i), middle = y + l.row / 2, weight = r.found->weights(0, i);
  const bool best = i == r.found->best, on = i == r.hovered;
  const Rect row{area.x, y, l.values_x + l.values_w() - area.x, l.row};
  if (on) p.fill(row, t.hover, 3);
  p.text_fit({area.x, std::round(middle + 4)}, r.catalogue->records[static_cast<std::size_t>(i)],
             {.color = t.text, .size = 12, .weight = best ? 600 : 400}, l.name_w);
  if (l.score_x > 0)
    p.text_middle(l.score_x, middle, number(r.found->scores(0, i), 1),
                  {.color = t.text2, .size = 11, .family = Family::mono}, Align::right);
  if (l.bar_w > 0 && weight > 0)
    p.fill({l.weight_x, std::round(middle - 4),
            std::max(1.f, std::round((l.bar_w - 4) * std::min(1.f, weight))), 8},
           t.weight);
  p.text_middle(l.weight_x + l.bar_w + l.number_w, middle, weight_number(weight, 2),
                {.color = t.text, .size = 11, .weight = 600, .family = Family::mono}, Align::right);
  p.region({.id = r.id + "/record/" + std::to_string(i),
            .rect = row,
            .label = r.catalogue->records[static_cast<std::size_t>(i)],
            .hint = "score " + number(r.found->scores(0, i), 2) + ", weight " + number(weight, 4)});
}

void answer(Painter& p, Rect area, const Layout& l, float y, const std::string& name, const std::string& of,
            const Matrix& values, float limit) {
  const auto& t = p.theme();
  const TextStyle strong{.color = t.text, .size = 12, .weight = 600}, quiet{.color = t.text2, .size = 12};
  const float room = l.values_x - kGap - area.x;
  std::vector<drawing::Run> line{{name, strong}, {"  " + of, quiet}};
  if (p.runs_width(line) > room) line.resize(1);
  p.runs({l.values_x - kGap, std::round(y + 15)}, line, Align::right);
  cells(p, {l.values_x, y}, std::make_shared<Matrix>(values), l.value_cell, kStrip, limit);
}

}  // namespace

float records_height(int n) {
  return kNames + kStrip + kQueryGap + kRow * static_cast<float>(n) + kAnswerGap + kAnswers;
}

void records(Painter& p, Rect area, const Records& r) {
  if (!r.catalogue || !r.found || r.found->weights.cols() != r.catalogue->keys.rows() ||
      r.found->weights.cols() == 0)
    return;
  const auto& t = p.theme();
  const analysis::Catalogue& table = *r.catalogue;
  const Layout l = layout_of(p, area, r);
  // Query and keys are multiplied, so they share their colours.
  const float key_limit = std::max(symmetric_limit(table.keys), symmetric_limit(r.found->query)),
              value_limit = symmetric_limit(table.values);
  for (int i = 0; i < l.n; ++i) record(p, area, l, r, i);
  cells(p, {l.keys_x, l.top}, std::make_shared<Matrix>(table.keys), l.key_cell, l.row, key_limit);
  cells(p, {l.values_x, l.top}, std::make_shared<Matrix>(table.values), l.value_cell, l.row, value_limit);
  head(p, l, r, key_limit);
  p.fill({area.x, std::round(l.y(l.n) + kAnswerGap / 2 - 4), l.values_x + l.values_w() - area.x, 1},
         t.border_strong);
  float y = l.answers_y;
  if (r.hard) {
    const int equals = r.found->equals;
    const std::string best = table.records[static_cast<std::size_t>(r.found->best)];
    answer(p, area, l, y, "hard",
           equals > 1 ? best + ", the first of " + std::to_string(equals) + " equals" : best, r.found->found,
           value_limit);
    y += kRow + 4;
  }
  answer(p, area, l, y, "soft", "Σ weight × value", r.found->blend, value_limit);
  p.outline({l.values_x - 1, y - 1, l.values_w() + 2, kStrip + 2}, t.weight, 1.5f);
  const auto grid = [&](const std::string& id, float x, float w, int columns, const std::string& label) {
    p.region({.id = r.id + id,
              .rect = {x, l.top, w, l.row * static_cast<float>(l.n)},
              .label = label,
              .cursor = drawing::Cursor::cross,
              .rows = l.n,
              .columns = columns});
  };
  grid("/keys", l.keys_x, l.keys_w(), l.a, "Keys: what the catalogue cards say");
  grid("/values", l.values_x, l.values_w(), l.c, "Values: what the records hold");
}

}  // namespace qkv::figures
