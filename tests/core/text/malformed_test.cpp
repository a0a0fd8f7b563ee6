#include <fstream>

#include "core/error.h"
#include "tests/app/support/temp_folder.h"
#include "tests/core/text/tokenizer_json_helper.h"

// Files that are damaged or ask for what is not supported: each gives one sentence that names the file and
// the part.
namespace qkv::text::testing {
namespace {

/// The sentence that `read` is refused with; fails when it is not one of at most 500 characters.
template <class Read>
std::string refusal(Read read) {
  try {
    read();
  } catch (const Error& error) {
    const std::string sentence = error.what();
    EXPECT_LE(sentence.size(), 500u) << sentence;
    EXPECT_TRUE(sentence.ends_with('.')) << sentence;
    EXPECT_EQ(sentence.find('\n'), sentence.npos) << sentence;
    return sentence;
  }
  ADD_FAILURE() << "was not refused";
  return {};
}

void expect_refused(const std::string& json, const std::string& mentions) {
  const std::string sentence = refusal([&] { open(json); });
  EXPECT_NE(sentence.find(mentions), sentence.npos) << json << '\n' << sentence;
  EXPECT_EQ(sentence.find("tokenizer.json"), 0u) << sentence;
}

TEST(Malformed, NotJsonOrNotATokenizer) {
  const std::string whole = showing(R"("normalizer": {"type": "NFC"})");
  for (std::size_t size = 0; size < whole.size(); size += 7) expect_refused(whole.substr(0, size), "JSON");
  expect_refused("[]", "model");
  expect_refused("{}", "model");
  expect_refused("5", "model");
  expect_refused(R"({"model": null})", "model");
  expect_refused(R"({"model": {"type": "BPE"}, "version": "2.0"})", "version");
  expect_refused(json_of("{\"type\": \"\xff\"}"), "JSON");
  expect_refused(json_of(R"({"type": "Unigram", "vocab": [["a", 1e999]]})"), "number");
}

TEST(Malformed, NestedWithoutEnd) {
  std::string deep, end;
  for (int i = 0; i < 100000; ++i) {
    deep += R"({"type": "Sequence", "normalizers": [)";
    end += "]}";
  }
  expect_refused(showing("\"normalizer\": " + deep + end), "nested");
  expect_refused(std::string(1 << 20, '['), "nested");
}

TEST(Malformed, ComponentsThatAreNotSupportedAreNamed) {
  expect_refused(json_of(R"({"type": "Magic", "vocab": {}})"), "'Magic'");
  expect_refused(showing(R"("normalizer": {"type": "Sequence", "normalizers": [{"type": "Glow"}]})"),
                 "normalizer.normalizers[0]");
  expect_refused(showing(R"("pre_tokenizer": {"type": "UnicodeScripts"})"), "'UnicodeScripts'");
  expect_refused(showing(R"("post_processor": {"type": "Tail"})"), "'Tail'");
  expect_refused(json_of(R"({"type": "BPE", "vocab": {}, "merges": [], "dropout": 0.1})"), "dropout");
}

TEST(Malformed, Vocabularies) {
  const auto bpe = [](const std::string& vocab, const std::string& merges = "[]") {
    return json_of(R"({"type": "BPE", "vocab": )" + vocab + R"(, "merges": )" + merges + "}");
  };
  expect_refused(bpe("[1]"), "vocab");
  expect_refused(bpe(R"({"a": "b"})"), "'a'");
  expect_refused(bpe(R"({"a": -1})"), "'a'");
  expect_refused(bpe(R"({"a": 0.5})"), "'a'");
  expect_refused(bpe(R"({"a": 99999999999999999999})"), "'a'");
  expect_refused(bpe(R"({"a": 4294967296})"), "'a'");
  expect_refused(bpe(R"({"a": 16777216})"), "16777215");
  expect_refused(bpe(R"({"a": 1, "b": 1})"), "id 1");
  expect_refused(bpe(R"({"a": 0})", R"(["a b"])"), "'b'");
  expect_refused(bpe(R"({"a": 0, "b": 1})", R"(["a b"])"), "'ab'");
  expect_refused(bpe(R"({"a": 0})", R"(["a"])"), "merges[0]");
  expect_refused(bpe(R"({"a": 0})", R"(["a a a"])"), "merges[0]");
  expect_refused(bpe(R"({"a": 0})", R"([["a", 1]])"), "merges[0]");
  expect_refused(bpe(R"({"a": 0})", R"([5])"), "merges[0]");
  expect_refused(bpe(R"({"a": 0})", R"("a")"), "merges");
  expect_refused(json_of(R"({"type": "BPE", "vocab": {"a": 0}})"), "merges");
  expect_refused(json_of(R"({"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": ["a b"],
                             "continuing_subword_prefix": "####"})"),
                 "merges");
  expect_refused(json_of(R"({"type": "Unigram", "vocab": {"a": 0}})"), "vocab");
  expect_refused(json_of(R"({"type": "Unigram", "vocab": [["a"]]})"), "vocab[0]");
  expect_refused(json_of(R"({"type": "Unigram", "vocab": [["a", "b"]]})"), "vocab[0]");
  expect_refused(json_of(R"({"type": "Unigram", "vocab": [["a", 0]], "unk_id": 1})"), "unk_id");
  expect_refused(json_of(R"({"type": "Unigram", "vocab": [], "unk_id": 0})"), "vocab");
  expect_refused(json_of(R"({"type": "WordPiece", "vocab": {"a": 0}, "max_input_chars_per_word": -1})"),
                 "max_input");
}

TEST(Malformed, Components) {
  const auto normalizer = [](const std::string& json) { return showing("\"normalizer\": " + json); };
  const auto splitter = [](const std::string& json) { return showing("\"pre_tokenizer\": " + json); };
  const auto processor = [](const std::string& json) { return showing("\"post_processor\": " + json); };
  expect_refused(normalizer(R"([])"), "normalizer");
  expect_refused(normalizer(R"({"type": 5})"), "normalizer.type");
  expect_refused(normalizer(R"({"type": "Sequence"})"), "normalizers");
  expect_refused(normalizer(R"({"type": "Replace", "pattern": {"Regex": "("}, "content": ""})"), "'('");
  expect_refused(normalizer(R"({"type": "Replace", "pattern": "a", "content": ""})"), "pattern");
  expect_refused(normalizer(R"({"type": "Precompiled", "precompiled_charsmap": "!"})"), "base64");
  expect_refused(normalizer(R"({"type": "Precompiled", "precompiled_charsmap": ""})"), "damaged");
  expect_refused(normalizer(R"({"type": "Precompiled", "precompiled_charsmap": "/////w=="})"), "damaged");
  expect_refused(normalizer(R"({"type": "Precompiled", "precompiled_charsmap": null})"),
                 "precompiled_charsmap");
  expect_refused(splitter(R"({"type": "Split", "pattern": {"String": "a"}, "behavior": "Sometimes"})"),
                 "behavior");
  expect_refused(splitter(R"({"type": "Metaspace", "replacement": "ab"})"), "replacement");
  expect_refused(splitter(R"({"type": "Metaspace", "replacement": "_", "prepend_scheme": "once"})"),
                 "prepend_scheme");
  expect_refused(splitter(R"({"type": "Digits", "individual_digits": 1})"), "individual_digits");
  expect_refused(processor(R"({"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[X]"}}],
                               "special_tokens": {}})"),
                 "single[0]");
  expect_refused(processor(R"({"type": "TemplateProcessing", "single": [{"Sequence": {"id": "B"}}],
                               "special_tokens": {}})"),
                 "single[0]");
  expect_refused(
      processor(R"({"type": "TemplateProcessing", "single": [], "special_tokens": {"a": {"ids": [1],
                               "tokens": []}}})"),
      "'a'");
  expect_refused(processor(R"({"type": "BertProcessing", "sep": ["a"], "cls": ["b", 1]})"), "sep");
  expect_refused(showing(R"("added_tokens": [{"id": 1}])"), "added_tokens[0]");
  expect_refused(showing(R"("added_tokens": [{"id": -1, "content": "a"}])"), "added_tokens[0].id");
  expect_refused(showing(R"("added_tokens": [{"id": 1, "content": "a"}, {"id": 1, "content": "b"}])"),
                 "id 1");
  expect_refused(showing(R"("added_tokens": [{"id": 1, "content": " "}], "normalizer": {"type": "Strip"})"),
                 "' '");
}

TEST(Malformed, ExpressionsThatBacktrackWithoutEndGiveUp) {
  const Tokenizer tokenizer = open(showing(
      R"("pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a+)+$"}, "behavior": "Removed"})"));
  EXPECT_EQ(tokenizer.encode("aaa").size(), 0u);
  const std::string sentence = refusal([&] { tokenizer.encode(std::string(60, 'a') + "b"); });
  EXPECT_NE(sentence.find("gave up"), sentence.npos) << sentence;
}

TEST(Malformed, TextThatIsNotUtf8) {
  const Tokenizer tokenizer = open(showing(""));
  for (const char* bad : {"\xff", "a\xc3", "\xed\xa0\x80", "\xc0\x80", "\xf4\x90\x80\x80", "\x80"})
    EXPECT_NE(refusal([&] { tokenizer.encode(bad); }).find("UTF-8"), std::string::npos);
}

class Folder : public ::testing::Test {
 protected:
  void put(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_.path() / name, std::ios::binary) << bytes;
  }
  std::string refused(const std::string& name = "") const {
    return refusal([&] { Tokenizer(name.empty() ? folder_.path() : folder_.path() / name); });
  }
  std::string encoded(const std::string& text) const { return spell(Tokenizer(folder_.path()).encode(text)); }
  qkv::testing::TempFolder folder_;
};

TEST_F(Folder, EmptyOrMissing) {
  EXPECT_FALSE(has_tokenizer(folder_.path()));
  EXPECT_NE(refused().find("vocab.txt"), std::string::npos);
  EXPECT_NE(refused("nowhere").find("nowhere"), std::string::npos);
  put("vocab.json", "{}");
  EXPECT_FALSE(has_tokenizer(folder_.path()));
  EXPECT_NE(refused("vocab.json").find("merges.txt"), std::string::npos);
}

TEST_F(Folder, BertsVocabulary) {
  put("vocab.txt", "[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\na\r\n##b");
  EXPECT_TRUE(has_tokenizer(folder_.path()));
  EXPECT_EQ(encoded("AB [UNK]"), "[CLS][0,0) a[0,1) ##b[1,2) [UNK][3,8) [SEP][0,0)");
  put("tokenizer_config.json", R"({"do_lower_case": false, "sep_token": {"content": "[PAD]"}})");
  EXPECT_EQ(encoded("Ab ab"), "[CLS][0,0) [UNK][0,2) a[3,4) ##b[4,5) [PAD][0,0)");
  put("tokenizer_config.json", R"({"cls_token": "<cls>"})");
  EXPECT_NE(refused().find("'<cls>'"), std::string::npos);
  put("tokenizer_config.json", R"([)");
  EXPECT_NE(refused().find("tokenizer_config.json"), std::string::npos);
  put("vocab.txt", "");
  put("tokenizer_config.json", "{}");
  EXPECT_NE(refused().find("vocab.txt"), std::string::npos);
  put("vocab.txt", "\xff\n");
  EXPECT_NE(refused("vocab.txt").find("UTF-8"), std::string::npos);
}

TEST_F(Folder, Gpt2sVocabularyAndMerges) {
  put("vocab.json", R"({"a": 0, "Ġ": 1, "Ġa": 2, "<|endoftext|>": 3, "<s>": 4, "</s>": 5, "<mask>": 6})");
  put("merges.txt", "#version: 0.2\nĠ a\n");
  EXPECT_EQ(encoded("a a<|endoftext|>"), "a[0,1) Ġa[1,3) <|endoftext|>[3,16)");
  put("tokenizer_config.json",
      R"({"tokenizer_class": "GPT2Tokenizer", "add_prefix_space": true, "add_bos_token": true})");
  EXPECT_EQ(encoded("a"), "<|endoftext|>[0,0) Ġa[0,1)");
  put("tokenizer_config.json", R"({"tokenizer_class": "RobertaTokenizerFast"})");
  EXPECT_EQ(encoded("a a <mask>"), "<s>[0,0) a[0,1) Ġa[2,3)  <mask>[4,10) </s>[0,0)");
  put("tokenizer_config.json", R"({"tokenizer_class": "CLIPTokenizer"})");
  EXPECT_NE(refused().find("'CLIP'"), std::string::npos);
  put("tokenizer_config.json", "{}");
  put("merges.txt", "Ġ a\nĠ a b\n");
  EXPECT_NE(refused().find("line 2"), std::string::npos);
  put("merges.txt", "Ġ b\n");
  EXPECT_NE(refused().find("'b'"), std::string::npos);
}

}  // namespace
}  // namespace qkv::text::testing
