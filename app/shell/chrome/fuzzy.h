#pragma once
#include <optional>
#include <string_view>

namespace qkv::shell {

/// How well the letters of `query` are found, in this order, in "menu title hint"; none when they are not.
/// Beginnings of words, runs of letters and the title count more. Case, accents and spaces do not matter.
std::optional<int> fuzzy_score(std::string_view query, std::string_view menu, std::string_view title,
                               std::string_view hint);

}  // namespace qkv::shell
