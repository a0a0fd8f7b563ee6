#include <algorithm>
#include <atomic>
#include <cmath>
#include <future>
#include <limits>
#include <thread>

#include "core/attention/attention.h"
#include "core/attention/check.h"
#include "core/attention/mask.h"
#include "core/attention/norm.h"
#include "core/attention/positions.h"
#include "core/attention/product.h"
#include "core/attention/softmax.h"

namespace qkv::attention {
namespace {

constexpr float kMasked = -std::numeric_limits<float>::infinity();
/// Below so many scores a layer takes about a millisecond at most, and threads are not worth their start.
constexpr double kScoresWorthThreads = 300'000;

/// Writes the values fixed by hand over the computed ones; cells outside the matrix wait, unused.
void apply_overrides(const Inputs& inputs, Stage stage, int layer, int head, Matrix& matrix) {
  const Cell first{stage, layer, head, 0, 0};
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
  Matrix projected = multiply(x, weight);
  if (bias.size() > 0) projected.rowwise() += bias;
  return projected;
}

/// softcap·tanh(s/softcap). Not Eigen's tanh, which is only good to some units in the last place.
void cap(Matrix& scaled, float softcap) {
  for (float& s : scaled.reshaped()) s = softcap * std::tanh(s / softcap);
}

/// Subtracts slope·|i − j|.
void add_alibi(Matrix& scaled, float slope) {
  for (int i = 0; i < scaled.rows(); ++i) {
    for (int j = 0; j < scaled.cols(); ++j) scaled(i, j) -= slope * static_cast<float>(std::abs(i - j));
  }
}

void hide(Matrix& scaled, const AllowedKeys& allowed) {
  float* cell = scaled.data();
  for (Eigen::Index i = 0; i < allowed.size(); ++i) cell[i] = allowed.data()[i] ? cell[i] : kMasked;
}

/// weights·v. A masked key does not enter at all: 0·NaN would carry a NaN to queries that may not see it. The
/// finite cells go through one product whatever lies beside them, so that a NaN moves no bit elsewhere.
Matrix mix(const HeadTrace& head) {
  const Matrix& v = head.v;
  if (v.allFinite()) return multiply(head.weights, v);
  Matrix output = multiply(head.weights, v.array().isFinite().select(v, 0.0f));
  for (int j = 0; j < v.rows(); ++j) {
    for (int column = 0; column < v.cols(); ++column) {
      if (std::isfinite(v(j, column))) continue;
      for (int i = 0; i < output.rows(); ++i) {
        if (enters(head, i, j)) output(i, column) += head.weights(i, j) * v(j, column);
      }
    }
  }
  return output;
}

HeadTrace attend_head(const Inputs& inputs, const AllowedKeys& allowed, const Matrix& x, int layer,
                      int head) {
  const LayerInputs& given = inputs.layers[layer];
  const HeadInputs& own = given.heads[head];
  const Options& options = inputs.options;
  const auto fix = [&](Stage stage, Matrix& matrix) { apply_overrides(inputs, stage, layer, head, matrix); };
  HeadTrace trace;
  trace.q = project(x, own.q, own.w_q, own.b_q);
  fix(Stage::q, trace.q);
  trace.k = project(x, own.k, own.w_k, own.b_k);
  fix(Stage::k, trace.k);
  trace.v = project(x, own.v, own.w_v, own.b_v);
  fix(Stage::v, trace.v);

  const Matrix* q = &trace.q;
  const Matrix* k = &trace.k;
  const auto next = [&](const Matrix*& last, Matrix& made_of_it, Matrix made, Stage stage) {
    made_of_it = std::move(made);
    fix(stage, made_of_it);
    last = &made_of_it;
  };
  if (own.q_norm.kind != NormKind::none)
    next(q, trace.q_normalised, normalise(own.q_norm, *q), Stage::q_normalised);
  if (own.k_norm.kind != NormKind::none)
    next(k, trace.k_normalised, normalise(own.k_norm, *k), Stage::k_normalised);
  if (options.positions == Positions::rope) {
    const Rotary rotary = rotary_of(options, static_cast<int>(trace.q.cols()));
    next(q, trace.q_rotated, rotate(*q, rotary), Stage::q_rotated);
    next(k, trace.k_rotated, rotate(*k, rotary), Stage::k_rotated);
  }
  trace.scores = multiply_transposed(*q, *k);
  fix(Stage::scores, trace.scores);

  const float by_width = options.scale ? 1 / std::sqrt(static_cast<float>(trace.q.cols())) : 1.0f;
  trace.scaled = trace.scores * by_width * (1 / options.temperature);
  if (options.softcap > 0) cap(trace.scaled, options.softcap);
  if (options.positions == Positions::alibi) {
    add_alibi(trace.scaled, alibi_slope(head, static_cast<int>(given.heads.size())));
  }
  if (options.score_bias.size() > 0) trace.scaled += options.score_bias;
  hide(trace.scaled, allowed);
  fix(Stage::scaled, trace.scaled);

  trace.fully_masked = softmax_rows(trace.scaled, trace.weights);
  fix(Stage::weights, trace.weights);
  trace.output = mix(trace);
  fix(Stage::output, trace.output);
  return trace;
}

/// Calls work(h) for every head, shared among threads. They sleep while they wait, where OpenMP's would spin:
/// with the cores taken by a software renderer that is the difference between one millisecond and twenty.
template <typename Work>
void share_heads(int heads, int threads, const Work& work) {
  std::atomic<int> next = 0;
  const auto take = [&] {
    for (int h = next++; h < heads; h = next++) work(h);
  };
  std::vector<std::future<void>> helpers;
  for (int t = 1; t < threads; ++t) helpers.push_back(std::async(std::launch::async, take));
  take();
  for (std::future<void>& helper : helpers) helper.get();
}

std::vector<HeadTrace> attend_heads(const Inputs& inputs, const AllowedKeys& allowed, const Matrix& x,
                                    int layer) {
  const int heads = static_cast<int>(inputs.layers[layer].heads.size());
  std::vector<HeadTrace> traces(heads);
  const double scores = static_cast<double>(x.rows()) * static_cast<double>(x.rows()) * heads;
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  share_heads(heads, scores > kScoresWorthThreads ? std::min(heads, cores) : 1,
              [&](int h) { traces[h] = attend_head(inputs, allowed, x, layer, h); });
  return traces;
}

Matrix combine(const LayerInputs& layer, const std::vector<HeadTrace>& heads) {
  const Eigen::Index n = heads.front().output.rows();
  const Eigen::Index d_v = heads.front().output.cols();
  Matrix concatenated(n, d_v * static_cast<Eigen::Index>(heads.size()));
  for (std::size_t h = 0; h < heads.size(); ++h) concatenated.middleCols(h * d_v, d_v) = heads[h].output;
  if (layer.w_o.size() == 0) return concatenated;
  Matrix combined = multiply(concatenated, layer.w_o);
  if (layer.b_o.size() > 0) combined.rowwise() += layer.b_o;
  return combined;
}

}  // namespace

Stage scored_q(const HeadTrace& head) {
  if (head.q_rotated.size() > 0) return Stage::q_rotated;
  return head.q_normalised.size() > 0 ? Stage::q_normalised : Stage::q;
}

Stage scored_k(const HeadTrace& head) {
  if (head.k_rotated.size() > 0) return Stage::k_rotated;
  return head.k_normalised.size() > 0 ? Stage::k_normalised : Stage::k;
}

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
  const bool has_norm = inputs.norm.kind != NormKind::none;
  Matrix stream;  // what the norm reads, and the residual stream beside it
  if (has_norm) {
    stream = std::move(x);
    x = normalise(inputs.norm, stream);
  }
  apply_overrides(inputs, Stage::x, 0, 0, x);
  const AllowedKeys allowed = allowed_keys(inputs.options.mask, trace.n());
  const int layers = static_cast<int>(inputs.layers.size());
  trace.layers.resize(layers);
  for (int l = 0; l < layers; ++l) {
    LayerTrace& layer = trace.layers[l];
    layer.x = std::move(x);
    layer.heads = attend_heads(inputs, allowed, layer.x, l);
    layer.layer_output = combine(inputs.layers[l], layer.heads);
    apply_overrides(inputs, Stage::layer_output, l, 0, layer.layer_output);
    if (layer.layer_output.cols() != layer.x.cols())
      return trace;  // only the last layer may have another width
    x = (has_norm && l == 0 ? stream : layer.x) + layer.layer_output;
    apply_overrides(inputs, Stage::x, l + 1, 0, x);
  }
  trace.residual = std::move(x);
  return trace;
}

}  // namespace qkv::attention
