#include "app/shell/chrome/folder_listing.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace qkv::shell {

namespace fs = std::filesystem;

namespace {

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return lower(c); });
  return text;
}

bool comes_before(const FolderEntry& a, const FolderEntry& b) {
  if (a.is_folder != b.is_folder) return a.is_folder;
  const int order = strverscmp(lower(a.name).c_str(), lower(b.name).c_str());  // "run2" before "run10"
  return order != 0 ? order < 0 : a.name < b.name;
}

// False for what is of no use; a link counts as what it leads to.
bool read_entry(const fs::path& path, std::span<const std::string_view> extensions, FolderEntry& entry) {
  struct stat info {};
  entry.name = path.filename().string();
  if (entry.name.starts_with('.') || stat(path.c_str(), &info) != 0) return false;
  entry.is_folder = S_ISDIR(info.st_mode);
  entry.is_model = entry.is_folder && is_model_folder(path);
  entry.size = static_cast<std::uintmax_t>(info.st_size);
  entry.changed = info.st_mtime;
  return entry.is_folder || (S_ISREG(info.st_mode) && has_extension(path, extensions));
}

std::size_t common_start(std::string_view a, std::string_view b) {
  const auto ends = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  auto length = static_cast<std::size_t>(ends.first - a.begin());
  while (length > 0 && length < a.size() && (static_cast<unsigned char>(a[length]) & 0xC0) == 0x80) --length;
  return length;
}

}  // namespace

bool is_model_folder(const fs::path& folder) {
  std::error_code error;
  return fs::is_regular_file(folder / "config.json", error);
}

FolderListing list_folder(const fs::path& folder, std::span<const std::string_view> extensions) {
  FolderListing listing{.folder = folder, .entries = {}, .trouble = {}};
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    FolderEntry entry;
    if (!read_entry(it->path(), extensions, entry)) continue;
    if (listing.entries.size() == kMostEntries) {
      listing.trouble =
          "Only " + std::to_string(kMostEntries) + " entries are listed; type the name of another.";
      break;
    }
    listing.entries.push_back(std::move(entry));
  }
  if (error) listing.trouble = "This folder cannot be read: " + error.message() + ".";
  std::sort(listing.entries.begin(), listing.entries.end(), comes_before);
  if (folder.has_relative_path()) {
    listing.entries.insert(listing.entries.begin(), {.name = "..", .is_folder = true});
  }
  return listing;
}

bool has_extension(const fs::path& file, std::span<const std::string_view> extensions) {
  const std::string extension = lower(file.extension().string());
  return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

fs::path typed_path(const fs::path& folder, const std::string& typed) {
  const char* home = std::getenv("HOME");
  fs::path path;
  if (home && (typed == "~" || typed.starts_with("~/"))) {
    path = fs::path(home) / fs::path(typed.substr(std::min<std::size_t>(2, typed.size())));
  } else {
    path = folder / typed;  // an absolute one replaces the folder
  }
  path = path.lexically_normal();
  return path.has_filename() || !path.has_relative_path() ? path : path.parent_path();
}

std::string completed(const fs::path& folder, const std::string& typed,
                      std::span<const std::string_view> extensions) {
  const std::size_t slash = typed.rfind('/');
  const std::string start = slash == std::string::npos ? "" : typed.substr(0, slash + 1);
  const std::string leaf = typed.substr(start.size());
  const FolderListing listing = list_folder(start.empty() ? folder : typed_path(folder, start), extensions);
  const FolderEntry* first = nullptr;
  std::size_t length = 0, count = 0;
  for (const FolderEntry& e : listing.entries) {
    if (e.name == ".." || !e.name.starts_with(leaf)) continue;
    length = first ? std::min(length, common_start(first->name, e.name)) : e.name.size();
    if (!first) first = &e;
    ++count;
  }
  if (!first) return typed;
  return start + first->name.substr(0, length) + (count == 1 && first->is_folder ? "/" : "");
}

std::string size_text(std::uintmax_t bytes) {
  constexpr std::array<const char*, 5> kUnits{"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit > 0 && value < 9.95 ? "%.1f %s" : "%.0f %s", value,
                kUnits[unit]);
  return text.data();
}

std::string date_text(std::time_t changed) {
  std::tm local{};
  std::array<char, 32> text{};
  if (!localtime_r(&changed, &local)) return "";
  text[std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M", &local)] = 0;
  return text.data();
}

}  // namespace qkv::shell
