#pragma once
#include <algorithm>

#include "core/matrix.h"
#include "core/parallel.h"
#include "core/vector_math.h"

// Work on rows and on single numbers, shared among threads where there is enough of it.
namespace qkv::model {

/// Calls work(row) for every row of a matrix with `columns` columns, pieces of some ten thousand numbers at a
/// time.
template <typename Work>
void share_rows(Team& team, Eigen::Index rows, Eigen::Index columns, const Work& work) {
  constexpr Eigen::Index kNumbers = 1 << 15;
  const Eigen::Index piece = std::max<Eigen::Index>(1, kNumbers / std::max<Eigen::Index>(1, columns));
  team.share(static_cast<int>((rows + piece - 1) / piece), [&](int at) {
    const Eigen::Index end = std::min(rows, (at + 1) * piece);
    for (Eigen::Index row = at * piece; row < end; ++row) work(row);
  });
}

/// x[i] = function(x[i]) over a row, a register at a time.
template <typename Function>
void transform_row(float* x, Eigen::Index count, const Function& function) {
  using vectors::kLanes;
  Eigen::Index i = 0;
  for (; i + kLanes <= count; i += kLanes) vectors::store(x + i, function(vectors::load(x + i)));
  if (const auto left = static_cast<int>(count - i); left > 0)
    vectors::store_some(x + i, function(vectors::load_some(x + i, left)), left);
}

}  // namespace qkv::model
