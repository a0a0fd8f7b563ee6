#include "core/model/linear.h"

#include <omp.h>

#include <algorithm>

namespace qkv::model {
namespace {

using Eigen::Index;

/// Eigen's product reaches 75 to 85 % of the multiply-add peak of one core. Its own threads spin while they
/// wait for each other, so the team's share out pieces instead, and each keeps Eigen to itself.
class WithoutEigensThreads {
 public:
  WithoutEigensThreads() { omp_set_num_threads(1); }
  ~WithoutEigensThreads() { omp_set_num_threads(before_); }
  WithoutEigensThreads(const WithoutEigensThreads&) = delete;
  WithoutEigensThreads& operator=(const WithoutEigensThreads&) = delete;

 private:
  int before_ = omp_get_max_threads();
};

constexpr Index kRows = 512;     // of x a piece has at most: packing a piece of w pays from some hundred on
constexpr Index kOutputs = 768;  // of w a piece has at most
constexpr Index kFewOutputs = 144;  // and at least, but for the last
constexpr Index kUnit = 48;         // rows of w that Eigen's kernel takes at once
constexpr Index kPiecesEach = 3;    // for every thread, so that one held up by other programs delays little

Index pieces_of(Index size, Index piece) { return (size + piece - 1) / piece; }

}  // namespace

Matrix apply(Team& team, const Linear& linear, const Matrix& x) { return apply(team, linear.w, linear.b, x); }

Matrix apply(Team& team, const Matrix& w, const Vector& b, const Matrix& x) {
  Matrix y(x.rows(), w.rows());
  if (y.size() == 0) return y;
  const Index strips = pieces_of(x.rows(), kRows), rows = pieces_of(x.rows(), strips);
  const Index wanted = pieces_of(kPiecesEach * team.threads(), strips);
  const Index outputs =
      std::clamp(pieces_of(pieces_of(w.rows(), wanted), kUnit) * kUnit, kFewOutputs, kOutputs);
  const Index across = pieces_of(w.rows(), outputs);
  team.share(static_cast<int>(strips * across), [&](int piece) {
    const WithoutEigensThreads own;
    const Index row = piece % strips * rows, output = piece / strips * outputs;
    const Index height = std::min(rows, x.rows() - row), width = std::min(outputs, w.rows() - output);
    if (height <= 0) return;
    auto to = y.block(row, output, height, width);
    if (x.rows() == 1) {
      y.row(0).segment(output, width).noalias() = x.row(0) * w.middleRows(output, width).transpose();
    } else {
      to.noalias() = x.middleRows(row, height) * w.middleRows(output, width).transpose();
    }
    if (b.size() > 0) to.rowwise() += b.segment(output, width);
  });
  return y;
}

}  // namespace qkv::model
