#include "core/model/projections.h"

#include "core/error.h"
#include "core/model/model_parts.h"

namespace qkv::model {
namespace {

const LayerWeights& layer_of(const Model& model, int layer) {
  const auto& layers = model.parts().weights.layers;
  if (layer < 0 || layer >= std::ssize(layers))
    throw Error(model.summary().name + " has no layer " + std::to_string(layer) + ", only " +
                std::to_string(layers.size()) + ", counted from 0; choose one of these");
  return layers[static_cast<std::size_t>(layer)];
}

}  // namespace

Projection projection(const Model& model, int layer, Which which, int head) {
  const LayerWeights& weights = layer_of(model, layer);
  const Config& c = model.parts().config;
  if (head < 0 || head >= c.heads)
    throw Error(model.summary().name + " has no head " + std::to_string(head) + ", only " +
                std::to_string(c.heads) + " a layer, counted from 0; choose one of these");
  const Eigen::Index d = c.head_dim;
  if (which == Which::o) return {weights.o.w.middleCols(head * d, d).transpose(), weights.o.b};
  const Eigen::Index kv = head / (c.heads / c.kv_heads);
  const Eigen::Index first = which == Which::q   ? head * d
                             : which == Which::k ? c.q_width() + kv * d
                                                 : c.q_width() + c.kv_width() + kv * d;
  Projection out{weights.qkv.w.middleRows(first, d).transpose(), {}};
  if (weights.qkv.b.size() > 0) out.b = weights.qkv.b.segment(first, d);
  return out;
}

const Norm& attention_norm(const Model& model, int layer) {
  static const Norm none;
  const LayerWeights& weights = layer_of(model, layer);
  return model.parts().config.placement == Placement::before ? weights.attention_norm : none;
}

QueryKeyNorms query_key_norms(const Model& model, int layer) {
  const LayerWeights& weights = layer_of(model, layer);
  return {weights.q_norm, weights.k_norm, model.parts().config.family->qk_norm_whole};
}

Rotary rotary(const Model& model, int layer, int n) {
  layer_of(model, layer);
  const Config& c = model.parts().config;
  const int which = c.rope_of[static_cast<std::size_t>(layer)];
  if (which < 0) return {};
  const Rope& rope = c.ropes[static_cast<std::size_t>(which)];
  return {inverse_frequencies(rope, n), static_cast<float>(rope.attention_factor)};
}

}  // namespace qkv::model
