#pragma once
#include <Eigen/Core>
#include <string>
#include <vector>

#include "core/experiment/expression_tree.h"

namespace qkv::experiment {

/// What an expression comes to in a scope: numbers (a single one is [1, 1]), or a word out of those there are.
struct ExpressionValue {
  using Numbers = Eigen::Array<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Numbers numbers;
  bool is_count = false;
  bool is_word = false;
  std::string word;
  int index = -1;  ///< of the word on `choices`; −1: as somebody wrote it
  Axis choices;
};

/// Throws Error naming what is not there and what there is.
ExpressionValue evaluate_tree(const ExpressionTree& tree, const Scope& scope);

}  // namespace qkv::experiment
