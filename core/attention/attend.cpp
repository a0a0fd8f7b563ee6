#include <cmath>
#include <limits>

#include "core/attention/attention.h"
#include "core/attention/check.h"
#include "core/attention/positions.h"
#include "core/attention/softmax.h"

namespace qkv::attention {
namespace {

constexpr float kMasked = -std::numeric_limits<float>::infinity();

/// Writes the values fixed by hand over the computed ones; cells outside the matrix wait, unused.
void apply_overrides(const Inputs& inputs, Stage stage, std::size_t layer, std::size_t head, Matrix& matrix) {
  if (inputs.overrides.empty()) return;
  const Cell first{stage, static_cast<int>(layer), static_cast<int>(head), 0, 0};
  for (auto it = inputs.overrides.lower_bound(first); it != inputs.overrides.end(); ++it) {
    const Cell& cell = it->first;
    if (cell.stage != stage || cell.layer != first.layer || cell.head != first.head) break;
    if (cell.row < matrix.rows() && cell.column >= 0 && cell.column < matrix.cols()) {
      matrix(cell.row, cell.column) = it->second;
    }
  }
}

Matrix project(const Matrix& x, const Matrix& given, const Matrix& weight, const Vector& bias) {
  if (given.size() > 0) return given;
  Matrix projected(x.rows(), weight.cols());
  projected.noalias() = x * weight;
  if (bias.size() > 0) projected.rowwise() += bias;
  return projected;
}

Matrix scale(const Matrix& scores, const Options& options, int d_k, int head, int heads) {
  const float by_width = options.scale ? 1.0f / std::sqrt(static_cast<float>(d_k)) : 1.0f;
  Matrix scaled = scores * by_width * (1.0f / options.temperature);
  if (options.positions == Positions::alibi) {
    const float slope = alibi_slope(head, heads);
    for (int i = 0; i < scaled.rows(); ++i) {
      for (int j = 0; j < scaled.cols(); ++j) scaled(i, j) -= slope * static_cast<float>(std::abs(i - j));
    }
  }
  if (options.score_bias.size() > 0) scaled += options.score_bias;
  for (int i = 0; i < scaled.rows(); ++i) {
    for (int j = 0; j < scaled.cols(); ++j) {
      if (!options.mask.allows(i, j)) scaled(i, j) = kMasked;
    }
  }
  return scaled;
}

/// weights·v. A masked key does not enter at all: 0·NaN would carry a NaN to queries that may not see it.
Matrix mix(const HeadTrace& head) {
  const Matrix& weights = head.weights;
  const Matrix& v = head.v;
  Matrix output(weights.rows(), v.cols());
  if (v.allFinite()) {
    output.noalias() = weights * v;
    return output;
  }
  output.setZero();
  for (int i = 0; i < weights.rows(); ++i) {
    for (int j = 0; j < weights.cols(); ++j) {
      if (enters(head, i, j)) output.row(i) += weights(i, j) * v.row(j);
    }
  }
  return output;
}

HeadTrace attend_head(const Inputs& inputs, const Matrix& x, std::size_t layer, std::size_t head) {
  const HeadInputs& given = inputs.layers[layer].heads[head];
  const Options& options = inputs.options;
  const auto fix = [&](Stage stage, Matrix& matrix) { apply_overrides(inputs, stage, layer, head, matrix); };
  HeadTrace trace;
  trace.q = project(x, given.q, given.w_q, given.b_q);
  fix(Stage::q, trace.q);
  trace.k = project(x, given.k, given.w_k, given.b_k);
  fix(Stage::k, trace.k);
  trace.v = project(x, given.v, given.w_v, given.b_v);
  fix(Stage::v, trace.v);

  const bool rotated = options.positions == Positions::rope;
  if (rotated) {
    trace.q_rotated = rotate(trace.q, options.rope_base);
    fix(Stage::q_rotated, trace.q_rotated);
    trace.k_rotated = rotate(trace.k, options.rope_base);
    fix(Stage::k_rotated, trace.k_rotated);
  }
  const Matrix& q = rotated ? trace.q_rotated : trace.q;
  const Matrix& k = rotated ? trace.k_rotated : trace.k;
  trace.scores.resize(q.rows(), k.rows());
  trace.scores.noalias() = q * k.transpose();
  fix(Stage::scores, trace.scores);
  trace.scaled = scale(trace.scores, options, static_cast<int>(q.cols()), static_cast<int>(head),
                       static_cast<int>(inputs.layers[layer].heads.size()));
  fix(Stage::scaled, trace.scaled);
  trace.fully_masked = softmax_rows(trace.scaled, trace.weights);
  fix(Stage::weights, trace.weights);
  trace.output = mix(trace);
  fix(Stage::output, trace.output);
  return trace;
}

Matrix combine(const LayerInputs& layer, const std::vector<HeadTrace>& heads) {
  const Eigen::Index n = heads.front().output.rows();
  const Eigen::Index d_v = heads.front().output.cols();
  Matrix concatenated(n, d_v * static_cast<Eigen::Index>(heads.size()));
  for (std::size_t h = 0; h < heads.size(); ++h) concatenated.middleCols(h * d_v, d_v) = heads[h].output;
  if (layer.w_o.size() == 0) return concatenated;
  Matrix combined(n, layer.w_o.cols());
  combined.noalias() = concatenated * layer.w_o;
  if (layer.b_o.size() > 0) combined.rowwise() += layer.b_o;
  return combined;
}

}  // namespace

bool enters(const HeadTrace& head, int query, int key) {
  return head.scaled(query, key) != kMasked || head.weights(query, key) != 0;
}

Trace attend(Inputs given) {
  check(given);
  Trace trace{std::move(given), {}, {}, {}};
  const Inputs& inputs = trace.inputs;
  Matrix x = inputs.embedding;
  if (inputs.options.positions == Positions::sinusoidal) {
    trace.positions = sinusoidal_table(trace.n(), static_cast<int>(x.cols()));
    x += trace.positions;
  }
  apply_overrides(inputs, Stage::x, 0, 0, x);
  trace.layers.resize(inputs.layers.size());
  for (std::size_t l = 0; l < inputs.layers.size(); ++l) {
    LayerTrace& layer = trace.layers[l];
    layer.x = std::move(x);
    layer.heads.resize(inputs.layers[l].heads.size());
    for (std::size_t h = 0; h < layer.heads.size(); ++h) layer.heads[h] = attend_head(inputs, layer.x, l, h);
    layer.layer_output = combine(inputs.layers[l], layer.heads);
    apply_overrides(inputs, Stage::layer_output, l, 0, layer.layer_output);
    if (layer.layer_output.cols() != layer.x.cols()) break;  // only the last layer may have another width
    x = layer.x + layer.layer_output;
    apply_overrides(inputs, Stage::x, l + 1, 0, x);
    if (l + 1 == inputs.layers.size()) trace.residual = std::move(x);
  }
  return trace;
}

}  // namespace qkv::attention
