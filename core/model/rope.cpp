#include "core/model/rope.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/model/elementwise.h"

namespace qkv::model {
namespace {

/// θ^(2i/dims), rounded as float32 arithmetic rounds it.
std::vector<float> powers(double theta, int dims) {
  std::vector<float> out(static_cast<std::size_t>(dims / 2));
  for (std::size_t i = 0; i < out.size(); ++i) {
    const float exponent = static_cast<float>(2 * i) / static_cast<float>(dims);
    out[i] = static_cast<float>(std::pow(theta, static_cast<double>(exponent)));
  }
  return out;
}

/// Llama 3.1: long waves are slowed by `factor`, short ones kept, those between interpolated.
float llama3(const Rope& rope, float frequency) {
  const double wavelength = 2 * std::numbers::pi / static_cast<double>(frequency);
  const double slow = static_cast<double>(frequency) / rope.factor;
  if (wavelength < rope.original_positions / rope.high_frequency) return frequency;
  if (wavelength > rope.original_positions / rope.low_frequency) return static_cast<float>(slow);
  const double smooth = (rope.original_positions / wavelength - rope.low_frequency) /
                        (rope.high_frequency - rope.low_frequency);
  return static_cast<float>((1 - smooth) * slow + smooth * static_cast<double>(frequency));
}

/// YaRN (Peng et al. 2023): pairs that turn often keep their frequency, slow ones are interpolated, a ramp
/// between.
std::vector<float> yarn(const Rope& rope) {
  const double dims = rope.dims;
  const auto dimension_of = [&](double turns) {
    return dims * std::log(rope.original_positions / (turns * 2 * std::numbers::pi)) /
           (2 * std::log(rope.theta));
  };
  double low = dimension_of(rope.beta_fast), high = dimension_of(rope.beta_slow);
  if (rope.truncate) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, dims - 1);
  if (low == high) high += 0.001;
  std::vector<float> out = powers(rope.theta, rope.dims);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double ramp = std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
    const double kept = 1 / static_cast<double>(out[i]);
    out[i] = static_cast<float>(kept / rope.factor * ramp + kept * (1 - ramp));
  }
  return out;
}

}  // namespace

std::vector<float> inverse_frequencies(const Rope& rope, int n) {
  if (rope.dims == 0) return {};
  if (rope.type == RopeType::yarn) return yarn(rope);
  double theta = rope.theta;
  if (rope.type == RopeType::dynamic && n > rope.positions && rope.dims > 2)
    theta *= std::pow(rope.factor * n / rope.positions - (rope.factor - 1), rope.dims / (rope.dims - 2.0));
  std::vector<float> out = powers(theta, rope.dims);
  const bool is_long = n > rope.original_positions;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (rope.type == RopeType::longrope)
      out[i] *= static_cast<float>((is_long ? rope.long_factors : rope.short_factors)[i]);
    out[i] = 1 / out[i];
    if (rope.type == RopeType::linear) out[i] /= static_cast<float>(rope.factor);
    if (rope.type == RopeType::llama3) out[i] = llama3(rope, out[i]);
  }
  return out;
}

void rotate(Team& team, const Rope& rope, const std::vector<float>& frequencies, int head_dim,
            Eigen::Ref<Matrix> x) {
  if (rope.dims == 0) return;
  const Eigen::Index half = rope.dims / 2, heads = x.cols() / head_dim;
  const auto factor = static_cast<float>(rope.attention_factor);
  share_rows(team, x.rows(), x.cols(), [&](Eigen::Index position) {
    Eigen::Array<float, 1, Eigen::Dynamic> cosine(half), sine(half);
    for (Eigen::Index i = 0; i < half; ++i) {
      const float angle = static_cast<float>(position) * frequencies[static_cast<std::size_t>(i)];
      cosine[i] = std::cos(angle) * factor;
      sine[i] = std::sin(angle) * factor;
    }
    for (Eigen::Index head = 0; head < heads; ++head) {
      float* row = x.data() + position * x.outerStride() + head * head_dim;
      Eigen::Map<Eigen::Array<float, 1, Eigen::Dynamic>> first(row, half), second(row + half, half);
      const Eigen::Array<float, 1, Eigen::Dynamic> a = first, b = second;
      first = a * cosine - b * sine;
      second = b * cosine + a * sine;
    }
  });
}

}  // namespace qkv::model
