#include "core/attention/softmax.h"

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
    if (maximum == kMasked) {
      fully_masked[i] = true;
      a.setZero();
      continue;
    }
    // Subtracting the maximum changes no ratio and keeps exp from overflowing: the largest term becomes
    // exp(0) = 1.
    a = (s - maximum).exp();
    const float sum = a.sum();
    a /= sum;
    if (!(sum > 0))
      a = (s == kMasked).select(0.0f, a);  // NaN poisons the allowed keys, never the masked ones
  }
  return fully_masked;
}

}  // namespace qkv::attention
