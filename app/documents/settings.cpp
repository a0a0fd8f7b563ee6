#include "app/documents/settings.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files/tensors.h"

namespace qkv::documents {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr std::uintmax_t kMaxBytes = 1 << 20;

fs::path xdg_folder(const char* variable, const char* below_home) {
  const char* set = std::getenv(variable);
  if (set && fs::path(set).is_absolute())
    return fs::path(set) / "qkvlab";  // relative ones are invalid, says XDG
  const char* home = std::getenv("HOME");
  if (!home || !*home) {
    const passwd* user = getpwuid(getuid());
    home = user ? user->pw_dir : nullptr;
  }
  return home && *home ? fs::path(home) / below_home / "qkvlab" : fs::path();
}

fs::path file_in(const fs::path& folder) { return folder / "settings.json"; }

/// Reads one field, when it is there; throws json::exception when it is of another kind.
template <class T>
void read(const json::object_t& from, const char* name, T& value) {
  if (const auto field = from.find(name); field != from.end()) field->second.get_to(value);
}

}  // namespace

fs::path config_folder() { return xdg_folder("XDG_CONFIG_HOME", ".config"); }
fs::path state_folder() { return xdg_folder("XDG_STATE_HOME", ".local/state"); }

fs::path data_folder() { return xdg_folder("XDG_DATA_HOME", ".local/share"); }
fs::path own_lessons_folder() {
  const fs::path folder = data_folder();
  return folder.empty() ? folder : folder / "lessons";
}

Settings load_settings(const fs::path& folder, std::string* warning) {
  std::error_code error;
  if (folder.empty() || !fs::exists(file_in(folder), error)) return {};
  Settings s;
  try {
    const auto j = json::parse(files::read_file(file_in(folder), kMaxBytes)).get<json::object_t>();
    std::string theme = "light";
    read(j, "theme", theme);
    s.dark = theme == "dark";
    read(j, "text_size", s.text_size);
    read(j, "window_width", s.window_width);
    read(j, "window_height", s.window_height);
    read(j, "maximized", s.maximized);
    read(j, "transitions", s.transitions);
    read(j, "welcomed", s.welcomed);
    std::vector<std::string> recent;
    read(j, "recent", recent);
    s.recent.assign(recent.begin(), recent.end());
  } catch (const std::exception&) {
    if (warning) {
      *warning = file_in(folder).string() +
                 ": the settings are damaged, so the program starts with its defaults; " +
                 "the file is replaced when a setting changes.";
    }
    return {};
  }
  s.text_size = std::clamp(s.text_size, 0.75f, 2.5f);
  s.window_width = std::clamp(s.window_width, 320, 16384);
  s.window_height = std::clamp(s.window_height, 240, 16384);
  if (s.recent.size() > kMaxRecent) s.recent.resize(kMaxRecent);
  return s;
}

void save_settings(const Settings& s, const fs::path& folder) {
  if (folder.empty()) return;
  json j;
  j["theme"] = s.dark ? "dark" : "light";
  j["text_size"] = s.text_size;
  j["window_width"] = s.window_width;
  j["window_height"] = s.window_height;
  j["maximized"] = s.maximized;
  j["transitions"] = s.transitions;
  j["welcomed"] = s.welcomed;
  j["recent"] = json::array();
  for (const auto& file : s.recent) j["recent"].push_back(file.string());
  std::error_code error;
  fs::create_directories(folder, error);  // a failure shows when the file is written
  files::write_file_atomically(file_in(folder), j.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

void remember_file(Settings& settings, const fs::path& file) {
  std::error_code error;
  fs::path absolute = fs::absolute(file, error).lexically_normal();
  if (error) absolute = file;
  std::erase(settings.recent, absolute);
  settings.recent.insert(settings.recent.begin(), std::move(absolute));
  if (settings.recent.size() > kMaxRecent) settings.recent.resize(kMaxRecent);
}

}  // namespace qkv::documents
