#include "core/analysis/head_metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>

#include "core/error.h"
#include "core/parallel.h"

namespace qkv::analysis {
namespace {

using model::Capture;
using model::Tile;

constexpr float kUndefined = std::numeric_limits<float>::quiet_NaN();
constexpr int kQueries = 64;  // of a tile

/// For every query the key after the last earlier place of its token, or −1. `Name`: an id or a spelling.
template <typename Name>
std::vector<int> followers_of(const std::vector<Name>& tokens) {
  std::vector<int> followers;
  std::map<Name, int> last;
  for (const Name& token : tokens) {
    const auto [place, is_new] = last.try_emplace(token, -1);
    followers.push_back(is_new ? -1 : place->second + 1);
    place->second = static_cast<int>(followers.size()) - 1;
  }
  return followers;
}

struct Text {
  bool own_keys = true;  ///< queries and keys are the same tokens
  std::vector<int> followers;
};

Text text_of(const Capture& capture) {
  const bool own_keys = capture.n_queries() == capture.n_keys() && capture.tokens == capture.key_tokens;
  const bool by_id = std::ssize(capture.token_ids) == capture.n_queries();
  return {own_keys, by_id ? followers_of(capture.token_ids) : followers_of(capture.tokens)};
}

/// Sums over queries as the tiles go by.
struct Sums {
  double entropy = 0, first_token = 0, previous_token = 0, induction = 0, distance = 0;
  int repeated = 0;
};

/// Rows of weights of queries row, row + 1, …; keys after their columns have none.
void add(const Matrix& weights, int row, const Text& text, Sums& sums) {
  const auto a = weights.array();
  sums.entropy -= (a == 0).select(0.f, a * a.log()).rowwise().sum().cast<double>().sum();
  for (Eigen::Index i = 0; i < weights.rows(); ++i) {
    const int query = row + static_cast<int>(i);
    const auto of_query = weights.row(i);
    if (query >= 1) sums.first_token += static_cast<double>(of_query[0]);
    if (!text.own_keys) continue;
    if (query >= 1) sums.previous_token += static_cast<double>(of_query[query - 1]);
    if (const int follower = text.followers[static_cast<std::size_t>(query)]; follower >= 0) {
      ++sums.repeated;
      if (follower < weights.cols()) sums.induction += static_cast<double>(of_query[follower]);
    }
    const auto keys = Eigen::Array<float, 1, Eigen::Dynamic>::LinSpaced(
        weights.cols(), 0, static_cast<float>(weights.cols() - 1));
    sums.distance += static_cast<double>((of_query.array() * (keys - static_cast<float>(query)).abs()).sum());
  }
}

HeadMetrics metrics_of(const Sums& sums, int n, const Text& text) {
  const auto mean = [](double sum, int count) {
    return count > 0 ? static_cast<float>(sum / count) : kUndefined;
  };
  return {mean(sums.entropy, n), mean(sums.first_token, n - 1),
          text.own_keys ? mean(sums.previous_token, n - 1) : kUndefined,
          text.own_keys ? mean(sums.induction, sums.repeated) : kUndefined,
          text.own_keys ? mean(sums.distance, n) : kUndefined};
}

/// Keys that queries before `end` can see: a recorded pattern may hold weights anywhere.
int keys_before(const Capture& capture, int layer, int end) {
  const model::LayerCapture& of = capture.layers[static_cast<std::size_t>(layer)];
  return of.pattern.empty() ? of.scoring.end_key(end - 1, capture.n_keys()) : capture.n_keys();
}

/// Of one head; `metrics` stays as it is when stopped.
void measure(const Capture& capture, const Text& text, int layer, int head, const std::stop_token& stop,
             HeadMetrics& metrics) {
  Sums sums;
  const int n = capture.n_queries();
  for (int row = 0; row < n; row += kQueries) {
    if (stop.stop_requested()) return;
    const int rows = std::min(kQueries, n - row);
    const Tile tile{row, 0, rows, keys_before(capture, layer, row + rows)};
    if (tile.columns > 0) add(model::pattern_tile(capture, layer, head, tile), row, text, sums);
  }
  metrics = metrics_of(sums, n, text);
}

}  // namespace

float value_of(const HeadMetrics& metrics, Metric metric) {
  switch (metric) {
    case Metric::entropy:
      return metrics.entropy;
    case Metric::first_token:
      return metrics.first_token;
    case Metric::previous_token:
      return metrics.previous_token;
    case Metric::induction:
      return metrics.induction;
    case Metric::distance:
      return metrics.distance;
  }
  return kUndefined;
}

std::string_view name_of(Metric metric) {
  switch (metric) {
    case Metric::entropy:
      return "entropy";
    case Metric::first_token:
      return "first_token";
    case Metric::previous_token:
      return "previous_token";
    case Metric::induction:
      return "induction";
    case Metric::distance:
      return "distance";
  }
  return "";
}

std::vector<std::vector<HeadMetrics>> head_metrics(const Capture& capture, std::stop_token stop) {
  const auto layers = static_cast<int>(capture.layers.size());
  for (int layer = 0; layer < layers; ++layer) {
    if (!model::has_pattern(capture, layer))
      throw Error("The capture of " + (capture.model.empty() ? "this text" : capture.model) +
                  " holds neither the pattern nor q and k of layer " + std::to_string(layer) +
                  ", so its heads cannot be measured; capture them too");
  }
  const HeadMetrics none{kUndefined, kUndefined, kUndefined, kUndefined, kUndefined};
  std::vector<std::vector<HeadMetrics>> all(
      capture.layers.size(), std::vector<HeadMetrics>(static_cast<std::size_t>(capture.heads), none));
  const Text text = text_of(capture);
  Team team;
  team.share(layers * capture.heads, [&](int at) {
    if (stop.stop_requested()) return;
    const int layer = at / capture.heads, head = at % capture.heads;
    measure(capture, text, layer, head, stop,
            all[static_cast<std::size_t>(layer)][static_cast<std::size_t>(head)]);
  });
  return all;
}

}  // namespace qkv::analysis
