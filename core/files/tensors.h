#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/matrix.h"

// Named arrays in files. Every reader treats the file as hostile: it checks sizes before it allocates, and
// throws Error naming the file, the tensor, what was expected and what was found.
namespace qkv::files {

/// A dense array of float32 (converted from F16, BF16, F32, F64 and the integer types on reading), C order.
struct Tensor {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
  /// As a matrix; a vector becomes one row. Throws Error (naming `name`) when it has more than two axes.
  Matrix matrix(const std::string& name) const;
};

struct TensorFile {
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;            ///< safetensors' __metadata__
  std::map<std::string, std::vector<std::string>> texts;  ///< string arrays (npy "U"), a CSV's header row
};

TensorFile read_safetensors(const std::filesystem::path& path);
TensorFile read_npy(const std::filesystem::path& path);  ///< one array, named after the file's stem
TensorFile read_npz(const std::filesystem::path& path);
/// Rows of numbers between tabs, semicolons, commas or spaces, one matrix named after the file's stem; a
/// first row of names goes into texts under the same name. "# NAME" above the rows (numpy.savetxt's header)
/// names the matrix, and so a file holds several; other lines with '#' are comments. The '#' may be left out
/// above a row of several cells. Rows without a number, and the section "tokens", are texts. nan, inf, -inf
/// are numbers; after ';' so is 0,5.
TensorFile read_csv(const std::filesystem::path& path);
/// By the file's extension.
TensorFile read_tensors(const std::filesystem::path& path);

/// One tensor to be written, produced on demand so that nothing large is held: fill(values, first element,
/// count).
struct TensorSource {
  std::string name;
  std::string dtype;  ///< "F32" or "I64"
  std::vector<std::int64_t> shape;
  std::function<void(void* out, std::int64_t first, std::int64_t count)> fill;
};
/// Writes beside the file, then renames. Throws Error (a full disk included) and leaves nothing behind.
void write_safetensors(const std::filesystem::path& path, const std::vector<TensorSource>& tensors,
                       const std::map<std::string, std::string>& metadata);

/// Writes the text beside the file and renames, so that a reader sees the old or the new file, never half of
/// one.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);
/// Whole file as bytes; throws Error when it is missing, unreadable or larger than max_bytes.
std::string read_file(const std::filesystem::path& path, std::uintmax_t max_bytes);

}  // namespace qkv::files
