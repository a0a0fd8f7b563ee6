#pragma once
#include "app/cli/commands.h"
#include "core/model/model.h"

namespace qkv::cli {

/// Whether PATH is for trace_model(): a folder, or a file of weights of a kind that is refused with advice.
bool is_model_path(const std::filesystem::path& path);
/// One pass through a model folder over a text, or over ids; progress on standard error when that is a
/// terminal.
model::Capture pass_over(const std::filesystem::path& folder, const std::optional<std::string>& text,
                         const std::optional<std::vector<int>>& ids, const model::Keep& keep);
/// One pass through a model folder over --text or --ids, written as a capture file.
void trace_model(const TraceOptions& options);

}  // namespace qkv::cli
