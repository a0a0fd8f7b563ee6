#pragma once
#include "core/matrix.h"

namespace qkv::attention {

/// a·b on the calling thread. Long sums are taken in pieces of 32, so that rounding does not grow with
/// d_model.
Matrix multiply(const Matrix& a, const Matrix& b);
/// a·bᵀ, the same way.
Matrix multiply_transposed(const Matrix& a, const Matrix& b);

}  // namespace qkv::attention
