#pragma once
#include <string>
#include <string_view>

#include "core/files/dtype.h"
#include "core/files/tensors.h"

// The parsers under the readers: bytes in, tensors out. `file` begins every error sentence.
namespace qkv::files {

TensorFile parse_safetensors(std::string_view bytes, const std::string& file);
TensorFile parse_npy(std::string_view bytes, const std::string& file, const std::string& array);
/// `max_bytes` bounds what the archive may unpack to.
TensorFile parse_npz(std::string_view bytes, const std::string& file, std::uintmax_t max_bytes = kMaxBytes);
TensorFile parse_csv(std::string_view text, const std::string& file, const std::string& matrix);

}  // namespace qkv::files
