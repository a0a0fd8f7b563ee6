#include <algorithm>

#include "core/analysis/head_metrics.h"

namespace qkv::analysis {

Matrix thumbnail(const model::Capture& capture, int layer, int head, int size) {
  const Eigen::Index n = capture.n_queries(), keys = capture.n_keys();
  const Eigen::Index most = std::max(size, 1), rows = std::min(most, n), columns = std::min(most, keys);
  Matrix pooled(rows, columns);
  for (Eigen::Index r = 0; r < rows; ++r) {
    const Eigen::Index first = r * n / rows, end = (r + 1) * n / rows;
    const Matrix weights = model::pattern_tile(
        capture, layer, head,
        {static_cast<int>(first), 0, static_cast<int>(end - first), static_cast<int>(keys)});
    for (Eigen::Index c = 0; c < columns; ++c) {
      const Eigen::Index left = c * keys / columns, right = (c + 1) * keys / columns;
      pooled(r, c) = weights.middleCols(left, right - left).maxCoeff<Eigen::PropagateNaN>();
    }
  }
  return pooled;
}

}  // namespace qkv::analysis
