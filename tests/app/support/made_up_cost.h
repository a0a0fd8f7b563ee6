#pragma once
#include <cmath>
#include <limits>
#include <memory>

#include "app/documents/learn_studies.h"

namespace qkv::support {

/// A measurement that never was, with the shape of real ones: for pictures and layouts that are the same on every machine.
inline std::shared_ptr<const documents::CostMeasurement> made_up_cost() {
  constexpr double kScore = 4.0e-9, kRow = 256;  // seconds a score; bytes of 64 floats
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  struct Shape {
    int most;
    double square, line;  ///< seconds a score and a token
    double bytes_square, bytes_line, exponent;
    float error;
  };
  constexpr Shape kShapes[] = {{4096, 1.5 * kScore, 2e-7, 12, 6 * kRow, 2.03, static_cast<float>(kNone)},
                               {16384, kScore, 1e-7, 0, 3 * kRow + 8, 1.99, static_cast<float>(kNone)},
                               {65536, 0, 1.2e-6, 0, 3 * kRow + 8, 1.02, static_cast<float>(kNone)},
                               {65536, 0, 1.6e-7, 0, 3 * kRow, 1.01, 0.437f}};
  auto m = std::make_shared<documents::CostMeasurement>();
  for (std::size_t i = 0; i < m->kMethods.size(); ++i) {
    const Shape& shape = kShapes[i];
    m->curves[i].request.method = m->kMethods[i];
    m->curves[i].exponent = shape.exponent;
    for (int n = 64; n <= shape.most; n *= 2)
      m->curves[i].points.push_back({.n = n,
                                     .seconds = shape.square * n * n + shape.line * n,
                                     .passes = 3,
                                     .peak_bytes = shape.bytes_square * n * n + shape.bytes_line * n + 16384,
                                     .error = shape.error});
  }
  for (int n = 64; n <= 16384; n *= 2) {
    const double pass = kScore / 2 * n * n + 2e-6 * n;
    m->decoding.points.push_back({.n = n, .all_at_once = pass / n, .cached = 2e-8 * n + 4e-6, .uncached = pass, .cache_bytes = 2 * kRow * n});
  }
  m->at = m->kMethods.size();
  m->done = m->whole = true;
  return m;
}

}  // namespace qkv::support
