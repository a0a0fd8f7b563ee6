#pragma once
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "core/experiment/experiment.h"

namespace qkv::experiment {

/// Writes the trace as a capture file (DESIGN.md §7): blocks.{L}.pattern [h, n, n], .scores (raw q·kᵀ) [h, n,
/// n], .q and .k (what the scores were made of, so after RoPE) [h, n, d_k], .v and .z (the outputs) [h, n,
/// d_v], and hidden [L+1, n, d_model]: what each layer read, then the residual after the last. No `parts`
/// means every part. An experiment has no logits, and no hidden when its residual has another width; asking
/// for nothing else is an Error, as are an unknown part and a failed write. Returns what was asked for and is
/// not there, one sentence each.
std::vector<std::string> write_capture(const Experiment& experiment, const attention::Trace& trace,
                                       const std::filesystem::path& path, const std::set<std::string>& parts);

}  // namespace qkv::experiment
