#pragma once
#include <filesystem>
#include <vector>

namespace qkv::shell {

/// Opens the window on the files (the default experiment when there are none) and runs until it is closed.
/// Draws only when something changed and sleeps otherwise. Throws NoWindow when none can be opened.
void run_window(const std::vector<std::filesystem::path>& files);

}  // namespace qkv::shell
