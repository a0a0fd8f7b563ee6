#include "core/model/head_logits.h"

#include "core/error.h"
#include "core/model/model_parts.h"

namespace qkv::model {

Matrix head_logits(const Model& model, const Matrix& final_hidden) {
  const Config& config = model.parts().config;
  const Weights& weights = model.parts().weights;
  if (!weights.has_head)
    throw Error(model.summary().name + " has no head over the vocabulary, so there are no logits");
  if (final_hidden.cols() != config.width)
    throw Error("Hidden states of width " + std::to_string(final_hidden.cols()) + " do not fit the width " +
                std::to_string(config.width) + " of " + model.summary().name);
  Matrix x;
  const Matrix* at = &final_hidden;
  if (weights.transform.w.size() > 0) {
    x = apply(weights.transform, *at);
    activate(config.head_activation, x);
    normalise(weights.transform_norm, x, x.cols());
    at = &x;
  }
  if (weights.project_out.w.size() > 0) {
    x = apply(weights.project_out, *at);
    at = &x;
  }
  const Matrix& unembedding = weights.unembedding.size() > 0 ? weights.unembedding : weights.embedding;
  Matrix logits = apply(unembedding, weights.unembedding_bias, *at);
  if (config.logit_divisor != 1) logits /= config.logit_divisor;
  if (config.logit_softcap > 0)
    logits = config.logit_softcap * (logits.array() / config.logit_softcap).tanh();
  return logits;
}

}  // namespace qkv::model
