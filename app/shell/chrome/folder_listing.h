#pragma once
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qkv::shell {

struct FolderEntry {
  std::string name;  ///< as the file system has it; ".." first, but in the root
  bool is_folder = false;
  bool is_model = false;    ///< a folder that is a checkpoint: opened, not entered
  std::uintmax_t size = 0;  ///< bytes
  std::time_t changed = 0;
};

/// What a folder holds for a file dialog: folders, then files with one of the extensions, each by name.
struct FolderListing {
  std::filesystem::path folder;  ///< empty: none was read yet
  std::vector<FolderEntry> entries;
  std::string trouble;  ///< one sentence when it cannot be read, or is longer than what is shown
};

inline constexpr std::size_t kMostEntries = 20000;

/// Whether it is a checkpoint as Hugging Face writes it: a folder with a config.json.
bool is_model_folder(const std::filesystem::path& folder);

/// Hidden entries and what is neither a folder nor a regular file are left out. Never throws.
FolderListing list_folder(const std::filesystem::path& folder, std::span<const std::string_view> extensions);

bool has_extension(const std::filesystem::path& file, std::span<const std::string_view> extensions);
/// What is meant by a name typed in a dialog that shows `folder`: relative to it, from '/', or from '~'.
std::filesystem::path typed_path(const std::filesystem::path& folder, const std::string& typed);
/// The typed text as far as all entries that begin with it agree, with a '/' behind a folder.
std::string completed(const std::filesystem::path& folder, const std::string& typed,
                      std::span<const std::string_view> extensions);

std::string size_text(std::uintmax_t bytes);  ///< "12 kB"
std::string date_text(std::time_t changed);   ///< "2026-11-20 18:04", local time

}  // namespace qkv::shell
