#pragma once
#include "core/model/capture.h"
#include "core/parallel.h"

namespace qkv::model {

/// Attention of every head of one layer: weights·v into z [n, H·D], and per head and query the maximum and
/// sum of the softmax, [H, n]. q [n, H·D], k and v [n, H_kv·D]; softmax with the row maximum subtracted;
/// nothing of size n² is kept. Heads h for which replaced[h] is not null use those weights [n, n] instead.
void attend_layer(Team& team, const Scoring& scoring, int heads, int kv_heads, const Matrix& q,
                  const Matrix& k, const Matrix& v, const std::vector<const Matrix*>& replaced, Matrix& z,
                  Matrix& row_maximum, Matrix& row_sum);

}  // namespace qkv::model
