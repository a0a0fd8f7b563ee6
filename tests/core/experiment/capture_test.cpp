#include "core/experiment/capture.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/experiment/import.h"
#include "core/experiment/operations.h"
#include "core/files/tensors.h"
#include "tests/core/folder_test.h"

namespace qkv::experiment {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

/// Two heads in two layers; d_model 8, so that the residual goes on.
Experiment stack() {
  Experiment e = with_heads(with_heads(with_layers(default_experiment(), 2), 0, 2), 1, 2);
  return randomised(with_d_k(e, 4), 7, true);
}

class Capture : public FolderTest {
 protected:
  files::TensorFile written(const Experiment& e, const std::set<std::string>& parts = {}) const {
    const auto path = folder_ / "c.safetensors";
    write_capture(e, evaluate(e), path, parts);
    return files::read_safetensors(path);
  }
};

/// Matrix h of a tensor [h, r, c].
Matrix slice(const files::Tensor& tensor, Eigen::Index h) {
  const auto rows = tensor.shape.at(1), columns = tensor.shape.at(2);
  return Eigen::Map<const Matrix>(tensor.values.data() + h * rows * columns, rows, columns);
}

std::vector<std::string> names_of(const files::TensorFile& file) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : file.tensors) names.push_back(name);
  return names;
}

TEST_F(Capture, EveryPartIsThatOfTheTrace) {
  Experiment e = stack();
  e.positions = attention::Positions::rope;
  e.mask = attention::MaskKind::causal;
  const attention::Trace trace = evaluate(e);
  const files::TensorFile file = written(e);
  for (std::size_t l = 0; l < 2; ++l)
    for (std::size_t h = 0; h < 2; ++h) {
      const auto& head = trace.layers[l].heads[h];
      const auto at = [&](const std::string& part) {
        return slice(file.tensors.at("blocks." + std::to_string(l) + "." + part),
                     static_cast<Eigen::Index>(h));
      };
      EXPECT_EQ(at("pattern"), head.weights);
      EXPECT_EQ(at("scores"), head.scores);
      EXPECT_EQ(at("q"), head.q_rotated);
      EXPECT_EQ(at("k"), head.k_rotated);
      EXPECT_EQ(at("v"), head.v);
      EXPECT_EQ(at("z"), head.output);
      EXPECT_TRUE(at("scores").isApprox(at("q") * at("k").transpose(), 1e-5f));
    }
  const files::Tensor& hidden = file.tensors.at("hidden");
  EXPECT_THAT(hidden.shape, ElementsAre(3, trace.n(), e.d_model));
  EXPECT_EQ(slice(hidden, 0), trace.layers[0].x);
  EXPECT_EQ(slice(hidden, 1), trace.layers[1].x);
  EXPECT_EQ(slice(hidden, 2), trace.residual);
  EXPECT_EQ(file.tensors.size(), 13u);
}

TEST_F(Capture, MetadataSayHowItWasMade) {
  Experiment e = with_d_k(default_experiment(), 4);
  e.tokens[0].text = "\"😺\"";
  const auto plain = written(e).metadata;
  EXPECT_EQ(plain.at("attn_capture"), "1");
  EXPECT_EQ(plain.at("model"), e.title);
  EXPECT_THAT(plain.at("producer"), testing::MatchesRegex("qkvlab [0-9]+\\.[0-9]+\\.[0-9]+"));
  EXPECT_EQ(json::parse(plain.at("tokens")), json({"\"😺\"", "cat", "sat", "down"}));
  EXPECT_EQ(json::parse(plain.at("scale")), json({0.5}));
  EXPECT_FALSE(plain.contains("causal") || plain.contains("window"));

  e.scale = false;
  e.temperature = 4;
  e.mask = attention::MaskKind::sliding_window;
  e.window = 3;
  const auto other = written(e).metadata;
  EXPECT_EQ(json::parse(other.at("scale")), json({0.25}));
  EXPECT_EQ(other.at("causal"), "true");
  EXPECT_EQ(other.at("window"), "3");
}

TEST_F(Capture, OnlyThePartsAskedForAreWritten) {
  EXPECT_THAT(names_of(written(default_experiment(), {"pattern", "z", "logits"})),
              ElementsAre("blocks.0.pattern", "blocks.0.z"));
  EXPECT_THAT(names_of(written(stack(), {"hidden"})), ElementsAre("hidden"));
}

TEST_F(Capture, WhatWasAskedForAndIsNotThereIsSaid) {
  const Experiment e = default_experiment();
  const auto path = folder_ / "c.safetensors";
  EXPECT_THAT(write_capture(e, evaluate(e), path, {"q", "logits"}), ElementsAre(HasSubstr("no logits")));
  EXPECT_TRUE(write_capture(e, evaluate(e), path, {}).empty()) << "nothing in particular was asked for";
}

TEST_F(Capture, WhatCannotBeWrittenIsSaid) {
  Experiment e = with_d_v(default_experiment(), 3);
  e.layers[0].w_o.reset();
  EXPECT_THAT(names_of(written(e)), testing::Not(testing::Contains("hidden")));
  EXPECT_THAT(error_of([&] { written(e, {"hidden"}); }), HasSubstr("no hidden"));
  EXPECT_THAT(error_of([&] { written(e, {"logits"}); }), HasSubstr("no logits"));
  EXPECT_THAT(error_of([&] { written(e, {"patern"}); }), HasSubstr("'patern'"));
  EXPECT_THAT(error_of([&] { write_capture(e, evaluate(e), folder_ / "none" / "c", {}); }),
              HasSubstr("does not exist"));
}

TEST_F(Capture, ACaptureOfOneLayerOpensInTheLab) {
  using attention::MaskKind;
  for (const MaskKind mask : {MaskKind::none, MaskKind::causal, MaskKind::sliding_window}) {
    Experiment e = with_heads(default_experiment(), 0, 3);
    e.positions = attention::Positions::rope;
    e.mask = mask;
    e.window = 2;
    e.temperature = 0.5f;
    const attention::Trace trace = evaluate(e);
    write_capture(e, trace, folder_ / "c.safetensors", {});
    const Experiment again = open_any(folder_ / "c.safetensors");
    EXPECT_EQ(again.tokens, e.tokens);
    EXPECT_EQ(again.layers[0].heads.size(), 3u);
    const auto differences = compare_with_expected(again, evaluate(again));
    EXPECT_EQ(differences.size(), 9u);  // scores, weights and outputs of three heads
    for (const Difference& difference : differences) EXPECT_LE(difference.largest, 1e-5f);
  }
}

TEST_F(Capture, MetadataThatAreWrongAreRefused) {
  const auto path = folder_ / "c.safetensors";
  const auto fill = [](void* out, std::int64_t, std::int64_t count) {
    std::fill_n(static_cast<float*>(out), count, 1);
  };
  const auto sentence = [&](const std::string& key, const std::string& value) {
    files::write_safetensors(
        path, {{"q", "F32", {2, 2}, fill}, {"k", "F32", {2, 2}, fill}, {"v", "F32", {2, 2}, fill}},
        {{"attn_capture", "1"}, {key, value}});
    return error_of([&] { open_any(path); });
  };
  for (const char* value : {"", "0", "-3", "2x", "99999999999"})
    EXPECT_THAT(sentence("window", value), HasSubstr("expected a number from 1"));
  for (const char* value : {"", "[]", "0.5", "[\"a\"]", "[0]", "[-1]", "[1e-60]", "[1e60]"})
    EXPECT_THAT(sentence("scale", value), HasSubstr("greater than 0 for each layer"));
  for (const char* value : {"", "{}", "[1]", "[\"a\",2]"})
    EXPECT_THAT(sentence("tokens", value), HasSubstr("JSON list of strings"));
}

TEST_F(Capture, QueriesGivenDirectlyHaveNoHidden) {
  Experiment e = default_experiment();
  const auto path = folder_ / "c.safetensors";
  write_capture(e, evaluate(e), path, {"q", "k", "v"});
  EXPECT_THAT(names_of(written(open_any(path))), testing::Not(testing::Contains("hidden")));
}

}  // namespace
}  // namespace qkv::experiment
