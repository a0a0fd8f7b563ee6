#include <gmock/gmock.h>

#include "app/documents/open_in_lab.h"
#include "core/files/tensors.h"
#include "tests/app/shell/screen_checks.h"

// A head of a real model in the Lab: its norms, rotary positions and cap are stages like any other.
namespace qkv::shell {
namespace {

using ::testing::IsEmpty;

experiment::Experiment head_of(const std::string& name, int layer, int head, int tokens) {
  const auto folder = std::filesystem::path(QKV_SOURCE_DIR) / "tests/oracle/checkpoints" / name;
  const auto model = model::Model::open(folder);
  const auto expected = files::read_safetensors(folder / "expected.safetensors");
  model::Request request;
  for (const float id : expected.tensors.at("token_ids").values) {
    if (std::ssize(request.token_ids) == tokens) break;
    request.token_ids.push_back(static_cast<int>(id));
  }
  const model::Capture capture = model::forward(*model, request);
  return documents::lab_experiment(model.get(), capture, capture.tokens, layer, head);
}

void open(Driver& d, experiment::Experiment e) {
  d.lab().replace(std::move(e), {});
  d.settle();
}

TEST(DriverHead, EveryStepOfAHeadWithNormsIsOnTheScreen) {
  Driver d;
  d.resize(1900, 1100);
  open(d, head_of("qwen3-sharded", 1, 0, 6));
  for (const char* stage : {"embedding", "norm_gain", "x", "w_q", "q", "q_norm_gain", "k_norm_gain", "q_normalised", "k_normalised",
                            "q_rotated", "k_rotated", "scores", "scaled", "weights", "output", "w_o", "layer_output"})
    EXPECT_TRUE(d.has("stage/" + std::string(stage))) << stage;
  EXPECT_FALSE(d.has("stage/norm_bias")) << "an RMS norm has none";
  EXPECT_THAT(support::overlaps(d.frame()), IsEmpty());
  EXPECT_THAT(numbers_unlike_core(d), IsEmpty());
}

TEST(DriverHead, GainsAreEditedAndEverythingDownstreamFollows) {
  Driver d;
  d.resize(1900, 1100);
  open(d, head_of("qwen3-sharded", 1, 0, 6));
  const Cell gain{Stage::q_norm_gain, 0, 0, 0, 1}, weight{Stage::weights, 0, 0, 3, 1};
  const float before = d.core(weight);
  d.drag(d.at(gain), {0, -80});
  EXPECT_NE(d.core(gain), attention::value(experiment::evaluate(experiment::without_edits(d.experiment())), gain));
  EXPECT_NE(d.core(weight), before);
  EXPECT_THAT(numbers_unlike_core(d), IsEmpty());
}

TEST(DriverHead, TheDrawerLeadsFromAWeightToTheResidualStream) {
  for (const std::string name : {"gpt2", "qwen3-sharded", "gemma2"}) {
    SCOPED_TRACE(name);
    Driver d;
    d.resize(1900, 1100);
    open(d, head_of(name, 1, 0, 6));
    d.click(Cell{Stage::weights, 0, 0, 3, 1});
    const auto& chain = d.view().chain;
    ASSERT_GE(chain.size(), 5u);
    EXPECT_EQ(chain.back().stage, Stage::x);
    EXPECT_EQ(attention::explain(*d.lab().trace(), chain.back()).operation, attention::Operation::normalise);
    const std::size_t last = chain.size() - 1;
    for (std::size_t level = 0; level <= last; ++level) {
      d.click("drawer/crumb/" + std::to_string(level));
      EXPECT_THAT(support::overlaps(d.frame()), IsEmpty()) << "level " << level;
    }
    d.click("drawer/" + std::to_string(last) + "/term/0");
    EXPECT_EQ(chain.back().stage, Stage::embedding);
  }
}

}  // namespace
}  // namespace qkv::shell
