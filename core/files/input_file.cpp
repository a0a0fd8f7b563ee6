#include "core/files/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "core/error.h"
#include "core/files/wording.h"

namespace qkv::files {
namespace {

[[noreturn]] void refuse(const std::string& name, int code) {
  if (code == ENOENT) throw Error(name + ": there is no such file; check the path");
  throw Error(name + ": cannot be read: " + std::generic_category().message(code) +
              "; check its permissions and the disk");
}

}  // namespace

InputFile::InputFile(const std::filesystem::path& path) : shown_(shown(path)) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe must not make us wait
  if (file < 0) refuse(shown_, errno);
  struct stat status {};
  const int code = ::fstat(file, &status) == 0 ? 0 : errno;
  if (code != 0 || !S_ISREG(status.st_mode)) ::close(file);
  if (code != 0) refuse(shown_, code);
  if (S_ISDIR(status.st_mode)) throw Error(shown_ + ": is a folder, not a file; give a file");
  if (!S_ISREG(status.st_mode))
    throw Error(shown_ + ": is not a regular file but a pipe or a device, which is not waited for; " +
                "save what it gives as a file");
  size_ = static_cast<std::uint64_t>(status.st_size);
  descriptor_ = file;
}

InputFile::InputFile(InputFile&& other) noexcept
    : shown_(std::move(other.shown_)),
      size_(other.size_),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

InputFile& InputFile::operator=(InputFile&& other) noexcept {
  std::swap(shown_, other.shown_);
  std::swap(size_, other.size_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

InputFile::~InputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::size_t InputFile::read(std::uint64_t at, std::size_t count, char* out) const {
  std::size_t done = 0;
  while (done < count) {
    constexpr std::size_t kMost = std::size_t{1} << 30;  // pread never moves 2 GiB at once
    const ssize_t got =
        ::pread(descriptor_, out + done, std::min(count - done, kMost), static_cast<off_t>(at + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) refuse(shown_, errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

}  // namespace qkv::files
