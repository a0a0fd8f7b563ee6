#include "core/files/safetensors_header.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "core/error.h"
#include "core/files/wording.h"

// The format: https://huggingface.co/docs/safetensors, checked as strictly as its reference implementation
// does.
namespace qkv::files {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 100;

const std::map<std::string, Dtype>& dtypes() {
  static const std::map<std::string, Dtype> table = {{"BOOL", {Kind::boolean, 1}},
                                                     {"U8", {Kind::unsigned_integer, 1}},
                                                     {"I8", {Kind::signed_integer, 1}},
                                                     {"U16", {Kind::unsigned_integer, 2}},
                                                     {"I16", {Kind::signed_integer, 2}},
                                                     {"U32", {Kind::unsigned_integer, 4}},
                                                     {"I32", {Kind::signed_integer, 4}},
                                                     {"U64", {Kind::unsigned_integer, 8}},
                                                     {"I64", {Kind::signed_integer, 8}},
                                                     {"F16", {Kind::ieee, 2}},
                                                     {"BF16", {Kind::bfloat, 2}},
                                                     {"F32", {Kind::ieee, 4}},
                                                     {"F64", {Kind::ieee, 8}}};
  return table;
}

/// The header as JSON; nlohmann checks UTF-8, the callback what JSON alone allows: duplicate keys, any depth.
json parse_header(std::string_view text, const std::string& file) {
  std::vector<std::set<std::string>> keys;
  const auto check = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth > kMaxDepth) throw Error(file + ": the header is nested too deeply");
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second)
      throw Error(file + ": the header has the key " + in_quotes(parsed.get<std::string>()) + " twice");
    return true;
  };
  try {
    if (text.find('\0') == std::string_view::npos) return json::parse(text, check);  // nlohmann ends at a NUL
  } catch (const json::exception&) {                                                 // said below
  }
  throw Error(file +
              ": the header is not valid JSON in UTF-8, so this is not a safetensors file or a damaged one");
}

std::uint64_t unsigned_number(const json& value, const std::string& where, const char* field) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  throw Error(where + field + " must hold whole numbers that are not negative");
}

TensorEntry parse_entry(const std::string& name, const json& value, const std::string& file) {
  const std::string where = file + ": tensor " + in_quotes(name) + ": ";
  const auto field = [&](const char* key) -> const json& {
    if (!value.is_object() || !value.contains(key))
      throw Error(where + "the header gives no " + key + " (expected dtype, shape and data_offsets)");
    return value.at(key);
  };
  TensorEntry entry{name, {}, {}};
  const json& dtype = field("dtype");
  const auto known = dtype.is_string() ? dtypes().find(dtype.get<std::string>()) : dtypes().end();
  if (known == dtypes().end())
    throw Error(where + "the type " +
                (dtype.is_string() ? in_quotes(dtype.get<std::string>()) : "of its numbers") +
                " is not one that can be read (BOOL, U8 to U64, I8 to I64, F16, BF16, F32, F64)");
  entry.dtype = known->second;
  const json& shape = field("shape");
  if (!shape.is_array()) throw Error(where + "shape must be a list");
  for (const json& axis : shape) {
    const auto size = unsigned_number(axis, where, "shape");
    if (size > static_cast<std::uint64_t>(INT64_MAX)) throw Error(where + "its shape is too large");
    entry.shape.push_back(static_cast<std::int64_t>(size));
  }
  const json& offsets = field("data_offsets");
  if (!offsets.is_array() || offsets.size() != 2)
    throw Error(where + "data_offsets must be a list of two numbers");
  entry.begin = unsigned_number(offsets[0], where, "data_offsets");
  entry.end = unsigned_number(offsets[1], where, "data_offsets");
  return entry;
}

/// The tensors fill the data from its first byte to its last, in order of offset, without holes or overlaps.
void check_layout(std::vector<TensorEntry>& entries, std::uint64_t data_size, const std::string& file) {
  std::sort(entries.begin(), entries.end(), [](const TensorEntry& a, const TensorEntry& b) {
    return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
  });
  std::uint64_t at = 0;
  for (const TensorEntry& entry : entries) {
    const std::string where = file + ": tensor " + in_quotes(entry.name) + ": ";
    if (entry.begin != at)
      throw Error(where + "its data begin at byte " + std::to_string(entry.begin) + ", expected " +
                  std::to_string(at) + " (" + (entry.begin > at ? "a hole" : "an overlap") + ")");
    if (entry.end < entry.begin || entry.end > data_size)
      throw Error(where + "its data end at byte " + std::to_string(entry.end) + " of " +
                  std::to_string(data_size) + ", so the file is damaged or cut short");
    const std::int64_t count = element_count(entry.shape);
    if (count < 0) throw Error(where + "its shape " + shape_text(entry.shape) + " is too large");
    const std::uint64_t size = entry.end - entry.begin;
    if (size % entry.dtype.bytes != 0 || size / entry.dtype.bytes != static_cast<std::uint64_t>(count))
      throw Error(where + "its shape " + shape_text(entry.shape) + " needs " + std::to_string(count) + " × " +
                  std::to_string(entry.dtype.bytes) + " bytes, but data_offsets give " +
                  std::to_string(size));
    at = entry.end;
  }
  if (at != data_size)
    throw Error(file + ": has " + std::to_string(data_size - at) +
                " bytes after the last tensor, expected none");
}

}  // namespace

std::uint64_t safetensors_header_length(std::string_view prefix, std::uint64_t file_size,
                                        const std::string& file) {
  if (file_size < kSafetensorsPrefix || prefix.size() < kSafetensorsPrefix)
    throw Error(file + ": is " + std::to_string(file_size) + " bytes long, too short for a safetensors file");
  constexpr std::uint64_t kMaxHeader = 100'000'000;
  std::uint64_t length = 0;
  for (std::size_t i = kSafetensorsPrefix; i-- > 0;)
    length = length << 8 | static_cast<unsigned char>(prefix[i]);
  if (prefix.starts_with("version "))
    throw Error(file + ": is not the weights but a Git LFS pointer to them; fetch them with 'git lfs pull'");
  if (length > kMaxHeader)
    throw Error(file + ": the header claims " + std::to_string(length) +
                " bytes, more than the 100 MB allowed, so this is not a safetensors file or a damaged one");
  if (length > file_size - kSafetensorsPrefix)
    throw Error(file + ": the header claims " + std::to_string(length) + " bytes, but the file has only " +
                std::to_string(file_size - kSafetensorsPrefix) + " left: it is damaged or cut short");
  return length;
}

SafetensorsHeader parse_safetensors_header(std::string_view text, std::uint64_t data_size,
                                           const std::string& file) {
  if (!text.starts_with('{')) throw Error(file + ": the header must begin with '{'");
  SafetensorsHeader header;
  const json fields = parse_header(text, file);
  for (const auto& [name, value] : fields.items()) {
    if (name != "__metadata__") {
      header.entries.push_back(parse_entry(name, value, file));
      continue;
    }
    if (!value.is_object()) throw Error(file + ": __metadata__ must map strings to strings");
    for (const auto& [key, metadata] : value.items()) {
      if (!metadata.is_string()) throw Error(file + ": __metadata__ " + in_quotes(key) + " must be a string");
      header.metadata[key] = metadata.get<std::string>();
    }
  }
  check_layout(header.entries, data_size, file);
  return header;
}

}  // namespace qkv::files
