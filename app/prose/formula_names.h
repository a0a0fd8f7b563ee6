#pragma once
#include <string_view>

// What the names of TeX stand for.
namespace qkv::prose {

/// The character of \name; empty when it has none. Letters: \alpha, \partial, …
std::string_view formula_letter(std::string_view name);
/// \cdot, \approx, \to, …
std::string_view formula_sign(std::string_view name);
/// \max, \exp, …: the word, empty when it is none.
std::string_view formula_function(std::string_view name);
/// Width of \, \quad … in 1/18 em; empty when it is no space.
std::string_view formula_space(std::string_view name);

}  // namespace qkv::prose
