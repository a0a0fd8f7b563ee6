#include "core/model/linear.h"

namespace qkv::model {

Matrix apply(const Linear& linear, const Matrix& x) { return apply(linear.w, linear.b, x); }

Matrix apply(const Matrix& w, const Vector& b, const Matrix& x) {
  Matrix y(x.rows(), w.rows());
  y.noalias() = x * w.transpose();
  if (b.size() > 0) y.rowwise() += b;
  return y;
}

}  // namespace qkv::model
