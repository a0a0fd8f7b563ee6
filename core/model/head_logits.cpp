#include "core/model/head_logits.h"

#include "core/error.h"
#include "core/model/elementwise.h"
#include "core/model/model_parts.h"

namespace qkv::model {

Matrix head_logits(const Model& model, const Matrix& final_hidden) {
  Team team;
  return head_logits(team, model, final_hidden);
}

Matrix head_logits(Team& team, const Model& model, const Matrix& final_hidden) {
  const Config& config = model.parts().config;
  const Weights& weights = model.parts().weights;
  if (!weights.has_head)
    throw Error(model.summary().name + " has no head over the vocabulary, so there are no logits; ask for other parts, or open a checkpoint with a head");
  if (final_hidden.cols() != config.width)
    throw Error("Hidden states of width " + std::to_string(final_hidden.cols()) + " do not fit the width " +
                std::to_string(config.width) + " of " + model.summary().name + "; take them from a pass of this model");
  Matrix x;
  const Matrix* at = &final_hidden;
  if (weights.transform.w.size() > 0) {
    x = apply(team, weights.transform, *at);
    activate(team, config.head_activation, x);
    normalise(team, weights.transform_norm, x, x.cols());
    at = &x;
  }
  if (weights.project_out.w.size() > 0) {
    x = apply(team, weights.project_out, *at);
    at = &x;
  }
  const Matrix& unembedding = weights.unembedding.size() > 0 ? weights.unembedding : weights.embedding;
  Matrix logits = apply(team, unembedding, weights.unembedding_bias, *at);
  const float divisor = config.logit_divisor, cap = config.logit_softcap;
  if (divisor == 1 && cap <= 0) return logits;
  share_rows(team, logits.rows(), logits.cols(), [&](Eigen::Index row) {
    transform_row(logits.row(row).data(), logits.cols(), [&](vectors::Floats logit) {
      logit = logit / divisor;
      return cap > 0 ? vectors::tanh(logit / cap) * cap : logit;
    });
  });
  return logits;
}

}  // namespace qkv::model
