#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "core/analysis/spread.h"
#include "core/attention/attention.h"
#include "core/attention/readouts.h"

// Why scores are divided by √d_k, measured (Vaswani et al. 2017, footnote 4): rows q and k of independent
// standard normal entries, from a seed. The numbers are drawn by place, so the rows of d_k = 64 are the first
// 64 entries of those of d_k = 512, and a seed gives the same study on every machine (to float rounding).
namespace qkv::analysis {

inline constexpr int kMostStudyWidth = 512;
/// The d_k that a study measures: 1, 2, 3, 4, 6, 8, 11, 16, … 362, 512: 2^(i/2), rounded.
std::span<const int> study_widths();

struct ScalingPoint {
  int d_k = 1;
  float variance = 0;         ///< of q·k over every row and key; theory: d_k
  float scaled_variance = 0;  ///< of q·k/√d_k; theory: 1
  SoftmaxMeasures unscaled, scaled;
};

struct ScalingRequest {
  std::uint64_t seed = 7;
  int keys = 8;
  int draws = 800;  ///< rows of scores at each d_k
};
struct ScalingStudy {
  ScalingRequest request;
  std::vector<ScalingPoint> points;       ///< by rising d_k
  const ScalingPoint* at(int d_k) const;  ///< nullptr: not measured
};
/// Measures every one of `widths` (rising, 1 … 512); 0.1 s on one core for study_widths(). Empty when
/// stopped. Throws Error for widths out of order or range, or counts below 1.
ScalingStudy scaling_study(const ScalingRequest& request, std::span<const int> widths = study_widths(),
                           std::stop_token stop = {});

/// One row of scores, without and with the division. All matrices [1, keys].
struct ScalingDraw {
  std::uint64_t seed = 0;
  int d_k = 1;
  Matrix scores, weights;                ///< q·k and its softmax
  Matrix scaled_scores, scaled_weights;  ///< q·k/√d_k and its softmax
  attention::Readout readout, scaled_readout;
};
ScalingDraw scaling_draw(std::uint64_t seed, int d_k, int keys = 8);

/// Many independent pairs q, k at one d_k, for a histogram.
struct ScoreSample {
  std::uint64_t seed = 0;
  int d_k = 1;
  std::vector<float> scores;  ///< q·k, [pairs]
  float mean = 0;
  float variance = 0;         ///< theory: d_k
  float scaled_variance = 0;  ///< of q·k/√d_k; theory: 1
};
/// At each of `widths`: one pass, 0.5 s for 20 000 pairs up to 512. Empty when stopped. Throws as
/// scaling_study.
std::vector<ScoreSample> score_samples(std::uint64_t seed, std::span<const int> widths, int pairs = 20'000,
                                       std::stop_token stop = {});

/// The same measures of one head that was computed, a row a query, to put a user's own experiment on the axes
/// of a study. Both softmaxes are of q·k alone (without and with ÷ √d_k) over the keys that the mask allows;
/// temperature, cap and biases of the experiment are left out. Rows with fewer than two keys, or with a NaN,
/// do not count. Nothing when no row counts. Throws Error when there is no such head.
struct OwnPoint {
  ScalingPoint point;
  int rows = 0;    ///< that count
  float keys = 0;  ///< mean of the keys a row may see
};
std::optional<OwnPoint> scaling_of(const attention::Trace& trace, int layer, int head);

}  // namespace qkv::analysis
