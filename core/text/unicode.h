#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Characters as Rust's standard library and crates see them, whose answers decide Hugging Face's tokenizers'.
namespace qkv::text {

/// One character of a transformed text. `change` says what it stands for in the old one: 0 replaces a
/// character, 1 is new beside the one before it, −n replaces one and swallows the n after it.
struct Change {
  char32_t c = 0;
  int change = 0;
};

/// Bytes of the UTF-8 character that begins with this byte.
inline std::size_t utf8_length(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}
inline bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }
/// The character at `at` of valid UTF-8.
char32_t character_at(std::string_view text, std::size_t at);
void append_utf8(std::string& out, char32_t c);
std::size_t count_characters(std::string_view text);
bool is_ascii(std::string_view text);

bool is_whitespace(char32_t c);   ///< the property White_Space
bool is_word(char32_t c);         ///< \w of UTS 18: alphabetic, marks, decimal digits, connectors, joiners
bool is_numeric(char32_t c);      ///< Nd, Nl, No
bool is_punctuation(char32_t c);  ///< P*, and all of ASCII's !-/:-@[-`{-~
bool is_other(char32_t c);        ///< Cc, Cf, Co
bool is_nonspacing_mark(char32_t c);  ///< Mn
bool is_mark(char32_t c);             ///< Mn, Mc, Me
bool is_chinese(char32_t c);          ///< BERT's list of CJK ideograph blocks
void append_lowercase(std::vector<Change>& out, char32_t c);

enum class NormalForm { nfc, nfd, nfkc, nfkd };
/// The text in this form, each character with what it replaces.
std::vector<Change> normal_form(std::string_view text, NormalForm form);
/// Where the extended grapheme clusters end.
std::vector<std::size_t> grapheme_ends(std::string_view text);

}  // namespace qkv::text
