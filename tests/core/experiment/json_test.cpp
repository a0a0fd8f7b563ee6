#include "core/experiment/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/error.h"
#include "core/experiment/operations.h"
#include "tests/core/experiment/documents.h"

namespace qkv::experiment {
namespace {

using ::testing::HasSubstr;

TEST(Json, EveryDocumentRoundTripsExactly) {
  Random random(1);
  for (int i = 0; i < 3000; ++i) {
    const Experiment e = any_experiment(random);
    const std::string text = to_json(e);
    const Experiment again = from_json(text, "again.json");
    ASSERT_TRUE(same(e, again)) << text;
    ASSERT_EQ(text, to_json(again));
  }
}

TEST(Json, TheVersionIsTheLeastThatCanHoldTheDocument) {
  Experiment e = tiny_experiment();
  EXPECT_THAT(to_json(e), HasSubstr("\"version\": 1"));
  e.layers[0].heads[0].q_norm.emplace();
  EXPECT_THAT(to_json(e), HasSubstr("\"version\": 2"));
  e = tiny_experiment();
  e.softcap = 50;
  EXPECT_THAT(to_json(e), HasSubstr("\"version\": 2"));
}

TEST(Json, EveryFloatRoundTrips) {
  Random random(2);
  Experiment e = tiny_experiment();
  for (int i = 0; i < 200; ++i) {
    auto values = std::make_shared<Matrix>(100, 100);
    for (float& number : values->reshaped()) number = any_float(random);
    e.layers[0].heads[0].w_q.values = values;
    ASSERT_TRUE(same(e, from_json(to_json(e), "floats.json")));
  }
}

TEST(Json, SameSeesEveryNumberAndEverySign) {
  const Experiment e = tiny_experiment();
  Experiment other = e;
  other.layers[0].heads[0].w_q.values = std::make_shared<Matrix>(*e.layers[0].heads[0].w_q.values);
  EXPECT_TRUE(same(e, other)) << "another pointer, the same numbers";
  other.layers[0].heads[0].w_q.values = std::make_shared<Matrix>(Matrix{{1, 2}, {3, 5}});
  EXPECT_FALSE(same(e, other));
  other = e;
  other.embedding.words["a"][1] = -0.0F;
  EXPECT_FALSE(same(e, other));
  other = e;
  other.explanations[{Stage::w_q, 0, 0, -1, 1}] = "x";
  EXPECT_FALSE(same(e, other));
}

TEST(Json, ColumnsThatAreHiddenNowStayInTheFile) {
  const Experiment e = with_d_k(tiny_experiment(), 1);
  const Experiment again = from_json(to_json(e), "narrow.json");
  EXPECT_EQ(materialise(again).layers[0].heads[0].w_q, (Matrix{{1}, {3}}));
  EXPECT_EQ(materialise(with_d_k(again, 2)).layers[0].heads[0].w_q, (Matrix{{1, 2}, {3, 4}}));
}

TEST(Json, IsWrittenForPeople) {
  Experiment e = tiny_experiment();
  e.edits[{Stage::w_q, 0, 0, 1, 0}] = 0.1F;
  e.gains[{Stage::w_o, 1, 0, 0, 0}] = 2;
  e.explanations[{Stage::w_k, 0, 1, -1, 1}] = "is a verb";
  const std::string text = to_json(e);
  EXPECT_THAT(text, HasSubstr("\"tokens\": [\"a\", \"b\"],\n"));
  EXPECT_THAT(text, HasSubstr("              [1, 2],\n              [3, 4]\n"));
  EXPECT_THAT(text, HasSubstr("\"a\": [1, 0],\n"));
  EXPECT_THAT(text, HasSubstr("\"w_q[1,0]\": 0.1\n"));
  EXPECT_THAT(text, HasSubstr("\"1.0:w_o\": 2\n"));
  EXPECT_THAT(text, HasSubstr("\"0.1:w_k[*,1]\": \"is a verb\"\n"));
}

TEST(Json, TheExampleOfTheDocumentationOpens) {
  const std::string folder = std::string(QKV_SOURCE_DIR) + "/assets/experiments";
  std::ifstream file(folder + "/README.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const auto begin = page.find("```json\n") + 8;
  const Experiment e = from_json(page.substr(begin, page.find("```", begin) - begin), "README.md");
  EXPECT_EQ(sentence_of(e), "The cat sat down");
  EXPECT_EQ(e.explanations.size(), 3U);
  EXPECT_EQ(evaluate(e).layers[0].heads[0].q(2, 0), 4);
}

class JsonFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "qkv_json_XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST_F(JsonFile, SavesAndLoads) {
  save(tiny_experiment(), folder_ / "tiny.json");
  EXPECT_TRUE(same(load(folder_ / "tiny.json"), tiny_experiment()));
}

TEST_F(JsonFile, AMissingFileIsNamed) {
  try {
    load(folder_ / "missing.json");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("missing.json"));
  }
}

TEST_F(JsonFile, AnUnwritableFolderIsAnErrorAndTheDocumentLives) {
  EXPECT_THROW(save(tiny_experiment(), folder_ / "none" / "tiny.json"), Error);
}

TEST(CellText, RoundTripsAndRefusesWhatIsNoCell) {
  for (int stage = 0; stage < attention::kStageCount; ++stage) {
    for (const Cell cell :
         {Cell{static_cast<Stage>(stage), 0, 0, 2, 1}, Cell{static_cast<Stage>(stage), 3, 12, -1, 511}}) {
      Cell again;
      ASSERT_TRUE(parse_cell(format_cell(cell), again));
      EXPECT_EQ(again, cell);
    }
  }
  EXPECT_EQ(format_cell({Stage::weights, 0, 0, 2, 1}), "weights[2,1]");
  EXPECT_EQ(format_cell({Stage::w_q, 0, 1, 2, 3}), "0.1:w_q[2,3]");
  EXPECT_EQ(format_cell({Stage::w_q, 0, 0, -1, 3}), "w_q[*,3]");
  Cell cell;
  for (const char* wrong : {"", "[", "w_q", "w_q[", "w_q[1]", "w_q[1,2", "w_q[1,2]x", "w_q[-1,2]", "w_q[1,*]",
                            "w_q[01,2]", "w_q[1, 2]", "cat[1,2]", "0:w_q[1,2]", "0.:w_q[1,2]", ".1:w_q[1,2]",
                            "w_q[99999999999,0]", "1.1w_q[0,0]", "w_q[+1,2]"})
    EXPECT_FALSE(parse_cell(wrong, cell)) << wrong;
}

}  // namespace
}  // namespace qkv::experiment
