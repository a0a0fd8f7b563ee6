#include "core/text/unknown_words.h"

#include <algorithm>

#include "core/files/wording.h"
#include "core/text/unicode.h"

namespace qkv::text {
namespace {

/// The byte at which each code point begins, and the end of the text.
std::vector<std::size_t> character_begins(std::string_view text) {
  std::vector<std::size_t> begins;
  for (std::size_t at = 0; at < text.size(); at += utf8_length(text[at])) begins.push_back(at);
  begins.push_back(text.size());
  return begins;
}

/// Of a letter; what is not ASCII counts as one.
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

std::string unknown_words(const Tokenizer& tokenizer, std::string_view text, const std::vector<Token>& tokens) {
  const auto unknown = tokenizer.unknown();
  const auto is_unknown = [&](const Token& token) { return unknown && token.id == *unknown && !token.special && token.end > token.begin; };
  if (std::ranges::none_of(tokens, is_unknown)) return {};
  const std::vector<std::size_t> begins = character_begins(text);
  std::vector<std::string> found;
  bool are_words = true;  // not signs, or characters of a word
  for (const Token& token : tokens) {
    if (!is_unknown(token) || static_cast<std::size_t>(token.end) >= begins.size()) continue;
    std::size_t begin = begins[static_cast<std::size_t>(token.begin)], end = begins[static_cast<std::size_t>(token.end)];
    const auto is_space = [&](std::size_t at) { return text[at] == ' ' || text[at] == '\n' || text[at] == '\t'; };
    while (begin < end && is_space(begin)) ++begin;
    while (begin < end && is_space(end - 1)) --end;
    if (begin == end) continue;
    const std::string quoted = files::in_quotes(text.substr(begin, end - begin)), part = quoted.substr(1, quoted.size() - 2);
    if (std::ranges::find(found, part) != found.end()) continue;
    found.push_back(part);
    are_words = are_words && is_letter(text[begin]) && (begin == 0 || !is_letter(text[begin - 1])) && (end == text.size() || !is_letter(text[end]));
  }
  if (found.empty()) return {};
  const bool one = found.size() == 1;
  const std::string what = are_words ? (one ? " word is" : " words are") : (one ? " part of the text is" : " parts of the text are");
  return std::to_string(found.size()) + what + " not in the vocabulary of this model: " + files::list_of(found) + ".";
}

}  // namespace qkv::text
