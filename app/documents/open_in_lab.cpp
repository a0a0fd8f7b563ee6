#include "app/documents/open_in_lab.h"

#include <algorithm>

#include "core/experiment/wrap.h"
#include "core/model/head_inputs.h"

namespace qkv::documents {

namespace {

/// The first n tokens and what belongs to them.
void cut(attention::Inputs& inputs, Eigen::Index n) {
  const auto rows = [n](Matrix& matrix) {
    if (matrix.rows() > n) matrix = matrix.topRows(n).eval();
  };
  inputs.embedding = inputs.embedding.topRows(n).eval();  // also of no columns
  for (attention::LayerInputs& layer : inputs.layers) {
    for (attention::HeadInputs& head : layer.heads) {
      rows(head.q);
      rows(head.k);
      rows(head.v);
      for (Vector* factors : {&head.q_norm.factors, &head.k_norm.factors})
        if (factors->size() > n) *factors = factors->head(n).eval();
    }
  }
  Matrix& bias = inputs.options.score_bias;
  if (bias.size() > 0) bias = bias.topLeftCorner(n, n).eval();
}

/// " dog" as "dog", a line break as a mark: the Lab's tokens are words.
std::string label_of(const std::string& readable) {
  const bool space = readable.size() > 1 && readable.front() == ' ';
  std::string label;
  for (const char c : readable.substr(space ? 1 : 0)) label += c == '\n' ? "⏎" : c == '\t' ? "⇥" : std::string(1, c);
  return label == " " ? "␣" : label;
}

std::string name_of(attention::NormKind kind) { return kind == attention::NormKind::layer ? "layer norm" : "RMS norm"; }

std::string description_of(const model::Model* model, const model::Capture& capture, const attention::Inputs& inputs,
                           int layer, int head) {
  const int n = capture.n_queries(), group = capture.heads / std::max(1, capture.kv_heads);
  std::string text = "Head " + std::to_string(head) + " of layer " + std::to_string(layer) + " of " + capture.model +
                     ", as it ran on a text of " + std::to_string(n) + (n == 1 ? " token. " : " tokens. ");
  if (model) {
    text += "Its weights are those of the checkpoint; it reads the residual stream as it was before this layer";
    text += inputs.norm.kind == attention::NormKind::none ? ". " : ", after a " + name_of(inputs.norm.kind) + ". ";
    if (group > 1)
      text += "W_K and W_V belong to key-value head " + std::to_string(head / group) + ", which " + std::to_string(group) +
              " query heads share. ";
    text += "W_O holds this head's rows alone, so O is what this head by itself adds, before the layer's bias and norm. ";
  } else {
    text += "A capture file holds no weights: Q, K and V are as attention received them, after norms and rotary positions. ";
  }
  if (n > kMostLabTokens)
    text += "Only the first " + std::to_string(kMostLabTokens) + " tokens were taken" +
            (inputs.options.mask.kind == attention::MaskKind::none
                 ? "; what the others would have drawn to themselves is now shared by these. "
                 : "; no query sees a later key, so their weights are the same. ");
  if (inputs.options.temperature != 1)
    text += "The model's scale is not 1 ÷ √d_k: a temperature makes up for it. ";
  text.pop_back();
  return text;
}

}  // namespace

experiment::Experiment lab_experiment(const model::Model* model, const model::Capture& capture,
                                      const std::vector<std::string>& tokens, int layer, int head) {
  attention::Inputs inputs =
      model ? model::head_inputs(*model, capture, layer, head) : model::head_inputs(capture, layer, head);
  const int n = std::min(capture.n_queries(), kMostLabTokens);
  const std::string description = description_of(model, capture, inputs, layer, head);
  cut(inputs, n);
  std::vector<std::string> labels;
  for (int i = 0; i < n; ++i) {
    const auto at = static_cast<std::size_t>(i);
    labels.push_back(label_of(at < tokens.size() ? tokens[at] : capture.tokens[at]));
  }
  experiment::Experiment e = experiment::wrapped(inputs, labels);
  const std::string place = "L" + std::to_string(layer) + " H" + std::to_string(head);
  e.title = capture.model + " · " + place;
  e.description = description;
  e.source = "Taken from " + capture.model + ", " + place + ".";
  e.layers[0].heads[0].name = place;
  const bool same_keys = n == capture.n_keys() || inputs.options.mask.kind != attention::MaskKind::none;
  if (same_keys && model::has_pattern(capture, layer))
    e.expected.push_back({attention::Stage::weights, 0, 0,
                          std::make_shared<const Matrix>(model::pattern_tile(capture, layer, head, {0, 0, n, n}))});
  return e;
}

}  // namespace qkv::documents
