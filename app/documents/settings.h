#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace qkv::documents {

/// What the program remembers from one start to the next.
struct Settings {
  bool dark = false;
  float text_size = 1;  ///< factor on everything, 0.75 to 2.5
  int window_width = 1440, window_height = 900;
  bool maximized = false;
  bool transitions = true;  ///< rows travel from step to step of a talk
  bool welcomed = false;                      ///< the first-start hint has been seen
  std::vector<std::filesystem::path> recent;  ///< files opened or saved, latest first, at most kMaxRecent
  bool operator==(const Settings&) const = default;
};

inline constexpr std::size_t kMaxRecent = 12;

/// Folders of the XDG base directory specification: $XDG_CONFIG_HOME/qkvlab, $XDG_STATE_HOME/qkvlab and
/// $XDG_DATA_HOME/qkvlab, or their defaults under the home folder; empty when there is no home.
std::filesystem::path config_folder();
std::filesystem::path state_folder();
std::filesystem::path data_folder();
/// Where a teacher's own lessons are: "lessons" of the data folder; empty when there is no home.
std::filesystem::path own_lessons_folder();

/// Reads folder/settings.json. Never fails: what is missing, damaged or out of range has its default, and
/// `warning` (when given) says so in one sentence; a missing file needs no warning.
Settings load_settings(const std::filesystem::path& folder, std::string* warning = nullptr);
/// Creates the folder where needed. An empty folder: nothing is kept. Throws Error.
void save_settings(const Settings& settings, const std::filesystem::path& folder);

/// Puts the file first among the recent ones, by its absolute path.
void remember_file(Settings& settings, const std::filesystem::path& file);

}  // namespace qkv::documents
