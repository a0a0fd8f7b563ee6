#include "core/analysis/cost_study.h"

#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "core/analysis/linear_attention.h"
#include "core/analysis/timing.h"
#include "core/attention/attention.h"
#include "core/attention/tiles.h"
#include "core/error.h"
#include "core/memory_meter.h"

namespace qkv::analysis {
namespace {

constexpr double kFloat = sizeof(float);
constexpr int kMostWidth = 1024, kMostTokens = 1 << 20;

void check(const CostRequest& r) {
  if (r.first < 1 || r.most < r.first || r.most > kMostTokens || r.d_k < 1 || r.d_k > kMostWidth ||
      r.window < 1)
    throw Error("A cost study needs 1 ≤ first ≤ most ≤ " + std::to_string(kMostTokens) +
                " tokens, d_k of 1 … " + std::to_string(kMostWidth) + " and a window of at least 1.");
  if (!(r.seconds > 0) || !(r.bytes > 0))
    throw Error("A cost study needs a budget of time and of memory above 0.");
}

bool is_causal(const CostRequest& r) { return r.causal || r.method == CostMethod::window; }

/// Scores of n queries under the mask.
double scores_of(const CostRequest& r, double n) {
  const double w = std::min<double>(r.window, n);
  switch (r.method) {
    case CostMethod::stored:
      return n * n;
    case CostMethod::fused:
      return r.causal ? n * (n + 1) / 2 : n * n;
    case CostMethod::window:
      return w * (w + 1) / 2 + (n - w) * w;
    case CostMethod::linear:
      break;
  }
  return 0;
}

double square_bytes_of(const CostRequest& r, double n) {
  return r.method == CostMethod::stored ? 3 * kFloat * n * n : 0;  // scores, scaled, weights
}

double bytes_of(const CostRequest& r, double n) { return 4 * kFloat * n * r.d_k + square_bytes_of(r, n); }

struct Rows {
  Matrix q, k, v;
};

/// attention::attend as the Lab calls it, with q, k and v given.
class StoredPass {
 public:
  StoredPass(const Rows& rows, bool causal) {
    attention::HeadInputs head;
    head.q = rows.q;
    head.k = rows.k;
    head.v = rows.v;
    inputs_.embedding = Matrix(rows.q.rows(), 0);
    inputs_.layers.push_back({{std::move(head)}, {}, {}});
    if (causal) inputs_.options.mask.kind = attention::MaskKind::causal;
  }
  void operator()() const { static_cast<void>(attention::attend(inputs_)); }

 private:
  attention::Inputs inputs_;
};

attention::Scoring scoring_of(const CostRequest& r) {
  return {.scale = 1 / std::sqrt(static_cast<float>(r.d_k)),
          .causal = is_causal(r),
          .window = r.method == CostMethod::window ? r.window : 0};
}

Matrix fused(const Rows& rows, const attention::Scoring& scoring) {
  Team alone(1);
  attention::LayerOutput output;
  attention::attend(alone, {.q = rows.q, .k = rows.k, .v = rows.v, .scoring = scoring}, output);
  return std::move(output.z);
}

/// Times and meters `pass`, alone on this thread. To count an allocation takes nanoseconds, of a pass that makes few.
template <typename Pass>
void run(const Pass& pass, std::stop_token stop, CostPoint& point) {
  const MemoryMeter meter;
  const Timing timing = fastest(pass, std::move(stop));
  point.seconds = timing.seconds;
  point.passes = timing.passes;
  point.peak_bytes = static_cast<double>(meter.peak());
}

void run_passes(const CostRequest& r, const Rows& rows, std::stop_token stop, CostPoint& point) {
  switch (r.method) {
    case CostMethod::stored:
      return run(StoredPass(rows, r.causal), std::move(stop), point);
    case CostMethod::linear:
      return run([&] { static_cast<void>(linear_attention(rows.q, rows.k, rows.v, r.causal)); }, std::move(stop), point);
    default:
      return run([&] { static_cast<void>(fused(rows, scoring_of(r))); }, std::move(stop), point);
  }
}

CostPoint measure(const CostRequest& r, int n, std::stop_token stop) {
  const Rows rows{normal_matrix(r.seed, "cost q", n, r.d_k), normal_matrix(r.seed, "cost k", n, r.d_k),
                  normal_matrix(r.seed, "cost v", n, r.d_k)};
  CostPoint point;
  point.n = n;
  run_passes(r, rows, std::move(stop), point);
  point.square_bytes = square_bytes_of(r, n);
  point.bytes = bytes_of(r, n);
  point.scores = scores_of(r, n);
  point.error = std::numeric_limits<float>::quiet_NaN();
  if (r.method == CostMethod::linear)
    point.error =
        relative_error(linear_attention(rows.q, rows.k, rows.v, r.causal), fused(rows, scoring_of(r)));
  return point;
}

}  // namespace

CostCurve cost_curve(const CostRequest& request, std::stop_token stop,
                     const std::function<void(const CostCurve&)>& on_point) {
  using Clock = std::chrono::steady_clock;
  check(request);
  CostCurve curve{request, {}, CostEnd::most, std::numeric_limits<double>::quiet_NaN()};
  const auto begin = Clock::now();
  double last = 0;  // what the last point took, passes and all
  for (int n = request.first; n <= request.most; n *= 2) {
    const double spent = std::chrono::duration<double>(Clock::now() - begin).count();
    if (stop.stop_requested()) {
      curve.end = CostEnd::stopped;
      break;
    }
    if (bytes_of(request, n) > request.bytes) {
      curve.end = CostEnd::memory;
      break;
    }
    if (!curve.points.empty() && spent + 4 * last > request.seconds) {
      curve.end = CostEnd::time;
      break;
    }
    curve.points.push_back(measure(request, n, stop));
    curve.exponent = fitted_exponent(curve.points);
    last = std::chrono::duration<double>(Clock::now() - begin).count() - spent;
    if (on_point) on_point(curve);
  }
  return curve;
}

double fitted_exponent(std::span<const CostPoint> points, int doublings) {
  points = points.last(std::min(points.size(), static_cast<std::size_t>(std::max(0, doublings)) + 1));
  if (points.size() < 2) return std::numeric_limits<double>::quiet_NaN();
  double x = 0, y = 0, xx = 0, xy = 0;
  const auto n = static_cast<double>(points.size());
  for (const CostPoint& p : points) {
    const double a = std::log(static_cast<double>(p.n)), b = std::log(p.seconds);
    x += a;
    y += b;
    xx += a * a;
    xy += a * b;
  }
  return (n * xy - x * y) / (n * xx - x * x);
}

std::string words_of(const CostCurve& curve) {
  const auto rounded = [](double v) { return std::to_string(static_cast<long long>(std::llround(v))); };
  switch (curve.end) {
    case CostEnd::time:
      return "until the next would have passed " + rounded(curve.request.seconds) + " s";
    case CostEnd::memory:
      return "until its matrices would have passed " + rounded(curve.request.bytes / 1e6) + " MB";
    case CostEnd::most:
      return "up to " + std::to_string(curve.request.most) + " tokens";
    case CostEnd::stopped:
      break;
  }
  return "stopped";
}

}  // namespace qkv::analysis
