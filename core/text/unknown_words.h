#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/text/tokenizer.h"

namespace qkv::text {

/// "2 words are not in the vocabulary of this model: elephant, lorry.": what of the text these tokens, its encoding, hold as
/// the unknown token, each once; empty where there is none.
std::string unknown_words(const Tokenizer& tokenizer, std::string_view text, const std::vector<Token>& tokens);

}  // namespace qkv::text
