#pragma once
#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

// All tokens at once against one step after another: one causal head over x [n, d_model], projections included, timed
// on one thread.
namespace qkv::analysis {

struct DecodingRequest {
  int d_model = 256, d_k = 64;
  int first = 64, most = 16'384;  ///< n doubles from first
  double seconds = 2;             ///< for all points together
  std::uint64_t seed = 16;
};

struct DecodingPoint {
  int n = 0;
  double all_at_once = 0;  ///< seconds a token when n tokens are computed in one pass (training, reading a prompt): pass ÷ n
  double cached = 0;       ///< seconds for token n alone: its q, k, v, and its row over the n keys and values kept (KV cache)
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
