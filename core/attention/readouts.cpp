#include "core/attention/readouts.h"

#include <cmath>
#include <limits>

namespace qkv::attention {
namespace {

Readout readout(const Matrix& weights, const Matrix& scaled, Eigen::Index row) {
  constexpr float kMasked = -std::numeric_limits<float>::infinity();
  Readout r;
  double entropy = 0, squares = 0, cubes = 0;
  for (Eigen::Index j = 0; j < weights.cols(); ++j) {
    const double a = weights(row, j);
    if (scaled(row, j) == kMasked && a == 0) continue;
    ++r.keys;
    if (a != 0) entropy -= a * std::log(a);
    squares += a * a;
    cubes += a * a * a;
    if (r.largest_key < 0 || weights(row, j) > r.largest_weight) {
      r.largest_key = static_cast<int>(j);
      r.largest_weight = weights(row, j);
    }
  }
  if (r.keys == 0) return r;
  // ‖diag(a) − a·aᵀ‖² = Σ a² − 2·Σ a³ + (Σ a²)²: no n×n matrix is needed.
  const double squared = squares - 2 * cubes + squares * squares;
  const double jacobian = squared < 0 ? 0 : std::sqrt(squared);  // rounding can leave −1e-17; NaN stays NaN
  r.entropy = static_cast<float>(entropy);
  r.entropy_share = r.keys > 1 ? static_cast<float>(entropy / std::log(static_cast<double>(r.keys))) : 0.0f;
  r.effective_keys = static_cast<float>(std::exp(entropy));
  r.jacobian_norm = static_cast<float>(jacobian);
  r.saturation = static_cast<float>(1 - 2 * jacobian);
  return r;
}

}  // namespace

std::vector<Readout> readouts(const Matrix& weights, const Matrix& scaled) {
  std::vector<Readout> rows(weights.rows());
  for (Eigen::Index i = 0; i < weights.rows(); ++i) rows[i] = readout(weights, scaled, i);
  return rows;
}

}  // namespace qkv::attention
