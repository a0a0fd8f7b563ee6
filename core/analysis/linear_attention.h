#pragma once
#include "core/matrix.h"

namespace qkv::analysis {

/// Attention without softmax, in time ∝ n: φ(q)·(Σ φ(k)ᵀ·v) ÷ φ(q)·Σ φ(k), with φ(x) = elu(x) + 1
/// (Katharopoulos et al. 2020, eq. 4–7, 12 when causal). q, k [n, d_k], v [n, d_v] → [n, d_v]. Throws Error
/// when shapes disagree.
Matrix linear_attention(const Matrix& q, const Matrix& k, const Matrix& v, bool causal);

/// The same by its definition, in time ∝ n²: what the sums above are tested against, and whose rows are the
/// weights. [n, n], each row sums to 1.
Matrix linear_weights(const Matrix& q, const Matrix& k, bool causal);

/// ‖a − b‖_F ÷ ‖b‖_F; NaN when b is zero. Throws Error when shapes disagree.
float relative_error(const Matrix& a, const Matrix& b);

}  // namespace qkv::analysis
