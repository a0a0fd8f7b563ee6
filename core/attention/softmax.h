#pragma once
#include <vector>

#include "core/matrix.h"

namespace qkv::attention {

/// Softmax of every row of `scaled` into `weights`. A cell of −inf is masked: its weight is zero whatever
/// stands beside it. Returns which rows are fully masked; their weights are all zero.
std::vector<bool> softmax_rows(const Matrix& scaled, Matrix& weights);

}  // namespace qkv::attention
