#include "app/shell/scratch_folder.h"

#include <cstdlib>
#include <string>

#include "core/error.h"

namespace qkv::shell {

ScratchFolder::ScratchFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "qkvlab-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw Error(name + ": a folder for the frames cannot be made there; set TMPDIR to another.");
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace qkv::shell
