#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace qkv::experiment {

/// The text with every byte that is not UTF-8 replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

/// Case-folded and composed (NFC), so that "The", "the" and "THE" are one word. Folding twice changes
/// nothing.
std::string folded(std::string_view text);

/// The text cut between graphemes (or, when one alone is longer, between characters) into pieces of at most
/// max_bytes.
std::vector<std::string> pieces_of(std::string_view text, std::size_t max_bytes);

/// Words, punctuation, ideographs and emoji of a text, in order; none is longer than max_bytes.
std::vector<std::string> words_of(std::string_view text, std::size_t max_bytes);

}  // namespace qkv::experiment
