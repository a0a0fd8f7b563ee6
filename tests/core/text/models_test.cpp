#include <algorithm>

#include "core/error.h"
#include "tests/core/text/tokenizer_json_helper.h"

namespace qkv::text::testing {
namespace {

std::string encode(const std::string& model, const std::string& text, const std::string& parts = "") {
  return spell(open(json_of(model, parts)).encode(text));
}

std::string bpe(const std::string& more = "") {
  return R"({"type": "BPE", "vocab": {"<unk>": 0, "a": 1, "b": 2, "c": 3, "ab": 4, "bc": 5, "abc": 6, "aa": 7},
             "merges": ["b c", "a b", "a bc", "a a"])" +
         more + "}";
}

TEST(Bpe, MergesTheLowestRankFirstAndThenTheLeftmost) {
  EXPECT_EQ(encode(bpe(), "abc"), "abc[0,3)");  // b c before a b
  EXPECT_EQ(encode(bpe(), "ab"), "ab[0,2)");
  EXPECT_EQ(encode(bpe(), "aaa"), "aa[0,2) a[2,3)");
  EXPECT_EQ(encode(bpe(), "aabcb"), "a[0,1) abc[1,4) b[4,5)");
  EXPECT_EQ(encode(R"({"vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [["a", "b"]]})", "abab"),
            "ab[0,2) ab[2,4)");
}

TEST(Bpe, IgnoresMergesForWholeWordsWhereAsked) {
  const std::string model = R"({"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [])";
  EXPECT_EQ(encode(model + R"(, "ignore_merges": true})", "ab"), "ab[0,2)");
  EXPECT_EQ(encode(model + "}", "ab"), "a[0,1) b[1,2)");
}

TEST(Bpe, UnknownCharactersAreFusedOrNotOrLost) {
  EXPECT_EQ(encode(bpe(R"(, "unk_token": "<unk>")"), "aéüb"), "a[0,1) <unk>[1,2) <unk>[2,3) b[3,4)");
  EXPECT_EQ(encode(bpe(R"(, "unk_token": "<unk>", "fuse_unk": true)"), "aéüb"), "a[0,1) <unk>[1,3) b[3,4)");
  EXPECT_EQ(encode(bpe(), "ab"), "ab[0,2)");
  EXPECT_EQ(encode(bpe(), "xab"), "ab[0,2)");  // the library counts the offsets without what was lost
  EXPECT_THROW(encode(bpe(R"(, "unk_token": "none")"), "x"), Error);
}

TEST(Bpe, FallsBackToBytesOnlyWhereAllAreThere) {
  const std::string model =
      R"({"type": "BPE", "vocab": {"<unk>": 0, "a": 1, "<0xC3>": 2, "<0xA9>": 3}, "merges": [],
                                "unk_token": "<unk>", "byte_fallback": true})";
  EXPECT_EQ(encode(model, "aé"), "a[0,1) <0xC3>[1,2) <0xA9>[1,2)");
  EXPECT_EQ(encode(model, "aü"), "a[0,1) <unk>[1,2)");
}

TEST(Bpe, MarksContinuationsAndEndsOfWords) {
  EXPECT_EQ(encode(R"({"type": "BPE", "vocab": {"a": 0, "##b": 1, "##c": 2, "ab": 3, "##bc": 4},
                       "merges": ["a ##b"], "continuing_subword_prefix": "##"})",
                   "abc"),
            "ab[0,2) ##c[2,3)");
  EXPECT_EQ(
      encode(R"({"type": "BPE", "vocab": {"a": 0, "b</w>": 1, "ab</w>": 2, "a</w>": 3}, "merges": ["a b</w>"],
                       "end_of_word_suffix": "</w>"})",
             "ab a", R"("pre_tokenizer": {"type": "WhitespaceSplit"})"),
      "ab</w>[0,2) a</w>[3,4)");
}

TEST(Bpe, OneLongWordTakesNoSquareOfTime) {
  const std::string text(1 << 20, 'a');
  EXPECT_EQ(open(json_of(bpe())).encode(text).size(), std::size_t{1} << 19);
}

std::string word_piece(const std::string& more = "") {
  return R"({"type": "WordPiece", "vocab": {"[UNK]": 0, "un": 1, "##aff": 2, "##able": 3, "una": 4, "é": 5, "##é": 6},
             "unk_token": "[UNK]", "continuing_subword_prefix": "##")" +
         more + "}";
}

TEST(WordPiece, TakesTheLongestBeginningAgainAndAgain) {
  EXPECT_EQ(encode(word_piece(), "unaffable"), "[UNK][0,9)");  // una, then ##ff…: no way back
  EXPECT_EQ(encode(word_piece(), "unable"), "[UNK][0,6)");
  EXPECT_EQ(encode(word_piece(), "unééaff"), "un[0,2) ##é[2,3) ##é[3,4) ##aff[4,7)");
  EXPECT_EQ(encode(word_piece(), "aff"), "[UNK][0,3)");
}

TEST(WordPiece, WordsOfTooManyCharactersAreUnknown) {
  EXPECT_EQ(encode(word_piece(R"(, "max_input_chars_per_word": 3)"), "ééé"), "é[0,1) ##é[1,2) ##é[2,3)");
  EXPECT_EQ(encode(word_piece(R"(, "max_input_chars_per_word": 3)"), "éééé"), "[UNK][0,4)");
  std::string word;
  for (int i = 0; i < 100; ++i) word += "é";
  EXPECT_EQ(open(json_of(word_piece())).encode(word).size(), 100u);
  EXPECT_EQ(encode(word_piece(), word + "é"), "[UNK][0,101)");
}

TEST(Unigram, TakesTheLikeliestOfAllWays) {
  // The library's own example.
  const std::string model =
      R"({"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["a", 0], ["b", 0], ["c", 0],
                                ["d", 0], ["cd", 1], ["ab", 2], ["abc", 5], ["abcd", 10]]})";
  EXPECT_EQ(encode(model, "abcd"), "abcd[0,4)");
  EXPECT_EQ(encode(model, "abcc"), "abc[0,3) c[3,4)");
  EXPECT_EQ(encode(model, "xabcabaabcdd"), "x[0,1) abc[1,4) ab[4,6) a[6,7) abcd[7,11) d[11,12)");
  EXPECT_EQ(encode(model, "xyz東京"), "xyz東京[0,5)");  // unknown ones next to each other are one
}

TEST(Unigram, OfEquallyLikelyWaysTheFirstFoundStays) {
  const std::string model =
      R"({"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", -9], ["a", -1], ["aa", -2]]})";
  EXPECT_EQ(encode(model, "aa"), "aa[0,2)");
  EXPECT_EQ(encode(model, "aaa"), "a[0,1) aa[1,3)");  // of the last pieces, aa was offered first
}

TEST(Unigram, BytesOfUnknownPartsHaveTheOffsetsOfTheWhole) {
  const std::string model =
      R"({"type": "Unigram", "unk_id": 0, "byte_fallback": true, "vocab": [["<unk>", 0], ["a", -1],
                                ["<0xC3>", -2], ["<0xA9>", -2]]})";
  EXPECT_EQ(encode(model, "aé"), "a[0,1) <0xC3>[1,2) <0xA9>[1,2)");
  EXPECT_EQ(encode(model, "aéé"), "a[0,1) <0xC3>[1,3) <0xA9>[1,3) <0xC3>[1,3) <0xA9>[1,3)");
  EXPECT_EQ(encode(model, "aü"), "a[0,1) ü[1,2)");
  EXPECT_THROW(encode(R"({"type": "Unigram", "unk_id": null, "vocab": [["a", 0]]})", "b"), Error);
}

TEST(WordLevel, WordsAreThereOrUnknown) {
  const std::string model = R"({"type": "WordLevel", "vocab": {"[unk]": 7, "dog": 3}, "unk_token": "[unk]"})";
  EXPECT_EQ(encode(model, "dog cat", R"("pre_tokenizer": {"type": "Whitespace"})"), "dog[0,3) [unk][4,7)");
  EXPECT_EQ(open(json_of(model)).size(), 8);
}

std::string ids(const Tokenizer& tokenizer, const std::string& text) {
  std::string out;
  for (const Token& token : tokenizer.encode(text))
    out += std::to_string(token.id) + (token.special ? "* " : " ");
  return out;
}

std::string added(const std::string& content, int id, const std::string& more = "") {
  return R"({"id": )" + std::to_string(id) + R"(, "content": ")" + content + "\"" + more + "}";
}

std::string with_added(const std::string& tokens, const std::string& text, const std::string& more = "") {
  return shown(R"("added_tokens": [)" + tokens + "]" + more, text);
}

constexpr const char* kLower = R"(, "normalizer": {"type": "Lowercase"})";

TEST(AddedTokens, TheLongestOfTheLeftmostIsFound) {
  const std::string tokens = added("<a>", 1) + "," + added("<a><b>", 2) + "," + added("b>", 3);
  EXPECT_EQ(with_added(tokens, "x<a><b>y<a><a"), "x[0,1) <a><b>[1,7) y[7,8) <a>[8,11) <a[11,13)");
}

TEST(AddedTokens, NormalizedOnesAreFoundAfterTheNormalizer) {
  EXPECT_EQ(with_added(added("Yes", 1, R"(, "normalized": true)"), "YES yes", kLower),
            "yes[0,3)  [3,4) yes[4,7)");
  EXPECT_EQ(with_added(added("Yes", 1, R"(, "normalized": false)"), "YES Yes", kLower), "yes [0,4) Yes[4,7)");
  EXPECT_EQ(with_added(added("[CLS]", 1, R"(, "special": true)"), "[cls][CLS]", kLower),
            "[cls][0,5) [CLS][5,10)");
}

TEST(AddedTokens, StripTheSpacesBesideThem) {
  const std::string both = R"(, "lstrip": true, "rstrip": true)";
  EXPECT_EQ(with_added(added("<m>", 1, both), "Hi <m>\u3000 <m>\tx"),
            "Hi[0,2)  <m>\u3000 [2,8) <m>\t[8,12) x[12,13)");
  EXPECT_EQ(with_added(added("<m>", 1, R"(, "lstrip": true)"), "Hi  <m> x"), "Hi[0,2)   <m>[2,7)  x[7,9)");
}

TEST(AddedTokens, SingleWordsAreNoPartsOfOthers) {
  const std::string tokens = added("ony", 1, R"(, "single_word": true)");
  EXPECT_EQ(with_added(tokens, "Anthony ony, ony_ -ony"),
            "Anthony [0,8) ony[8,11) , ony_ -[11,19) ony[19,22)");
  EXPECT_EQ(with_added(tokens, "\u0330ony"), "\u0330ony[0,4)");
}

TEST(AddedTokens, IdsAreTheModelsOrFollowIt) {
  const std::string model = R"({"type": "WordLevel", "vocab": {"[unk]": 0, "dog": 1}, "unk_token": "[unk]"})";
  const std::string tokens = R"("added_tokens": [)" + added("<s>", 2, R"(, "special": true)") + "," +
                             added("dog", 1) + "," + added("<t>", 3) +
                             R"(], "pre_tokenizer": {"type": "Whitespace"})";
  const Tokenizer tokenizer = open(json_of(model, tokens));
  EXPECT_EQ(ids(tokenizer, "<s>dog<t>x"), "2* 1 3 0 ");
  EXPECT_EQ(tokenizer.size(), 4);
  EXPECT_EQ(tokenizer.token(2), "<s>");
  EXPECT_EQ(tokenizer.id_of("<t>"), 3);
  EXPECT_EQ(tokenizer.id_of("cat"), std::nullopt);
  EXPECT_EQ(tokenizer.token(-1), "");
  EXPECT_EQ(tokenizer.token(4), "");
  EXPECT_EQ(tokenizer.token(1 << 30), "");
}

TEST(Reading, TokensAsAReaderSeesThem) {
  const Tokenizer bytes = open(
      json_of(R"({"type": "BPE", "vocab": {"Ġdog": 0, "Ċ": 1, "â": 2, "Ã©": 3, "âĢĠ": 4}, "merges": []})",
              R"("pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
                                          "added_tokens": [{"id": 5, "content": "<é>", "special": true}])"));
  EXPECT_EQ(bytes.readable(0), " dog");
  EXPECT_EQ(bytes.readable(1), "\n");
  EXPECT_EQ(bytes.readable(2), "⟨E2⟩");
  EXPECT_EQ(bytes.readable(3), "é");
  EXPECT_EQ(bytes.readable(4), "⟨E2⟩⟨80⟩ ");
  EXPECT_EQ(bytes.readable(5), "<é>");
  EXPECT_EQ(bytes.readable(99), "");
  EXPECT_EQ(open(json_of(word_piece())).readable(2), "aff");
  const Tokenizer pieces =
      open(json_of(R"({"type": "BPE", "vocab": {"▁dog": 0, "<0xE2>": 1, "<0x0A>": 2}, "merges": []})",
                   R"("decoder": {"type": "Sequence", "decoders": [
                                           {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}]})"));
  EXPECT_EQ(pieces.readable(0), " dog");
  EXPECT_EQ(pieces.readable(1), "⟨E2⟩");
  EXPECT_EQ(pieces.readable(2), "\n");
}

}  // namespace
}  // namespace qkv::text::testing
