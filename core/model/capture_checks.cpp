#include "core/model/capture_checks.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace qkv::model {
namespace {

constexpr int kRows = 64;

/// Row maxima and sums of every head, a block of rows at a time.
void complete_softmax(Capture& capture, int layer) {
  LayerCapture& of = capture.layers[static_cast<std::size_t>(layer)];
  const int n = capture.n_queries(), blocks = (n + kRows - 1) / kRows;
  Matrix maximum(capture.heads, n), sum(capture.heads, n);
#pragma omp parallel for schedule(dynamic) collapse(2)
  for (int head = 0; head < capture.heads; ++head)
    for (int block = 0; block < blocks; ++block) {
      const int first = block * kRows, rows = std::min(kRows, n - first);
      const Matrix scaled = scaled_tile(capture, layer, head, {first, 0, rows, capture.n_keys()});
      for (int i = 0; i < rows; ++i) {
        const float most = scaled.row(i).maxCoeff<Eigen::PropagateNaN>();
        const bool masked = most == -std::numeric_limits<float>::infinity();
        maximum(head, first + i) = most;
        sum(head, first + i) = masked ? 0 : (scaled.row(i).array() - most).exp().sum();
      }
    }
  of.row_maximum = std::move(maximum);
  of.row_sum = std::move(sum);
}

/// The largest difference between the recorded pattern and the one that q and k give; NaN counts as the
/// largest.
float difference(const Capture& capture, int layer) {
  Capture computed;  // the same layer without its recorded pattern
  computed.heads = capture.heads;
  computed.kv_heads = capture.kv_heads;
  computed.head_dim = capture.head_dim;
  computed.tokens = capture.tokens;
  computed.key_tokens = capture.key_tokens;
  computed.layers.push_back(capture.layers[static_cast<std::size_t>(layer)]);
  computed.layers[0].pattern.clear();
  float worst = 0;
  for (int head = 0; head < capture.heads; ++head)
    for (int first = 0; first < capture.n_queries(); first += kRows) {
      const Tile tile{first, 0, std::min(kRows, capture.n_queries() - first), capture.n_keys()};
      const Matrix apart = pattern_tile(computed, 0, head, tile) - pattern_tile(capture, layer, head, tile);
      const float most = apart.cwiseAbs().maxCoeff<Eigen::PropagateNaN>();
      if (std::isnan(most)) return std::numeric_limits<float>::infinity();
      worst = std::max(worst, most);
    }
  return worst;
}

}  // namespace

void infer_mask(LayerCapture& layer, bool causal, bool window) {
  if (layer.pattern.empty()) return;
  Eigen::Index ahead = 0, back = 0, rows = layer.pattern.front().rows();
  for (const Matrix& pattern : layer.pattern)
    for (Eigen::Index i = 0; i < pattern.rows(); ++i)
      for (Eigen::Index j = 0; j < pattern.cols(); ++j) {
        if (pattern(i, j) == 0) continue;
        ahead = std::max(ahead, j - i);
        back = std::max(back, i - j);
      }
  if (causal) layer.scoring.causal = ahead == 0 && rows > 1 && rows == layer.pattern.front().cols();
  if (window && layer.scoring.causal && back > 0 && back + 1 < rows)
    layer.scoring.window = static_cast<int>(back) + 1;
}

void check_and_complete(Capture& capture) {
  constexpr float kSame = 1e-4f;
  // Beyond this, row maxima are computed where a tile is looked at, and nothing is compared.
  constexpr double kMost = 1LL << 32;
  if (static_cast<double>(capture.layers.size()) * capture.heads * capture.n_queries() * capture.n_keys() >
      kMost)
    return;
  float worst = 0;
  int compared = 0, worst_layer = 0;
  for (int layer = 0; layer < static_cast<int>(capture.layers.size()); ++layer) {
    LayerCapture& of = capture.layers[static_cast<std::size_t>(layer)];
    if (!has_scores(capture, layer)) continue;
    complete_softmax(capture, layer);
    if (of.pattern.empty()) continue;
    ++compared;
    const float apart = difference(capture, layer);
    if (apart > worst) worst_layer = layer;
    worst = std::max(worst, apart);
  }
  if (compared == 0) return;
  char size[32];
  std::snprintf(size, sizeof size, "%.2g", static_cast<double>(worst));
  capture.notes.push_back(
      worst <= kSame
          ? "The recorded patterns are those that q and k give, within " + std::string(size) + "."
          : "The recorded patterns differ from those that q and k give by up to " + std::string(size) +
                " (layer " + std::to_string(worst_layer) +
                "): the file may leave out a mask, a soft-cap or a bias. The recorded ones are shown.");
}

}  // namespace qkv::model
