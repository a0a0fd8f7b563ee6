#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "core/error.h"
#include "core/files/atomic_file.h"
#include "core/files/input_file.h"
#include "core/files/tensors.h"
#include "core/files/wording.h"

namespace qkv::files {
namespace {

namespace fs = std::filesystem;

std::string reason(int code) { return std::generic_category().message(code); }

/// Paths of temporary files where a signal handler can read them. A longer path, or a seventeenth file, is not listed.
struct Unfinished {
  enum State { free, claimed, listed };
  std::atomic<int> state = free;
  std::array<char, 1024> path{};
};
std::array<Unfinished, 16> unfinished;

int list(const std::string& path) {
  if (path.size() >= unfinished[0].path.size()) return -1;
  for (std::size_t i = 0; i < unfinished.size(); ++i) {
    int expected = Unfinished::free;
    if (!unfinished[i].state.compare_exchange_strong(expected, Unfinished::claimed)) continue;
    std::memcpy(unfinished[i].path.data(), path.c_str(), path.size() + 1);
    unfinished[i].state = Unfinished::listed;
    return static_cast<int>(i);
  }
  return -1;
}

void unlist(int& place) {
  if (place >= 0) unfinished[static_cast<std::size_t>(place)].state = Unfinished::free;
  place = -1;
}

/// Through a symbolic link to the file it names: renaming over the link would cut it.
fs::path target_of(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_symlink(path, ignored)) return path;
  const fs::path target = fs::weakly_canonical(path, ignored);
  return ignored ? path : target;
}

}  // namespace

std::string read_file(const fs::path& path, std::uintmax_t max_bytes) {
  const InputFile file(path);
  constexpr std::size_t kStep = 1 << 20;
  std::string bytes;
  if (file.size() <= max_bytes) bytes.reserve(file.size() + kStep);
  for (;;) {  // to the end, wherever that is by now
    const std::size_t had = bytes.size();
    bytes.resize(had + kStep);
    const std::size_t got = file.read(had, kStep, bytes.data() + had);
    bytes.resize(had + got);
    if (bytes.size() > max_bytes)
      throw Error(file.name() + ": is larger than the " + std::to_string(max_bytes) +
                  " bytes that can be opened; check that it is the right file");
    if (got < kStep) return bytes;
  }
}

AtomicFile::AtomicFile(const fs::path& path) : shown_(shown(path)), target_(target_of(path)) {
  std::error_code ignored;
  const auto status = fs::status(target_, ignored);
  if (fs::is_directory(status))
    throw Error(shown_ + ": is a folder, so no file can be written there; give a file name");
  if (fs::exists(status) && ::access(target_.c_str(), W_OK) != 0) fail(errno);
  if (fs::exists(status) &&
      !fs::is_regular_file(status)) {  // a device or a pipe cannot be replaced, only written
    descriptor_ = ::open(target_.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor_ < 0) fail(errno);
    return;
  }
  for (int attempt = 0; descriptor_ < 0; ++attempt) {
    temporary_ = target_.parent_path() /
                 (".qkvlab-" + std::to_string(::getpid()) + "-" + std::to_string(attempt) + ".tmp");
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0 && (errno != EEXIST || attempt == 1000)) {
      temporary_.clear();
      fail(errno);
    }
  }
  listed_ = list(fs::absolute(temporary_, ignored).string());
  if (fs::exists(status)) fs::permissions(temporary_, status.permissions(), ignored);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  unlist(listed_);
}

void AtomicFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor_, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) fail(errno);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
}

void AtomicFile::commit() {
  if (!temporary_.empty() && ::fsync(descriptor_) != 0) fail(errno);
  const int closed = ::close(descriptor_);
  descriptor_ = -1;
  if (closed != 0) fail(errno);
  if (temporary_.empty()) return;
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail(errno);
  temporary_.clear();
  unlist(listed_);
}

void AtomicFile::fail(int code) const {
  std::error_code ignored;
  if (code == ENOENT) {  // some folders, such as /proc, answer with it to every new file
    const bool there = fs::is_directory(target_.has_parent_path() ? target_.parent_path() : ".", ignored);
    throw Error(shown_ + ": cannot be written: " +
                (there ? "its folder takes no new files; choose another"
                       : "its folder does not exist; make it or choose another"));
  }
  const bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
  throw Error(shown_ + ": cannot be written: " + reason(code) +
              (full ? "; nothing is left of it, so make room there or choose another disk"
                    : "; choose another name or folder"));
}

void remove_unfinished() noexcept {
  for (Unfinished& file : unfinished)
    if (file.state == Unfinished::listed) ::unlink(file.path.data());
}

void write_file_atomically(const fs::path& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace qkv::files
