#pragma once
#include <filesystem>

namespace qkv::shell {

/// A folder of its own for frames of a video, removed with all that is in it.
class ScratchFolder {
 public:
  ScratchFolder();  ///< throws Error when none can be made
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace qkv::shell
