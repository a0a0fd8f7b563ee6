#include "core/model/capture.h"

#include <cmath>
#include <limits>

#include "core/attention/tiles.h"
#include "core/error.h"

namespace qkv::model {
namespace {

void check(const Capture& capture, int layer, int head, Tile tile) {
  if (layer < 0 || layer >= std::ssize(capture.layers) || head < 0 || head >= capture.heads)
    throw Error("There is no head " + std::to_string(layer) + "." + std::to_string(head) +
                " in this capture of " + std::to_string(capture.layers.size()) + " layers of " +
                std::to_string(capture.heads) + " heads, counted from 0; choose one of these");
  const bool inside = tile.row >= 0 && tile.column >= 0 && tile.rows >= 0 && tile.columns >= 0 &&
                      tile.rows <= capture.n_queries() - tile.row &&
                      tile.columns <= capture.n_keys() - tile.column;
  if (!inside)
    throw Error("The cells asked for lie outside the " + std::to_string(capture.n_queries()) + " × " +
                std::to_string(capture.n_keys()) + " of this capture; ask for fewer");
}

const LayerCapture& layer_of(const Capture& capture, int layer) {
  return capture.layers[static_cast<std::size_t>(layer)];
}

/// The recorded matrix of a head, or nullptr.
const Matrix* recorded(const std::vector<Matrix>& matrices, int head) {
  if (matrices.empty()) return nullptr;
  const Matrix& matrix = matrices[static_cast<std::size_t>(head)];
  return matrix.size() > 0 ? &matrix : nullptr;
}

Matrix cut(const Matrix& matrix, Tile tile) {
  return matrix.block(tile.row, tile.column, tile.rows, tile.columns);
}

bool has_q_and_k(const LayerCapture& layer) { return layer.q.size() > 0 && layer.k.size() > 0; }

attention::Rows q_of(const Capture& capture, int layer, int head) {
  return layer_of(capture, layer).q.middleCols(Eigen::Index{head} * capture.head_dim, capture.head_dim);
}

attention::Rows k_of(const Capture& capture, int layer, int head) {
  const Eigen::Index kv = head / (capture.heads / capture.kv_heads);
  return layer_of(capture, layer).k.middleCols(kv * capture.head_dim, capture.head_dim);
}

/// Maximum and Σ exp(scaled − maximum) of the tile's rows over every key.
std::pair<Vector, Vector> row_extremes(const Capture& capture, int layer, int head, Tile tile) {
  const LayerCapture& of = layer_of(capture, layer);
  if (of.row_maximum.size() > 0 && of.row_sum.size() > 0)
    return {of.row_maximum.row(head).segment(tile.row, tile.rows),
            of.row_sum.row(head).segment(tile.row, tile.rows)};
  const Matrix rows = scaled_tile(capture, layer, head, {tile.row, 0, tile.rows, capture.n_keys()});
  Vector maximum(tile.rows), sum(tile.rows);
  for (Eigen::Index i = 0; i < rows.rows(); ++i) {
    maximum[i] = rows.row(i).maxCoeff<Eigen::PropagateNaN>();
    sum[i] = (rows.row(i).array() - maximum[i]).exp().sum();
  }
  return {maximum, sum};
}

}  // namespace

bool has_scores(const Capture& capture, int layer) {
  if (layer < 0 || layer >= std::ssize(capture.layers)) return false;
  const LayerCapture& of = layer_of(capture, layer);
  return has_q_and_k(of) || !of.scores.empty();
}

bool has_pattern(const Capture& capture, int layer) {
  if (has_scores(capture, layer)) return true;
  if (layer < 0 || layer >= std::ssize(capture.layers)) return false;
  return !layer_of(capture, layer).pattern.empty();
}

Matrix scores_tile(const Capture& capture, int layer, int head, Tile tile) {
  check(capture, layer, head, tile);
  const LayerCapture& of = layer_of(capture, layer);
  if (const Matrix* scores = recorded(of.scores, head)) return cut(*scores, tile);
  if (!has_q_and_k(of))
    throw Error("This capture holds neither scores nor q and k of layer " + std::to_string(layer) +
                ", so its scores are not known; write it again with one of them");
  return attention::score_tile(q_of(capture, layer, head), k_of(capture, layer, head), tile);
}

Matrix scaled_tile(const Capture& capture, int layer, int head, Tile tile) {
  check(capture, layer, head, tile);
  const LayerCapture& of = layer_of(capture, layer);
  const Scoring& scoring = of.scoring;
  if (!recorded(of.scores, head) && has_q_and_k(of))
    return attention::scaled_tile(q_of(capture, layer, head), k_of(capture, layer, head), scoring, tile);
  Matrix out = scores_tile(capture, layer, head, tile);
  out *= scoring.scale;
  if (scoring.softcap > 0) out = scoring.softcap * (out.array() / scoring.softcap).tanh();
  for (int i = 0; i < tile.rows; ++i)
    for (int j = 0; j < tile.columns; ++j)
      if (!scoring.allows(tile.row + i, tile.column + j)) out(i, j) = -std::numeric_limits<float>::infinity();
  return out;
}

Matrix pattern_tile(const Capture& capture, int layer, int head, Tile tile) {
  check(capture, layer, head, tile);
  const LayerCapture& of = layer_of(capture, layer);
  if (const Matrix* pattern = recorded(of.pattern, head)) return cut(*pattern, tile);
  if (!has_scores(capture, layer))
    throw Error("This capture holds neither the pattern nor q and k of layer " + std::to_string(layer) +
                ", so its weights are not known; write it again with one of them");
  const auto [maximum, sum] = row_extremes(capture, layer, head, tile);
  if (!recorded(of.scores, head))
    return attention::weight_tile(q_of(capture, layer, head), k_of(capture, layer, head), of.scoring, tile,
                                  maximum, sum);
  Matrix out = scaled_tile(capture, layer, head, tile);
  for (Eigen::Index i = 0; i < out.rows(); ++i) {
    const bool all_masked = maximum[i] == -std::numeric_limits<float>::infinity();
    if (all_masked)
      out.row(i).setZero();
    else
      out.row(i) = (out.row(i).array() - maximum[i]).exp() * (1 / sum[i]);
  }
  return out;
}

}  // namespace qkv::model
