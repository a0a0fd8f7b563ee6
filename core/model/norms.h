#pragma once
#include "core/matrix.h"
#include "core/parallel.h"

namespace qkv::model {

enum class NormKind {
  none,
  layer,  ///< (x − mean) / √(variance + ε) · gain + bias (Ba et al. 2016)
  rms,    ///< x / √(mean of squares + ε) · gain (Zhang and Sennrich 2019)
};

/// A normalisation over rows. `gain` is what multiplies (Gemma's files store gain − 1); empty: ones. `bias`
/// empty: zeros.
struct Norm {
  NormKind kind = NormKind::none;
  float epsilon = 0;
  Vector gain, bias;
  bool empty() const { return kind == NormKind::none; }
};

/// Rows of `x`, [n, width], normalised; `none` copies.
Matrix normalised(Team& team, const Norm& norm, const Matrix& x);
/// In place, each row in consecutive groups as wide as the gain (or `group` where there is no gain).
void normalise(Team& team, const Norm& norm, Eigen::Ref<Matrix> x, Eigen::Index group);

}  // namespace qkv::model
