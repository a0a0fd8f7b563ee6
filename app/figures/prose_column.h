#pragma once
#include "app/drawing/painter.h"
#include "app/figures/formula.h"
#include "app/prose/prose.h"

namespace qkv::figures {

struct ProseStyle {
  float size = 15;          ///< px of the body text
  float line_height = 1.6f; ///< × size
  LiveValue live{};
  std::vector<FormulaHit>* hits = nullptr;  ///< takes the live numbers that were drawn, for hover
};

/// A text in a column: paragraphs, lists, tables, code and formulas, live numbers in the mono font. Wraps at `width`; a formula
/// or code line wider than it is set smaller, at least 10 px, then broken at its = signs. Returns its height.
float draw_prose(drawing::Painter& p, drawing::Point top_left, float width, const prose::Text& text, const ProseStyle& style);

/// The same without drawing it.
float prose_height(drawing::Painter& p, float width, const prose::Text& text, const ProseStyle& style);

/// One line of text with inline formulas and live numbers, elided at `width` when > 0: a heading, an answer. Returns its width.
float draw_spans(drawing::Painter& p, drawing::Point baseline, const std::vector<prose::Span>& spans,
                 const drawing::TextStyle& style, const LiveValue& live, float width = 0);

}  // namespace qkv::figures
