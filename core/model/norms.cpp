#include "core/model/norms.h"

#include <cmath>

#include "core/model/elementwise.h"

namespace qkv::model {
namespace {

void normalise_group(const Norm& norm, float* x, Eigen::Index width) {
  Eigen::Map<Eigen::Array<float, 1, Eigen::Dynamic>> values(x, width);
  const auto count = static_cast<float>(width);
  if (norm.kind == NormKind::layer) values -= values.sum() / count;
  const float mean_square = values.square().sum() / count;
  values *= 1 / std::sqrt(mean_square + norm.epsilon);
  if (norm.gain.size() > 0) values *= norm.gain.array();
  if (norm.bias.size() > 0) values += norm.bias.array();
}

}  // namespace

Matrix normalised(Team& team, const Norm& norm, const Matrix& x) {
  Matrix out = x;
  normalise(team, norm, out, x.cols());
  return out;
}

void normalise(Team& team, const Norm& norm, Eigen::Ref<Matrix> x, Eigen::Index group) {
  if (norm.empty() || x.size() == 0) return;
  const Eigen::Index groups = x.cols() / group;
  share_rows(team, x.rows(), x.cols(), [&](Eigen::Index row) {
    for (Eigen::Index g = 0; g < groups; ++g)
      normalise_group(norm, x.data() + row * x.outerStride() + g * group, group);
  });
}

}  // namespace qkv::model
