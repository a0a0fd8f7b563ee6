#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/files/dtype.h"

// What stands at the beginning of a safetensors file: https://huggingface.co/docs/safetensors.
namespace qkv::files {

/// A tensor as the header describes it; its bytes are [begin, end) of the data, which follow the header.
struct TensorEntry {
  std::string name;
  Dtype dtype;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0, end = 0;
};

struct SafetensorsHeader {
  std::map<std::string, std::string> metadata;
  std::vector<TensorEntry> entries;  ///< in order of their data
};

/// Bytes before the header: its length, little-endian.
inline constexpr std::size_t kSafetensorsPrefix = 8;

/// The header's length from the file's first bytes. Throws Error, beginning with `file`, when it exceeds 100
/// MB or the file.
std::uint64_t safetensors_header_length(std::string_view prefix, std::uint64_t file_size,
                                        const std::string& file);

/// Throws Error, beginning with `file`, for whatever the reference implementation refuses: a name twice, a
/// hole, an overlap, a size that disagrees with shape and type, a product that overflows, bytes after the
/// last tensor, …
SafetensorsHeader parse_safetensors_header(std::string_view text, std::uint64_t data_size,
                                           const std::string& file);

}  // namespace qkv::files
