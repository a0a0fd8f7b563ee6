#include "core/files/wording.h"

#include <utf8proc.h>

#include <algorithm>

#include "core/files/advice.h"

namespace qkv::files {
namespace {

/// The text with what a terminal cannot show replaced by '?'.
std::string printable(std::string_view text) {
  std::string out;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  for (std::size_t at = 0; at < text.size();) {
    utf8proc_int32_t code = 0;
    const auto length = utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &code);
    const bool good = length > 0 && code >= 0x20 && code != 0x7f;
    out += good ? text.substr(at, static_cast<std::size_t>(length)) : "?";
    at += length > 0 ? static_cast<std::size_t>(length) : 1;
  }
  return out;
}

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

}  // namespace

bool is_utf8(std::string_view text) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  for (std::size_t at = 0; at < text.size();) {
    utf8proc_int32_t code = 0;
    const auto length = utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &code);
    if (length <= 0) return false;
    at += static_cast<std::size_t>(length);
  }
  return true;
}

std::string shown(const std::filesystem::path& path) {
  constexpr std::size_t kLongest = 120;
  const std::string text = path.string();
  if (text.size() <= kLongest) return printable(text);
  std::size_t begin = text.size() - kLongest;
  while (begin < text.size() && continues(text[begin])) ++begin;
  return "…" + printable(std::string_view(text).substr(begin));
}

std::string in_quotes(std::string_view name) {
  constexpr std::size_t kLongest = 60;
  std::size_t end = std::min(name.size(), kLongest);
  while (end < name.size() && end > 0 && continues(name[end])) --end;
  std::string out = "'";
  out += printable(name.substr(0, end));
  out += end < name.size() ? "…'" : "'";
  return out;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string out = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i == 8) return out + ", …]";
    out += (i ? ", " : "") + std::to_string(shape[i]);
  }
  return out + "]";
}

std::string list_of(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 5;
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < kMost; ++i) out += (i ? ", " : "") + names[i];
  if (names.size() > kMost) out += " and " + std::to_string(names.size() - kMost) + " more";
  return out;
}

std::string with_advice(std::string sentence, std::string_view advice) {
  constexpr std::size_t kLongest = 500;
  if (sentence.find("; ") != std::string::npos || sentence.size() + 2 + advice.size() > kLongest)
    return sentence;
  const bool stops = sentence.ends_with('.');
  if (stops) sentence.pop_back();
  return sentence + "; " + std::string(advice) + (stops ? "." : "");
}

}  // namespace qkv::files
