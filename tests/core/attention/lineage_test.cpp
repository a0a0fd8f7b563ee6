#include <gtest/gtest.h>

#include <map>
#include <set>

#include "core/attention/provenance.h"
#include "tests/core/attention/cases.h"

namespace qkv::attention {
namespace {

std::set<Cell> cells(const std::vector<Span>& spans) {
  std::set<Cell> all;
  for (const Span& s : spans) {
    for (int row = s.row; row < s.row + s.rows; ++row) {
      for (int column = s.column; column < s.column + s.columns; ++column) {
        EXPECT_TRUE(all.insert({s.stage, s.layer, s.head, row, column}).second) << "spans overlap";
      }
    }
  }
  return all;
}

/// Everything upstream, from nothing but explain().
const std::set<Cell>& upstream(const Trace& trace, const Cell& cell, std::map<Cell, std::set<Cell>>& known) {
  if (const auto it = known.find(cell); it != known.end()) return it->second;
  std::set<Cell> all;
  const auto reach = [&](const Cell& operand) {
    all.insert(operand);
    const std::set<Cell>& further = upstream(trace, operand, known);
    all.insert(further.begin(), further.end());
  };
  const Explanation why = explain(trace, cell);
  for (const Cell& averaged : why.averaged) reach(averaged);
  for (const Term& term : why.terms) {
    for (const Operand& factor : term.factors)
      if (factor.is_cell) reach(factor.cell);
  }
  return known[cell] = std::move(all);
}

TEST(Lineage, IsTheTransitiveClosureOfExplainInBothDirections) {
  for (const Case& c : some_option_cases(0)) {
    SCOPED_TRACE(c.name);
    const Trace trace = attend(c.inputs);
    std::map<Cell, std::set<Cell>> known, downstream;
    for_each_cell(trace, [&](const Cell& cell) {
      for (const Cell& operand : upstream(trace, cell, known)) downstream[operand].insert(cell);
    });
    for_each_cell(trace, [&](const Cell& cell) {
      ASSERT_EQ(cells(operands_of(trace, cell)), known[cell]) << describe(cell);
      ASSERT_EQ(cells(consumers_of(trace, cell)), downstream[cell]) << describe(cell);
    });
  }
}

TEST(Lineage, CausalMaskGivesATriangleNotASquare) {
  Inputs inputs = random_inputs({.n = 5}, 1);
  inputs.options.mask.kind = MaskKind::causal;
  const Trace trace = attend(inputs);
  for (const Cell& cell : cells(operands_of(trace, {Stage::output, 0, 0, 2, 0}))) {
    if (cell.stage == Stage::embedding || cell.stage == Stage::v) {
      EXPECT_LE(cell.row, 2);
    }
  }
}

}  // namespace
}  // namespace qkv::attention
