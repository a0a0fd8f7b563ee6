#include "core/analysis/spread.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/error.h"

namespace qkv::analysis {
namespace {

float mean(std::span<const float> values) {
  double sum = 0;
  for (const float v : values) sum += static_cast<double>(v);
  return values.empty() ? 0 : static_cast<float>(sum / static_cast<double>(values.size()));
}

/// The value below which `share` of the sorted ones lie.
float quantile(std::span<const float> sorted, float share) {
  const float at = share * static_cast<float>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], at - static_cast<float>(below));
}

Spread spread_of(std::span<const attention::Readout> rows, float attention::Readout::*field) {
  std::vector<float> values;
  for (const attention::Readout& r : rows) values.push_back(r.*field);
  return spread(std::move(values));
}

}  // namespace

Spread spread(std::vector<float> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  return {mean(values), quantile(values, 0.25f), quantile(values, 0.75f)};
}

float variance(std::span<const float> values) {
  const auto middle = static_cast<double>(mean(values));
  double squares = 0;
  for (const float v : values)
    squares += (static_cast<double>(v) - middle) * (static_cast<double>(v) - middle);
  return values.empty() ? 0 : static_cast<float>(squares / static_cast<double>(values.size()));
}

SoftmaxMeasures measures(std::span<const attention::Readout> rows) {
  using attention::Readout;
  return {spread_of(rows, &Readout::largest_weight), spread_of(rows, &Readout::entropy),
          spread_of(rows, &Readout::jacobian_norm)};
}

float Histogram::density(int bin) const {
  const float width = (hi - lo) / static_cast<float>(counts.size());
  return static_cast<float>(counts[static_cast<std::size_t>(bin)]) / static_cast<float>(std::max(1, total)) /
         width;
}

Histogram histogram(std::span<const float> values, float lo, float hi, int bins, float factor) {
  if (bins < 1 || !(hi > lo)) throw Error("A histogram needs a bin, and an upper end above the lower one.");
  Histogram h{lo, hi, std::vector<int>(static_cast<std::size_t>(bins)), 0, static_cast<int>(values.size())};
  for (const float v : values) {
    const float at = (v * factor - lo) / (hi - lo) * static_cast<float>(bins);
    if (at >= 0 && at < static_cast<float>(bins)) {
      ++h.counts[static_cast<std::size_t>(at)];
    } else {
      ++h.outside;
    }
  }
  return h;
}

float normal_density(float x, float variance) {
  return std::exp(-x * x / (2 * variance)) / std::sqrt(2 * std::numbers::pi_v<float> * variance);
}

}  // namespace qkv::analysis
