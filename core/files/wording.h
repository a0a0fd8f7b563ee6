#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

// The words of error sentences: names from hostile files, cut so that a sentence stays within 500 characters.
namespace qkv::files {

bool is_utf8(std::string_view text);

/// A file for a sentence: its path, or the end of it when it is long.
std::string shown(const std::filesystem::path& path);
/// A name from a file in quotes, control characters and broken UTF-8 replaced, cut after 60 bytes.
std::string in_quotes(std::string_view name);
/// "[3, 4]", at most eight axes.
std::string shape_text(const std::vector<std::int64_t>& shape);
/// "a, b, c, d, e and 7 more".
std::string list_of(const std::vector<std::string>& names);

}  // namespace qkv::files
