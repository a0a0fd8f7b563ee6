#pragma once
#include "core/matrix.h"
#include "core/parallel.h"

namespace qkv::model {

/// y = x·wᵀ + b. w is [out, in], rows are outputs; b is empty where there is none.
struct Linear {
  Matrix w;
  Vector b;
};

/// [n, out].
Matrix apply(Team& team, const Linear& linear, const Matrix& x);
/// x·wᵀ with another's bias: for an unembedding that shares the embedding's matrix.
Matrix apply(Team& team, const Matrix& w, const Vector& b, const Matrix& x);

}  // namespace qkv::model
