#include "core/attention/norm.h"

#include <cmath>

namespace qkv::attention {

bool has_given_factor(const Norm& norm, Eigen::Index index) {
  return index < norm.factors.size() && norm.factors(index) != 0;
}

RowStatistics row_statistics(const Norm& norm, const Eigen::Ref<const Vector>& row, Eigen::Index index) {
  if (has_given_factor(norm, index)) return {0, norm.factors(index)};
  const auto numbers = row.array().cast<double>();
  const auto count = static_cast<double>(row.size());
  const double mean = norm.kind == NormKind::layer ? numbers.sum() / count : 0;
  const double variance = (numbers - mean).square().sum() / count;
  return {static_cast<float>(mean),
          static_cast<float>(1 / std::sqrt(variance + static_cast<double>(norm.epsilon)))};
}

Matrix normalise(const Norm& norm, const Matrix& rows) {
  Matrix result(rows.rows(), rows.cols());
  for (Eigen::Index i = 0; i < rows.rows(); ++i) {
    const RowStatistics of = row_statistics(norm, rows.row(i), i);
    auto row = result.row(i).array();
    row = (rows.row(i).array() - of.mean) * of.factor;
    if (norm.gain.size() > 0) row *= norm.gain.array();
    if (norm.bias.size() > 0) row += norm.bias.array();
  }
  return result;
}

}  // namespace qkv::attention
