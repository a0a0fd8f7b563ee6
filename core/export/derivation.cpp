#include "core/export/derivation.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/export/formula.h"
#include "core/export/literals.h"

namespace qkv::exports {
namespace {

using attention::Cell;
using attention::Explanation;
using attention::Operand;
using attention::Operation;
using attention::Stage;
using attention::Term;
using attention::Trace;

constexpr std::size_t kMostSteps = 24;

/// NaN and infinities count as larger than any number: all else drowns in them.
float size_of(const Term& term) {
  return std::isfinite(term.value) ? std::fabs(term.value) : std::numeric_limits<float>::infinity();
}

/// What the derivation goes on with: the operands of the largest term that are computed.
std::vector<Cell> next_of(const Trace& trace, const Explanation& why) {
  std::vector<Cell> next;
  if (why.terms.empty() || why.cell.stage == Stage::x) return next;
  if (why.operation == Operation::softmax)
    return {{Stage::scaled, why.cell.layer, why.cell.head, why.cell.row, why.cell.column}};
  if (why.operation == Operation::mask || why.operation == Operation::fully_masked) return next;
  const Term& largest = *std::ranges::max_element(
      why.terms, [](const Term& a, const Term& b) { return size_of(a) < size_of(b); });
  for (const Operand& operand : largest.factors) {
    if (!operand.is_cell || attention::is_leaf(operand.cell.stage)) continue;
    // X of the first layer that is just the embedding says nothing new.
    if (operand.cell.stage == Stage::x && attention::explain(trace, operand.cell).operation == Operation::copy) continue;
    next.push_back(operand.cell);
  }
  return next;
}

}  // namespace

std::vector<Explanation> derivation(const Trace& trace, const Cell& cell) {
  std::vector<Explanation> steps;
  std::vector<Cell> waiting = {cell};
  for (std::size_t at = 0; at < waiting.size() && at < kMostSteps; ++at) {
    steps.push_back(attention::explain(trace, waiting[at]));
    for (const Cell& next : next_of(trace, steps.back()))
      if (std::ranges::find(waiting, next) == waiting.end()) waiting.push_back(next);
  }
  return steps;
}

std::string derivation_as_latex(const Trace& trace, const Cell& cell, const std::vector<std::string>& tokens) {
  const Formulas formulas(trace, tokens);
  std::string out = "% needs \\usepackage{amsmath}\n\\begin{align*}\n";
  bool first = true;
  for (const Explanation& why : derivation(trace, cell)) {
    out += (first ? "" : " \\\\[1ex]\n") + formulas.lines(why);
    first = false;
  }
  return out + "\n\\end{align*}\n";
}

std::string derivation_as_markdown(const Trace& trace, const Cell& cell, const std::vector<std::string>& tokens) {
  const Formulas formulas(trace, tokens);
  std::string out;
  int number = 0;
  for (const Explanation& why : derivation(trace, cell)) {
    out += std::to_string(++number) + ". **" + formulas.plain(why.cell) + "**: " + markdown_text(why.words) +
           "\n\n   $$\\begin{aligned}\n   ";
    for (const char c : formulas.lines(why)) out += c == '\n' ? std::string("\n   ") : std::string(1, c);
    out += "\n   \\end{aligned}$$\n\n";
  }
  return out;
}

std::string derivation_as_text(const Trace& trace, const Cell& cell, const std::vector<std::string>& tokens) {
  const Formulas formulas(trace, tokens);
  std::string out;
  for (const Explanation& why : derivation(trace, cell)) out += formulas.text(why) + "   (" + why.words + ")\n";
  return out;
}

}  // namespace qkv::exports
