#pragma once
#include <vector>

#include "core/matrix.h"

namespace qkv::attention {

/// What one row of weights says about itself.
struct Readout {
  int keys = 0;             ///< allowed keys (weights may be 0)
  float entropy = 0;        ///< −Σ a·ln a, nats
  float entropy_share = 0;  ///< entropy ÷ ln(keys), 0…1; 0 with one key
  float largest_weight = 0;
  int largest_key = -1;      ///< its column; −1 when the row is fully masked
  float effective_keys = 0;  ///< exp(entropy), perplexity of the row
  float jacobian_norm = 0;  ///< ‖diag(a) − a·aᵀ‖_F, 0…0.5: how much gradient can flow through softmax
  float saturation = 0;     ///< 1 − 2·jacobian_norm, 0…1 (1: saturated, nothing flows)
};

/// Read-outs of each row. `scaled` [n, n] tells which keys are allowed (finite or NaN: allowed; −inf:
/// masked).
std::vector<Readout> readouts(const Matrix& weights, const Matrix& scaled);

}  // namespace qkv::attention
