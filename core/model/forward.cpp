#include "core/error.h"
#include "core/files/wording.h"
#include "core/model/attention_pass.h"
#include "core/model/head_logits.h"
#include "core/model/interventions.h"
#include "core/model/model_parts.h"
#include "core/model/not_finite.h"

// One forward pass for every family: it reads the row of the table, never the family's name.
namespace qkv::model {
namespace {

void check_request(const Model& model, const Request& request) {
  const Summary& s = model.summary();
  if (request.token_ids.empty()) throw Error("There are no tokens to pass through " + s.name + "; give it at least one");
  const auto n = std::ssize(request.token_ids);
  if (s.max_positions > 0 && n > s.max_positions)
    throw Error("The text has " + std::to_string(n) + " tokens, more than the " +
                std::to_string(s.max_positions) + " positions of " + s.name + "; shorten it");
  for (const int id : request.token_ids)
    if (id < 0 || id >= s.vocabulary)
      throw Error("The token id " + std::to_string(id) + " is not one of the " +
                  std::to_string(s.vocabulary) + " that " + s.name +
                  " has embeddings for; its tokenizer may belong to another model");
  check_interventions(request.interventions, s, n);
}

/// Rows of the table of positions for these tokens.
std::vector<Eigen::Index> position_rows(const Config& config, const std::vector<int>& ids) {
  std::vector<Eigen::Index> rows;
  int seen = 0;
  for (const int id : ids) {
    if (config.family->positions == Positions::learned_pads)
      rows.push_back(id == config.padding ? config.padding : config.padding + ++seen);
    else
      rows.push_back(config.family->position_offset + seen++);
  }
  return rows;
}

/// [n, d_model]: what the first layer reads.
Matrix embed(Team& team, const Config& config, const Weights& weights, const std::vector<int>& ids) {
  Matrix x(std::ssize(ids), config.embedding_width);
  for (Eigen::Index i = 0; i < x.rows(); ++i)
    x.row(i) = weights.embedding.row(ids[static_cast<std::size_t>(i)]);
  if (config.embedding_scale != 1) x *= config.embedding_scale;
  if (weights.project_in.w.size() > 0) x = apply(team, weights.project_in, x);
  if (weights.types.size() > 0) x.rowwise() += weights.types.row(0);
  if (weights.positions.size() > 0) {
    const auto rows = position_rows(config, ids);
    for (Eigen::Index i = 0; i < x.rows(); ++i)
      x.row(i) += weights.positions.row(rows[static_cast<std::size_t>(i)]);
  }
  normalise(team, weights.embedding_norm, x, x.cols());
  return x;
}

/// Norms of q and k: of each head by itself, or of all at once.
void normalise_heads(Team& team, const Config& config, const Norm& norm, Matrix& x) {
  normalise(team, norm, x, config.family->qk_norm_whole ? x.cols() : config.head_dim);
}

/// One pass over the layers.
class Pass {
 public:
  Pass(Team& team, const Model& model, const Request& request)
      : team_(team), config_(model.parts().config), weights_(model.parts().weights), request_(request) {
    for (const Rope& rope : config_.ropes)
      frequencies_.push_back(inverse_frequencies(rope, static_cast<int>(request.token_ids.size())));
  }

  /// Replaces x by what the layer makes of it, and keeps what is asked for.
  void run_layer(int index, Matrix& x, LayerCapture& kept) const {
    const LayerWeights& layer = weights_.layers[static_cast<std::size_t>(index)];
    const bool before = config_.placement == Placement::before, after = config_.placement == Placement::after;
    const Matrix read = before ? normalised(team_, layer.attention_norm, x) : x;
    Matrix attended = attention(index, layer, read, kept);
    normalise(team_, layer.attention_branch_norm, attended, attended.cols());
    if (config_.residual == Residual::serial) {
      x += config_.residual_scale * attended;
      if (after) normalise(team_, layer.attention_norm, x, x.cols());
      x += config_.residual_scale * mlp(layer, before ? normalised(team_, layer.mlp_norm, x) : x);
      if (after) normalise(team_, layer.mlp_norm, x, x.cols());
    } else {
      const bool shared = config_.residual == Residual::parallel_shared;
      const Matrix changed = mlp(layer, shared ? read : normalised(team_, layer.mlp_norm, x));
      x += attended + changed;
    }
  }

 private:
  Matrix attention(int index, const LayerWeights& layer, const Matrix& x, LayerCapture& kept) const {
    const Config& c = config_;
    const auto at = static_cast<std::size_t>(index);
    Matrix q, k, v;
    {
      const Matrix qkv = apply(team_, layer.qkv, x);
      q = qkv.leftCols(c.q_width());
      k = qkv.middleCols(c.q_width(), c.kv_width());
      v = qkv.rightCols(c.kv_width());
    }
    normalise_heads(team_, c, layer.q_norm, q);
    normalise_heads(team_, c, layer.k_norm, k);
    if (c.rope_of[at] >= 0) {
      const auto which = static_cast<std::size_t>(c.rope_of[at]);
      rotate(team_, c.ropes[which], frequencies_[which], c.head_dim, q);
      rotate(team_, c.ropes[which], frequencies_[which], c.head_dim, k);
    }
    patch_inputs(request_.interventions, index, c.head_dim, q, k, v);
    const auto replaced = replaced_patterns(request_.interventions, index, c.heads);
    kept.scoring = c.scoring[at];
    Matrix z;
    attend_layer(team_, kept.scoring, c.heads, c.kv_heads, q, k, v, replaced, z, kept.row_maximum,
                 kept.row_sum);
    patch_outputs(request_.interventions, index, c.head_dim, z);
    Matrix out = apply(team_, layer.o, z);
    if (!request_.keep.attention) {
      kept.row_maximum.resize(0, 0);
      kept.row_sum.resize(0, 0);
      return out;
    }
    for (std::size_t h = 0; h < replaced.size(); ++h) {
      if (!replaced[h]) continue;
      kept.pattern.resize(replaced.size());
      kept.pattern[h] = *replaced[h];
    }
    kept.q = std::move(q);
    kept.k = std::move(k);
    kept.v = std::move(v);
    kept.z = std::move(z);
    return out;
  }

  Matrix mlp(const LayerWeights& layer, const Matrix& x) const {
    Matrix inner = apply(team_, layer.up, x);
    if (config_.family->gated) {
      inner = activate_gated(team_, config_.activation, inner);
    } else {
      activate(team_, config_.activation, inner);
    }
    Matrix out = apply(team_, layer.down, inner);
    normalise(team_, layer.mlp_branch_norm, out, out.cols());
    return out;
  }

  Team& team_;
  const Config& config_;
  const Weights& weights_;
  const Request& request_;
  std::vector<std::vector<float>> frequencies_;  ///< of each kind of rotary positions
};

void name_tokens(const Model& model, const std::vector<int>& ids, Capture& capture) {
  capture.token_ids = ids;
  const text::Tokenizer* tokenizer = model.tokenizer();
  for (const int id : ids) {
    const std::string text = tokenizer && id < tokenizer->size() ? tokenizer->token(id) : "";
    capture.tokens.push_back(text.empty() ? std::to_string(id) : text);
  }
  capture.key_tokens = capture.tokens;
}

}  // namespace

Capture forward(const Model& model, const Request& request, const Progress& progress, std::stop_token stop) {
  check_request(model, request);
  const Summary& s = model.summary();
  const Weights& weights = model.parts().weights;
  Capture capture;
  capture.model = s.name;
  capture.producer = "qkvlab " QKV_VERSION;
  capture.heads = s.heads;
  capture.kv_heads = s.kv_heads;
  capture.head_dim = s.head_dim;
  name_tokens(model, request.token_ids, capture);
  capture.layers.resize(static_cast<std::size_t>(s.layers));

  Team team;
  const Pass pass(team, model, request);
  // Damaged weights have their own sentence, and so the numbers that follow from them need none.
  const auto watch = [&](const auto& what, const Matrix& numbers) {
    if (!capture.notes.empty() || !s.warning.empty()) return;
    std::string found = not_finite(what, numbers, capture);
    if (!found.empty()) capture.notes.push_back(std::move(found));
  };
  Matrix x = embed(team, model.parts().config, weights, request.token_ids);
  watch("the embedding", x);
  for (int layer = 0; layer < s.layers; ++layer) {
    if (stop.stop_requested()) throw Error("The pass through " + s.name + " was cancelled");
    if (progress)
      progress(static_cast<double>(layer) / s.layers,
               "layer " + std::to_string(layer + 1) + " of " + std::to_string(s.layers));
    if (request.keep.hidden) capture.hidden.push_back(x);
    pass.run_layer(layer, x, capture.layers[static_cast<std::size_t>(layer)]);
    watch(layer, x);
  }
  normalise(team, weights.final_norm, x, x.cols());
  watch("the norm after the last layer", x);
  if (request.keep.logits && s.head != Head::none) {
    if (stop.stop_requested()) throw Error("The pass through " + s.name + " was cancelled");
    capture.logits = head_logits(team, model, request.keep.last_logits_only ? Matrix(x.bottomRows(1)) : x);
    watch("the logits", capture.logits);
  }
  if (request.keep.hidden) capture.hidden.push_back(std::move(x));
  if (progress) progress(1, "done");
  return capture;
}

}  // namespace qkv::model
