#include <cmath>
#include <limits>

#include "core/experiment/import.h"

namespace qkv::experiment {
namespace {

/// How far apart two values are. NaN equals NaN, an infinity itself, and −inf (masked) the large negative
/// number that other programs add instead, −10000 or below.
float distance(float ours, float theirs) {
  constexpr float kMaskedElsewhere = -1e4f;
  if (ours == theirs || (std::isnan(ours) && std::isnan(theirs))) return 0;
  if (ours == -std::numeric_limits<float>::infinity() && theirs <= kMaskedElsewhere) return 0;
  return std::abs(ours - theirs);
}

Difference compare(const Expected& expected, const attention::Trace& trace) {
  Difference out{expected.stage, expected.layer, expected.head};
  const Matrix* ours = attention::matrix_of(trace, expected.stage, expected.layer, expected.head);
  const Matrix& theirs = *expected.values;
  if (!ours || ours->rows() != theirs.rows() || ours->cols() != theirs.cols()) {
    out.largest = std::numeric_limits<float>::infinity();
    out.row = out.column = -1;
    return out;
  }
  for (int r = 0; r < theirs.rows(); ++r)
    for (int c = 0; c < theirs.cols(); ++c) {
      const float apart = distance((*ours)(r, c), theirs(r, c));
      const bool first = r == 0 && c == 0;
      if (!first && !(apart > out.largest) && !std::isnan(apart)) continue;
      out.largest = apart;
      out.row = r;
      out.column = c;
      out.ours = (*ours)(r, c);
      out.theirs = theirs(r, c);
      if (std::isnan(apart)) return out;
    }
  return out;
}

}  // namespace

std::vector<Difference> compare_with_expected(const Experiment& experiment, const attention::Trace& trace) {
  std::vector<Difference> differences;
  for (const Expected& expected : experiment.expected)
    if (expected.values) differences.push_back(compare(expected, trace));
  return differences;
}

}  // namespace qkv::experiment
