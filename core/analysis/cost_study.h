#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

// What attention costs on this machine: real passes of core on random q, k and v, each on one thread, n
// doubling until a budget is spent. A time is the processor's for that thread; it differs from run to run and
// from machine to machine, and nothing else here does, but for the bytes by which an allocator rounds up.
namespace qkv::analysis {

enum class CostMethod {
  stored,  ///< attention::attend, which keeps scores, scaled and weights: what the Lab does
  fused,   ///< the pass over tiles, which keeps no n² matrix: what the Model workspace does
  window,  ///< the same under a sliding window mask: tiles that the mask hides are not computed
  linear,  ///< linear_attention: another function, with an error
};

struct CostRequest {
  CostMethod method = CostMethod::stored;
  bool causal = false;  ///< window: always
  int d_k = 64;         ///< of q and k, and of v
  int window = 128;     ///< CostMethod::window
  int first = 64;       ///< the first n; the next is twice as large
  int most = 65'536;    ///< n is never larger
  /// Of the clock, for all points together: no point is begun that would, at four times the last, pass it.
  double seconds = 3;
  double bytes = 512e6;  ///< of everything a pass keeps: no point is begun that needs more
  std::uint64_t seed = 16;
};

struct CostPoint {
  int n = 0;
  double seconds = 0;  ///< of one pass: the fastest of `passes`
  int passes = 0;
  double square_bytes = 0;  ///< of the n² matrices that are kept, from their shapes: stored 3·4·n², others 0
  double bytes = 0;         ///< of everything that is kept, from shapes: q, k, v, output, and square_bytes
  double peak_bytes = 0;    ///< measured: the most that a pass had allocated at a time, q, k and v not among it
  double scores = 0;  ///< scores computed: n², those the mask allows where tiles are skipped, 0 for linear
  /// linear: ‖linear − softmax‖_F ÷ ‖softmax‖_F on the same q, k, v; NaN otherwise
  float error = 0;
};

enum class CostEnd { time, memory, most, stopped };

struct CostCurve {
  CostRequest request;
  std::vector<CostPoint> points;
  CostEnd end = CostEnd::most;  ///< why it went no further
  double exponent = 0;          ///< fitted_exponent of the points
};

/// Calls `on_point` with the curve so far after each point. Throws Error for a request that makes no sense.
CostCurve cost_curve(const CostRequest& request, std::stop_token stop = {},
                     const std::function<void(const CostCurve&)>& on_point = {});

/// e of seconds ∝ n^e, least squares over the logarithms of the last `doublings` + 1 points; NaN with fewer
/// than two.
double fitted_exponent(std::span<const CostPoint> points, int doublings = 3);

/// Why a curve ends: "until its matrices would have passed 512 MB".
std::string words_of(const CostCurve& curve);

}  // namespace qkv::analysis
