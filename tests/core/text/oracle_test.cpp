#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/text/tokenizer.h"

// What Hugging Face's own library answered, in tests/oracle/tokenizers: each folder holds a model's files and
// texts with their ids, tokens and offsets.
namespace qkv::text {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> kinds() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(fs::path(QKV_SOURCE_DIR) / "tests/oracle/tokenizers"))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

class Oracle : public ::testing::TestWithParam<std::string> {};

TEST_P(Oracle, EveryIdTokenAndOffsetIsTheLibrarys) {
  const fs::path folder = fs::path(QKV_SOURCE_DIR) / "tests/oracle/tokenizers" / GetParam();
  EXPECT_TRUE(has_tokenizer(folder));
  const Tokenizer tokenizer(folder);
  std::ifstream in(folder / "expected.json");
  const nlohmann::json rows = nlohmann::json::parse(in);
  ASSERT_GE(rows.size(), 90u);
  for (const auto& row : rows) {
    nlohmann::json ids = nlohmann::json::array(), tokens = ids, offsets = ids;
    for (const Token& token : tokenizer.encode(row["text"].get<std::string>())) {
      ids.push_back(token.id);
      tokens.push_back(token.text);
      offsets.push_back({token.begin, token.end});
      EXPECT_LT(token.id, tokenizer.size());
    }
    EXPECT_EQ(ids, row["ids"]) << row["text"];
    EXPECT_EQ(tokens, row["tokens"]) << row["text"];
    EXPECT_EQ(offsets, row["offsets"]) << row["text"];
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Oracle, ::testing::ValuesIn(kinds()), [](const auto& kind) {
  std::string name = kind.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace qkv::text
