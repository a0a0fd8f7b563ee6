#pragma once
#include <cmath>

namespace qkv {

/// The number that printf with this many decimals rounds as by hand: a tie goes away from zero (1.25 is 1.3), where printf
/// takes the even digit. `size` is not negative and below 1e15.
inline double ties_up(double size, int decimals) {
  const double power = std::pow(10.0, decimals), scaled = size * power;
  return scaled - std::floor(scaled) == 0.5 ? (scaled + 0.5) / power : size;
}

}  // namespace qkv
