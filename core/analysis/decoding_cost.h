#pragma once
#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

#include "core/matrix.h"

// All tokens at once against one step after another: one causal head over x [n, d_model], projections
// included, on one thread, in seconds of the processor.
namespace qkv::analysis {

/// The keys and values of the tokens so far, of one head: what a step need not compute again.
class KeyValueCache {
 public:
  KeyValueCache(int most, int d_k);
  /// Attention of the next token: x [1, d_model], weights [d_model, d_k] → [d_k]. Its key and value are kept;
  /// at most `most` times.
  Vector step(const Matrix& x, const Matrix& w_q, const Matrix& w_k, const Matrix& w_v);
  /// Starts with these tokens: k, v [n, d_k], n ≤ most.
  void fill(const Matrix& k, const Matrix& v);
  void forget_last() { --n_; }
  int size() const { return static_cast<int>(n_); }

 private:
  Matrix k_, v_;  ///< [most, d_k]
  Eigen::Index n_ = 0;
};

struct DecodingRequest {
  int d_model = 256, d_k = 64;
  int first = 64, most = 16'384;  ///< n doubles from first
  double seconds = 2;             ///< for all points together
  std::uint64_t seed = 16;
};

struct DecodingPoint {
  int n = 0;
  /// Seconds a token when n tokens are computed in one pass (training, reading a prompt): pass ÷ n.
  double all_at_once = 0;
  /// Seconds for token n alone: its q, k, v, and its row over the n keys and values kept (KV cache).
  double cached = 0;
  double uncached = 0;     ///< seconds for token n when nothing was kept: the whole pass again
  double cache_bytes = 0;  ///< 2·n·d_k·4: K and V of one head, from their shapes
};

struct DecodingCost {
  DecodingRequest request;
  std::vector<DecodingPoint> points;
  bool stopped = false;
};

/// Calls `on_point` with what there is after each point. Throws Error for a request that makes no sense.
DecodingCost decoding_cost(const DecodingRequest& request, std::stop_token stop = {},
                           const std::function<void(const DecodingCost&)>& on_point = {});

}  // namespace qkv::analysis
