#include "core/files/safetensors_file.h"

#include <algorithm>
#include <bit>

#include "core/error.h"
#include "core/files/advice.h"

namespace qkv::files {

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path) : file_(path) {
  header_ = advised(kGetAgain, [this] { return read_header(); });
  for (std::size_t i = 0; i < header_.entries.size(); ++i) index_[header_.entries[i].name] = i;
}

SafetensorsHeader SafetensorsFile::read_header() {
  std::string prefix(std::min<std::uint64_t>(file_.size(), kSafetensorsPrefix), '\0');
  read_bytes(0, prefix.size(), prefix.data());
  const std::uint64_t length = safetensors_header_length(prefix, file_.size(), name());
  std::string text(length, '\0');
  read_bytes(kSafetensorsPrefix, text.size(), text.data());
  data_begin_ = kSafetensorsPrefix + length;
  return parse_safetensors_header(text, file_.size() - data_begin_, name());
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
  const std::size_t got = file_.read(at, size, out);
  if (got < size)
    throw Error(
        name() + ": ends at byte " + std::to_string(at + got) +
        ", before what its header promises: it was cut short while it was being read; open it again " +
        "once it is whole");
}

}  // namespace qkv::files
