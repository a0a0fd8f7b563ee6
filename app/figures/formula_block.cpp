#include "app/figures/formula_block.h"

#include <algorithm>
#include <cmath>

namespace qkv::figures {
namespace {

using prose::FormulaNode;

constexpr float kSmallest = 10, kSmaller = 0.75f;  // px, and of its size, before a formula is broken

bool may_begin_line(const FormulaNode& node, bool at_sums) {
  static constexpr std::string_view kRelations[] = {"=", "<", ">", "≈", "≤", "≥", "→", "⇒", "≠", "∝"};
  static constexpr std::string_view kSums[] = {"+", "−", "·", "×"};
  if (node.kind != FormulaNode::Kind::sign) return false;
  return std::ranges::find(kRelations, node.text) != std::end(kRelations) ||
         (at_sums && std::ranges::find(kSums, node.text) != std::end(kSums));
}

}  // namespace

std::vector<FormulaNode> break_formula(drawing::Painter& p, const FormulaNode& formula,
                                       const FormulaStyle& style, float width) {
  const auto fits = [&](const FormulaNode& node) { return measure_formula(p, node, style).width <= width; };
  if (formula.kind != FormulaNode::Kind::row || fits(formula)) return {formula};
  std::vector<FormulaNode> lines;
  for (const bool at_sums : {false, true}) {
    lines.assign(1, {});
    FormulaNode part;  // up to the next place to break
    const auto end_part = [&] {
      FormulaNode longer = lines.back();
      longer.parts.insert(longer.parts.end(), part.parts.begin(), part.parts.end());
      if (lines.back().parts.empty() || fits(longer))
        lines.back() = std::move(longer);
      else
        lines.push_back(part);
      part.parts.clear();
    };
    for (const FormulaNode& node : formula.parts) {
      if (may_begin_line(node, at_sums) && !part.parts.empty()) end_part();
      part.parts.push_back(node);
    }
    end_part();
    if (std::ranges::all_of(lines, fits)) break;
  }
  return lines;
}

FormulaBlock formula_block(drawing::Painter& p, const FormulaNode& formula, const FormulaStyle& style,
                           float width) {
  FormulaBlock block;
  block.style = style;
  float& size = block.style.size;
  const auto shrink = [&](float wide, float smallest) {
    if (wide > width) size = std::max(std::floor(size * width / wide * 2) / 2, std::min(smallest, size));
  };
  shrink(measure_formula(p, formula, block.style).width, std::max(kSmallest, kSmaller * size));
  std::vector<FormulaNode> parts = break_formula(p, formula, block.style, width);
  const float indent = parts.size() > 1 ? std::round(1.5f * size) : 0;  // of all lines but the first
  if (indent > 0) parts = break_formula(p, formula, block.style, width - indent);
  // Scripts shrink less than their base, so one division may not be enough.
  for (int round = 0; round < 8; ++round) {
    float widest = 0;
    for (const FormulaNode& part : parts)
      widest = std::max(widest, measure_formula(p, part, block.style).width + indent);
    if (widest <= width) break;
    shrink(widest, 1);
  }
  for (FormulaNode& part : parts) {
    const FormulaExtent extent = measure_formula(p, part, block.style);
    const bool is_first = block.lines.empty();
    if (!is_first) block.height += std::round(0.7f * size);
    const float ascent = std::ceil(std::max(extent.ascent, 0.73f * size)),
                descent = std::ceil(extent.descent);
    block.lines.push_back({std::move(part), is_first ? 0 : indent, block.height + ascent, extent});
    block.height += ascent + descent;
  }
  return block;
}

void draw_formula_block(drawing::Painter& p, drawing::Point top_left, const FormulaBlock& block,
                        std::vector<FormulaHit>* hits) {
  for (const FormulaBlock::Line& line : block.lines)
    draw_formula(p, {top_left.x + line.x, top_left.y + line.baseline}, line.formula, block.style, hits);
}

}  // namespace qkv::figures
