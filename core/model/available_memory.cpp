#include "core/model/available_memory.h"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>

namespace qkv::model {
namespace {

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

std::optional<std::uint64_t> number_in(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::uint64_t value = 0;
  if (in >> value) return value;  // "max" is no number
  return {};
}

std::uint64_t system_memory() {
  std::ifstream in("/proc/meminfo");
  std::string name, unit;
  std::uint64_t kilobytes = 0;
  while (in >> name >> kilobytes) {
    std::getline(in, unit);
    if (name == "MemAvailable:") return kilobytes * 1024;
  }
  return kNoLimit;
}

/// What a control group leaves; its cached file pages can be had back.
std::uint64_t group_memory(const std::filesystem::path& group, const char* limit, const char* used,
                           const char* cached) {
  const auto most = number_in(group / limit);
  if (!most) return kNoLimit;
  std::uint64_t taken = number_in(group / used).value_or(0);
  std::ifstream stat(group / "memory.stat");
  std::string name;
  std::uint64_t value = 0;
  while (stat >> name >> value)
    if (name == cached) taken -= std::min(taken, value);
  return *most - std::min(*most, taken);
}

std::uint64_t control_groups() {
  namespace fs = std::filesystem;
  std::uint64_t least = kNoLimit;
  std::ifstream in("/proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string kinds = line.substr(first + 1, second - first - 1);
    const bool unified = kinds.empty();
    if (!unified && kinds.find("memory") == std::string::npos) continue;
    const fs::path root = unified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
    // A group is bounded by each group it lies in.
    for (fs::path at = fs::path(line.substr(second + 1)).relative_path();; at = at.parent_path()) {
      least =
          std::min(least, unified ? group_memory(root / at, "memory.max", "memory.current", "inactive_file")
                                  : group_memory(root / at, "memory.limit_in_bytes", "memory.usage_in_bytes",
                                                 "total_inactive_file"));
      if (at.empty()) break;
    }
  }
  return least;
}

std::uint64_t address_space() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kNoLimit;
  std::ifstream in("/proc/self/statm");
  std::uint64_t pages = 0;
  in >> pages;
  constexpr std::uint64_t kPage = 4096;
  return limit.rlim_cur - std::min<std::uint64_t>(limit.rlim_cur, pages * kPage);
}

}  // namespace

std::uint64_t available_memory() { return std::min({system_memory(), control_groups(), address_space()}); }

std::string bytes_text(std::uint64_t bytes) {
  constexpr double kMega = 1e6, kGiga = 1e9;
  const auto value = static_cast<double>(bytes);
  std::array<char, 40> text{};
  if (value >= kGiga)
    std::snprintf(text.data(), text.size(), "%.1f GB", value / kGiga);
  else
    std::snprintf(text.data(), text.size(), "%.1f MB", value / kMega);
  return text.data();
}

}  // namespace qkv::model
