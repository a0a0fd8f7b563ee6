#pragma once
#include "core/model/model.h"

namespace qkv::model {

/// Throws Error when an intervention names a layer or head that is not there, or its values have another
/// shape than [n, n] or [n, D].
void check_interventions(const std::vector<Intervention>& interventions, const Summary& summary,
                         Eigen::Index n);

/// Those of one layer that change q, k or v, in order.
void patch_inputs(const std::vector<Intervention>& interventions, int layer, int head_dim, Matrix& q,
                  Matrix& k, Matrix& v);
/// [heads]: the weights that replace a head's own, or nullptr. Lives as long as the list.
std::vector<const Matrix*> replaced_patterns(const std::vector<Intervention>& interventions, int layer,
                                             int heads);
/// Those that change z, in order.
void patch_outputs(const std::vector<Intervention>& interventions, int layer, int head_dim, Matrix& z);

}  // namespace qkv::model
