#include "core/attention/softmax.h"

#include <cmath>
#include <limits>

namespace qkv::attention {

std::vector<bool> softmax_rows(const Matrix& scaled, Matrix& weights) {
  constexpr float kMasked = -std::numeric_limits<float>::infinity();
  weights.resize(scaled.rows(), scaled.cols());
  std::vector<bool> fully_masked(scaled.rows(), false);
  for (Eigen::Index i = 0; i < scaled.rows(); ++i) {
    const auto s = scaled.row(i).array();
    auto a = weights.row(i).array();
    const float maximum = s.maxCoeff<Eigen::PropagateNaN>();
    fully_masked[i] = maximum == kMasked;
    if (fully_masked[i]) {
      a.setZero();
      continue;
    }
    // Subtracting the maximum changes no ratio and keeps exp from overflowing: the largest term becomes
    // exp(0) = 1. A maximum of NaN or +inf poisons the allowed keys, never the masked ones.
    if (std::isfinite(maximum)) {
      a = (s - maximum).exp();
    } else {
      a.setConstant(std::numeric_limits<float>::quiet_NaN());
    }
    for (Eigen::Index j = 0; j < s.cols(); ++j)
      a(j) = s(j) == kMasked ? 0 : a(j);  // vectorised exp(−inf) is 1e−38
    if (const float sum = a.sum(); sum > 0) a *= 1 / sum;
  }
  return fully_masked;
}

}  // namespace qkv::attention
