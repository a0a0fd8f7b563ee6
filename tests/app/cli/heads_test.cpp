#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/app/cli/program.h"

namespace qkv::testing {
namespace {

using ::testing::HasSubstr;

const std::string kGpt2 = QKV_SOURCE_DIR "/tests/oracle/checkpoints/gpt2";
const std::string kCat = QKV_SOURCE_DIR "/assets/experiments/cat_sat_down.json";

class Heads : public Program {
 protected:
  nlohmann::json metrics(const std::string& arguments) const {
    const Outcome outcome = run("heads --json " + arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    return nlohmann::json::parse(outcome.out);
  }
};

TEST_F(Heads, OfAModelAndOfItsCaptureAreTheSame) {
  const auto folder = metrics(kGpt2 + " --ids 1,2,3,1,2,3");
  ASSERT_EQ(folder["tokens"].size(), 6u);
  const auto config = nlohmann::json::parse(contents(kGpt2 + "/config.json"));
  ASSERT_EQ(folder["heads"].size(),
            config["n_layer"].get<std::size_t>() * config["n_head"].get<std::size_t>());
  for (const auto& head : folder["heads"]) {
    EXPECT_GE(head["entropy"].get<double>(), 0);
    EXPECT_LE(head["entropy"].get<double>(), 1.8);  // at most ln 6
    EXPECT_TRUE(head["induction"].is_number());
  }
  ASSERT_EQ(run("trace " + kGpt2 + " --ids 1,2,3,1,2,3 --out a.safetensors").status, 0);
  const auto capture = metrics("a.safetensors");
  ASSERT_EQ(capture["heads"].size(), folder["heads"].size());
  for (std::size_t h = 0; h < folder["heads"].size(); ++h) {
    for (const char* name : {"entropy", "first_token", "previous_token", "induction", "distance"})
      EXPECT_NEAR(capture["heads"][h][name], folder["heads"][h][name], 1e-5) << h << name;
  }
}

TEST_F(Heads, OfAnExperiment) {
  const auto answer = metrics(kCat);
  EXPECT_EQ(answer["heads"].size(), 1u);
  EXPECT_TRUE(answer["heads"][0]["induction"].is_null()) << "no token stands there twice";
  EXPECT_GT(answer["heads"][0]["previous_token"].get<double>(), 0);
}

TEST_F(Heads, WithoutJsonThereIsATable) {
  const Outcome outcome = run("heads " + kCat);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("previous_token"));
  EXPECT_THAT(outcome.out, HasSubstr("0.0 "));
}

TEST_F(Heads, RefusesWithASentence) {
  expect_refused("heads nowhere", 1, "there is no such file");
  expect_refused("heads " + kGpt2, 1, "--text");
  expect_refused("heads " + kGpt2 + " --ids 1,x", 2, "--ids");
  expect_refused("heads " + kCat + " --text a", 1, "model folders");
  expect_refused("heads", 2, "PATH");
}

}  // namespace
}  // namespace qkv::testing
