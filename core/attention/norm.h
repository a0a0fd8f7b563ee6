#pragma once
#include "core/attention/attention.h"

namespace qkv::attention {

/// What a norm takes from a row as a whole. A number of the result is (x − mean)·factor·gain + bias.
struct RowStatistics {
  float mean = 0;    ///< 0 for rms
  float factor = 1;  ///< 1/√(variance + ε), 1/√(mean of x² + ε), or as given
};

/// Of row `index` of the matrix. Summed in double, so that nothing is lost at d_model in the thousands.
RowStatistics row_statistics(const Norm& norm, const Eigen::Ref<const Vector>& row, Eigen::Index index);
/// True when the factor of this row is given rather than computed from it.
bool has_given_factor(const Norm& norm, Eigen::Index index);
/// The norm of every row. [n, d] → [n, d]
Matrix normalise(const Norm& norm, const Matrix& rows);

}  // namespace qkv::attention
