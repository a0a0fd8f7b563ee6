#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace qkv::files {

/// A file written beside its target and renamed over it by commit(); without commit() nothing is left behind.
/// Every member throws Error when the system refuses (a read-only folder, a full disk).
class AtomicFile {
 public:
  explicit AtomicFile(const std::filesystem::path& path);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();
  void write(std::string_view bytes);
  void commit();

 private:
  [[noreturn]] void fail(int code) const;

  std::string shown_;
  std::filesystem::path target_;
  std::filesystem::path
      temporary_;  ///< empty when the target is written directly (a device, a pipe) or is in place
  int descriptor_ = -1;
  int listed_ = -1;  ///< place in the list of remove_unfinished(); −1: none
};

/// Removes what is being written just now and not yet in place. Async-signal-safe: for the handler of a signal that ends
/// the program.
void remove_unfinished() noexcept;

}  // namespace qkv::files
