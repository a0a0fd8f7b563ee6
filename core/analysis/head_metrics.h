#pragma once
#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>
#include <vector>

#include "core/model/capture.h"

// What kind of head it is, in numbers: measured on one capture, a head at a time.
namespace qkv::analysis {

enum class Metric { entropy, first_token, previous_token, induction, distance };

/// One head's numbers; a number that is not defined for this text (no repeated token, one token only) is NaN;
/// so are previous_token, induction and distance where keys are other tokens than queries (cross-attention).
struct HeadMetrics {
  float entropy = 0;         ///< mean over queries of −Σ a·ln a, in nats
  float first_token = 0;     ///< mean weight on the first key, over the queries after it: the attention sink
  float previous_token = 0;  ///< mean over queries i ≥ 1 of a[i, i−1]
  /// Mean, over the queries whose token stood there before, of the weight on the token after its last earlier
  /// occurrence (Olsson et al. 2022).
  float induction = 0;
  float distance = 0;  ///< mean over queries of Σ a[i,j]·|i−j|, in tokens
};
float value_of(const HeadMetrics& metrics, Metric metric);
/// "entropy", "first_token", … as the command line writes them.
std::string_view name_of(Metric metric);

/// Of every head: [layers][heads]. Computes patterns tile by tile, one head in memory at a time. Returns
/// early when stopped, with NaN for the heads not measured. Throws Error when the capture holds no way to a
/// pattern.
std::vector<std::vector<HeadMetrics>> head_metrics(const model::Capture& capture, std::stop_token stop = {});

/// A head's pattern pooled to at most size × size, for a thumbnail: cell (r, c) is the maximum over the
/// queries and keys it stands for.
Matrix thumbnail(const model::Capture& capture, int layer, int head, int size);

}  // namespace qkv::analysis
