#include "tests/core/text/tokenizer_json_helper.h"

namespace qkv::text::testing {
namespace {

std::string cut(const std::string& pre_tokenizer, const std::string& text) {
  return shown(R"("pre_tokenizer": )" + pre_tokenizer, text);
}

std::string split(const std::string& behavior, const std::string& text = "The-final--countdown",
                  const std::string& more = "") {
  return cut(R"({"type": "Split", "pattern": {"String": "-"}, "behavior": ")" + behavior + "\"" + more + "}",
             text);
}

TEST(PreTokenizers, SplitHasFiveBehaviours) {
  EXPECT_EQ(split("Removed"), "The[0,3) final[4,9) countdown[11,20)");
  EXPECT_EQ(split("Isolated"), "The[0,3) -[3,4) final[4,9) -[9,10) -[10,11) countdown[11,20)");
  EXPECT_EQ(split("MergedWithPrevious"), "The-[0,4) final-[4,10) -[10,11) countdown[11,20)");
  EXPECT_EQ(split("MergedWithNext"), "The[0,3) -final[3,9) -[9,10) -countdown[10,20)");
  EXPECT_EQ(split("Contiguous"), "The[0,3) -[3,4) final[4,9) --[9,11) countdown[11,20)");
}

TEST(PreTokenizers, SplitInvertsAndTakesExpressions) {
  EXPECT_EQ(split("Removed", "a-b", R"(, "invert": true)"), "-[1,2)");
  EXPECT_EQ(
      cut(R"({"type": "Split", "pattern": {"Regex": "\\w+|[^\\w\\s]+"}, "behavior": "Removed", "invert": true})",
          "Hey friend!"),
      "Hey[0,3) friend[4,10) ![10,11)");
  EXPECT_EQ(cut(R"({"type": "Split", "pattern": {"String": ""}, "behavior": "Isolated"})", "ab"),
            "a[0,1) b[1,2)");
}

TEST(PreTokenizers, WhitespaceKnowsWordsInEveryScript) {
  EXPECT_EQ(cut(R"({"type": "Whitespace"})", "Hey friend!  How_are हिन्दी?!"),
            "Hey[0,3) friend[4,10) ![10,11) How_are[13,20) हिन्दी[21,27) ?![27,29)");
  EXPECT_EQ(cut(R"({"type": "WhitespaceSplit"})", " a\u00a0b\u3000c\r\nd\u200be "),
            "a[1,2) b[3,4) c[5,6) d\u200be[8,11)");
}

TEST(PreTokenizers, BertsAndPunctuationAndDigitsAndDelimiters) {
  EXPECT_EQ(cut(R"({"type": "BertPreTokenizer"})", "Hey, $5 中。x"),
            "Hey[0,3) ,[3,4) $[5,6) 5[6,7) 中[8,9) 。[9,10) x[10,11)");
  EXPECT_EQ(cut(R"({"type": "Punctuation"})", "a?!b"), "a[0,1) ?[1,2) ![2,3) b[3,4)");
  EXPECT_EQ(cut(R"({"type": "Punctuation", "behavior": "Contiguous"})", "a?!b"), "a[0,1) ?![1,3) b[3,4)");
  EXPECT_EQ(cut(R"({"type": "Digits", "individual_digits": true})", "a12½"), "a[0,1) 1[1,2) 2[2,3) ½[3,4)");
  EXPECT_EQ(cut(R"({"type": "Digits", "individual_digits": false})", "a12½b"), "a[0,1) 12½[1,4) b[4,5)");
  EXPECT_EQ(cut(R"({"type": "CharDelimiterSplit", "delimiter": "é"})", "aéébé"), "a[0,1) b[3,4)");
  EXPECT_EQ(cut(R"({"type": "FixedLength", "length": 2})", "aébcd"), "aé[0,2) bc[2,4) d[4,5)");
}

TEST(PreTokenizers, MetaspaceMarksSpacesAndMaybeTheBeginning) {
  const auto metaspace = [](const std::string& more) {
    return R"({"type": "Metaspace", "replacement": "▁")" + more + "}";
  };
  EXPECT_EQ(cut(metaspace(""), "Hey   friend!"), "▁Hey[0,3) ▁[3,4) ▁[4,5) ▁friend![5,13)");
  EXPECT_EQ(cut(metaspace(R"(, "add_prefix_space": false)"), "Hey you"), "Hey[0,3) ▁you[3,7)");
  EXPECT_EQ(cut(metaspace(R"(, "prepend_scheme": "never")"), "Hey you"), "Hey[0,3) ▁you[3,7)");
  EXPECT_EQ(cut(metaspace(R"(, "prepend_scheme": "always", "split": false)"), "Hey you"), "▁Hey▁you[0,7)");
  EXPECT_EQ(cut(metaspace(""), " a"), "▁a[0,2)");
  const std::string added = R"(, "added_tokens": [{"id": 1, "content": "<s>", "special": true}])";
  EXPECT_EQ(shown(R"("pre_tokenizer": )" + metaspace(R"(, "prepend_scheme": "first")") + added, "a<s>b"),
            "▁a[0,1) <s>[1,4) b[4,5)");
  EXPECT_EQ(shown(R"("pre_tokenizer": )" + metaspace(R"(, "prepend_scheme": "always")") + added, "a<s>b"),
            "▁a[0,1) <s>[1,4) ▁b[4,5)");
}

TEST(PreTokenizers, ByteLevelSpellsBytesAfterGpt2sSplit) {
  EXPECT_EQ(cut(R"({"type": "ByteLevel", "add_prefix_space": false, "use_regex": true})", "I'll  go\n i⭢j"),
            "I[0,1) 'll[1,4) Ġ[4,5) Ġgo[5,8) Ċ[8,9) Ġi[9,11) âŃ¢[11,12) j[12,13)");
  EXPECT_EQ(cut(R"({"type": "ByteLevel", "add_prefix_space": true})", "go on"), "Ġgo[0,2) Ġon[2,5)");
  EXPECT_EQ(cut(R"({"type": "ByteLevel", "add_prefix_space": false, "use_regex": false})", "go on"),
            "goĠon[0,5)");
}

TEST(PreTokenizers, ASequenceIsOneAfterTheOther) {
  EXPECT_EQ(cut(R"({"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Digits",
                    "individual_digits": true}]})",
                "ab1 2"),
            "ab[0,2) 1[2,3) 2[4,5)");
}

}  // namespace
}  // namespace qkv::text::testing
