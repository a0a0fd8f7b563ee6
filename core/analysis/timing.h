#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string_view>

#include "core/experiment/random.h"
#include "core/matrix.h"

namespace qkv::analysis {

struct Timing {
  double seconds = 0;  ///< the fastest pass
  double spent = 0;    ///< all passes together
  int passes = 0;
};

/// The fastest of several passes, which is the one least disturbed by the rest of the machine: at least one, then more
/// until `enough` seconds are spent, at most 25.
template <typename Work>
Timing fastest(const Work& work, std::stop_token stop, double enough = 0.03) {
  using Clock = std::chrono::steady_clock;
  Timing t;
  do {
    const auto begin = Clock::now();
    work();
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    t.seconds = t.passes == 0 ? seconds : std::min(t.seconds, seconds);
    t.spent += seconds;
    ++t.passes;
  } while (t.spent < enough && t.passes < 25 && !stop.stop_requested());
  return t;
}

/// [rows, columns] of independent standard normal numbers, for a pass to work on.
inline Matrix normal_matrix(std::uint64_t seed, std::string_view name, int rows, int columns) {
  Matrix m(rows, columns);
  for (int i = 0; i < rows; ++i)
    experiment::fill_normal(seed, experiment::stream_of(name), i, 0, columns, m.row(i).data());
  return m;
}

}  // namespace qkv::analysis
