#include "core/analysis/scaling_study.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "core/attention/softmax.h"
#include "core/error.h"
#include "core/experiment/random.h"

namespace qkv::analysis {
namespace {

constexpr std::array kWidths{1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 91, 128, 181, 256, 362, 512};

void check(std::span<const int> widths, int count) {
  int before = 0;
  for (const int width : widths) {
    if (width <= before || width > kMostStudyWidth)
      throw Error("A study's d_k must rise within 1 … " + std::to_string(kMostStudyWidth) + ", not " +
                  std::to_string(before) + ", " + std::to_string(width) + ".");
    before = width;
  }
  if (widths.empty() || count < 1) throw Error("A study needs at least one d_k, one draw and one key.");
}

std::uint64_t key_stream(std::string_view study, int key) {
  return experiment::stream_of(study) + 1 + static_cast<std::uint64_t>(key);
}

/// Sums a·b entry by entry, calling at_width(i, sum) on reaching each width. The products of two floats are
/// exact in double, so the sum does not depend on whether the machine fuses multiplication and addition.
void running_dot(const float* a, const float* b, std::span<const int> widths,
                 const std::function<void(std::size_t, float)>& at_width) {
  double sum = 0;
  int at = 0;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    for (; at < widths[i]; ++at) sum += static_cast<double>(a[at]) * static_cast<double>(b[at]);
    at_width(i, static_cast<float>(sum));
  }
}

SoftmaxMeasures measures_of(const Matrix& scores) {
  Matrix weights;
  attention::softmax_rows(scores, weights);
  return measures(attention::readouts(weights, scores));
}

ScalingPoint point_of(int d_k, const Matrix& scores) {
  ScalingPoint point;
  point.d_k = d_k;
  const Matrix divided = scores / std::sqrt(static_cast<float>(d_k));
  point.variance = variance({scores.data(), static_cast<std::size_t>(scores.size())});
  point.scaled_variance = variance({divided.data(), static_cast<std::size_t>(divided.size())});
  point.unscaled = measures_of(scores);
  point.scaled = measures_of(divided);
  return point;
}

}  // namespace

std::span<const int> study_widths() { return kWidths; }

const ScalingPoint* ScalingStudy::at(int d_k) const {
  const auto it = std::ranges::find(points, d_k, &ScalingPoint::d_k);
  return it == points.end() ? nullptr : &*it;
}

ScalingStudy scaling_study(const ScalingRequest& request, std::span<const int> widths, std::stop_token stop) {
  check(widths, std::min(request.keys, request.draws));
  const int entries = widths.back();
  std::vector<Matrix> scores(widths.size(), Matrix(request.draws, request.keys));
  std::vector<float> q(static_cast<std::size_t>(entries)), k(q.size());
  const std::uint64_t queries = experiment::stream_of("scaling study");
  for (int draw = 0; draw < request.draws; ++draw) {
    if (stop.stop_requested()) return {request, {}};
    experiment::fill_normal(request.seed, queries, draw, 0, entries, q.data());
    for (int key = 0; key < request.keys; ++key) {
      experiment::fill_normal(request.seed, key_stream("scaling study", key), draw, 0, entries, k.data());
      running_dot(q.data(), k.data(), widths, [&](std::size_t i, float sum) { scores[i](draw, key) = sum; });
    }
  }
  ScalingStudy study{request, {}};
  for (std::size_t i = 0; i < widths.size(); ++i) study.points.push_back(point_of(widths[i], scores[i]));
  return study;
}

ScalingDraw scaling_draw(std::uint64_t seed, int d_k, int keys) {
  check({&d_k, 1}, keys);
  ScalingDraw draw;
  draw.seed = seed;
  draw.d_k = d_k;
  draw.scores.resize(1, keys);
  std::vector<float> q(static_cast<std::size_t>(d_k)), k(q.size());
  experiment::fill_normal(seed, experiment::stream_of("scaling draw"), 0, 0, d_k, q.data());
  for (int key = 0; key < keys; ++key) {
    experiment::fill_normal(seed, key_stream("scaling draw", key), 0, 0, d_k, k.data());
    running_dot(q.data(), k.data(), {&d_k, 1}, [&](std::size_t, float sum) { draw.scores(0, key) = sum; });
  }
  draw.scaled_scores = draw.scores / std::sqrt(static_cast<float>(d_k));
  attention::softmax_rows(draw.scores, draw.weights);
  attention::softmax_rows(draw.scaled_scores, draw.scaled_weights);
  draw.readout = attention::readouts(draw.weights, draw.scores).front();
  draw.scaled_readout = attention::readouts(draw.scaled_weights, draw.scaled_scores).front();
  return draw;
}

std::vector<ScoreSample> score_samples(std::uint64_t seed, std::span<const int> widths, int pairs,
                                       std::stop_token stop) {
  check(widths, pairs);
  const int entries = widths.back();
  std::vector<ScoreSample> samples(widths.size());
  for (std::size_t i = 0; i < widths.size(); ++i) {
    samples[i].seed = seed;
    samples[i].d_k = widths[i];
    samples[i].scores.resize(static_cast<std::size_t>(pairs));
  }
  std::vector<float> q(static_cast<std::size_t>(entries)), k(q.size());
  const std::uint64_t queries = experiment::stream_of("score sample");
  for (int pair = 0; pair < pairs; ++pair) {
    if (pair % 64 == 0 && stop.stop_requested()) return {};
    experiment::fill_normal(seed, queries, pair, 0, entries, q.data());
    experiment::fill_normal(seed, key_stream("score sample", 0), pair, 0, entries, k.data());
    running_dot(q.data(), k.data(), widths,
                [&](std::size_t i, float sum) { samples[i].scores[static_cast<std::size_t>(pair)] = sum; });
  }
  for (ScoreSample& sample : samples) {
    sample.mean = spread(sample.scores).mean;
    sample.variance = variance(sample.scores);
    sample.scaled_variance = sample.variance / static_cast<float>(sample.d_k);
  }
  return samples;
}

std::optional<OwnPoint> scaling_of(const attention::Trace& trace, int layer, int head) {
  const Matrix* scores = attention::matrix_of(trace, attention::Stage::scores, layer, head);
  const Matrix* scaled = attention::matrix_of(trace, attention::Stage::scaled, layer, head);
  if (!scores || !scaled)
    throw Error("The experiment has no layer " + std::to_string(layer) + ", head " + std::to_string(head) +
                ".");
  const attention::HeadTrace& own =
      trace.layers[static_cast<std::size_t>(layer)].heads[static_cast<std::size_t>(head)];
  const auto d_k = static_cast<int>(own.q.cols());
  const float root = std::sqrt(static_cast<float>(d_k));
  constexpr float kMasked = -std::numeric_limits<float>::infinity();
  std::vector<float> allowed;  // every score that counts
  std::vector<attention::Readout> plain, divided;
  for (Eigen::Index i = 0; i < scores->rows(); ++i) {
    std::vector<float> row;
    for (Eigen::Index j = 0; j < scores->cols(); ++j)
      if ((*scaled)(i, j) != kMasked) row.push_back((*scores)(i, j));
    if (row.size() < 2 || !std::ranges::all_of(row, [](float s) { return std::isfinite(s); })) continue;
    allowed.insert(allowed.end(), row.begin(), row.end());
    const Matrix unscaled = Eigen::Map<const Matrix>(row.data(), 1, static_cast<Eigen::Index>(row.size()));
    for (const bool divide : {false, true}) {
      const Matrix s = divide ? Matrix(unscaled / root) : unscaled;
      Matrix weights;
      attention::softmax_rows(s, weights);
      (divide ? divided : plain).push_back(attention::readouts(weights, s).front());
    }
  }
  if (plain.empty()) return std::nullopt;
  OwnPoint result;
  result.rows = static_cast<int>(plain.size());
  result.keys = static_cast<float>(allowed.size()) / static_cast<float>(plain.size());
  result.point.d_k = d_k;
  result.point.variance = variance(allowed);
  result.point.scaled_variance = result.point.variance / static_cast<float>(d_k);
  result.point.unscaled = measures(plain);
  result.point.scaled = measures(divided);
  return result;
}

}  // namespace qkv::analysis
