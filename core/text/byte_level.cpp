#include "core/text/byte_level.h"

#include <array>

namespace qkv::text {
namespace {

constexpr char32_t kFirstSubstitute = 0x100, kLastSubstitute = 0x143;

constexpr bool is_itself(unsigned byte) {
  return (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
}

struct Tables {
  std::array<char32_t, 256> characters{};
  std::array<unsigned char, kLastSubstitute - kFirstSubstitute + 1> bytes{};
};

constexpr Tables make_tables() {
  Tables tables;
  unsigned substitutes = 0;
  for (unsigned byte = 0; byte < 256; ++byte) {
    tables.characters[byte] = byte;
    if (is_itself(byte)) continue;
    tables.characters[byte] = kFirstSubstitute + substitutes;
    tables.bytes[substitutes++] = static_cast<unsigned char>(byte);
  }
  return tables;
}

constexpr Tables kTables = make_tables();

}  // namespace

char32_t byte_character(unsigned char byte) { return kTables.characters[byte]; }

std::optional<unsigned char> byte_of(char32_t character) {
  if (character >= kFirstSubstitute && character <= kLastSubstitute)
    return kTables.bytes[character - kFirstSubstitute];
  if (character < 0x100 && is_itself(character)) return static_cast<unsigned char>(character);
  return {};
}

}  // namespace qkv::text
