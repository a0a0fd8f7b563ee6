#pragma once
#include <string>
#include <vector>

#include "app/prose/formula.h"
#include "core/attention/provenance.h"

// Formulas of slides, made from what core says of a number: symbol = operands = value.
namespace qkv::workspaces {

using prose::FormulaNode;

/// Scores up to this are raised to e as they are; of larger ones the row's maximum is subtracted first.
inline constexpr float kPlainScore = 12;

/// "q" with "sat, seeks a noun" below it; "a" with "sat, cat".
FormulaNode entry(const std::string& symbol, FormulaNode::Role role, const std::string& row, const std::string& column);
FormulaNode pair(const std::string& symbol, FormulaNode::Role role, const std::string& query, const std::string& key);

/// left = 0.9 · 4.00 + 0.3 · 0.50 + … (2 more: 0.25) = 4.00; the largest `most` products, the rest counted and summed.
FormulaNode sum_of_products(const attention::Explanation& why, FormulaNode left, FormulaNode::Role first, int most);
/// left = 3.40 / √8 = 1.20, with temperature and what is added where there is any.
FormulaNode scale_formula(const attention::Explanation& why, int d_k, const attention::Options& options, FormulaNode left);
/// left = e^0.45 / (e^−0.73 + e^0.45 + …) = 1.58 / (0.48 + 1.58 + …) = 0.56; more than four terms are a Σ.
FormulaNode softmax_formula(const attention::Explanation& why, const std::vector<int>& keys, FormulaNode left, int key);

}  // namespace qkv::workspaces
