#include "tests/core/text/tokenizer_json_helper.h"

namespace qkv::text::testing {
namespace {

constexpr const char* kTemplate =
    R"({"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[S]", "type_id": 0}},
        {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[E]", "type_id": 0}}],
        "pair": [], "special_tokens": {"[S]": {"id": "[S]", "ids": [7, 8], "tokens": ["[S]", "[T]"]},
        "[E]": {"id": "[E]", "ids": [9], "tokens": ["[E]"]}}})";

std::string processed(const std::string& processor, const std::string& text, bool special_tokens = true) {
  const std::string parts =
      R"("pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false}, "post_processor": )";
  return spell(open(showing(parts + processor)).encode(text, special_tokens));
}

TEST(PostProcessors, TemplatesPutTokensAroundTheText) {
  EXPECT_EQ(processed(kTemplate, "ab"), "[S][0,0) [T][0,0) ab[0,2) [E][0,0)");
  EXPECT_EQ(processed(kTemplate, ""), "[S][0,0) [T][0,0) [E][0,0)");
  EXPECT_EQ(processed(kTemplate, "ab", false), "ab[0,2)");
  const auto tokens = open(showing(std::string(R"("post_processor": )") + kTemplate)).encode("ab");
  EXPECT_TRUE(tokens[0].special);
  EXPECT_FALSE(tokens[2].special);
  EXPECT_EQ(tokens[1].id, 8);
}

TEST(PostProcessors, BertsAndRobertas) {
  EXPECT_EQ(processed(R"({"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]})", "ab cd"),
            "[CLS][0,0) ab[0,2) Ġcd[2,5) [SEP][0,0)");
  const auto roberta = [](const std::string& more) {
    return R"({"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0])" + more + "}";
  };
  EXPECT_EQ(processed(roberta(""), "ab cd"), "<s>[0,0) ab[0,2) Ġcd[3,5) </s>[0,0)");
  EXPECT_EQ(processed(roberta(R"(, "trim_offsets": false)"), "ab cd"), "<s>[0,0) ab[0,2) Ġcd[2,5) </s>[0,0)");
  EXPECT_EQ(processed(roberta(R"(, "add_prefix_space": true)"), " ab cd", false), "Ġab[0,3) Ġcd[4,6)");
  EXPECT_EQ(processed(roberta(R"(, "add_prefix_space": false)"), " ab cd", false), "Ġab[1,3) Ġcd[4,6)");
}

TEST(PostProcessors, ByteLevelTrimsSpacesFromOffsets) {
  const std::string trim = R"({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true})";
  EXPECT_EQ(processed(trim, "  ab   "), "Ġ[1,1) Ġab[2,4) ĠĠĠ[7,7)");
  EXPECT_EQ(processed(R"({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false})", " ab"),
            "Ġab[0,3)");
}

TEST(PostProcessors, ASequenceTrimsAndThenAdds) {
  const std::string trim = R"({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true})";
  EXPECT_EQ(processed(R"({"type": "Sequence", "processors": [)" + trim + "," + kTemplate + "]}", "a b"),
            "[S][0,0) [T][0,0) a[0,1) Ġb[2,3) [E][0,0)");
  EXPECT_EQ(processed(R"({"type": "Sequence", "processors": [)" + std::string(kTemplate) + "," + trim + "]}",
                      "a b"),
            "[S][0,0) [T][0,0) a[0,1) Ġb[2,3) [E][0,0)");
}

}  // namespace
}  // namespace qkv::text::testing
