#pragma once
#include <string>
#include <string_view>

namespace qkv::figures {

/// A token as it can be seen on one line: drawing::visible_text(), and of a token that is only spaces each one "␣". A single space before a word goes; further ones are shown. Nothing
/// is "∅".
std::string visible_token(std::string_view readable);

}  // namespace qkv::figures
