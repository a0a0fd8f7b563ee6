#pragma once
#include <cmath>

#include "core/attention/scoring.h"
#include "core/matrix.h"
#include "core/vector_math.h"

// The inner loops of tiles.cpp. A panel is kLanes keys side by side: [D][kLanes].
namespace qkv::attention {

using vectors::Floats;
using vectors::Ints;
using vectors::kLanes;

/// What a query group has in registers: rows × vectors of sums, and room for operands.
constexpr int kGroup = 6;
constexpr int kVectors = vectors::kRegisters == 32 ? 4 : 2;

/// out[r][·] = q_r · keys of `panels` consecutive panels. Each sum runs over d = 0, 1, …, whatever the shape
/// of the call.
template <int rows, int panels>
inline void score_panels(const float* q, Eigen::Index q_stride, const float* panel, int depth, float* out,
                         Eigen::Index out_stride) {
  Floats sums[rows][panels] = {};
  for (Eigen::Index d = 0; d < depth; ++d) {
    Floats keys[panels];
    vectors::unrolled<panels>([&](auto p) { keys[p] = vectors::load(panel + (p * depth + d) * kLanes); });
    vectors::unrolled<rows>([&](auto r) {
      const Floats query = vectors::all(q[r * q_stride + d]);
      vectors::unrolled<panels>([&](auto p) { sums[r][p] = sums[r][p] + query * keys[p]; });
    });
  }
  vectors::unrolled<rows>([&](auto r) {
    vectors::unrolled<panels>([&](auto p) { vectors::store(out + r * out_stride + p * kLanes, sums[r][p]); });
  });
}

/// z[r][·] += Σ weights[r][j] · v[j][·] for `count` keys j, over `pieces` vectors of v's columns.
template <int rows, int pieces>
inline void mix_pieces(const float* weights, Eigen::Index weights_stride, const float* v,
                       Eigen::Index v_stride, int count, float* z, Eigen::Index z_stride) {
  Floats sums[rows][pieces];
  vectors::unrolled<rows>([&](auto r) {
    vectors::unrolled<pieces>([&](auto p) { sums[r][p] = vectors::load(z + r * z_stride + p * kLanes); });
  });
  for (Eigen::Index j = 0; j < count; ++j) {
    Floats value[pieces];
    vectors::unrolled<pieces>([&](auto p) { value[p] = vectors::load(v + j * v_stride + p * kLanes); });
    vectors::unrolled<rows>([&](auto r) {
      const Floats weight = vectors::all(weights[r * weights_stride + j]);
      vectors::unrolled<pieces>([&](auto p) { sums[r][p] = sums[r][p] + weight * value[p]; });
    });
  }
  vectors::unrolled<rows>([&](auto r) {
    vectors::unrolled<pieces>([&](auto p) { vectors::store(z + r * z_stride + p * kLanes, sums[r][p]); });
  });
}

/// score_panels for any number of rows up to kGroup and of panels.
inline void score_rows(const float* q, Eigen::Index q_stride, int rows, const float* panel, int panels,
                       int depth, float* out, Eigen::Index out_stride) {
  const auto run = [&]<int n>(std::integral_constant<int, n>, int row) {
    const float* from = q + row * q_stride;
    float* to = out + row * out_stride;
    int p = 0;
    for (; p + kVectors <= panels; p += kVectors)
      score_panels<n, kVectors>(from, q_stride, panel + Eigen::Index{p} * depth * kLanes, depth,
                                to + p * kLanes, out_stride);
    for (; p < panels; ++p)
      score_panels<n, 1>(from, q_stride, panel + Eigen::Index{p} * depth * kLanes, depth, to + p * kLanes,
                         out_stride);
  };
  if (rows == kGroup) return run(std::integral_constant<int, kGroup>{}, 0);
  for (int row = 0; row < rows; ++row) run(std::integral_constant<int, 1>{}, row);
}

/// mix_pieces for any number of rows up to kGroup, over columns [0, width), a multiple of kLanes.
inline void mix_rows(const float* weights, Eigen::Index weights_stride, int rows, const float* v, int width,
                     int count, float* z) {
  const auto run = [&]<int n>(std::integral_constant<int, n>, int row) {
    const float* from = weights + row * weights_stride;
    float* to = z + row * width;
    int c = 0;
    for (; c + kVectors * kLanes <= width; c += kVectors * kLanes)
      mix_pieces<n, kVectors>(from, weights_stride, v + c, width, count, to + c, width);
    for (; c < width; c += kLanes) mix_pieces<n, 1>(from, weights_stride, v + c, width, count, to + c, width);
  };
  if (rows == kGroup) return run(std::integral_constant<int, kGroup>{}, 0);
  for (int row = 0; row < rows; ++row) run(std::integral_constant<int, 1>{}, row);
}

/// Scale and cap of scores, before the mask.
inline Floats scaled_of(Floats scores, const Scoring& scoring) {
  const Floats scaled = scores * scoring.scale;
  if (scoring.softcap <= 0) return scaled;
  return vectors::tanh(scaled / scoring.softcap) * scoring.softcap;
}

/// `x` where the lane's key, key + 0, 1, …, lies in [first, end); −inf elsewhere.
inline Floats masked(Floats x, int key, int first, int end) {
  const Ints keys = vectors::lanes() + key;
  const Floats hidden = vectors::all(-std::numeric_limits<float>::infinity());
  x = keys < first ? hidden : x;
  return keys >= end ? hidden : x;
}

/// What is subtracted before exp: the maximum, so that the largest term becomes 1 and none overflows; nothing
/// where all is −inf, for which −inf − (−inf) would be NaN.
inline float subtracted(float maximum) {
  return maximum == -std::numeric_limits<float>::infinity() ? 0 : maximum;
}

/// Keys [first, first + count) as panels into `panels`, the last filled with zeros. k [n_k, D].
inline void pack_panels(const Eigen::Ref<const Matrix>& k, int first, int count, float* panels) {
  const auto depth = static_cast<int>(k.cols());
  for (int p = 0; p < count; p += kLanes) {
    float* panel = panels + Eigen::Index{p} * depth;
    const int here = std::min(kLanes, count - p);
    Eigen::Map<Matrix> to(panel, depth, kLanes);
    if (here < kLanes) to.setZero();
    to.leftCols(here) = k.middleRows(first + p, here).transpose();
  }
}

}  // namespace qkv::attention
