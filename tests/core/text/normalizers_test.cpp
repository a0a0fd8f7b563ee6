#include "tests/core/text/tokenizer_json_helper.h"

// What each normalizer makes of a text and where its characters say they come from. The model shows whole
// stretches, the splitters after it the characters of one.
namespace qkv::text::testing {
namespace {

std::string normalized(const std::string& normalizer, const std::string& text) {
  return shown(
      R"("normalizer": )" + normalizer +
          R"(, "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "."}, "behavior": "Isolated"})",
      text);
}

TEST(Normalizers, NormalFormsKeepTheOffsetsOfWhatTheyReplace) {
  EXPECT_EQ(normalized(R"({"type": "NFC"})", "ae\u0301b"), "a[0,1) é[1,2) b[3,4)");
  EXPECT_EQ(normalized(R"({"type": "NFD"})", "aéb"), "a[0,1) e[1,2) \u0301[1,2) b[2,3)");
  EXPECT_EQ(normalized(R"({"type": "NFKC"})", "ﬁ½x"), "f[0,1) i[0,1) 1[1,2) ⁄[1,2) 2[1,2) x[2,3)");
  EXPECT_EQ(normalized(R"({"type": "NFKD"})", "ﬁé"), "f[0,1) i[0,1) e[1,2) \u0301[1,2)");
  EXPECT_EQ(normalized(R"({"type": "NFC"})", "한국"), "한[0,1) 국[1,2)");
  EXPECT_EQ(normalized(R"({"type": "NFD"})", "한"), "ᄒ[0,1) ᅡ[0,1) ᆫ[0,1)");
  EXPECT_EQ(normalized(R"({"type": "NFC"})", "\u1112\u1161\u11abx"), "한[0,1) x[3,4)");
  // A mark that composes past another one, and marks brought into order.
  EXPECT_EQ(normalized(R"({"type": "NFC"})", "a\u0323\u0302"), "ậ[0,1)");
  EXPECT_EQ(normalized(R"({"type": "NFD"})", "a\u0302\u0323").substr(0, 6), "a[0,1)");
  // Characters that may not be made by composing: U+0344 and U+0340 decompose for good.
  EXPECT_EQ(normalized(R"({"type": "NFC"})", "\u0340x"), "\u0300[0,1) x[1,2)");
}

TEST(Normalizers, LowercaseMayMakeTwoOfOne) {
  EXPECT_EQ(normalized(R"({"type": "Lowercase"})", "AİẞΣ"), "a[0,1) i[1,2) \u0307[1,2) ß[2,3) σ[3,4)");
}

TEST(Normalizers, CharactersThatGoTakeTheirOffsetsWithThem) {
  EXPECT_EQ(normalized(R"({"type": "Strip", "strip_left": true, "strip_right": true})", " \u3000é \t"),
            "é[2,3)");
  EXPECT_EQ(normalized(R"({"type": "Strip", "strip_left": false, "strip_right": true})", " é "),
            " [0,1) é[1,2)");
  EXPECT_EQ(normalized(R"({"type": "StripAccents"})", "e\u0301x"), "e[0,1) x[2,3)");
  EXPECT_EQ(normalized(R"({"type": "Nmt"})", "a\u200bb\tc\u0001d"),
            "a[0,1)  [1,2) b[2,3)  [3,4) c[4,5) d[6,7)");
  EXPECT_EQ(normalized(R"({"type": "Strip"})", "  "), "");
}

TEST(Normalizers, PrependAndReplaceStandForTheirNeighbours) {
  EXPECT_EQ(normalized(R"({"type": "Prepend", "prepend": "▁x"})", "ab"), "▁[0,1) x[0,1) a[0,1) b[1,2)");
  EXPECT_EQ(normalized(R"({"type": "Prepend", "prepend": "▁"})", ""), "");
  EXPECT_EQ(normalized(R"({"type": "Replace", "pattern": {"String": "ab"}, "content": "xyz"})", "cabd"),
            "c[0,1) x[2,3) y[2,3) z[2,3) d[3,4)");
  EXPECT_EQ(normalized(R"({"type": "Replace", "pattern": {"Regex": "\\s{2,}"}, "content": " "})", "a   b"),
            "a[0,1)  [3,4) b[4,5)");
  EXPECT_EQ(normalized(R"({"type": "Replace", "pattern": {"String": "a"}, "content": ""})", "aba"), "b[1,2)");
}

TEST(Normalizers, BertsCleansSurroundsStripsAndLowers) {
  EXPECT_EQ(normalized(R"({"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                           "strip_accents": null, "lowercase": true})",
                       std::string("É\0x", 4)),
            "e[0,1) x[2,3)");
  EXPECT_EQ(normalized(R"({"type": "BertNormalizer"})", "É\u200d中x"), "e[0,1)  [2,3) 中[2,3)  [2,3) x[3,4)");
  EXPECT_EQ(normalized(R"({"type": "BertNormalizer", "lowercase": false})", "É\t"), "É[0,1)  [1,2)");
  EXPECT_EQ(normalized(R"({"type": "BertNormalizer", "lowercase": true, "strip_accents": false})", "É"),
            "é[0,1)");
}

TEST(Normalizers, ByteLevelSpellsBytes) {
  EXPECT_EQ(normalized(R"({"type": "ByteLevel"})", " é"), "Ġ[0,1) Ã[1,2) ©[1,2)");
}

TEST(Normalizers, ASequenceIsOneAfterTheOther) {
  EXPECT_EQ(normalized(R"({"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"},
                           {"type": "Lowercase"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]})",
                       "É É"),
            "e[0,1) ▁[1,2) e[2,3)");
  EXPECT_EQ(normalized(R"({"type": "Sequence", "normalizers": []})", "É"), "É[0,1)");
}

// A double-array trie made by hand: 'A' becomes "b", 'é' (two bytes) becomes "ee", '_' becomes nothing.
class Charsmap {
 public:
  static std::string json() {
    const std::string pool = std::string("b\0ee\0\0", 6);
    std::vector<std::uint32_t> units(4096, 0xff);  // a label that no byte matches where it stands
    // The root's children are at offset ^ label; every leaf's value hides at its child with label 0.
    units[0] = 1024u << 10;
    const auto leaf = [&](std::uint32_t at, std::uint32_t label, std::uint32_t children,
                          std::uint32_t value) {
      units[at] = label | 1u << 8 | (at ^ children) << 10;
      units[children] = 1u << 31 | value;
    };
    const auto inner = [&](std::uint32_t at, std::uint32_t label, std::uint32_t children) {
      units[at] = label | (at ^ children) << 10;
    };
    leaf(1024 ^ 'A', 'A', 2048, 0);
    leaf(1024 ^ '_', '_', 2049, 5);
    inner(1024 ^ 0xc3, 0xc3, 3072);
    leaf(3072 ^ 0xa9, 0xa9, 2050, 2);
    std::string bytes;
    const auto word = [&](std::uint32_t n) {
      for (int i = 0; i < 4; ++i) bytes += static_cast<char>(n >> 8 * i & 0xff);
    };
    word(static_cast<std::uint32_t>(units.size() * 4));
    for (const std::uint32_t unit : units) word(unit);
    return R"({"type": "Precompiled", "precompiled_charsmap": ")" + base64(bytes + pool) + "\"}";
  }

 private:
  static std::string base64(const std::string& bytes) {
    const char* digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
      std::uint32_t n = 0;
      for (std::size_t k = 0; k < 3; ++k)
        n = n << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
      for (std::size_t k = 0; k < 4; ++k) out += i + k > bytes.size() ? '=' : digits[n >> (18 - 6 * k) & 63];
    }
    return out;
  }
};

TEST(Normalizers, PrecompiledReadsTheTrieOfSentencePiece) {
  EXPECT_EQ(normalized(Charsmap::json(), "xAé"), "x[0,1) b[1,2) e[2,3) e[2,3)");
  EXPECT_EQ(normalized(Charsmap::json(), "x_A"), "x[0,1) b[2,3)");
  EXPECT_EQ(normalized(Charsmap::json(), "plain"), "p[0,1) l[1,2) a[2,3) i[3,4) n[4,5)");
  // A cluster of at most five bytes is replaced as a whole by what its beginning becomes, as the library does
  // it.
  EXPECT_EQ(normalized(Charsmap::json(), "A\u0301x"), "b[0,1) x[2,3)");
  // A longer one is replaced character by character.
  EXPECT_EQ(normalized(Charsmap::json(), "A\u0301\u0301\u0301x"),
            "b[0,1) \u0301[1,2) \u0301[2,3) \u0301[3,4) x[4,5)");
}

}  // namespace
}  // namespace qkv::text::testing
