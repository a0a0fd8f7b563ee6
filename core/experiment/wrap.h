#pragma once
#include <string>
#include <vector>

#include "core/experiment/experiment.h"

namespace qkv::experiment {

/// Inputs that were made elsewhere as an experiment, every number imported: materialise() gives the same
/// inputs back. One text a token; what a file cannot hold of them (control characters, more than
/// kMaxTokenBytes) is left out. Throws Error: no or too many tokens, widths beyond kMaxWidth.
Experiment wrapped(const attention::Inputs& inputs, const std::vector<std::string>& tokens);

}  // namespace qkv::experiment
