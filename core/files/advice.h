#pragma once
#include <string>
#include <string_view>

#include "core/error.h"

// The end of an error sentence: "what is wrong and where; what to do".
namespace qkv::files {

/// The sentence with the advice after a semicolon; unchanged when it has one of its own or would grow beyond
/// 500 characters.
std::string with_advice(std::string sentence, std::string_view advice);

inline constexpr std::string_view kGetAgain =
    "download it again, or save it again with the program that made it";
inline constexpr std::string_view kSaveWithNumpy = "save it again with numpy";

/// What `read` returns; an Error of its that ends without advice is given this one.
template <typename Read>
auto advised(std::string_view advice, Read read) {
  try {
    return read();
  } catch (const Error& error) {
    throw Error(with_advice(error.what(), advice));
  }
}

}  // namespace qkv::files
