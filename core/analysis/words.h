#pragma once
#include <string>
#include <vector>

#include "core/matrix.h"

// Words instead of the pieces a tokenizer makes of them.
namespace qkv::analysis {

/// The word each token belongs to: 0, 0, 1, 2, … `tokens` as vocabularies spell them: "Ġdog" and "▁dog" begin a word,
/// "##s" continues one; punctuation and the tokens marked special stand alone. Tokens of a vocabulary without such
/// marks are words.
std::vector<int> words_of(const std::vector<std::string>& tokens, const std::vector<bool>& special);

/// A pattern between words: summed over the keys of a word, averaged over its queries, so that rows still sum to one.
/// [n_q, n_k] to [words of queries, words of keys].
Matrix pattern_of_words(const Matrix& pattern, const std::vector<int>& query_words, const std::vector<int>& key_words);

/// The texts of the words, joined from the readable texts of their tokens.
std::vector<std::string> word_texts(const std::vector<std::string>& readable, const std::vector<int>& words);

}  // namespace qkv::analysis
