#pragma once
#include "app/cli/commands.h"
#include "core/model/model.h"

namespace qkv::cli {

/// Whether PATH is for trace_model(): a folder, or a file of weights of a kind that is refused with advice.
bool is_model_path(const std::filesystem::path& path);
/// What a user should know of a capture although all went well, on standard error: NaN among the weights, tensors that
/// nothing reads, what a file leaves open. Last, since a failure says one sentence only.
void print_notes(const model::Capture& capture);
/// One pass through a model folder over a text, or over ids; progress on standard error when that is a
/// terminal.
model::Capture pass_over(const std::filesystem::path& folder, const std::optional<std::string>& text,
                         const std::optional<std::vector<int>>& ids, const model::Keep& keep);
/// The same through a model that is open.
model::Capture pass_over(const model::Model& model, const std::filesystem::path& folder,
                         const std::optional<std::string>& text, const std::optional<std::vector<int>>& ids,
                         const model::Keep& keep);
/// Throws Error where writing `out` would replace what is read from `path`: the file itself, or a file of the
/// model folder under whatever name or link it is reached. An earlier capture in the folder may be replaced.
void refuse_to_replace_input(const std::filesystem::path& path, const std::filesystem::path& out);
/// One pass through a model folder over --text or --ids, written as a capture file.
void trace_model(const TraceOptions& options);

}  // namespace qkv::cli
