#include "core/experiment/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <utf8proc.h>

#include "core/experiment/operations.h"

namespace qkv::experiment {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> texts;
  for (const Token& token : split_sentence(text)) texts.push_back(token.text);
  return texts;
}

TEST(Words, WordsAndPunctuation) {
  EXPECT_THAT(split("The cat sat down"), ElementsAre("The", "cat", "sat", "down"));
  EXPECT_THAT(split("\"Wait!\" she said, (quietly)..."),
              ElementsAre("\"", "Wait", "!", "\"", "she", "said", ",", "(", "quietly", ")", "..."));
  EXPECT_THAT(split("it's a well-known rock'n'roll’s 'quote'"),
              ElementsAre("it's", "a", "well-known", "rock'n'roll’s", "'", "quote", "'"));
  EXPECT_THAT(split("pi is 3.14, not 1,000. End."),
              ElementsAre("pi", "is", "3.14", ",", "not", "1,000", ".", "End", "."));
  EXPECT_THAT(split("5 - 3 = 2 €9 a_b @x"), ElementsAre("5", "-", "3", "=", "2", "€", "9", "a_b", "@", "x"));
  EXPECT_THAT(split("((a)) -- b"), ElementsAre("(", "(", "a", ")", ")", "--", "b"));
}

TEST(Words, EveryKindOfSpaceSeparates) {
  EXPECT_THAT(split(" a\tb\r\nc\u00A0d\u3000e\u2009f\u200Bg\vh\x01i "),
              ElementsAre("a", "b", "c", "d", "e", "f", "g", "h", "i"));
  EXPECT_THAT(split(""), IsEmpty());
  EXPECT_THAT(split(" \n\u3000"), IsEmpty());
}

TEST(Words, OtherScripts) {
  EXPECT_THAT(split("Кошка села, да."), ElementsAre("Кошка", "села", ",", "да", "."));
  EXPECT_THAT(split("고양이가 앉았다"), ElementsAre("고양이가", "앉았다"));
  EXPECT_THAT(split("猫が座った。GPT猫"), ElementsAre("猫", "が", "座", "っ", "た", "。", "GPT", "猫"));
  EXPECT_THAT(split("बिल्ली बैठी।"), ElementsAre("बिल्ली", "बैठी", "।"));
  EXPECT_THAT(split("החתול ישב"), ElementsAre("החתול", "ישב"));
  EXPECT_THAT(split("می‌خواهم"), ElementsAre("می‌خواهم"))
      << "a zero-width non-joiner stays";
}

TEST(Words, GraphemesStayWhole) {
  EXPECT_THAT(split("a👩‍👩‍👧b🇫🇷🇩🇪👍🏽1️⃣"),
              ElementsAre("a", "👩‍👩‍👧", "b", "🇫🇷", "🇩🇪", "👍🏽", "1️⃣"));
  EXPECT_THAT(split("cafe\u0301 e\u0301tude"), ElementsAre("cafe\u0301", "e\u0301tude"));
}

TEST(Words, BytesThatAreNotUtf8BecomeTheReplacementCharacter) {
  EXPECT_THAT(split("a\xFF\xFE"), ElementsAre("a", "\uFFFD", "\uFFFD"));
  EXPECT_EQ(valid_utf8("\xED\xA0\x80x\xC0\xAF\xE2\x82"), "\uFFFD\uFFFD\uFFFDx\uFFFD\uFFFD\uFFFD\uFFFD");
}

TEST(Words, LongTextsAreCutAndSaySo) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "word ";
  int cut = -1;
  EXPECT_EQ(split_sentence(text, 512, &cut).size(), 512U);
  EXPECT_EQ(cut, 9488);
  EXPECT_EQ(split_sentence(text, 100'000, &cut).size(), static_cast<std::size_t>(kMaxTokens));
  EXPECT_EQ(split_sentence("a b", 512, &cut).size(), 2U);
  EXPECT_EQ(cut, 0);
}

TEST(Words, LongWordsComeInPieces) {
  const auto ascii = split(std::string(1000, 'x'));
  EXPECT_EQ(ascii.size(), 4U);
  std::string marks = "e";
  for (int i = 0; i < 500; ++i) marks += "\u0301";
  std::string whole;
  for (const std::string& piece : split(marks)) {
    EXPECT_LE(piece.size(), static_cast<std::size_t>(kMaxTokenBytes));
    EXPECT_EQ(piece, valid_utf8(piece));
    whole += piece;
  }
  EXPECT_EQ(whole, marks);
}

TEST(Words, FoldingIsOneWordAndFoldingTwiceChangesNothing) {
  EXPECT_EQ(folded("ÉTUDE"), folded("e\u0301tude"));
  EXPECT_EQ(folded("STRASSE"), folded("straße"));
  EXPECT_EQ(folded("The"), "the");
  for (utf8proc_int32_t code = 1; code < 0x110000; ++code) {
    if (code >= 0xD800 && code < 0xE000) continue;
    utf8proc_uint8_t bytes[4];
    const auto length = static_cast<std::size_t>(utf8proc_encode_char(code, bytes));
    const std::string once = folded({reinterpret_cast<const char*>(bytes), length});
    ASSERT_EQ(folded(once), once) << code;
  }
}

}  // namespace
}  // namespace qkv::experiment
