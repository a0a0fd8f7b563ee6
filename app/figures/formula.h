#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/drawing/painter.h"
#include "app/prose/formula.h"

namespace qkv::figures {

/// The number an expression of a lesson stands for, as the screen writes it; none when it has no value just now.
using LiveValue = std::function<std::optional<std::string>(std::string_view expression)>;

struct FormulaStyle {
  float size = 20;                 ///< px of a letter of the base line
  drawing::Color color{}, muted{}; ///< letters and numbers; signs and words
  LiveValue live{};
  int weight = 400, letter_weight = 400;  ///< of words and signs; of letters and numbers. In a role's colour at least 600
  bool display = true;             ///< on a line of its own: large sums with limits, full fractions; false: within a line of text
};

/// Extent of a formula about its base line, px.
struct FormulaExtent {
  float width = 0, ascent = 0, descent = 0;
};

FormulaExtent measure_formula(drawing::Painter& p, const prose::FormulaNode& formula, const FormulaStyle& style);

/// A live number that was drawn, for hover and spotlight.
struct FormulaHit {
  std::string expression;
  drawing::Rect box;
};
/// Draws it with the left end of its base line at `at`; adds its live numbers to `hits` when given.
FormulaExtent draw_formula(drawing::Painter& p, drawing::Point at, const prose::FormulaNode& formula, const FormulaStyle& style,
                           std::vector<FormulaHit>* hits = nullptr);

}  // namespace qkv::figures
