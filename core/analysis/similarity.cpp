#include "core/analysis/similarity.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "core/error.h"

namespace qkv::analysis {

Similarity similarity(const Vector& a, const Vector& b) {
  if (a.size() != b.size())
    throw Error("A dot product needs two vectors of one length, not of " + std::to_string(a.size()) +
                " and " + std::to_string(b.size()) + ".");
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  const Eigen::VectorXd x = a.transpose().cast<double>(), y = b.transpose().cast<double>();
  const double dot = x.dot(y), norm_x = x.norm(), norm_y = y.norm();
  const double cosine =
      norm_x > 0 && norm_y > 0 ? std::clamp(dot / norm_x / norm_y, -1.0, 1.0) : kNaN;  // rounding can pass 1
  return {static_cast<float>(dot),
          static_cast<float>(norm_x),
          static_cast<float>(norm_y),
          static_cast<float>(cosine),
          static_cast<float>(std::acos(cosine) * 180 / std::numbers::pi),
          static_cast<float>(norm_y > 0 ? dot / norm_y : kNaN)};
}

}  // namespace qkv::analysis
