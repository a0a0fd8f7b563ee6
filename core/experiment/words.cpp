#include "core/experiment/words.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>

namespace qkv::experiment {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Calls visit(code point, its bytes) for each character; bytes that are none come one by one as U+FFFD.
template <class Visit>
void for_each_character(std::string_view text, Visit visit) {
  while (!text.empty()) {
    utf8proc_int32_t code = 0;
    const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                         static_cast<utf8proc_ssize_t>(text.size()), &code);
    if (length > 0)
      visit(code, text.substr(0, static_cast<std::size_t>(length)));
    else
      visit(0xFFFD, kReplacement);
    text.remove_prefix(length > 0 ? static_cast<std::size_t>(length) : 1);
  }
}

enum class Kind {
  space,
  letter,       // stays with its neighbours: letters, digits, marks
  joiner,       // stays inside a word: apostrophes and hyphens
  digit_joint,  // stays between digits: 3.14, 1,000
  alone,        // a token of its own: ideographs, kana, emoji, symbols
  punctuation,  // as alone, but a run of the same is one token: "..."
};

struct Grapheme {
  std::string text;
  utf8proc_int32_t code = 0;  // of its first character
  Kind kind = Kind::space;
};

bool is_ideograph_or_kana(utf8proc_int32_t c) {
  constexpr std::pair<utf8proc_int32_t, utf8proc_int32_t> kRanges[] = {
      {0x2E80, 0x2FDF}, {0x3005, 0x3007}, {0x3021, 0x3029},  {0x3040, 0x30FF},
      {0x3105, 0x312F}, {0x31F0, 0x31FF}, {0x3400, 0x4DBF},  {0x4E00, 0x9FFF},
      {0xF900, 0xFAFF}, {0xFF66, 0xFF9F}, {0x20000, 0x3FFFF}};
  return std::ranges::any_of(kRanges,
                             [c](const auto& range) { return c >= range.first && c <= range.second; });
}

bool is_emoji(utf8proc_int32_t c) {
  const auto bound = utf8proc_get_property(c)->boundclass;
  return bound == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC ||
         bound == UTF8PROC_BOUNDCLASS_REGIONAL_INDICATOR;
}

Kind kind_of(utf8proc_int32_t c) {
  constexpr utf8proc_int32_t kJoiners[] = {'\'', 0x2019, '-', 0x2010, 0x2011, 0xB7, 0xAD};
  if (std::ranges::find(kJoiners, c) != std::end(kJoiners)) return Kind::joiner;
  if (c == '.' || c == ',') return Kind::digit_joint;
  if (c == 0x200B || c == 0xFEFF) return Kind::space;
  if (is_ideograph_or_kana(c) || is_emoji(c)) return Kind::alone;
  switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
      return Kind::space;
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PO:
      return Kind::punctuation;
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_SM:
    case UTF8PROC_CATEGORY_SC:
    case UTF8PROC_CATEGORY_SK:
    case UTF8PROC_CATEGORY_SO:
      return Kind::alone;
    default:
      return Kind::letter;
  }
}

std::vector<Grapheme> graphemes_of(std::string_view text) {
  std::vector<Grapheme> graphemes;
  utf8proc_int32_t before = 0, state = 0;
  for_each_character(text, [&](utf8proc_int32_t code, std::string_view bytes) {
    if (graphemes.empty() || utf8proc_grapheme_break_stateful(before, code, &state))
      graphemes.push_back({{}, code, kind_of(code)});
    graphemes.back().text += bytes;
    // A keycap or an emoji presentation makes a digit or a sign an emoji.
    if (code == 0x20E3 || code == 0xFE0F) graphemes.back().kind = Kind::alone;
    before = code;
  });
  return graphemes;
}

bool is_digit(const Grapheme& grapheme) { return utf8proc_category(grapheme.code) == UTF8PROC_CATEGORY_ND; }

// Whether the grapheme at `at` belongs to the same word as the one before it.
bool continues(const std::vector<Grapheme>& graphemes, std::size_t at) {
  const Grapheme &here = graphemes[at], &before = graphemes[at - 1];
  // Between two letters (for "3.14" two digits) a joint belongs to the word.
  const auto is_joint = [&](std::size_t i) {
    if (i == 0 || i + 1 >= graphemes.size()) return false;
    const Grapheme &left = graphemes[i - 1], &right = graphemes[i + 1];
    if (graphemes[i].kind == Kind::joiner) return left.kind == Kind::letter && right.kind == Kind::letter;
    return graphemes[i].kind == Kind::digit_joint && is_digit(left) && is_digit(right);
  };
  if (here.kind == Kind::letter) return before.kind == Kind::letter || is_joint(at - 1);
  if (is_joint(at)) return true;
  const bool is_punctuation = here.kind != Kind::space && here.kind != Kind::alone;
  return is_punctuation && here.text == before.text;
}

void append_pieces(std::string_view word, std::size_t max_bytes, std::vector<std::string>& words) {
  if (word.size() <= max_bytes) {
    words.emplace_back(word);
    return;
  }
  for (std::string& piece : pieces_of(word, max_bytes)) words.push_back(std::move(piece));
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  for_each_character(text, [&valid](utf8proc_int32_t, std::string_view bytes) { valid += bytes; });
  return valid;
}

std::string folded(std::string_view text) {
  if (std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
    std::string lower(text);
    for (char& c : lower)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
  }
  const std::string valid = valid_utf8(text);
  utf8proc_uint8_t* mapped = nullptr;
  const auto length = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(valid.data()), static_cast<utf8proc_ssize_t>(valid.size()),
      &mapped, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD));
  if (length < 0) return valid;
  std::string result(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length));
  std::free(mapped);  // NOLINT: utf8proc allocates with malloc
  return result;
}

std::vector<std::string> pieces_of(std::string_view text, std::size_t max_bytes) {
  std::vector<std::string> pieces(1);
  const auto append = [&](std::string_view part) {
    if (pieces.back().size() + part.size() > max_bytes) pieces.emplace_back();
    pieces.back() += part;
  };
  for (const Grapheme& grapheme : graphemes_of(text)) {
    if (grapheme.text.size() <= max_bytes)
      append(grapheme.text);
    else
      for_each_character(grapheme.text, [&](utf8proc_int32_t, std::string_view bytes) { append(bytes); });
  }
  return pieces;
}

std::vector<std::string> words_of(std::string_view text, std::size_t max_bytes) {
  const auto graphemes = graphemes_of(text);
  std::vector<std::string> words;
  std::string word;
  for (std::size_t i = 0; i < graphemes.size(); ++i) {
    if (!word.empty() && (graphemes[i].kind == Kind::space || !continues(graphemes, i))) {
      append_pieces(word, max_bytes, words);
      word.clear();
    }
    if (graphemes[i].kind != Kind::space) word += graphemes[i].text;
  }
  if (!word.empty()) append_pieces(word, max_bytes, words);
  return words;
}

}  // namespace qkv::experiment
