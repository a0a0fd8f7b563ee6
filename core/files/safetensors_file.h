#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>

#include "core/files/input_file.h"
#include "core/files/safetensors_header.h"

namespace qkv::files {

/// An open safetensors file of any size whose tensors are read on demand, a piece at a time, so that only
/// what is wanted is ever in memory. A file that shrinks or disappears while open gives an Error (it is read,
/// never mapped). Immutable; read() may be called from several threads.
class SafetensorsFile {
 public:
  /// Reads and checks the header. Throws Error.
  explicit SafetensorsFile(const std::filesystem::path& path);

  const std::string& name() const { return file_.name(); }  ///< for sentences
  const std::map<std::string, std::string>& metadata() const { return header_.metadata; }
  const std::vector<TensorEntry>& entries() const { return header_.entries; }
  /// nullptr when there is none.
  const TensorEntry* find(const std::string& tensor) const;

  /// Elements [first, first + count) of a tensor of this file, converted to float32. Throws Error.
  void read(const TensorEntry& entry, std::int64_t first, std::int64_t count, float* out) const;

 private:
  SafetensorsHeader read_header();
  void read_bytes(std::uint64_t at, std::size_t size, char* out) const;

  InputFile file_;
  std::uint64_t data_begin_ = 0;
  SafetensorsHeader header_;
  std::unordered_map<std::string, std::size_t> index_;
};

}  // namespace qkv::files
