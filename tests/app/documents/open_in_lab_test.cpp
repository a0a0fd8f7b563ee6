#include "app/documents/open_in_lab.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "core/experiment/import.h"
#include "core/experiment/json.h"
#include "core/files/tensors.h"

namespace qkv::documents {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

struct Passed {
  std::shared_ptr<const model::Model> model;
  model::Capture capture;
};

Passed run_of(const std::string& name) {
  const fs::path folder = fs::path(QKV_SOURCE_DIR) / "tests/oracle/checkpoints" / name;
  Passed run{model::Model::open(folder), {}};
  model::Request request;
  const auto expected = files::read_safetensors(folder / "expected.safetensors");
  for (const float id : expected.tensors.at("token_ids").values) request.token_ids.push_back(static_cast<int>(id));
  run.capture = model::forward(*run.model, request);
  return run;
}

TEST(OpenInLab, GivesThePatternOfTheRunForEveryHead) {
  for (const std::string name : {"gpt2", "bert", "gemma2", "qwen3-sharded", "olmo2", "phi", "opt", "granite"}) {
    SCOPED_TRACE(name);
    const Passed run = run_of(name);
    const auto& tokens = run.capture.tokens;
    for (int layer = 0; layer < std::ssize(run.capture.layers); ++layer) {
      for (int head = 0; head < run.capture.heads; ++head) {
        const experiment::Experiment e = lab_experiment(run.model.get(), run.capture, tokens, layer, head);
        const attention::Trace trace = experiment::evaluate(e);
        const int n = run.capture.n_queries();
        const Matrix pattern = model::pattern_tile(run.capture, layer, head, {0, 0, n, n});
        EXPECT_LE((trace.layers[0].heads[0].weights - pattern).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), 2e-5f);
        const auto differences = experiment::compare_with_expected(e, trace);
        ASSERT_EQ(differences.size(), 1u);
        EXPECT_LE(differences[0].largest, 2e-5f);
      }
    }
  }
}

TEST(OpenInLab, SaysWhatWasTakenAndFromWhere) {
  const Passed run = run_of("gpt2");
  std::vector<std::string> tokens(run.capture.tokens.size(), " dog");
  tokens[1] = "\n";
  const experiment::Experiment e = lab_experiment(run.model.get(), run.capture, tokens, 1, 0);
  EXPECT_EQ(e.title, "gpt2 · L1 H0");
  EXPECT_THAT(e.description, HasSubstr("Head 0 of layer 1 of gpt2"));
  EXPECT_THAT(e.description, HasSubstr("after a layer norm"));
  EXPECT_EQ(e.tokens[0].text, "dog");
  EXPECT_EQ(e.tokens[1].text, "⏎");
  EXPECT_EQ(e.layers[0].heads[0].w_q.origin, experiment::Origin::imported);
  EXPECT_EQ(e.embedding.origin, experiment::Origin::imported);
  EXPECT_TRUE(experiment::same(e, experiment::from_json(experiment::to_json(e), "again.json")));
  EXPECT_THAT(lab_experiment(run_of("bert").model.get(), run_of("bert").capture, {}, 0, 0).description, Not(HasSubstr("after a")));
}

TEST(OpenInLab, ACaptureFileGivesItsQueriesKeysAndValues) {
  const Passed run = run_of("llama-gqa");
  const experiment::Experiment e = lab_experiment(nullptr, run.capture, run.capture.tokens, 0, run.capture.heads - 1);
  const attention::Trace trace = experiment::evaluate(e);
  EXPECT_LE(experiment::compare_with_expected(e, trace).at(0).largest, 2e-5f);
  EXPECT_THAT(e.description, HasSubstr("holds no weights"));
}

TEST(OpenInLab, LongTextsAreCutAndSaySo) {
  Passed run = run_of("llama-gqa");
  model::Capture& capture = run.capture;  // a text of 600 tokens, made by hand: the checkpoint has fewer positions
  const int n = 600, d = capture.head_dim;
  capture.tokens = capture.key_tokens = std::vector<std::string>(n, "t");
  capture.layers.resize(1);
  model::LayerCapture& layer = capture.layers[0];
  layer = {};
  layer.q = Matrix::Random(n, capture.heads * d);
  layer.k = layer.v = Matrix::Random(n, capture.kv_heads * d);
  for (const bool causal : {true, false}) {
    layer.scoring = {.scale = 0.25f, .causal = causal};
    const experiment::Experiment e = lab_experiment(nullptr, capture, {}, 0, 0);
    EXPECT_EQ(e.tokens.size(), 512u);
    EXPECT_THAT(e.description, HasSubstr("Only the first 512 tokens"));
    EXPECT_EQ(experiment::evaluate(e).layers[0].heads[0].weights.rows(), 512);
    EXPECT_EQ(e.expected.size(), causal ? 1u : 0u) << "without a mask the keys that are gone leave other weights";
    if (causal) {
      EXPECT_LE(experiment::compare_with_expected(e, experiment::evaluate(e)).at(0).largest, 2e-5f);
    }
  }
}

}  // namespace
}  // namespace qkv::documents
