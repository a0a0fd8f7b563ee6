#include "core/analysis/linear_attention.h"

#include <cmath>
#include <limits>
#include <string>

#include "core/attention/product.h"
#include "core/error.h"

namespace qkv::analysis {
namespace {

std::string shape(const Matrix& m) { return std::to_string(m.rows()) + "×" + std::to_string(m.cols()); }

/// elu(x) + 1: positive everywhere.
Matrix features(const Matrix& x) { return (x.array() > 0).select(x.array() + 1, x.array().min(0).exp()); }

void check(const Matrix& q, const Matrix& k) {
  if (q.cols() != k.cols() || q.rows() != k.rows())
    throw Error("Linear attention needs q and k of one shape, not " + shape(q) + " and " + shape(k) + ".");
}

}  // namespace

Matrix linear_attention(const Matrix& q, const Matrix& k, const Matrix& v, bool causal) {
  check(q, k);
  if (v.rows() != k.rows())
    throw Error("Linear attention needs a value for each of " + std::to_string(k.rows()) + " keys, not " +
                shape(v) + ".");
  const Matrix asked = features(q), offered = features(k);
  if (!causal) {
    const Matrix sums = attention::multiply(offered.transpose(), v);  // [d_k, d_v]
    const Vector total = offered.colwise().sum();
    Matrix output = attention::multiply(asked, sums);
    for (Eigen::Index i = 0; i < output.rows(); ++i) output.row(i) /= asked.row(i).dot(total);
    return output;
  }
  Matrix output(q.rows(), v.cols());
  Matrix sums = Matrix::Zero(q.cols(), v.cols());
  Vector total = Vector::Zero(q.cols());
  for (Eigen::Index i = 0; i < q.rows(); ++i) {
    sums.noalias() += offered.row(i).transpose() * v.row(i);
    total += offered.row(i);
    output.row(i).noalias() = asked.row(i) * sums;
    output.row(i) /= asked.row(i).dot(total);
  }
  return output;
}

Matrix linear_weights(const Matrix& q, const Matrix& k, bool causal) {
  check(q, k);
  Matrix weights = attention::multiply_transposed(features(q), features(k));
  for (Eigen::Index i = 0; i < weights.rows(); ++i) {
    if (causal) weights.row(i).tail(weights.cols() - i - 1).setZero();
    weights.row(i) /= weights.row(i).sum();
  }
  return weights;
}

float relative_error(const Matrix& a, const Matrix& b) {
  if (a.rows() != b.rows() || a.cols() != b.cols())
    throw Error("Only matrices of one shape can be compared, not " + shape(a) + " and " + shape(b) + ".");
  const double norm = b.cast<double>().norm();
  return norm > 0 ? static_cast<float>((a.cast<double>() - b.cast<double>()).norm() / norm)
                  : std::numeric_limits<float>::quiet_NaN();
}

}  // namespace qkv::analysis
