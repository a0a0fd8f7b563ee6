#include "app/figures/bar_rows.h"

#include <algorithm>
#include <cmath>

#include "app/figures/drawing_names.h"
#include "app/figures/numbers.h"

namespace qkv::figures {

namespace {

TextStyle mono(Color c, float size, int weight = 400) {
  return {.color = c, .size = size, .weight = weight, .family = Family::mono};
}

int rows_that_fit(float room, float each, std::size_t count) {
  return std::min(static_cast<int>(count), std::max(0, static_cast<int>((room + 0.5f) / each)));
}

/// Length of a bar whose value is not zero: at least a pixel, so that it is seen.
float length(float value, float most, float room) {
  if (!std::isfinite(value) || !(value > 0) || !(most > 0)) return 0;
  return std::clamp(std::round(room * value / most), 1.f, room);
}

/// A weight, or by how much it changed.
std::string weight_of(const BarRow& r, bool changes, int decimals) {
  return changes ? weight_number(r.first, decimals) : listed_weight(r.first, decimals);
}

/// The decimals with which the largest value has three digits or so.
int decimals_for(float largest) {
  return largest >= 100 ? 0 : largest >= 10 ? 1 : largest >= 0.1f || largest <= 0 ? 2 : largest >= 0.01f ? 3 : 4;
}

void row_ground(Painter& p, Rect row, bool selected, bool hovered) {
  const Rect wide = row.inset(-8, 0);
  if (selected) p.fill(wide, p.theme().hover, 4);
  if (hovered && !selected) p.stroke(wide, p.theme().border_strong, 1, 4);
}

}  // namespace

void bar_rows(Painter& p, Rect area, const BarRows& table) {
  const auto& t = p.theme();
  const int shown = rows_that_fit(area.h - kBarRowsHead, kBarRowHeight, table.rows.size());
  float most1 = 0, most2 = 0;
  bool signs = false;  // changes: coloured by their sign
  int largest_index = 0;
  for (const BarRow& r : table.rows) {
    if (std::isfinite(r.first)) most1 = std::max(most1, std::fabs(r.first));
    signs = signs || r.first < 0;
    if (std::isfinite(r.second)) most2 = std::max(most2, std::fabs(r.second));
    largest_index = std::max(largest_index, r.index);
  }
  const bool two = !table.second.empty();
  const float index_w =
      std::max(14.f, std::ceil(p.width_of(std::to_string(largest_index), mono(t.text3, 9.5f)))) + 6;
  // Columns from the right: number, bar, gap; the token has what is left.
  const bool long_numbers = std::ranges::any_of(table.rows, [&](const BarRow& r) { return columns_of(weight_of(r, signs, decimals_for(most1))) > 5; });
  const float number_w = signs || long_numbers || decimals_for(most1) > 3 || decimals_for(most2) > 3 ? 38.f : 30.f, bar_w = std::clamp(std::floor((area.w - 2 * number_w - 90) / 3), 12.f, 64.f),
              column = bar_w + 6 + number_w;
  const float x2 = area.right() - column, x1 = two ? x2 - 14 - column : x2;
  p.text_fit({x1, area.y + 12}, table.first, {.color = t.weight, .size = 10.5f}, column);
  if (two)
    p.text_fit({area.right(), area.y + 12}, table.second, {.color = t.value, .size = 10.5f}, column + 8,
               Align::right);
  for (int i = 0; i < shown; ++i) {
    const BarRow& r = table.rows[static_cast<std::size_t>(i)];
    const Rect row{area.x, area.y + kBarRowsHead + kBarRowHeight * static_cast<float>(i), area.w,
                   kBarRowHeight};
    row_ground(p, row, r.selected, r.hovered);
    const float middle = row.center().y;
    p.text_middle(area.x, middle, std::to_string(r.index), mono(t.text3, 9.5f));
    p.text_fit({area.x + index_w, std::round(middle + 4)}, r.token,
               {.color = r.selected ? t.key : t.text, .size = 11.5f, .weight = r.selected ? 600 : 400},
               std::max(0.f, x1 - area.x - index_w - 8));
    const Rect bar{std::round(x1), std::round(middle - 4), length(std::fabs(r.first), most1, bar_w), 8};
    if (r.hatched && bar.w > 0) {
      p.hatch(bar, t.weight, 4);
      p.stroke(bar, t.weight);
    } else if (bar.w > 0) {
      p.fill(bar, signs ? drawing::colour_at(t, drawing::Map::diverging, r.first < 0 ? 0.07f : 0.93f) : t.weight);
    }
    p.text_middle(x1 + column, middle, weight_of(r, signs, decimals_for(most1)), mono(t.text2, 10), Align::right);
    if (two) {
      if (const float w = length(std::fabs(r.second), most2, bar_w); w > 0)
        p.fill({std::round(x2), std::round(middle - 4), w, 8}, t.value);
      p.text_middle(area.right(), middle, number(r.second, decimals_for(most2)), mono(t.text2, 10),
                    Align::right);
    }
    p.region({.id = "top-key/" + std::to_string(r.index),
              .rect = row,
              .label = "Key " + std::to_string(r.index) + ": " + r.token,
              .hint = table.first + " " + number(r.first, 4) +
                      (two ? ", " + table.second + " " + number(r.second, 4) : ""),
              .cursor = drawing::Cursor::hand});
  }
}

void before_after(Painter& p, Rect area, const BeforeAfter& table) {
  const auto& t = p.theme();
  const int shown = rows_that_fit(area.h - kBeforeAfterHead, kBeforeAfterHeight, table.rows.size());
  float most = 0;
  for (const BeforeAfterRow& r : table.rows)
    for (const float v : {r.before, r.after})
      if (std::isfinite(v)) most = std::max(most, v);
  const float change_x = area.right(), after_x = table.compared ? change_x - 52 : change_x,
              before_x = table.compared ? after_x - 56 : change_x;
  const float bar_w = std::clamp(std::floor(area.w * 0.2f), 16.f, 80.f),
              bar_x = std::round(before_x - 44 - bar_w);
  const TextStyle head{.color = t.text3, .size = 10.5f};
  const float y = area.y + 12;
  p.text_fit({area.x, y}, table.token, head, std::max(0.f, before_x - 44 - area.x));
  p.text_fit({before_x, y}, table.before, head, 44, Align::right);
  if (table.compared) {
    p.text_fit({after_x, y}, table.after, {.color = t.warn, .size = 10.5f}, 48, Align::right);
    p.text_fit({change_x, y}, table.change, head, 48, Align::right);
  }
  for (int i = 0; i < shown; ++i) {
    const BeforeAfterRow& r = table.rows[static_cast<std::size_t>(i)];
    const Rect row{area.x, area.y + kBeforeAfterHead + kBeforeAfterHeight * static_cast<float>(i), area.w,
                   kBeforeAfterHeight};
    const float middle = row.center().y;
    p.text_fit({area.x, std::round(middle + 4)}, r.token,
               {.color = t.text, .size = 11.5f, .weight = i == 0 ? 600 : 400},
               std::max(0.f, bar_x - 8 - area.x));
    const float w1 = length(r.before, most, bar_w), w2 = length(r.after, most, bar_w);
    if (table.compared) {
      if (w1 > 0) p.fill({bar_x, std::round(middle - 6), w1, 4}, t.text2);
      if (w2 > 0) p.fill({bar_x, std::round(middle), w2, 4}, t.warn);
    } else if (w1 > 0) {
      p.fill({bar_x, std::round(middle - 3), w1, 6}, t.text2);
    }
    p.text_middle(before_x, middle, weight_number(r.before, decimals_for(most)), mono(t.text2, 10.5f), Align::right);
    std::string hint = table.before + " " + number(r.before, 4);
    if (table.compared) {
      p.text_middle(after_x, middle, weight_number(r.after, decimals_for(most)), mono(t.text, 10.5f), Align::right);
      if (!std::isnan(r.logit_change)) {
        std::string change = number(r.logit_change, 2);
        if (r.logit_change > 0) change = "+" + change;
        // What the head gave this token is what its ablation takes.
        p.text_middle(change_x, middle, change, mono(r.logit_change < -0.3f ? t.warn : t.text3, 10.5f),
                      Align::right);
      }
      hint += ", " + table.after + " " + number(r.after, 4);
    }
    p.region({.id = "prediction/" + std::to_string(i), .rect = row, .label = r.token, .hint = hint});
  }
}

void ranked_rows(Painter& p, Rect area, std::span<const RankedRow> rows, float limit) {
  const auto& t = p.theme();
  const int shown = rows_that_fit(area.h, kRankedRowHeight, rows.size());
  float name_w = 0, value_w = 0, most = limit;
  for (int i = 0; i < shown; ++i) {
    const RankedRow& r = rows[static_cast<std::size_t>(i)];
    name_w = std::max(name_w, p.width_of(r.name, mono(t.text, 11, 700)));
    value_w = std::max(value_w, p.width_of(weight_number(r.value, r.decimals), mono(t.text, 11)));
    if (limit <= 0 && std::isfinite(r.value)) most = std::max(most, r.value);
  }
  name_w = std::min(name_w, area.w * 0.4f);
  const float bar_x = std::round(area.x + std::max(52.f, name_w) + 12),
              bar_w = std::floor(area.right() - value_w - 16 - bar_x);
  for (int i = 0; i < shown; ++i) {
    const RankedRow& r = rows[static_cast<std::size_t>(i)];
    const Rect row{area.x, area.y + kRankedRowHeight * static_cast<float>(i), area.w, kRankedRowHeight - 2};
    row_ground(p, row, r.selected, r.hovered);
    const float middle = row.center().y;
    p.text_fit({area.x, std::round(middle + 4)}, r.name,
               mono(r.selected ? t.text : t.text2, 11, r.selected ? 700 : 400), name_w + 2);
    if (bar_w > 8) {
      p.fill({bar_x, std::round(middle - 3), bar_w, 6}, r.selected ? t.border_strong : t.hover, 1);
      if (const float w = length(r.value, most, bar_w); w > 0)
        p.fill({bar_x, std::round(middle - 3), w, 6}, r.selected ? t.text : t.neutral, 1);
    }
    p.text_middle(area.right(), middle, weight_number(r.value, r.decimals), mono(r.selected ? t.text : t.text2, 11),
                  Align::right);
    p.region({.id = r.id,
              .rect = row,
              .label = r.name,
              .hint = number(r.value, 4),
              .cursor = drawing::Cursor::hand,
              .focusable = true});
  }
}

}  // namespace qkv::figures
