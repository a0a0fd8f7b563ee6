#pragma once
#include <vector>

#include "core/model/model.h"
#include "core/model/norms.h"

// A model's own parameters around attention, for showing where q, k, v and z came from. With x =
// hidden[layer] of a Capture: read = norm(x) (attention_norm), q = read·w + b (projection), then the q norm,
// then rotary positions, in this order and where there are any, and that is what a LayerCapture holds.
namespace qkv::model {

enum class Which { q, k, v, o };

/// y = x·w + b, as textbooks write it. b is empty where there is none.
struct Projection {
  Matrix w;  ///< q, k, v: [d_model, head_dim]; o: [head_dim, d_model], this head's share
  Vector b;  ///< q, k, v: [head_dim]; o: [d_model], added once for all heads
};

/// Copies of one head's parameters. `head` is a query head for all four: k and v are those of its key-value
/// head. Throws Error when there is no such layer or head.
Projection projection(const Model& model, int layer, Which which, int head);

/// What x passes before q, k and v; kind none where attention reads the residual stream itself (BERT, OLMo
/// 2).
const Norm& attention_norm(const Model& model, int layer);

/// Norms of q and k after their projection; kind none where there are none. `whole`: over all heads at once,
/// the gains [H·D] and [H_kv·D]; else over each head by itself, [D].
struct QueryKeyNorms {
  Norm q, k;
  bool whole = false;
};
QueryKeyNorms query_key_norms(const Model& model, int layer);

/// Rotary positions of a layer for a text of n tokens: dimension i of the first 2·size turns with i + size,
/// by position × frequencies[i] radians, and is multiplied by `factor`; what lies beyond stays. Empty: none.
struct Rotary {
  std::vector<float> frequencies;
  float factor = 1;
};
Rotary rotary(const Model& model, int layer, int n);

}  // namespace qkv::model
