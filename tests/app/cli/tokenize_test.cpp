#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/app/cli/program.h"

namespace qkv::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kModels = QKV_SOURCE_DIR "/tests/oracle/tokenizers/";

class Tokenize : public Program {
 protected:
  /// With `input` on standard input.
  Outcome tokenize(const std::string& model, const std::string& input,
                   const std::string& options = "") const {
    put("in.jsonl", input);
    return run("tokenize " + options + " '" + model + "'", "true", "in.jsonl");
  }
  /// Expects one sentence on standard error and status 1.
  void expect_bad(const std::string& model, const std::string& input, const std::string& mentions) const {
    const Outcome outcome = tokenize(model, input);
    EXPECT_EQ(outcome.status, 1) << input;
    EXPECT_THAT(outcome.err, HasSubstr(mentions)) << input;
    EXPECT_LE(outcome.err.size(), 501u);
    EXPECT_EQ(outcome.err.find('\n'), outcome.err.size() - 1) << outcome.err;
  }
};

TEST_F(Tokenize, AnswersEveryLineInOrderAsTheLibraryDoes) {
  for (const char* model :
       {"gpt2-byte-bpe", "bert-wordpiece-cased", "t5-unigram", "llama2-bpe-byte-fallback"}) {
    const auto rows = nlohmann::json::parse(contents(std::string(kModels) + model + "/expected.json"));
    std::string input, expected;
    for (const auto& row : rows) {
      input += row["text"].dump() + "\n";
      const std::string ids = row["ids"].dump(), tokens = row["tokens"].dump(),
                        offsets = row["offsets"].dump();
      expected += R"({"ids":)" + ids + R"(,"tokens":)" + tokens + R"(,"offsets":)" + offsets + "}\n";
    }
    const Outcome outcome = tokenize(std::string(kModels) + model, input);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.out, expected) << model;
  }
}

TEST_F(Tokenize, TakesAFileAndEscapesAndALastLineWithoutItsEnd) {
  const Outcome outcome =
      tokenize(std::string(kModels) + "gpt2-byte-bpe/tokenizer.json", "\"\\u0054\\n\"\r\n\"\"\n\"a\"");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.out,
            "{\"ids\":[52,199],\"tokens\":[\"T\",\"Ċ\"],\"offsets\":[[0,1],[1,2]]}\n"
            "{\"ids\":[],\"tokens\":[],\"offsets\":[]}\n"
            "{\"ids\":[65],\"tokens\":[\"a\"],\"offsets\":[[0,1]]}\n");
}

TEST_F(Tokenize, LeavesOutSpecialTokensWhereAsked) {
  const std::string model = std::string(kModels) + "bert-wordpiece-uncased";
  EXPECT_THAT(tokenize(model, "\"a\"\n").out, HasSubstr(R"(["[CLS]","a","[SEP]"])"));
  EXPECT_THAT(tokenize(model, "\"a\"\n", "--no-special-tokens").out, HasSubstr(R"("tokens":["a"])"));
}

TEST_F(Tokenize, ABadLineIsOneSentenceAfterTheAnswersBeforeIt) {
  const std::string model = std::string(kModels) + "gpt2-byte-bpe";
  for (const char* bad : {"5", "[\"a\"]", "\"a", "a", "", "\"\\ud800\"", "\"\xff\"", "null", "\"a\" \"b\""}) {
    expect_bad(model, std::string("\"a\"\n") + bad + "\n\"b\"\n", "Line 2");
    EXPECT_THAT(tokenize(model, std::string("\"a\"\n") + bad + "\n").out, HasSubstr("[65]"));
  }
}

TEST_F(Tokenize, ABadModelIsOneSentence) {
  std::filesystem::create_directory(file("empty"));
  std::filesystem::create_directory(file("half"));
  put("half/tokenizer.json", R"({"model": {"type": "BPE", "voc)");
  expect_bad("nowhere", "", "nowhere");
  expect_bad("empty", "", "tokenizer.json");
  expect_bad("half", "", "half/tokenizer.json");
  expect_refused("tokenize", 2, "MODEL");
}

}  // namespace
}  // namespace qkv::testing
