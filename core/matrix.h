#pragma once
#include <Eigen/Core>

namespace qkv {

/// Row-major float32; rows are tokens.
using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
/// A row vector, as one row of a Matrix (biases).
using Vector = Eigen::Matrix<float, 1, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace qkv
