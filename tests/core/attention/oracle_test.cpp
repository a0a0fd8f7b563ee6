#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/files/tensors.h"
#include "tests/core/attention/cases.h"

// Every stage beside PyTorch in float64: tests/oracle/attention/make_cases.py. |Δ| ≤ 1e-6·max(1, |value|) in
// one layer (0.8e-6 measured); in a stack 2e-6·(layer + 1), since each layer reads the rounding of those
// before it.
namespace qkv::attention {
namespace {

using nlohmann::json;

const files::TensorFile& oracle() {
  static const files::TensorFile file =
      files::read_safetensors(QKV_SOURCE_DIR "/tests/oracle/attention/cases.safetensors");
  return file;
}

/// One matrix of the file: of a tensor [heads, rows, columns] that of a head. Empty when the case has none.
Matrix matrix(const std::string& name, int head = 0) {
  const auto it = oracle().tensors.find(name);
  if (it == oracle().tensors.end()) return {};
  const files::Tensor& tensor = it->second;
  const auto columns = tensor.shape.back();
  const auto rows = tensor.shape[tensor.shape.size() - 2];
  return Eigen::Map<const Matrix>(tensor.values.data() + head * rows * columns, rows, columns);
}

Options options_of(const json& given, const std::string& name) {
  Options options;
  options.scale = given.at("scale");
  options.temperature = given.at("temperature");
  options.rope_base = given.at("rope_base");
  options.score_bias = matrix(name + "/score_bias");
  const std::map<std::string, Positions> positions = {{"none", Positions::none},
                                                      {"sinusoidal", Positions::sinusoidal},
                                                      {"rope", Positions::rope},
                                                      {"alibi", Positions::alibi}};
  options.positions = positions.at(given.at("positions"));
  const std::map<std::string, MaskKind> kinds = {
      {"none", MaskKind::none}, {"causal", MaskKind::causal}, {"window", MaskKind::sliding_window}};
  options.mask.kind = kinds.at(given.at("mask"));
  options.mask.window = given.at("window");
  options.mask.padding = given.at("padding").get<std::vector<bool>>();
  for (const json& cell : given.at("custom")) options.mask.custom[{cell[0], cell[1]}] = cell[2];
  return options;
}

Inputs inputs_of(const std::string& name, const json& given) {
  Inputs inputs;
  inputs.embedding = matrix(name + "/embedding");
  inputs.options = options_of(given, name);
  for (int l = 0; l < given.at("layers").get<int>(); ++l) {
    const std::string at = name + "/" + std::to_string(l) + ".";
    LayerInputs& layer = inputs.layers.emplace_back();
    for (int h = 0; h < given.at("heads").get<int>(); ++h) {
      HeadInputs& head = layer.heads.emplace_back();
      head.w_q = matrix(at + "w_q", h);
      head.w_k = matrix(at + "w_k", h);
      head.w_v = matrix(at + "w_v", h);
      if (head.w_q.size() == 0) head.q = matrix(at + "q", h);
      if (head.w_k.size() == 0) head.k = matrix(at + "k", h);
      if (head.w_v.size() == 0) head.v = matrix(at + "v", h);
      if (const Matrix b = matrix(at + "b_q", h); b.size() > 0) head.b_q = b.row(0);
      if (const Matrix b = matrix(at + "b_k", h); b.size() > 0) head.b_k = b.row(0);
      if (const Matrix b = matrix(at + "b_v", h); b.size() > 0) head.b_v = b.row(0);
    }
    layer.w_o = matrix(at + "w_o");
    if (const Matrix b = matrix(at + "b_o"); b.size() > 0) layer.b_o = b.row(0);
  }
  return inputs;
}

/// The largest |Δ| ÷ max(1, |value|); infinite when a masked cell is masked on one side only.
double difference(const Matrix& ours, const Matrix& theirs) {
  double largest = 0;
  for (Eigen::Index i = 0; i < ours.size(); ++i) {
    const double a = ours.data()[i], b = theirs.data()[i];
    if (a != b) largest = std::max(largest, std::abs(a - b) / std::max(1.0, std::abs(b)));
  }
  return largest;
}

TEST(Oracle, EveryStageAgreesWithPyTorch) {
  int compared = 0;
  for (const auto& [name, text] : oracle().metadata) {
    SCOPED_TRACE(name);
    const json given = json::parse(text);
    const Trace trace = attend(inputs_of(name, given));
    const bool is_stack = trace.layers.size() > 1;
    for (int s = 0; s < kStageCount; ++s) {
      const auto stage = static_cast<Stage>(s);
      if (is_leaf(stage)) continue;
      for (int l = 0; l <= static_cast<int>(trace.layers.size()); ++l) {
        for (int h = 0; h < given.at("heads").get<int>(); ++h) {
          const Matrix* ours = matrix_of(trace, stage, l, h);
          const std::string key = name + "/" + std::to_string(l) + "." + std::string(name_of(stage));
          const bool is_there = oracle().tensors.count(key) && (h == 0 || is_per_head(stage));
          ASSERT_EQ(ours != nullptr, is_there) << key << " of head " << h;
          if (!ours) continue;
          const Matrix theirs = matrix(key, h);
          ASSERT_EQ(ours->rows(), theirs.rows()) << key;
          ASSERT_EQ(ours->cols(), theirs.cols()) << key;
          const double found = difference(*ours, theirs);
          // Stacks are looser: a layer reads the rounding of those before it, and its scores multiply two
          // such numbers.
          EXPECT_LE(found, is_stack ? 2e-6 * (l + 1) : 1e-6) << key << " of head " << h;
          ++compared;
        }
      }
    }
  }
  EXPECT_GE(oracle().metadata.size(), 50u);
  EXPECT_GT(compared, 1500);
}

}  // namespace
}  // namespace qkv::attention
