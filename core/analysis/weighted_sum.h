#pragma once
#include "core/matrix.h"

namespace qkv::analysis {

/// One row of the output, a·V, taken apart.
struct WeightedSum {
  Matrix products;  ///< [n, d] weight × value row
  Matrix sums;      ///< [n + 1, d] row m: the first m products added up; row n is the output
};
/// weights [1, n], values [n, d]. A weight of 0 leaves its row out, whatever it holds: it may be masked.
/// Throws Error when shapes disagree.
WeightedSum weighted_sum(const Matrix& weights, const Matrix& values);

}  // namespace qkv::analysis
