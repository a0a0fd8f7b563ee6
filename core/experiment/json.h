#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "core/experiment/experiment.h"

namespace qkv::experiment {

/// The format is described in assets/experiments/README.md. Numbers round-trip exactly (float32).
std::string to_json(const Experiment& experiment);
/// Throws Error: `name` (a file name) begins the sentence. Bounds everything before it allocates.
Experiment from_json(std::string_view text, const std::string& name);

Experiment load(const std::filesystem::path& path);
/// Writes beside the file, then renames: a full disk or a kill leaves the old file whole. Throws Error.
void save(const Experiment& experiment, const std::filesystem::path& path);

}  // namespace qkv::experiment
