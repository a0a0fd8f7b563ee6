#include "app/documents/autosave.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <nlohmann/json.hpp>
#include <random>
#include <utility>

#include "core/error.h"
#include "core/experiment/json.h"
#include "core/files/tensors.h"

namespace qkv::documents {
namespace fs = std::filesystem;
namespace {

constexpr std::uintmax_t kMaxBytes = std::uintmax_t{1} << 30;
constexpr std::string_view kPrefix = "autosave-";

fs::path lock_of(fs::path file) { return file.replace_extension(".lock"); }

std::string new_id() {
  std::random_device random;
  return std::to_string(getpid()) + "-" + std::to_string(random());
}

}  // namespace

FileLock::FileLock(const fs::path& path)
    : descriptor_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  if (descriptor_ >= 0 && flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    close(descriptor_);
    descriptor_ = -1;
  }
}
FileLock::~FileLock() {
  if (held()) close(descriptor_);
}
FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Autosave::Autosave(fs::path folder) : folder_(std::move(folder)) {
  if (folder_.empty()) return;
  std::error_code error;
  fs::create_directories(folder_, error);
  file_ = folder_ / (std::string(kPrefix) + new_id() + ".json");
  lock_ = FileLock(lock_of(file_));
  if (!lock_.held()) report("it cannot be written to");
}

Autosave::~Autosave() {
  worker_.wait();
  if (std::uncaught_exceptions() > 0) return;  // not a clean end: the next start offers it
  discard();
  worker_.wait();
  std::error_code error;
  if (lock_.held()) fs::remove(lock_of(file_), error);
}

void Autosave::keep(std::shared_ptr<const experiment::Experiment> experiment, fs::path path) {
  if (!lock_.held()) return;
  worker_.submit([this, experiment = std::move(experiment), path = std::move(path)](const std::stop_token&) {
    try {
      const std::string where =
          nlohmann::json(path.string()).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
      files::write_file_atomically(
          file_, "{\"path\": " + where + ",\n\"experiment\": " + experiment::to_json(*experiment) + "}\n");
    } catch (const std::exception& error) {
      report(error.what());
    }
  });
}

void Autosave::discard() {
  if (!lock_.held()) return;
  worker_.submit([this](const std::stop_token&) {  // after a write that is under way
    std::error_code error;
    fs::remove(file_, error);
  });
}

void Autosave::report(std::string error) {
  const std::scoped_lock lock(mutex_);
  error_ = folder_.string() + ": unsaved work is not kept safe there (" + std::move(error) +
           "); save it yourself.";
}

std::string Autosave::take_error() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(error_, {});
}

std::vector<LostWork> Autosave::find_lost() {
  std::vector<std::pair<fs::file_time_type, LostWork>> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder_, error), end; !error && entry != end; entry.increment(error)) {
    const fs::path file = entry->path();
    if (!file.filename().string().starts_with(kPrefix) || file.extension() != ".json" || file == file_)
      continue;
    FileLock lock(lock_of(file));
    std::error_code ignored;
    if (!lock.held() || !fs::exists(file, ignored)) continue;  // at work, or ended cleanly just now
    try {
      const auto json = nlohmann::json::parse(files::read_file(file, kMaxBytes));
      LostWork lost{
          .experiment = experiment::from_json(json.at("experiment").dump(), file.filename().string()),
          .path = json.at("path").get<std::string>(),
          .file = file,
          .lock = std::move(lock)};
      found.emplace_back(fs::last_write_time(file, ignored), std::move(lost));
    } catch (const std::exception&) {
      continue;  // not ours, or damaged: nothing to offer
    }
  }
  std::ranges::sort(found, std::ranges::greater{}, [](const auto& f) { return f.first; });
  std::vector<LostWork> newest_first;
  for (auto& [time, lost] : found) newest_first.push_back(std::move(lost));
  return newest_first;
}

void Autosave::forget(const LostWork& lost) {
  worker_.wait();
  std::error_code error;
  fs::remove(lost.file, error);
  fs::remove(lock_of(lost.file), error);
}

}  // namespace qkv::documents
