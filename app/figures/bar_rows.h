#pragma once
#include <span>
#include <string>

#include "app/drawing/painter.h"

// Short tables of the Model workspace's panels: tokens with bars. Rows that have no room are left out. The
// ground of a selected row reaches 8 px beyond the area on both sides.
namespace qkv::figures {

/// "8 was ▬▬ 0.81 ▬▬ 5.34": a key with its weight and its weight × ‖v‖.
struct BarRow {
  int index = 0;  ///< position of the token
  std::string token{};
  float first = 0, second = 0;
  bool hatched = false;  ///< its first bar: the excluded first token
  bool selected = false, hovered = false;
};
struct BarRows {
  std::span<const BarRow> rows{};
  std::string first = "weight", second = "weight × ‖v‖";  ///< above the columns; second empty: one column
};
inline constexpr float kBarRowHeight = 20, kBarRowsHead = 22;
/// Regions: "top-key/J", J the row's index, as many as fit area. Bars are relative to the largest magnitude
/// of their column; where the first has negative values (changes) its bars are coloured by sign.
void bar_rows(drawing::Painter& p, drawing::Rect area, const BarRows& table);

/// A next token with its probability intact and ablated.
struct BeforeAfterRow {
  std::string token{};
  float before = 0, after = 0;  ///< probabilities
  float logit_change = 0;       ///< NaN: not known
};
struct BeforeAfter {
  std::span<const BeforeAfterRow> rows{};
  std::string token = "next token", before = "intact", after = "ablated", change = "Δ logit";
  bool compared = true;  ///< false: nothing is ablated, only the first column shows
};
inline constexpr float kBeforeAfterHeight = 21, kBeforeAfterHead = 20;
/// Regions: "prediction/N".
void before_after(drawing::Painter& p, drawing::Rect area, const BeforeAfter& table);

/// "L5 H1 ▬▬▬ 0.536".
struct RankedRow {
  std::string id{};  ///< of its region: "top/5.1"
  std::string name{};
  float value = 0;
  int decimals = 3;
  bool selected = false, hovered = false;
};
inline constexpr float kRankedRowHeight = 24;
/// Bars from 0 to `limit` (0: the largest value).
void ranked_rows(drawing::Painter& p, drawing::Rect area, std::span<const RankedRow> rows, float limit = 0);

}  // namespace qkv::figures
