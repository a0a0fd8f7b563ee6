#include "app/shell/places.h"

#include <array>

namespace qkv::shell {
namespace fs = std::filesystem;

fs::path assets_folder() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  for (const fs::path& folder :
       std::array{program.parent_path().parent_path() / "share" / "qkvlab", fs::path(QKV_SOURCE_ASSETS)}) {
    if (fs::is_directory(folder / "experiments", error)) return folder;
  }
  return {};
}

}  // namespace qkv::shell
