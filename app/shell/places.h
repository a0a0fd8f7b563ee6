#pragma once
#include <filesystem>

namespace qkv::shell {

/// The folder of the files that come with the program: share/qkvlab beside an installed program, else assets/
/// of the source tree it was built from; empty when neither is there (the program then uses what is built
/// into it).
std::filesystem::path assets_folder();

}  // namespace qkv::shell
