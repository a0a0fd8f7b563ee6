#pragma once
#include <filesystem>
#include <functional>
#include <set>
#include <stop_token>
#include <string>

#include "core/files/tensors.h"
#include "core/model/capture.h"

// Capture files (DESIGN.md §7), TransformerLens caches, and plain arrays of attention.
namespace qkv::model {

/// Whether read_capture() is the way to open it: a safetensors file with attn_capture in its metadata or
/// TransformerLens's names; an .npz of those; or an .npy or .npz whose arrays are patterns: [L, H, n, n], [H,
/// n, n], or [n, n] with rows that sum to one. False for a file that cannot be read at all.
bool is_capture_file(const std::filesystem::path& path);

/// Throws Error naming the file, the tensor or field, what was expected and what was found. Where a file
/// holds pattern and also q and k, the pattern is kept, and `notes` says how far the two lie apart. Where it
/// says nothing of mask and window, they are taken from the zeros of the pattern.
Capture read_capture(const std::filesystem::path& path);
/// The same of bytes: a safetensors file in memory.
Capture parse_capture(std::string_view safetensors, const std::string& file);
/// Of arrays read from an .npz or .npy.
Capture capture_of_arrays(const files::TensorFile& arrays, const std::string& file);

/// Writes beside the file, then renames; patterns and scores are computed a tile at a time. No `parts` (of
/// files::capture_parts()) means every part; those the capture does not hold are left out. Throws Error when
/// none is left, a part is unknown, stopped, or the write fails.
void write_capture(const Capture& capture, const std::filesystem::path& path,
                   const std::set<std::string>& parts = {},
                   const std::function<void(double, const std::string&)>& progress = {},
                   std::stop_token stop = {});

}  // namespace qkv::model
