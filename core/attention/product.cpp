#include "core/attention/product.h"

#include <algorithm>

namespace qkv::attention {
namespace {

// Eigen shares a product among threads unless its result can have at most 32 rows. Here the heads are what is
// shared: waking threads costs more than any of these products, a hundredfold when other programs want the
// cores.
constexpr int kRows = 32;
constexpr Eigen::Index kDepth = 32;  // summed in one go
using Strip = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor, kRows, Eigen::Dynamic>;

/// right(first, count): those rows of the right factor.
template <typename Right>
Matrix multiply_in_pieces(const Matrix& a, Eigen::Index columns, const Right& right) {
  Matrix product(a.rows(), columns);
  if (a.cols() == 0) product.setZero();
  for (Eigen::Index i = 0; i < a.rows(); i += kRows) {
    const Eigen::Index rows = std::min<Eigen::Index>(kRows, a.rows() - i);
    Eigen::Map<Strip> strip(product.data() + i * columns, rows, columns);
    for (Eigen::Index c = 0; c < a.cols(); c += kDepth) {
      const Eigen::Index depth = std::min(kDepth, a.cols() - c);
      const auto piece = a.block(i, c, rows, depth) * right(c, depth);
      if (c == 0) {
        strip.noalias() = piece;
      } else {
        strip.noalias() += piece;
      }
    }
  }
  return product;
}

}  // namespace

Matrix multiply(const Matrix& a, const Matrix& b) {
  return multiply_in_pieces(
      a, b.cols(), [&](Eigen::Index first, Eigen::Index count) { return b.middleRows(first, count); });
}

Matrix multiply_transposed(const Matrix& a, const Matrix& b) {
  return multiply_in_pieces(a, b.rows(), [&](Eigen::Index first, Eigen::Index count) {
    return b.middleCols(first, count).transpose();
  });
}

}  // namespace qkv::attention
