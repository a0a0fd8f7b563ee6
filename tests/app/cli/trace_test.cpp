#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/experiment/json.h"
#include "core/files/tensors.h"
#include "tests/app/cli/program.h"

namespace qkv::testing {
namespace {

constexpr const char* kCat = QKV_SOURCE_DIR "/assets/experiments/cat_sat_down.json";

class Trace : public Program {
 protected:
  files::TensorFile traced(const std::string& arguments) {
    const Outcome outcome = run("trace " + arguments + " --out a.safetensors");
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.out + outcome.err, "");
    return files::read_safetensors(file("a.safetensors"));
  }
};

TEST_F(Trace, WritesWhatTheProgramComputes) {
  const auto trace = experiment::evaluate(experiment::load(kCat));
  const auto file = traced(kCat);
  EXPECT_EQ(file.metadata.at("attn_capture"), "1");
  const Matrix& weights = trace.layers[0].heads[0].weights;
  const auto& pattern = file.tensors.at("blocks.0.pattern").values;
  ASSERT_EQ(static_cast<Eigen::Index>(pattern.size()), weights.size());
  EXPECT_TRUE(std::equal(pattern.begin(), pattern.end(), weights.data()));
  for (const char* name :
       {"blocks.0.scores", "blocks.0.q", "blocks.0.k", "blocks.0.v", "blocks.0.z", "hidden"}) {
    EXPECT_TRUE(file.tensors.contains(name)) << name;
  }
}

TEST_F(Trace, OnlyThePartsAskedFor) {
  const auto file = traced(std::string(kCat) + " --parts pattern,q");
  EXPECT_EQ(file.tensors.size(), 2u);
  EXPECT_TRUE(file.tensors.contains("blocks.0.q"));
}

TEST_F(Trace, APartThatIsNotThereIsSaidAndTheOthersAreWritten) {
  const Outcome outcome = run(std::string("trace ") + kCat + " --parts q,logits --out a.safetensors");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_NE(outcome.err.find("an experiment has no logits"), std::string::npos) << outcome.err;
  EXPECT_TRUE(files::read_safetensors(file("a.safetensors")).tensors.contains("blocks.0.q"));
}

TEST_F(Trace, TheSameInputGivesTheSameBytes) {
  traced(kCat);
  const std::string first = contents(file("a.safetensors"));
  traced(kCat);
  EXPECT_EQ(first, contents(file("a.safetensors")));
}

TEST_F(Trace, AFolderThatVanishesOrShrinksMeanwhileIsOneSentenceOrAWholeFile) {
  const std::string model = QKV_SOURCE_DIR "/tests/oracle/checkpoints/gpt2-text";
  int folders = 0;
  for (const std::string change : {"rm -rf \"$PWD\"", "truncate -s 20000 model.safetensors", "cp config.json model.safetensors"}) {
    for (const char* after : {"0", "0.01", "0.02", "0.04"}) {
      const std::string m = "m" + std::to_string(++folders);
      const Outcome outcome =
          run("trace " + m + " --text 'the dog' --out whole.safetensors",
              "rm -f whole.safetensors && cp -r '" + model + "' " + m + " && { (cd " + m + "; sleep " + after + "; " +
                  change + ") >other.txt 2>&1 & }");
      EXPECT_EQ(outcome.out, "");
      if (outcome.status == 0) {
        EXPECT_TRUE(files::read_safetensors(file("whole.safetensors")).tensors.contains("logits"));
        continue;
      }
      EXPECT_EQ(outcome.status, 1) << change;
      EXPECT_FALSE(exists("whole.safetensors")) << change;
      EXPECT_LE(outcome.err.size(), 501u) << change;
      EXPECT_EQ(outcome.err.find('\n'), outcome.err.size() - 1) << outcome.err;
    }
  }
}

TEST_F(Trace, AFileOfMatricesIsOneHeadWithoutMaskScaledByTheWidth) {
  put("x.csv", "# X\n1,0\n0,1\n\n# W_Q\n2,0,0,0\n0,2,0,0\n\n# W_K\n1,0,0,0\n0,1,0,0\n\n# W_V\n1\n3\n");
  const auto file = traced("x.csv");
  // q·k = 2·I; ÷√4; the softmax of (1, 0) has e/(e+1) in front; values are 1 and 3.
  const float near = static_cast<float>(std::exp(1.0) / (std::exp(1.0) + 1));
  const auto expect_near = [](const std::vector<float>& values, const std::vector<float>& expected) {
    ASSERT_EQ(values.size(), expected.size());
    for (std::size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(values[i], expected[i], 1e-6f) << i;
  };
  expect_near(file.tensors.at("blocks.0.pattern").values, {near, 1 - near, 1 - near, near});
  expect_near(file.tensors.at("blocks.0.z").values, {3 - 2 * near, 1 + 2 * near});
  EXPECT_EQ(file.metadata.at("tokens"), R"(["t0","t1"])");
}

constexpr const char* kModels = QKV_SOURCE_DIR "/tests/oracle/checkpoints/";

TEST_F(Trace, AModelFolderFromItsText) {
  for (const std::string name : {"gpt2-text", "bert-text"}) {
    const auto text =
        nlohmann::json::parse(contents(kModels + name + "/text.json")).at("text").get<std::string>();
    const auto file = traced(kModels + name + " --text '" + text + "'");
    const auto expected = files::read_safetensors(kModels + name + "/expected.safetensors");
    for (const auto& [tensor, values] : expected.tensors) {
      ASSERT_TRUE(file.tensors.contains(tensor)) << tensor;
      EXPECT_EQ(file.tensors.at(tensor).shape, values.shape) << tensor;
      for (std::size_t i = 0; i < values.values.size(); ++i)
        ASSERT_NEAR(file.tensors.at(tensor).values[i], values.values[i], 1e-3f) << tensor << ' ' << i;
    }
    EXPECT_TRUE(file.tensors.contains("blocks.0.scores"));
    EXPECT_TRUE(file.tensors.contains("blocks.0.z"));
  }
}

TEST_F(Trace, AModelWithoutATokenizerTakesIds) {
  const auto file = traced(kModels + std::string("llama-gqa --ids 7,8,9 --parts q,k"));
  EXPECT_EQ(file.metadata.at("tokens"), R"(["7","8","9"])");
  EXPECT_EQ(file.tensors.size(), 7u);  // q and k of three layers, and the ids
  EXPECT_EQ(file.tensors.at("blocks.0.k").shape, (std::vector<std::int64_t>{2, 3, 8}));
}

TEST_F(Trace, WordsThatTheModelDoesNotKnowAreNamedOnOneLine) {
  const std::string model = "'" QKV_SOURCE_DIR "/assets/models/pronouns' ";
  const std::string two = "2 words are not in the vocabulary of this model: elephant, Lörry.\n";
  for (const std::string& command : {"trace " + model + "--out a.safetensors", "heads " + model, "render " + model + "--out a.svg"}) {
    const Outcome outcome = run(command + " --text 'the elephant chased the Lörry because the elephant'");
    EXPECT_EQ(outcome.status, 0) << command;
    EXPECT_EQ(outcome.err, two) << command;
    EXPECT_EQ(run(command + " --text 'the dog chased the ball'").err, "") << command;
    EXPECT_EQ(run(command + " --text 'the dog [UNK] the ball'").err, "") << command << ": it was asked for by name";
  }
  EXPECT_NE(contents(file("a.svg")).find("dog"), std::string::npos);
  EXPECT_EQ(run("trace " + model + "--out a.safetensors --text 'the lorry'").err, "1 word is not in the vocabulary of this model: lorry.\n");
  EXPECT_EQ(run("trace " + model + "--out a.safetensors --text 'the dog ;'").err, "1 part of the text is not in the vocabulary of this model: ;.\n");
}

TEST_F(Trace, AModelFolderIsRefusedWithBothNumbers) {
  std::string ids = "1";
  for (int i = 0; i < 64; ++i) ids += ",1";
  const std::string llama = "trace " + std::string(kModels) + "llama-gqa --out a.safetensors ";
  expect_refused(llama + "--ids " + ids, 1, "65 tokens, more than the 64 positions");
  expect_refused(llama + "--ids 1,260", 1, "token id 260 is not one of the 260");
  expect_refused(llama + "--text a", 1, "no tokenizer");
  expect_refused(llama, 1, "--text or --ids");
  expect_refused(llama + "--ids 1,x", 2, "--ids");
  expect_refused("trace " + std::string(kModels) + "bert --ids 1 --parts logits --out a.safetensors", 1,
                 "nothing to write");
  EXPECT_FALSE(exists("a.safetensors"));
}

TEST_F(Trace, TheFilesOfTheModelAreNeverReplaced) {
  std::filesystem::copy(kModels + std::string("llama-gqa"), file("m"));
  const std::string weights = contents(file("m/model.safetensors"));
  std::filesystem::create_symlink("m/model.safetensors", file("link.safetensors"));
  for (const char* out : {"m/model.safetensors", "m/../m/model.safetensors", "link.safetensors"})
    expect_refused(std::string("trace m --ids 1,2 --out ") + out, 1, "--out must not replace it");
  EXPECT_EQ(contents(file("m/model.safetensors")), weights);
  for (int twice = 0; twice < 2; ++twice)  // an earlier capture beside the model gives way
    EXPECT_EQ(run("trace m --ids 1,2 --out m/capture.safetensors").status, 0);
}

}  // namespace
}  // namespace qkv::testing
