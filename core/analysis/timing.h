#pragma once
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <stop_token>
#include <string_view>

#include "core/experiment/random.h"
#include "core/matrix.h"

namespace qkv::analysis {

/// Seconds for which the processor has worked for this thread: other programs that take their turn do not
/// count.
inline double thread_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

struct Timing {
  double seconds = 0;  ///< the fastest pass
  double spent = 0;    ///< all passes together
  int passes = 0;
};

/// Processor time of `work` on this thread, on which alone it must run: the fastest of several passes, which
/// is the one least disturbed by the rest of the machine. At least one, then more until `enough` seconds are
/// spent, at most 25.
template <typename Work>
Timing fastest(const Work& work, std::stop_token stop, double enough = 0.03) {
  Timing t;
  do {
    const double begin = thread_seconds();
    work();
    const double seconds = std::max(1e-9, thread_seconds() - begin);  // a logarithm is taken of it
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
