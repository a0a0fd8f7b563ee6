#include "core/analysis/decoding_cost.h"

#include <chrono>
#include <cmath>

#include "core/analysis/timing.h"
#include "core/attention/product.h"
#include "core/attention/tiles.h"
#include "core/error.h"

namespace qkv::analysis {
namespace {

struct Head {
  Matrix w_q, w_k, w_v;  ///< [d_model, d_k]
};

attention::Scoring scoring_of(int d_k) {
  return {.scale = 1 / std::sqrt(static_cast<float>(d_k)), .causal = true};
}

/// The whole pass over x [n, d_model] → [n, d_k].
Matrix whole_pass(Team& alone, const Matrix& x, const Head& head) {
  const Matrix q = attention::multiply(x, head.w_q), k = attention::multiply(x, head.w_k),
               v = attention::multiply(x, head.w_v);
  attention::LayerOutput output;
  attention::attend(alone, {.q = q, .k = k, .v = v, .scoring = scoring_of(static_cast<int>(q.cols()))},
                    output);
  return std::move(output.z);
}

}  // namespace

KeyValueCache::KeyValueCache(int most, int d_k) : k_(most, d_k), v_(most, d_k) {}

Vector KeyValueCache::step(const Matrix& x, const Matrix& w_q, const Matrix& w_k, const Matrix& w_v) {
  const Matrix q = attention::multiply(x, w_q);
  k_.row(n_) = attention::multiply(x, w_k).row(0);
  v_.row(n_) = attention::multiply(x, w_v).row(0);
  ++n_;
  const float scale = 1 / std::sqrt(static_cast<float>(q.cols()));
  Vector scaled = q.row(0) * k_.topRows(n_).transpose() * scale;
  scaled = (scaled.array() - scaled.maxCoeff()).exp();  // as softmax_rows: exp never overflows
  return scaled * v_.topRows(n_) / scaled.sum();
}

void KeyValueCache::fill(const Matrix& k, const Matrix& v) {
  n_ = k.rows();
  k_.topRows(n_) = k;
  v_.topRows(n_) = v;
}

DecodingCost decoding_cost(const DecodingRequest& r, std::stop_token stop,
                           const std::function<void(const DecodingCost&)>& on_point) {
  using Clock = std::chrono::steady_clock;
  if (r.first < 1 || r.most < r.first || r.most > 1 << 20 || r.d_model < 1 || r.d_model > 4096 || r.d_k < 1 ||
      r.d_k > 1024 || !(r.seconds > 0))
    throw Error(
        "A decoding study needs 1 ≤ first ≤ most ≤ 1048576 tokens, d_model up to 4096, d_k up to 1024 and a "
        "budget of time.");
  DecodingCost cost{r, {}, false};
  const Head head{
      normal_matrix(r.seed, "decoding w_q", r.d_model, r.d_k) / std::sqrt(static_cast<float>(r.d_model)),
      normal_matrix(r.seed, "decoding w_k", r.d_model, r.d_k) / std::sqrt(static_cast<float>(r.d_model)),
      normal_matrix(r.seed, "decoding w_v", r.d_model, r.d_k)};
  Team alone(1);
  const auto begin = Clock::now();
  double last = 0;
  for (int n = r.first; n <= r.most; n *= 2) {
    const double spent = std::chrono::duration<double>(Clock::now() - begin).count();
    cost.stopped = stop.stop_requested();
    if (cost.stopped || (!cost.points.empty() && spent + 4 * last > r.seconds)) break;
    const Matrix x = normal_matrix(r.seed, "decoding x", n, r.d_model);
    KeyValueCache cache(n, r.d_k);
    cache.fill(attention::multiply(x, head.w_k).topRows(n - 1),
               attention::multiply(x, head.w_v).topRows(n - 1));
    const Matrix newest = x.row(n - 1);
    DecodingPoint point;
    point.n = n;
    point.uncached = fastest([&] { static_cast<void>(whole_pass(alone, x, head)); }, stop).seconds;
    point.all_at_once = point.uncached / n;
    point.cached = fastest(
                       [&] {
                         static_cast<void>(cache.step(newest, head.w_q, head.w_k, head.w_v));
                         cache.forget_last();  // so that every pass is the step for token n
                       },
                       stop, 0.005)
                       .seconds;
    point.cache_bytes = 2.0 * n * r.d_k * static_cast<double>(sizeof(float));
    cost.points.push_back(point);
    last = std::chrono::duration<double>(Clock::now() - begin).count() - spent;
    if (on_point) on_point(cost);
  }
  return cost;
}

}  // namespace qkv::analysis
