#include "core/model/head_inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "core/attention/provenance.h"
#include "core/error.h"
#include "core/files/tensors.h"
#include "tests/core/model/oracle.h"

// The story of a head beside the pass itself, on every checkpoint of the oracle: two ways to the same
// numbers.
namespace qkv::model {
namespace {

using attention::Cell;
using attention::Explanation;
using attention::Operation;
using attention::Stage;
using testing::HasSubstr;
namespace fs = std::filesystem;

Capture pass_of(const Model& model, const fs::path& folder) {
  const auto expected = files::read_safetensors(folder / "expected.safetensors");
  Request request;
  for (const float id : expected.tensors.at("token_ids").values)
    request.token_ids.push_back(static_cast<int>(id));
  return forward(model, request);
}

/// Within 2e-5·(1 + |x|).
void expect_near(const std::string& what, const Matrix& ours, const Matrix& theirs) {
  ASSERT_EQ(ours.rows(), theirs.rows()) << what;
  ASSERT_EQ(ours.cols(), theirs.cols()) << what;
  const float most =
      ((ours - theirs).array().abs() / (1 + theirs.array().abs())).maxCoeff<Eigen::PropagateNaN>();
  EXPECT_LE(most, 2e-5f) << what;
}

/// The value from the operands of its explanation alone, as DESIGN.md §4 promises it.
void expect_explained(const attention::Trace& trace, const Cell& cell) {
  const Explanation e = attention::explain(trace, cell);
  if (e.terms.empty() || std::isinf(e.value)) return;
  float sum = 0, magnitude = 0;
  if (e.operation == Operation::softmax) {
    for (const auto& term : e.terms) sum += std::exp(term.factors[0].value - e.maximum);
    sum = std::exp(e.terms[static_cast<std::size_t>(cell.column)].factors[0].value - e.maximum) / sum;
    magnitude = 1;
  } else {
    for (std::size_t i = 0; i < e.terms.size(); ++i) {
      float product = 1;
      for (const auto& factor : e.terms[i].factors) product *= factor.value;
      magnitude += std::abs(product);
      sum += e.operation == Operation::cap && i == 0 ? e.softcap * std::tanh(product / e.softcap) : product;
    }
  }
  EXPECT_NEAR(sum, e.value, 4 * std::numeric_limits<float>::epsilon() * magnitude) << e.words;
}

class HeadInputsOf : public testing::TestWithParam<std::string> {};

TEST_P(HeadInputsOf, AttendAgreesWithThePass) {
  const fs::path folder = kOracle / GetParam();
  const auto model = Model::open(folder);
  const Capture capture = pass_of(*model, folder);
  const Eigen::Index d = capture.head_dim;
  const int n = capture.n_queries(), group = capture.heads / capture.kv_heads;
  for (int layer = 0; layer < std::ssize(capture.layers); ++layer) {
    const LayerCapture& kept = capture.layers[static_cast<std::size_t>(layer)];
    for (int head = 0; head < capture.heads; ++head) {
      SCOPED_TRACE("L" + std::to_string(layer) + " H" + std::to_string(head));
      const attention::Trace trace = attention::attend(head_inputs(*model, capture, layer, head));
      const attention::HeadTrace& own = trace.layers[0].heads[0];
      const auto stage = [&](Stage which) { return *attention::matrix_of(trace, which, 0, 0); };
      expect_near("q", stage(scored_q(own)), kept.q.middleCols(head * d, d));
      expect_near("k", stage(scored_k(own)), kept.k.middleCols(head / group * d, d));
      expect_near("v", own.v, kept.v.middleCols(head / group * d, d));
      expect_near("pattern", own.weights, pattern_tile(capture, layer, head, {0, 0, n, n}));
      expect_near("z", own.output, kept.z.middleCols(head * d, d));
      for (int s = 0; s < attention::kStageCount;
           ++s) {  // the last row's first and last cells of every stage
        const auto shape = attention::shape_of(trace, static_cast<Stage>(s), 0, 0);
        if (shape.rows == 0) continue;
        expect_explained(trace, {static_cast<Stage>(s), 0, 0, shape.rows - 1, 0});
        expect_explained(trace, {static_cast<Stage>(s), 0, 0, shape.rows - 1, shape.columns - 1});
      }
    }
  }
}

TEST_P(HeadInputsOf, ACaptureAloneTellsFromQAndKOn) {
  const fs::path folder = kOracle / GetParam();
  const auto model = Model::open(folder);
  const Capture capture = pass_of(*model, folder);
  const int n = capture.n_queries(), layer = static_cast<int>(capture.layers.size()) - 1,
            head = capture.heads - 1;
  const attention::Trace trace = attention::attend(head_inputs(capture, layer, head));
  expect_near("pattern", trace.layers[0].heads[0].weights, pattern_tile(capture, layer, head, {0, 0, n, n}));
  EXPECT_EQ(attention::explain(trace, {Stage::q, 0, 0, 0, 0}).operation, Operation::given);
}

INSTANTIATE_TEST_SUITE_P(Oracle, HeadInputsOf, testing::ValuesIn(oracle_cases()), test_name);

std::set<Operation> operations_of(const std::string& name) {
  const auto model = Model::open(kOracle / name);
  const attention::Trace trace =
      attention::attend(head_inputs(*model, pass_of(*model, kOracle / name), 0, 0));
  std::set<Operation> operations;
  for (int s = 0; s < attention::kStageCount; ++s)
    if (attention::shape_of(trace, static_cast<Stage>(s), 0, 0).rows > 0)
      operations.insert(attention::explain(trace, {static_cast<Stage>(s), 0, 0, 0, 0}).operation);
  return operations;
}

TEST(HeadInputs, EachFamilyTellsTheStepsItHas) {
  EXPECT_TRUE(operations_of("gpt2").contains(Operation::normalise));
  EXPECT_FALSE(operations_of("gpt2").contains(Operation::rotate));
  EXPECT_FALSE(operations_of("bert").contains(Operation::normalise)) << "its norms come after the layer";
  EXPECT_TRUE(operations_of("llama-gqa").contains(Operation::rotate));
  EXPECT_TRUE(operations_of("gemma2").contains(Operation::cap));
}

TEST(HeadInputs, WhatCannotBeToldIsRefusedInASentence) {
  const auto model = Model::open(kOracle / "gpt2");
  Capture capture = pass_of(*model, kOracle / "gpt2");
  const auto refusal = [&](const auto& make) -> std::string {
    try {
      make();
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("; ")) << "no advice";
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(refusal([&] { head_inputs(*model, capture, 99, 0); }),
              HasSubstr("Layer 99, head 0 is not there"));
  Capture no_hidden = capture;
  no_hidden.hidden.clear();
  EXPECT_THAT(refusal([&] { head_inputs(*model, no_hidden, 0, 0); }), HasSubstr("kept no hidden states"));
  Capture no_values = capture;
  no_values.layers[0].v.resize(0, 0);
  EXPECT_THAT(refusal([&] { head_inputs(no_values, 0, 0); }), HasSubstr("v was not recorded"));
  Capture crossed = capture;
  crossed.key_tokens.back() = "other";
  EXPECT_THAT(refusal([&] { head_inputs(crossed, 0, 0); }), HasSubstr("cross-attention"));
  capture.tokens.resize(kMaxExplainedTokens + 1);
  EXPECT_THAT(refusal([&] { head_inputs(*model, capture, 0, 0); }), HasSubstr("2049 tokens"));
}

TEST(HeadInputs, AWindowWithoutACausalMaskHidesWhatTheCaptureSays) {
  Capture capture;
  capture.tokens = capture.key_tokens = {"a", "b", "c", "d"};
  capture.heads = capture.kv_heads = 1;
  capture.head_dim = 2;
  LayerCapture& layer = capture.layers.emplace_back();
  layer.scoring = {.scale = 0.5f, .causal = false, .window = 2};
  layer.q = layer.k = layer.v = Matrix::Random(4, 2);
  const attention::Trace trace = attention::attend(head_inputs(capture, 0, 0));
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 4; ++j)
      EXPECT_EQ(trace.layers[0].heads[0].weights(i, j) > 0, layer.scoring.allows(i, j)) << i << ", " << j;
  EXPECT_NEAR(trace.layers[0].heads[0].scaled(0, 1), trace.layers[0].heads[0].scores(0, 1) * 0.5f, 1e-6);
}

}  // namespace
}  // namespace qkv::model
