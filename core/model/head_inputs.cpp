#include "core/model/head_inputs.h"

#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/model/model_parts.h"

namespace qkv::model {
namespace {

std::string name_of(int layer, int head) {
  return "Layer " + std::to_string(layer) + ", head " + std::to_string(head);
}

void check_head(const Capture& capture, int layer, int head) {
  if (layer < 0 || layer >= std::ssize(capture.layers) || head < 0 || head >= capture.heads)
    throw Error(name_of(layer, head) + " is not there: " + capture.model + " has " +
                std::to_string(capture.layers.size()) + " layers of " + std::to_string(capture.heads) +
                " heads, counted from 0; choose one of these");
  if (capture.n_queries() > kMaxExplainedTokens)
    throw Error("The text has " + std::to_string(capture.n_queries()) +
                " tokens; explaining a head keeps every score, so " + std::to_string(kMaxExplainedTokens) +
                " is the most: shorten the text");
}

/// Scale, cap and mask. A scale that is not 1/√d_k is one by temperature.
attention::Options options_of(const Scoring& scoring, int d_k, Eigen::Index n) {
  attention::Options options;
  const float root = std::sqrt(static_cast<float>(d_k)), temperature = 1 / (scoring.scale * root);
  const bool is_root = std::abs(temperature - 1) < 1e-6f;
  options.temperature = is_root ? 1 : temperature;
  options.softcap = scoring.softcap;
  if (scoring.causal) {
    options.mask.kind =
        scoring.window > 0 ? attention::MaskKind::sliding_window : attention::MaskKind::causal;
    options.mask.window = std::max(scoring.window, 1);
  } else if (scoring.window > 0) {  // sliding windows of attention::Mask are causal
    options.score_bias = Matrix::Zero(n, n);
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j)
        if (!scoring.allows(i, j)) options.score_bias(i, j) = -std::numeric_limits<float>::infinity();
  }
  return options;
}

/// The part of a norm over `width` columns from `first` on.
attention::Norm part_of(const Norm& norm, Eigen::Index first, Eigen::Index width) {
  attention::Norm part;
  if (norm.empty()) return part;
  part.kind = norm.kind == NormKind::layer ? attention::NormKind::layer : attention::NormKind::rms;
  part.epsilon = norm.epsilon;
  if (norm.gain.size() > 0) part.gain = norm.gain.segment(first, width);
  if (norm.bias.size() > 0) part.bias = norm.bias.segment(first, width);
  return part;
}

/// 1/rms of each row of x·wᵀ + b, for a norm over all heads at once.
Vector factors_over(const Norm& norm, const Matrix& rows) {
  Vector factors(rows.rows());
  for (Eigen::Index i = 0; i < rows.rows(); ++i) {
    const double square = rows.row(i).cast<double>().squaredNorm() / static_cast<double>(rows.cols());
    factors(i) = static_cast<float>(1 / std::sqrt(square + static_cast<double>(norm.epsilon)));
  }
  return factors;
}

struct Block {
  Eigen::Index first, width;  // rows of LayerWeights::qkv
};

/// [d_model, width] and its bias.
void take(const Linear& qkv, Block rows, Matrix& weight, Vector& bias) {
  weight = qkv.w.middleRows(rows.first, rows.width).transpose();
  if (qkv.b.size() > 0) bias = qkv.b.segment(rows.first, rows.width);
}

/// The norm of q or of k for one head. `own`: its rows of qkv; `all`: those of every head.
attention::Norm head_norm(Team& team, const Config& config, const Norm& norm, const Linear& qkv,
                          const Matrix& read, Block own, Block all) {
  if (norm.empty()) return {};
  if (!config.family->qk_norm_whole) return part_of(norm, 0, own.width);
  if (norm.kind != NormKind::rms)
    throw Error(
        "A layer norm over the queries of all heads at once cannot be explained head by head; "
        "explain its capture instead, which begins at q and k");
  attention::Norm part = part_of(norm, own.first - all.first, own.width);
  const Linear whole{qkv.w.middleRows(all.first, all.width),
                     qkv.b.size() > 0 ? Vector(qkv.b.segment(all.first, all.width)) : Vector()};
  part.factors = factors_over(norm, apply(team, whole, read));
  return part;
}

void set_rotary(const Config& config, int layer, int n, attention::Options& options) {
  const int which = config.rope_of[static_cast<std::size_t>(layer)];
  if (which < 0) return;
  const Rope& rope = config.ropes[static_cast<std::size_t>(which)];
  const std::vector<float> frequencies = inverse_frequencies(rope, n);
  if (frequencies.empty()) return;
  options.positions = attention::Positions::rope;
  options.rope_base = static_cast<float>(rope.theta);
  options.rope_frequencies = Eigen::Map<const Vector>(frequencies.data(), std::ssize(frequencies));
  options.rope_factor = static_cast<float>(rope.attention_factor);
}

}  // namespace

attention::Inputs head_inputs(const Model& model, const Capture& capture, int layer, int head) {
  check_head(capture, layer, head);
  const Config& config = model.parts().config;
  const auto at = static_cast<std::size_t>(layer);
  if (std::ssize(capture.layers) != config.layers || capture.heads != config.heads)
    throw Error("The capture of " + capture.model + " is not one of " + model.summary().name +
                "; explain it with the model that made it");
  if (at >= capture.hidden.size())
    throw Error("The pass through " + capture.model +
                " kept no hidden states, from which its heads could be explained; run it again with them");
  const LayerWeights& weights = model.parts().weights.layers[at];
  const Eigen::Index d = config.head_dim, kv = head / (config.heads / config.kv_heads);
  const Block all_q{0, config.q_width()}, all_k{all_q.width, config.kv_width()};
  const Block q{head * d, d}, k{all_k.first + kv * d, d}, v{all_k.first + all_k.width + kv * d, d};

  attention::Inputs inputs;
  inputs.embedding = capture.hidden[at];
  Matrix read = inputs.embedding;
  Team team;
  if (config.placement == Placement::before) {
    inputs.norm = part_of(weights.attention_norm, 0, config.width);
    normalise(team, weights.attention_norm, read, read.cols());
  }
  attention::HeadInputs own;
  take(weights.qkv, q, own.w_q, own.b_q);
  take(weights.qkv, k, own.w_k, own.b_k);
  take(weights.qkv, v, own.w_v, own.b_v);
  own.q_norm = head_norm(team, config, weights.q_norm, weights.qkv, read, q, all_q);
  own.k_norm = head_norm(team, config, weights.k_norm, weights.qkv, read, k, all_k);
  const int n = capture.n_queries();
  inputs.options = options_of(capture.layers[at].scoring, config.head_dim, n);
  set_rotary(config, layer, n, inputs.options);
  inputs.layers.push_back(
      {.heads = {std::move(own)}, .w_o = weights.o.w.middleCols(head * d, d).transpose(), .b_o = {}});
  return inputs;
}

attention::Inputs head_inputs(const Capture& capture, int layer, int head) {
  check_head(capture, layer, head);
  const LayerCapture& kept = capture.layers[static_cast<std::size_t>(layer)];
  std::string missing;
  for (const auto& [name, matrix] : {std::pair{"q", &kept.q}, {"k", &kept.k}, {"v", &kept.v}})
    if (matrix->size() == 0) missing += (missing.empty() ? "" : ", ") + std::string(name);
  if (!missing.empty())
    throw Error(name_of(layer, head) + " of this capture cannot be explained: " + missing +
                " was not recorded; write it again with q, k and v");
  if (kept.q.rows() != kept.k.rows() || capture.tokens != capture.key_tokens)
    throw Error(
        name_of(layer, head) +
        " of this capture cannot be explained: its keys are other tokens than its queries (cross-attention); "
        "choose a head of self-attention");
  const Eigen::Index d = capture.head_dim, kv = head / (capture.heads / capture.kv_heads);
  const Eigen::Index d_v = kept.v.cols() / capture.kv_heads;
  attention::Inputs inputs;
  inputs.embedding = Matrix(kept.q.rows(), 0);
  attention::HeadInputs own;
  own.q = kept.q.middleCols(head * d, d);
  own.k = kept.k.middleCols(kv * d, d);
  own.v = kept.v.middleCols(kv * d_v, d_v);
  inputs.options = options_of(kept.scoring, capture.head_dim, kept.q.rows());
  inputs.layers.push_back({.heads = {std::move(own)}, .w_o = {}, .b_o = {}});
  return inputs;
}

}  // namespace qkv::model
