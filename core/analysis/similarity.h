#pragma once
#include "core/matrix.h"

namespace qkv::analysis {

/// The dot product of two vectors and what it is made of: a·b = ‖a‖·‖b‖·cos.
struct Similarity {
  float dot = 0, norm_a = 0, norm_b = 0;
  float cosine = 0;      ///< −1 … 1; NaN when either is zero
  float angle = 0;       ///< degrees, 0 … 180; NaN when either is zero
  float projection = 0;  ///< signed length of a along b: a·b ÷ ‖b‖; NaN when b is zero
};
/// a, b [d]. Throws Error when their lengths differ.
Similarity similarity(const Vector& a, const Vector& b);

}  // namespace qkv::analysis
