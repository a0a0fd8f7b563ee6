#pragma once
#include <string>
#include <vector>

#include "app/figures/formula.h"

namespace qkv::figures {

/// A formula broken before its relations, and where that is not enough before its sums, so that no line is wider than `width`
/// at this style, as far as that can be had. One line when it fits.
std::vector<prose::FormulaNode> break_formula(drawing::Painter& p, const prose::FormulaNode& formula, const FormulaStyle& style,
                                              float width);

/// A formula on lines of its own.
struct FormulaBlock {
  struct Line {
    prose::FormulaNode formula;
    float x = 0, baseline = 0;  ///< from the top left
    FormulaExtent extent;
  };
  std::vector<Line> lines;
  FormulaStyle style;
  float height = 0;
};

/// A formula wider than `width` is set smaller, at least 10 px, then broken, and only then smaller still.
FormulaBlock formula_block(drawing::Painter& p, const prose::FormulaNode& formula, const FormulaStyle& style, float width);
void draw_formula_block(drawing::Painter& p, drawing::Point top_left, const FormulaBlock& block,
                        std::vector<FormulaHit>* hits = nullptr);

}  // namespace qkv::figures
