#include "core/analysis/weighted_sum.h"

#include <string>

#include "core/error.h"

namespace qkv::analysis {

WeightedSum weighted_sum(const Matrix& weights, const Matrix& values) {
  if (weights.rows() != 1 || weights.cols() != values.rows())
    throw Error("A weighted sum needs one weight for each of " + std::to_string(values.rows()) +
                " value rows, not " + std::to_string(weights.rows()) + "×" + std::to_string(weights.cols()) +
                ".");
  WeightedSum s{Matrix::Zero(values.rows(), values.cols()), Matrix::Zero(values.rows() + 1, values.cols())};
  for (Eigen::Index i = 0; i < values.rows(); ++i) {
    if (weights(0, i) != 0) s.products.row(i) = weights(0, i) * values.row(i);
    s.sums.row(i + 1) = s.sums.row(i) + s.products.row(i);
  }
  return s;
}

}  // namespace qkv::analysis
