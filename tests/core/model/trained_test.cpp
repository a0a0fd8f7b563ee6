#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "core/files/tensors.h"
#include "core/model/model.h"

// The two checkpoints of our own keep what their model cards promise, from text to head
// (assets/models/*/README.md), and agree with PyTorch's answers (tests/oracle/trained, written by their
// check.py).
namespace qkv::model {
namespace {

namespace fs = std::filesystem;

const fs::path kModels = fs::path(QKV_SOURCE_DIR) / "assets/models";
const fs::path kOracle = fs::path(QKV_SOURCE_DIR) / "tests/oracle/trained";

Capture run(const Model& model, const std::string& text) {
  Request request;
  for (const auto& token : model.tokenizer()->encode(text)) request.token_ids.push_back(token.id);
  return forward(model, request);
}

Matrix pattern(const Capture& capture, int layer, int head) {
  return pattern_tile(capture, layer, head, {0, 0, capture.n_queries(), capture.n_keys()});
}

nlohmann::json read_json(const fs::path& path) {
  return nlohmann::json::parse(files::read_file(path, 1 << 22));
}

void expect_near(const std::string& what, const Matrix& computed, const files::Tensor& expected) {
  ASSERT_EQ(computed.size(), std::ssize(expected.values)) << what;
  const Eigen::Map<const Matrix> same(expected.values.data(), computed.rows(), computed.cols());
  EXPECT_LE((computed - same).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), 1e-4f) << what;
}

/// [n, H·D] as captures have it -> [H·n, D], the order of a recorded [H, n, D].
Matrix head_after_head(const Matrix& beside, int heads) {
  const auto n = beside.rows(), width = beside.cols() / heads;
  Matrix out(heads * n, width);
  for (int h = 0; h < heads; ++h) out.middleRows(h * n, n) = beside.middleCols(h * width, width);
  return out;
}

class Trained : public testing::TestWithParam<std::string> {};

TEST_P(Trained, AgreesWithPyTorch) {
  const std::string name = GetParam().substr(0, GetParam().find('_'));
  const auto expected = files::read_safetensors(kOracle / (GetParam() + ".safetensors"));
  const auto model = Model::open(kModels / name);
  EXPECT_EQ(model->summary().unused, std::vector<std::string>{});
  EXPECT_EQ(model->summary().warning, "");
  const Capture capture = run(*model, expected.metadata.at("text"));
  EXPECT_EQ(nlohmann::json(capture.tokens), nlohmann::json::parse(expected.metadata.at("tokens")));
  for (int layer = 0; layer < model->summary().layers; ++layer) {
    const std::string block = "blocks." + std::to_string(layer) + ".";
    const LayerCapture& kept = capture.layers[static_cast<std::size_t>(layer)];
    expect_near(block + "q", head_after_head(kept.q, capture.heads), expected.tensors.at(block + "q"));
    expect_near(block + "k", head_after_head(kept.k, capture.heads), expected.tensors.at(block + "k"));
    expect_near(block + "v", head_after_head(kept.v, capture.heads), expected.tensors.at(block + "v"));
    Matrix patterns(capture.heads * capture.n_queries(), capture.n_keys());
    for (int head = 0; head < capture.heads; ++head)
      patterns.middleRows(head * capture.n_queries(), capture.n_queries()) = pattern(capture, layer, head);
    expect_near(block + "pattern", patterns, expected.tensors.at(block + "pattern"));
  }
  Matrix hidden(std::ssize(capture.hidden) * capture.n_queries(), model->summary().width);
  for (std::size_t l = 0; l < capture.hidden.size(); ++l)
    hidden.middleRows(static_cast<Eigen::Index>(l) * capture.n_queries(), capture.n_queries()) =
        capture.hidden[l];
  expect_near("hidden", hidden, expected.tensors.at("hidden"));
  expect_near("logits", capture.logits, expected.tensors.at("logits"));
}
INSTANTIATE_TEST_SUITE_P(Captures, Trained,
                         testing::Values("induction", "induction_2", "pronouns", "pronouns_2", "pronouns_3"));

/// The word predicted at a place.
std::string predicted(const Model& model, const Capture& capture, int place) {
  Eigen::Index best = 0;
  capture.logits.row(place).maxCoeff(&best);
  return model.tokenizer()->token(static_cast<int>(best));
}

TEST(Pronouns, HeldOutSentencesAreAnsweredAndSomeHeadLooksAtTheReferent) {
  const auto model = Model::open(kModels / "pronouns");
  const auto sentences = read_json(kOracle / "pronouns_heldout.json");
  ASSERT_EQ(sentences.size(), 200u);
  int right = 0;
  std::map<std::pair<int, int>, int> looks;
  for (const auto& sentence : sentences) {
    const Capture capture = run(*model, sentence.at("text"));
    const int it = sentence.at("it"), referent = sentence.at("referent");
    ASSERT_EQ(capture.tokens[static_cast<std::size_t>(it)], "it") << sentence;
    right += predicted(*model, capture, it) == sentence.at("answer");
    for (int layer = 0; layer < model->summary().layers; ++layer)
      for (int head = 0; head < capture.heads; ++head) {
        Matrix row = pattern(capture, layer, head).row(it);
        row(0, it) = -1;  // the other tokens; [CLS] and [SEP] count as such
        Eigen::Index most = 0;
        row.row(0).maxCoeff(&most);
        looks[{layer, head}] += most == referent;
      }
  }
  EXPECT_GE(right, 190);
  int best = 0;
  for (const auto& [head, count] : looks) best = std::max(best, count);
  EXPECT_GE(best, 180);
}

TEST(Pronouns, OneWordChangesWhoItIs) {
  const auto model = Model::open(kModels / "pronouns");
  for (const auto& [last, who] :
       {std::pair{"excited", "dog"}, {"hungry", "dog"}, {"red", "ball"}, {"round", "ball"}})
    EXPECT_EQ(predicted(*model,
                        run(*model, std::string("The dog chased the ball because it was ") + last + "."), 7),
              who);
}

/// Mean over queries i >= 1 of a[i, i-1].
float previous_token(const Matrix& weights) { return weights.diagonal(-1).mean(); }

/// Mean over the queries whose token stood before of the weight on the token after its last earlier
/// occurrence.
float induction(const Matrix& weights, const std::vector<int>& ids) {
  float sum = 0;
  int count = 0;
  for (int query = 1; query < std::ssize(ids); ++query)
    for (int key = query - 1; key >= 0; --key)
      if (ids[static_cast<std::size_t>(key)] == ids[static_cast<std::size_t>(query)]) {
        sum += weights(query, key + 1);
        ++count;
        break;
      }
  return sum / static_cast<float>(count);
}

TEST(Induction, APreviousTokenHeadAndAnInductionHeadOnFreshSequences) {
  const auto model = Model::open(kModels / "induction");
  const auto texts = read_json(kOracle / "induction_fresh.json");
  ASSERT_EQ(texts.size(), 20u);
  const int heads = model->summary().heads;
  std::vector<float> previous(static_cast<std::size_t>(heads)), induced(static_cast<std::size_t>(heads));
  for (const auto& text : texts) {
    const Capture capture = run(*model, text);
    for (int head = 0; head < heads; ++head) {
      const auto h = static_cast<std::size_t>(head);
      previous[h] += previous_token(pattern(capture, 0, head)) / static_cast<float>(texts.size());
      induced[h] +=
          induction(pattern(capture, 1, head), capture.token_ids) / static_cast<float>(texts.size());
    }
  }
  EXPECT_GE(*std::max_element(previous.begin(), previous.end()), 0.8f);
  EXPECT_GE(*std::max_element(induced.begin(), induced.end()), 0.8f);
}

}  // namespace
}  // namespace qkv::model
