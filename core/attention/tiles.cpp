#include "core/attention/tiles.h"

#include <limits>
#include <vector>

#include "core/attention/tile_kernels.h"

namespace qkv::attention {
namespace {

using vectors::padded;

constexpr float kMasked = -std::numeric_limits<float>::infinity();
constexpr int kKeys = 128;            // of a tile: its scores and a part of k or v stay in the first cache
constexpr int kQueries = 8 * kGroup;  // of a piece of work
using Buffer = Eigen::Array<float, Eigen::Dynamic, 1>;

/// k and v of one key-value head as the kernels read them.
struct Packed {
  Buffer panels;  ///< [panels][D][kLanes]
  Buffer values;  ///< [n_k][width], zeros after column D
  bool finite = true;
};

Packed pack(const LayerInput& layer, int kv_head, int depth) {
  const auto n = static_cast<int>(layer.k.rows());
  const int width = padded(depth);
  Packed packed{Buffer(Eigen::Index{padded(n)} * depth), Buffer(Eigen::Index{n} * width)};
  const Eigen::Index column = Eigen::Index{kv_head} * depth;
  pack_panels(layer.k.middleCols(column, depth), 0, n, packed.panels.data());
  Eigen::Map<Matrix> values(packed.values.data(), n, width);
  values.leftCols(depth) = layer.v.middleCols(column, depth);
  values.rightCols(width - depth).setZero();
  packed.finite = values.allFinite();
  return packed;
}

/// A group of up to kGroup queries as it goes over the tiles of keys.
struct Group {
  int row = 0, rows = 0;
  int first = 0, end = 0;  ///< keys that any of them sees
  float maximum[kGroup];
  Floats sum[kGroup];
  float* z = nullptr;  ///< [kGroup][width], not yet divided by the sums
};

class HeadPass {
 public:
  HeadPass(const LayerInput& layer, const Packed& packed, int head, int depth)
      : packed_(packed),
        scoring_(layer.scoring),
        q_(layer.q.data() + Eigen::Index{head} * depth),
        stride_(layer.q.outerStride()),
        n_k_(static_cast<int>(layer.k.rows())),
        depth_(depth),
        width_(padded(depth)) {}

  /// Queries [row, row + rows), rows ≤ kQueries, of head `head`.
  void run(int row, int rows, int head, LayerOutput& output) const {
    Buffer z = Buffer::Zero(Eigen::Index{kQueries} * width_);
    Group groups[kQueries / kGroup];
    int count = 0, first = n_k_, end = 0;
    for (int at = 0; at < rows; at += kGroup) {
      Group& group = groups[count++];
      begin(group, row + at, std::min(kGroup, rows - at), z.data() + Eigen::Index{at} * width_);
      first = std::min(first, group.first);
      end = std::max(end, group.end);
    }
    for (int tile = first / kLanes * kLanes; tile < end; tile += kKeys) {
      for (int g = 0; g < count; ++g) visit(groups[g], tile, std::min(tile + kKeys, end));
    }
    for (int g = 0; g < count; ++g) finish(groups[g], head, output);
  }

 private:
  void begin(Group& group, int row, int rows, float* z) const {
    group.row = row;
    group.rows = rows;
    group.first = scoring_.first_key(row);
    group.end = scoring_.end_key(row + rows - 1, n_k_);
    group.z = z;
    for (int r = 0; r < kGroup; ++r) {
      group.maximum[r] = kMasked;
      group.sum[r] = Floats{};
    }
  }

  /// Keys [tile, tile_end) of a group.
  void visit(Group& group, int tile, int tile_end) const {
    const int begin = std::max(tile, group.first / kLanes * kLanes), end = std::min(tile_end, group.end);
    if (begin >= end) return;
    alignas(64) float scores[kGroup * kKeys];
    const int panels = padded(end - begin) / kLanes;
    score_rows(q_ + group.row * stride_, stride_, group.rows,
               packed_.panels.data() + Eigen::Index{begin} * depth_, panels, depth_, scores, kKeys);
    const bool all_seen = scoring_.first_key(group.row + group.rows - 1) <= begin &&
                          scoring_.end_key(group.row, n_k_) >= begin + panels * kLanes;
    for (int r = 0; r < group.rows; ++r) weigh(group, r, scores + r * kKeys, begin, panels, !all_seen);
    const float* v = packed_.values.data() + Eigen::Index{begin} * width_;
    if (packed_.finite) return mix_rows(scores, kKeys, group.rows, v, width_, end - begin, group.z);
    for (int r = 0; r < group.rows; ++r) {  // 0·NaN would carry a NaN to queries that may not see it
      const int from = std::max(begin, scoring_.first_key(group.row + r));
      const int to = std::min(end, scoring_.end_key(group.row + r, n_k_));
      if (from >= to) continue;
      mix_rows(scores + r * kKeys + (from - begin), kKeys, 1, v + Eigen::Index{from - begin} * width_, width_,
               to - from, group.z + r * width_);
    }
  }

  /// Scores of one row become exp(scaled − maximum), with what was summed before brought to the same maximum.
  void weigh(Group& group, int r, float* row, int key, int panels, bool mask) const {
    const int first = scoring_.first_key(group.row + r), end = scoring_.end_key(group.row + r, n_k_);
    Floats most = vectors::all(kMasked);
    for (int p = 0; p < panels; ++p) {
      Floats x = scaled_of(vectors::load(row + p * kLanes), scoring_);
      if (mask) x = masked(x, key + p * kLanes, first, end);
      vectors::store(row + p * kLanes, x);
      most = x > most ? x : most;
    }
    const float before = group.maximum[r], now = std::max(before, vectors::maximum(most));
    if (now != before) {
      const float kept = before == kMasked ? 1 : std::exp(before - now);  // all zeros, or NaN, so far
      group.maximum[r] = now;
      group.sum[r] *= kept;
      float* z = group.z + r * width_;
      for (int c = 0; c < width_; c += kLanes) vectors::store(z + c, vectors::load(z + c) * kept);
    }
    const float shift = subtracted(now);
    Floats sum = group.sum[r];
    for (int p = 0; p < panels; ++p) {
      const Floats weight = vectors::exp(vectors::load(row + p * kLanes) - shift);
      vectors::store(row + p * kLanes, weight);
      sum = sum + weight;
    }
    group.sum[r] = sum;
  }

  void finish(const Group& group, int head, LayerOutput& output) const {
    for (int r = 0; r < group.rows; ++r) {
      const float sum = vectors::sum(group.sum[r]);
      const Eigen::Index row = group.row + r;
      output.row_maximum(head, row) = std::isnan(sum) ? sum : group.maximum[r];
      output.row_sum(head, row) = sum;
      auto z = output.z.block(row, Eigen::Index{head} * depth_, 1, depth_);
      if (sum == 0) {
        z.setZero();
      } else {
        z = Eigen::Map<const Vector>(group.z + r * width_, depth_) * (1 / sum);
      }
    }
  }

  const Packed& packed_;
  Scoring scoring_;
  const float* q_;
  Eigen::Index stride_;
  int n_k_, depth_, width_;
};

}  // namespace

void attend(Team& team, const LayerInput& layer, LayerOutput& output) {
  const auto n = static_cast<int>(layer.q.rows());
  const auto depth = static_cast<int>(layer.q.cols() / layer.heads);
  const int group = layer.heads / layer.kv_heads;
  output.z.resize(n, layer.q.cols());
  output.row_maximum.resize(layer.heads, n);
  output.row_sum.resize(layer.heads, n);
  std::vector<Packed> packed(static_cast<std::size_t>(layer.kv_heads));
  team.share(layer.kv_heads, [&](int h) { packed[static_cast<std::size_t>(h)] = pack(layer, h, depth); });
  const int pieces = (n + kQueries - 1) / kQueries;
  team.share(layer.heads * pieces, [&](int work) {
    const int head = work % layer.heads;
    const int row =
        (pieces - 1 - work / layer.heads) * kQueries;  // under a causal mask the last take longest
    const int rows = std::min(kQueries, n - row);
    HeadPass(layer, packed[static_cast<std::size_t>(head / group)], head, depth).run(row, rows, head, output);
  });
}

Matrix score_tile(const Rows& q, const Rows& k, Tile tile) {
  const auto depth = static_cast<int>(q.cols());
  const int width = padded(tile.columns);
  Buffer panels(Eigen::Index{width} * depth);
  pack_panels(k, tile.column, tile.columns, panels.data());
  Matrix out(tile.rows, tile.columns);
  Matrix scores(kGroup, width);
  for (int row = 0; row < tile.rows; row += kGroup) {
    const int rows = std::min(kGroup, tile.rows - row);
    score_rows(q.data() + (tile.row + row) * q.outerStride(), q.outerStride(), rows, panels.data(),
               width / kLanes, depth, scores.data(), width);
    out.middleRows(row, rows) = scores.topLeftCorner(rows, tile.columns);
  }
  return out;
}

Matrix scaled_tile(const Rows& q, const Rows& k, const Scoring& scoring, Tile tile) {
  Matrix out = score_tile(q, k, tile);
  for (int i = 0; i < tile.rows; ++i) {
    const int first = scoring.first_key(tile.row + i);
    const int end = scoring.end_key(tile.row + i, tile.column + tile.columns);
    for (int j = 0; j < tile.columns; j += kLanes) {
      const int count = std::min(kLanes, tile.columns - j);
      float* cell = out.row(i).data() + j;
      vectors::store_some(
          cell, masked(scaled_of(vectors::load_some(cell, count), scoring), tile.column + j, first, end),
          count);
    }
  }
  return out;
}

Matrix weight_tile(const Rows& q, const Rows& k, const Scoring& scoring, Tile tile, const Vector& row_maximum,
                   const Vector& row_sum) {
  Matrix out = scaled_tile(q, k, scoring, tile);
  for (int i = 0; i < tile.rows; ++i) {
    const float shift = subtracted(row_maximum[i]);
    const float share = row_sum[i] == 0 ? 0 : 1 / row_sum[i];
    const int first = std::max(0, scoring.first_key(tile.row + i) - tile.column);
    const int end = scoring.end_key(tile.row + i, tile.column + tile.columns) - tile.column;
    for (int j = 0; j < tile.columns; j += kLanes) {
      const int count = std::min(kLanes, tile.columns - j);
      float* cell = out.row(i).data() + j;
      Floats weight = vectors::exp(vectors::load_some(cell, count) - shift) * share;
      const Ints keys = vectors::lanes() + j;
      weight = keys < first ? Floats{} : weight;  // a masked cell is zero in a row of NaN too
      weight = keys >= end ? Floats{} : weight;
      vectors::store_some(cell, weight, count);
    }
  }
  return out;
}

}  // namespace qkv::attention
