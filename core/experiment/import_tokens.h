#pragma once
#include <string>
#include <vector>

#include "core/experiment/experiment.h"
#include "core/experiment/import_names.h"

namespace qkv::experiment {

/// The tokens a file gives: a string array, the metadata "tokens" (a JSON list) or whole numbers, shown as
/// such; without any, t0, t1, …. Throws Error (beginning with `file`) when there are not `count` of them.
std::vector<Token> tokens_of(const files::TensorFile& contents, const Roles& roles, std::size_t count,
                             const std::string& file);

/// What a capture file says of its attention, as options: causal, window, scale. Q and K in it are after
/// RoPE. Throws Error when it says it wrongly.
void apply_capture_metadata(const files::TensorFile& contents, const std::string& file,
                            Experiment& experiment);

}  // namespace qkv::experiment
