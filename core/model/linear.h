#pragma once
#include "core/matrix.h"

namespace qkv::model {

/// y = x·wᵀ + b. w is [out, in], rows are outputs; b is empty where there is none.
struct Linear {
  Matrix w;
  Vector b;
};

/// [n, out] on all cores.
Matrix apply(const Linear& linear, const Matrix& x);
/// x·wᵀ with another's bias: for an unembedding that shares the embedding's matrix.
Matrix apply(const Matrix& w, const Vector& b, const Matrix& x);

}  // namespace qkv::model
