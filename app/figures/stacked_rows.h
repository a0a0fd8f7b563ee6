#pragma once
#include <memory>
#include <string>
#include <vector>

#include "app/drawing/painter.h"

namespace qkv::figures {

/// One row of the output as a sum: each value row × its weight, stacked, and below them what they add up to
/// so far.
struct StackedRows {
  std::string id = "stack";
  std::string query{};                       ///< token of the output row
  std::vector<std::string> keys{};           ///< [n] tokens
  std::shared_ptr<const Matrix> weights{};   ///< [1, n]
  std::shared_ptr<const Matrix> values{};    ///< [n, d]
  std::shared_ptr<const Matrix> products{};  ///< [n, d] weight × value row, of analysis::weighted_sum
  /// [n + 1, d] row m: sum of the first m products; row n is the output.
  std::shared_ptr<const Matrix> sums{};
  std::vector<std::string> columns{};  ///< [d] names of V's columns, or empty
  int shown = -1;                      ///< rows added so far; −1: all. The others are faint
  int hovered_row = -1, hovered_column = -1;
};
/// Rows of products, and the values they are made of where the width allows; under them the sum, and for the
/// hovered column its arithmetic: "0.80 × 1.2 + 0.20 × 0.5 = 1.06". Rows shrink to fit, below
/// 12 px without their numbers. Regions: "ID/values", "ID/products" (n × d), "ID/sum" (1 × d),
/// "ID/row/J".
void stacked_rows(drawing::Painter& p, drawing::Rect area, const StackedRows& stack);
/// Height at which every row has its numbers.
float stacked_rows_height(int keys);

}  // namespace qkv::figures
