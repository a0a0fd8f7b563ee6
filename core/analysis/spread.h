#pragma once
#include <span>
#include <vector>

#include "core/attention/readouts.h"

// Summaries of many numbers.
namespace qkv::analysis {

/// Of one number over many rows: its mean, and the quartiles between which half of them lie.
struct Spread {
  float mean = 0, lo = 0, hi = 0;  ///< lo: 25 %, hi: 75 %, interpolated between neighbours
};
Spread spread(std::vector<float> values);  ///< zeros for none

/// About the mean, ÷ n; 0 for none.
float variance(std::span<const float> values);

/// What softmax makes of many rows of scores; core/attention/readouts.h defines each.
struct SoftmaxMeasures {
  Spread largest_weight, entropy, jacobian_norm;  ///< entropy in nats
};
SoftmaxMeasures measures(std::span<const attention::Readout> rows);

/// Counts of values in equal bins over [lo, hi).
struct Histogram {
  float lo = 0, hi = 1;
  std::vector<int> counts;
  int outside = 0;               ///< values below lo, from hi on, or not finite
  int total = 0;                 ///< all values
  float density(int bin) const;  ///< share of the total ÷ width of the bin
};
/// Of values × factor. Throws Error without bins or for an empty range.
Histogram histogram(std::span<const float> values, float lo, float hi, int bins, float factor = 1);

/// Density of N(0, variance) at x.
float normal_density(float x, float variance);

}  // namespace qkv::analysis
