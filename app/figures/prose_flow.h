#pragma once
#include <span>
#include <variant>

#include "app/drawing/painter.h"
#include "app/figures/formula.h"
#include "app/prose/prose.h"

// A paragraph of text, formulas and live numbers, broken into lines.
namespace qkv::figures {

/// How a paragraph is set.
struct FlowStyle {
  drawing::TextStyle text{};     ///< of plain text
  drawing::Color strong{};       ///< of what stands out: strong and emphasised words, formulas, numbers
  float line_height = 24;        ///< px
  int letter_weight = 500;
  const LiveValue* live = nullptr;
  std::vector<FormulaHit>* hits = nullptr;
};

/// Something of a line that is not broken: words in one style, or a formula.
struct FlowPiece {
  float x = 0, width = 0;
  bool is_code = false;  ///< on a ground of its own
  drawing::TextStyle style{};
  std::string text{};
  std::string expression{};       ///< of a live number
  prose::FormulaNode formula{};  ///< when `text` is empty
  FormulaStyle formula_style{};
};

struct FlowLine {
  float ascent = 0, descent = 0;  ///< of the line's whole height about its base line
  float width = 0;
  std::vector<FlowPiece> pieces;
};

struct Flow {
  std::vector<FlowLine> lines;
  float width = 0, height = 0;  ///< of the widest line; of all
};

/// Breaks where the script allows and within words wider than a line; all on one line when width is 0. Whole-pixel heights.
Flow flow(drawing::Painter& p, std::span<const prose::Span> spans, const FlowStyle& style, float width);
/// Draws one line with its base line's left end at `at`.
void draw_flow_line(drawing::Painter& p, drawing::Point at, const FlowLine& line, std::vector<FormulaHit>* hits = nullptr);
/// Draws all of it; lines out of the clip are left out.
void draw_flow(drawing::Painter& p, drawing::Point top_left, const Flow& flow, std::vector<FormulaHit>* hits = nullptr);

/// Ends it with "…" so that it is at most `width` wide.
void elide(drawing::Painter& p, FlowLine& line, const drawing::TextStyle& style, float width);

}  // namespace qkv::figures
