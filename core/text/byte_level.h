#pragma once
#include <optional>

namespace qkv::text {

/// The printable character that byte-level vocabularies (GPT-2) write for a byte: 'Ġ' for a space.
char32_t byte_character(unsigned char byte);
/// The byte that the character stands for; nothing when it stands for none.
std::optional<unsigned char> byte_of(char32_t character);

}  // namespace qkv::text
