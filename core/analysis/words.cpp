#include "core/analysis/words.h"

#include <utf8proc.h>

#include <algorithm>
#include <string_view>

namespace qkv::analysis {
namespace {

constexpr std::string_view kByteSpace = "Ġ", kByteNewline = "Ċ", kMetaspace = "▁", kContinues = "##";

bool begins_word(std::string_view token) {
  return token.starts_with(kByteSpace) || token.starts_with(kByteNewline) || token.starts_with(kMetaspace) ||
         token.starts_with(' ') || token.starts_with('\n');
}

/// Whether the first character after the mark of a space is punctuation or a symbol.
bool is_punctuation(std::string_view token) {
  for (const std::string_view mark : {kByteSpace, kMetaspace})
    if (token.starts_with(mark)) token.remove_prefix(mark.size());
  utf8proc_int32_t c = 0;
  const auto bytes = reinterpret_cast<const utf8proc_uint8_t*>(token.data());
  if (token.empty() || utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(token.size()), &c) <= 0) return false;
  const auto category = utf8proc_category(c);
  return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_SO;
}

int count_of(const std::vector<int>& words) { return words.empty() ? 0 : words.back() + 1; }

}  // namespace

std::vector<int> words_of(const std::vector<std::string>& tokens, const std::vector<bool>& special) {
  const bool space_marked = std::ranges::any_of(tokens, [](const auto& t) { return begins_word(t); });
  std::vector<int> words(tokens.size());
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    const bool apart = special[i] || special[i - 1];
    const bool continues =
        !apart && (tokens[i].starts_with(kContinues) ||
                   (space_marked && !begins_word(tokens[i]) && !is_punctuation(tokens[i]) && !is_punctuation(tokens[i - 1])));
    words[i] = words[i - 1] + (continues ? 0 : 1);
  }
  return words;
}

Matrix pattern_of_words(const Matrix& pattern, const std::vector<int>& query_words, const std::vector<int>& key_words) {
  Matrix out = Matrix::Zero(count_of(query_words), count_of(key_words));
  std::vector<int> queries(static_cast<std::size_t>(out.rows()));
  for (const int word : query_words) ++queries[static_cast<std::size_t>(word)];
  for (Eigen::Index i = 0; i < pattern.rows(); ++i) {
    const int row = query_words[static_cast<std::size_t>(i)];
    const float share = 1.f / static_cast<float>(queries[static_cast<std::size_t>(row)]);
    for (Eigen::Index j = 0; j < pattern.cols(); ++j)
      out(row, key_words[static_cast<std::size_t>(j)]) += share * pattern(i, j);
  }
  return out;
}

std::vector<std::string> word_texts(const std::vector<std::string>& readable, const std::vector<int>& words) {
  std::vector<std::string> texts(static_cast<std::size_t>(count_of(words)));
  for (std::size_t i = 0; i < words.size(); ++i) texts[static_cast<std::size_t>(words[i])] += readable[i];
  return texts;
}

}  // namespace qkv::analysis
