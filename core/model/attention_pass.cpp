#include "core/model/attention_pass.h"

#include "core/attention/tiles.h"

namespace qkv::model {

void attend_layer(Team& team, const Scoring& scoring, int heads, int kv_heads, const Matrix& q,
                  const Matrix& k, const Matrix& v, const std::vector<const Matrix*>& replaced, Matrix& z,
                  Matrix& row_maximum, Matrix& row_sum) {
  attention::LayerOutput output;
  attention::attend(team, {q, k, v, heads, kv_heads, scoring}, output);
  const Eigen::Index d = q.cols() / heads;
  for (int head = 0; head < heads; ++head) {
    const Matrix* weights = replaced[static_cast<std::size_t>(head)];
    if (!weights) continue;
    output.z.middleCols(head * d, d).noalias() = *weights * v.middleCols(head / (heads / kv_heads) * d, d);
  }
  z = std::move(output.z);
  row_maximum = std::move(output.row_maximum);
  row_sum = std::move(output.row_sum);
}

}  // namespace qkv::model
