#include "core/files/safetensors_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <system_error>
#include <utility>

#include "core/error.h"
#include "core/files/wording.h"

namespace qkv::files {
namespace {

std::string reason(int code) { return std::generic_category().message(code); }

/// Closes the file when a constructor throws.
struct Closing {
  int descriptor;
  ~Closing() {
    if (descriptor >= 0) ::close(descriptor);
  }
};

}  // namespace

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path) : shown_(shown(path)) {
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe must not make us wait
  if (descriptor_ < 0)
    throw Error(shown_ +
                (errno == ENOENT ? ": there is no such file" : ": cannot be read: " + reason(errno)));
  Closing closing{descriptor_};
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) throw Error(shown_ + ": cannot be read: " + reason(errno));
  if (!S_ISREG(status.st_mode))
    throw Error(shown_ + (S_ISDIR(status.st_mode) ? ": is a folder, not a file" : ": is not a regular file"));
  const auto size = static_cast<std::uint64_t>(status.st_size);
  std::string prefix(std::min<std::uint64_t>(size, kSafetensorsPrefix), '\0');
  read_bytes(0, prefix.size(), prefix.data());
  const std::uint64_t length = safetensors_header_length(prefix, size, shown_);
  std::string text(length, '\0');
  read_bytes(kSafetensorsPrefix, text.size(), text.data());
  data_begin_ = kSafetensorsPrefix + length;
  header_ = parse_safetensors_header(text, size - data_begin_, shown_);
  for (std::size_t i = 0; i < header_.entries.size(); ++i) index_[header_.entries[i].name] = i;
  closing.descriptor = -1;
}

SafetensorsFile::SafetensorsFile(SafetensorsFile&& other) noexcept
    : shown_(std::move(other.shown_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      data_begin_(other.data_begin_),
      header_(std::move(other.header_)),
      index_(std::move(other.index_)) {}

SafetensorsFile& SafetensorsFile::operator=(SafetensorsFile&& other) noexcept {
  std::swap(shown_, other.shown_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(data_begin_, other.data_begin_);
  std::swap(header_, other.header_);
  std::swap(index_, other.index_);
  return *this;
}

SafetensorsFile::~SafetensorsFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

const TensorEntry* SafetensorsFile::find(const std::string& tensor) const {
  const auto found = index_.find(tensor);
  return found == index_.end() ? nullptr : &header_.entries[found->second];
}

void SafetensorsFile::read(const TensorEntry& entry, std::int64_t first, std::int64_t count,
                           float* out) const {
  const auto width = static_cast<std::uint64_t>(entry.dtype.bytes);
  const std::uint64_t begin = data_begin_ + entry.begin + static_cast<std::uint64_t>(first) * width;
  const bool as_stored =
      entry.dtype.kind == Kind::ieee && entry.dtype.bytes == 4 && std::endian::native == std::endian::little;
  if (as_stored) {
    read_bytes(begin, static_cast<std::size_t>(count) * sizeof(float), reinterpret_cast<char*>(out));
    return;
  }
  constexpr std::int64_t kStep = 1 << 16;
  std::string bytes;
  for (std::int64_t done = 0; done < count; done += kStep) {
    const auto now = std::min(kStep, count - done);
    bytes.resize(static_cast<std::size_t>(now) * width);
    read_bytes(begin + static_cast<std::uint64_t>(done) * width, bytes.size(), bytes.data());
    decode_into(entry.dtype, bytes, out + done);
  }
}

void SafetensorsFile::read_bytes(std::uint64_t at, std::size_t size, char* out) const {
  while (size > 0) {
    constexpr std::size_t kMost = std::size_t{1} << 30;  // pread never moves 2 GiB at once
    const ssize_t got = ::pread(descriptor_, out, std::min(size, kMost), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw Error(shown_ + ": cannot be read: " + reason(errno));
    if (got == 0)
      throw Error(shown_ + ": ends at byte " + std::to_string(at) +
                  ", before what its header promises: it was cut short while it was being read");
    at += static_cast<std::uint64_t>(got);
    out += got;
    size -= static_cast<std::size_t>(got);
  }
}

}  // namespace qkv::files
