#include "core/error.h"
#include "core/files/advice.h"
#include "core/files/parse.h"
#include "core/files/safetensors_header.h"
#include "core/files/wording.h"

namespace qkv::files {

TensorFile parse_safetensors(std::string_view bytes, const std::string& file) {
  const std::uint64_t length =
      safetensors_header_length(bytes.substr(0, kSafetensorsPrefix), bytes.size(), file);
  const auto data = bytes.substr(kSafetensorsPrefix + length);
  SafetensorsHeader header =
      parse_safetensors_header(bytes.substr(kSafetensorsPrefix, length), data.size(), file);
  std::int64_t elements = 0;
  for (const TensorEntry& entry : header.entries)
    elements += element_count(entry.shape);  // at most data.size()
  if (elements > kMaxElements)
    throw Error(file + ": holds " + std::to_string(elements) + " numbers, more than the " +
                std::to_string(kMaxElements) + " that can be opened");
  TensorFile out;
  out.metadata = std::move(header.metadata);
  for (TensorEntry& entry : header.entries)
    out.tensors[entry.name] = {std::move(entry.shape),
                               decode(entry.dtype, data.substr(entry.begin, entry.end - entry.begin))};
  return out;
}

TensorFile read_safetensors(const std::filesystem::path& path) {
  return advised(kGetAgain, [&] { return parse_safetensors(read_file(path, kMaxBytes), shown(path)); });
}

}  // namespace qkv::files
