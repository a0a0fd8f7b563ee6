#include "core/experiment/random.h"

#include <cmath>
#include <numbers>

namespace qkv::experiment {
namespace {

// The finaliser of SplitMix64: every input bit changes every output bit with probability one half.
constexpr std::uint64_t mix(std::uint64_t z) {
  z += 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

}  // namespace

namespace {

/// Of the parameters, as the first version counted stages: it must never change, or seeds would give other
/// numbers.
std::uint64_t number_of(attention::Stage stage) {
  using attention::Stage;
  switch (stage) {
    case Stage::w_q:
      return 3;
    case Stage::w_k:
      return 4;
    case Stage::w_v:
      return 5;
    case Stage::b_q:
      return 6;
    case Stage::b_k:
      return 7;
    case Stage::b_v:
      return 8;
    case Stage::w_o:
      return 19;
    case Stage::b_o:
      return 20;
    case Stage::norm_gain:
      return 22;
    case Stage::norm_bias:
      return 23;
    case Stage::q_norm_gain:
      return 24;
    case Stage::q_norm_bias:
      return 25;
    case Stage::k_norm_gain:
      return 26;
    case Stage::k_norm_bias:
      return 27;
    default:
      return 0;  // not a parameter
  }
}

}  // namespace

std::uint64_t stream_of(attention::Stage stage, int layer, int head) {
  return (number_of(stage) << 32) | (static_cast<std::uint64_t>(layer) << 16) |
         static_cast<std::uint64_t>(head);
}

std::uint64_t stream_of(std::string_view word) {
  std::uint64_t hash = 0xCBF29CE484222325U;  // FNV-1a
  for (const char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return hash;
}

void fill_normal(std::uint64_t seed, std::uint64_t stream, int row, int first, int count, float* out) {
  constexpr double kStep = 0x1p-53;
  const std::uint64_t key = mix(mix(mix(seed) ^ stream) ^ static_cast<std::uint64_t>(row));
  // Columns 2p and 2p + 1 are the two numbers that one Box–Muller transform gives.
  for (int pair = first / 2; 2 * pair < first + count; ++pair) {
    const std::uint64_t bits = mix(key ^ static_cast<std::uint64_t>(pair));
    const double uniform = static_cast<double>((bits >> 11) + 1) * kStep;  // (0, 1]: its logarithm is finite
    const double angle = 2 * std::numbers::pi * static_cast<double>(mix(bits) >> 11) * kStep;
    const double radius = std::sqrt(-2 * std::log(uniform));
    const int even = 2 * pair - first;
    if (even >= 0) out[even] = static_cast<float>(radius * std::cos(angle));
    if (even + 1 < count) out[even + 1] = static_cast<float>(radius * std::sin(angle));
  }
}

}  // namespace qkv::experiment
