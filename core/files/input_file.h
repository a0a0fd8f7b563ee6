#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

namespace qkv::files {

/// A regular file open for reading, as every reader opens its files: a named pipe, a device or a folder in
/// its place is refused and never waited for. read() may be called from several threads.
class InputFile {
 public:
  /// Throws Error: missing, not a regular file, not readable.
  explicit InputFile(const std::filesystem::path& path);
  InputFile(InputFile&& other) noexcept;
  InputFile& operator=(InputFile&& other) noexcept;
  ~InputFile();

  const std::string& name() const { return shown_; }  ///< for sentences
  std::uint64_t size() const { return size_; }        ///< in bytes, when it was opened
  /// Bytes [at, at + count), as many of them as there are now; returns their number. Throws Error.
  std::size_t read(std::uint64_t at, std::size_t count, char* out) const;

 private:
  std::string shown_;
  std::uint64_t size_ = 0;
  int descriptor_ = -1;
};

}  // namespace qkv::files
