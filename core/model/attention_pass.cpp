#include "core/model/attention_pass.h"

#include <cmath>
#include <limits>

namespace qkv::model {
namespace {

constexpr Eigen::Index kBlock = 64;  // rows of scores at a time
constexpr float kMasked = -std::numeric_limits<float>::infinity();

/// Scale, cap and mask of one row of scores, whose keys begin at `first`.
void score_row(const Scoring& scoring, Eigen::Index query, Eigen::Index first, Eigen::Ref<Vector> scores) {
  scores *= scoring.scale;
  if (scoring.softcap > 0) scores = scoring.softcap * (scores.array() / scoring.softcap).tanh();
  for (Eigen::Index j = 0; j < scores.size(); ++j)
    if (!scoring.allows(static_cast<int>(query), static_cast<int>(first + j))) scores[j] = kMasked;
}

}  // namespace

void attend_layer(const Scoring& scoring, int heads, int kv_heads, const Matrix& q, const Matrix& k,
                  const Matrix& v, const std::vector<const Matrix*>& replaced, Matrix& z, Matrix& row_maximum,
                  Matrix& row_sum) {
  const Eigen::Index n = q.rows(), keys = k.rows(), d = q.cols() / heads;
  const int group = heads / kv_heads;
  z.resize(n, q.cols());
  row_maximum.resize(heads, n);
  row_sum.resize(heads, n);
  const Eigen::Index blocks = (n + kBlock - 1) / kBlock;
#pragma omp parallel for schedule(dynamic) collapse(2)
  for (int head = 0; head < heads; ++head)
    for (Eigen::Index block = 0; block < blocks; ++block) {
      const Eigen::Index begin = block * kBlock, rows = std::min(kBlock, n - begin);
      const Eigen::Index kv = head / group * d;
      // No query of this block sees a key outside [first, last).
      const Eigen::Index last = scoring.causal ? std::min(keys, begin + rows) : keys;
      const Eigen::Index first =
          scoring.window > 0 ? std::clamp<Eigen::Index>(begin - scoring.window + 1, 0, last) : 0;
      Matrix scores(rows, last - first);
      scores.noalias() = q.block(begin, head * d, rows, d) * k.block(first, kv, last - first, d).transpose();
      for (Eigen::Index i = 0; i < rows; ++i) {
        score_row(scoring, begin + i, first, scores.row(i));
        const float maximum = scores.row(i).maxCoeff<Eigen::PropagateNaN>();
        scores.row(i) =
            (scores.row(i).array() - maximum).exp();  // the largest becomes 1, so nothing overflows
        const float sum = scores.row(i).sum();
        row_maximum(head, begin + i) = maximum;
        row_sum(head, begin + i) = sum;
        scores.row(i) *= 1 / sum;
      }
      const Matrix* given = replaced[static_cast<std::size_t>(head)];
      if (given)
        z.block(begin, head * d, rows, d).noalias() = given->middleRows(begin, rows) * v.middleCols(kv, d);
      else
        z.block(begin, head * d, rows, d).noalias() = scores * v.block(first, kv, last - first, d);
    }
}

}  // namespace qkv::model
