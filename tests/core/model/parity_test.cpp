#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/files/tensors.h"
#include "core/model/model.h"
#include "tests/core/model/oracle.h"

// Every case of the oracle: checkpoints written and run by transformers
// (tests/oracle/checkpoints/make_oracle.py).
namespace qkv::model {
namespace {

namespace fs = std::filesystem;

/// A recorded [H, n, d] tensor laid out as captures have it: [n, H·d].
Matrix side_by_side(const files::Tensor& tensor) {
  const auto heads = tensor.shape[0], rows = tensor.shape[1], width = tensor.shape[2];
  Matrix out(rows, heads * width);
  for (std::int64_t h = 0; h < heads; ++h)
    out.middleCols(h * width, width) =
        Eigen::Map<const Matrix>(tensor.values.data() + h * rows * width, rows, width);
  return out;
}

Matrix slice(const files::Tensor& tensor, std::int64_t index) {
  const auto rows = tensor.shape[1], columns = tensor.shape[2];
  return Eigen::Map<const Matrix>(tensor.values.data() + index * rows * columns, rows, columns);
}

class Parity : public testing::TestWithParam<std::string> {
 protected:
  void expect_near(const std::string& what, const Matrix& computed, const Matrix& expected, float tolerance) {
    ASSERT_EQ(computed.rows(), expected.rows()) << what;
    ASSERT_EQ(computed.cols(), expected.cols()) << what;
    const float difference = (computed - expected).cwiseAbs().maxCoeff<Eigen::PropagateNaN>();
    EXPECT_TRUE(difference <= tolerance)
        << what << ": " << difference << " of the " << tolerance << " allowed";
    worst_[what] = std::max(worst_[what], difference / tolerance);
  }
  std::map<std::string, float> worst_;
};

TEST_P(Parity, IsThatOfTransformers) {
  const fs::path folder = kOracle / GetParam();
  const auto expected = files::read_safetensors(folder / "expected.safetensors");
  const auto model = Model::open(folder);
  EXPECT_EQ(model->summary().warning, "");
  Request request;
  for (const float id : expected.tensors.at("token_ids").values)
    request.token_ids.push_back(static_cast<int>(id));
  if (fs::exists(folder / "text.json")) {
    ASSERT_NE(model->tokenizer(), nullptr) << model->summary().tokenizer_problem;
    const auto text = nlohmann::json::parse(files::read_file(folder / "text.json", 1 << 20)).at("text");
    std::vector<int> ids;
    for (const auto& token : model->tokenizer()->encode(text.get<std::string>())) ids.push_back(token.id);
    EXPECT_EQ(ids, request.token_ids);
  }
  const Capture capture = forward(*model, request);
  const int n = capture.n_queries();
  const auto scales = nlohmann::json::parse(expected.metadata.at("scale"));
  for (int layer = 0; layer < model->summary().layers; ++layer) {
    const std::string block = "blocks." + std::to_string(layer) + ".";
    const LayerCapture& kept = capture.layers[static_cast<std::size_t>(layer)];
    const auto scale = scales.at(static_cast<std::size_t>(layer)).get<float>();
    expect_near("q × scale", kept.q * kept.scoring.scale,
                side_by_side(expected.tensors.at(block + "q")) * scale, 1e-4f);
    expect_near("k", kept.k, side_by_side(expected.tensors.at(block + "k")), 1e-4f);
    expect_near("v", kept.v, side_by_side(expected.tensors.at(block + "v")), 1e-4f);
    for (int head = 0; head < capture.heads; ++head)
      expect_near("pattern", pattern_tile(capture, layer, head, {0, 0, n, n}),
                  slice(expected.tensors.at(block + "pattern"), head), 2e-5f);
  }
  if (expected.tensors.contains("hidden")) {
    const auto& hidden = expected.tensors.at("hidden");
    ASSERT_EQ(std::ssize(capture.hidden), hidden.shape[0]);
    for (std::size_t l = 0; l < capture.hidden.size(); ++l)
      expect_near("hidden", capture.hidden[l], slice(hidden, static_cast<std::int64_t>(l)), 1e-3f);
  }
  ASSERT_EQ(expected.tensors.contains("logits"), capture.logits.size() > 0);
  if (expected.tensors.contains("logits"))
    expect_near("logits", capture.logits, expected.tensors.at("logits").matrix("logits"), 1e-3f);
  for (const auto& [what, share] : worst_) RecordProperty(what, std::to_string(share));
}

INSTANTIATE_TEST_SUITE_P(Oracle, Parity, testing::ValuesIn(oracle_cases()), test_name);

}  // namespace
}  // namespace qkv::model
