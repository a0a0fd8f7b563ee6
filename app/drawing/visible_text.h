#pragma once
#include <string>
#include <string_view>

namespace qkv::drawing {

/// Text of which every character can be seen, on one line: line ends "↵", carriage returns "␍", tabs "⇥", other control
/// characters and those that would turn or hide what stands beside them "⟨1B⟩", "⟨202E⟩"; broken UTF-8 becomes U+FFFD.
/// Spaces, joiners and emoji stay as they are.
std::string visible_text(std::string_view text);

}  // namespace qkv::drawing
