#include "core/experiment/wrap.h"

#include <algorithm>

#include "core/error.h"
#include "core/experiment/operations.h"
#include "core/experiment/words.h"

namespace qkv::experiment {
namespace {

std::shared_ptr<const Matrix> shared(const Matrix& matrix) {
  return matrix.size() > 0 ? std::make_shared<const Matrix>(matrix) : nullptr;
}

Parameter imported(const Matrix& values) {
  Parameter parameter;
  parameter.origin = Origin::imported;
  parameter.values = shared(values);
  return parameter;
}

std::optional<Parameter> imported(const Vector& row) {
  return row.size() > 0 ? std::optional(imported(Matrix(row))) : std::nullopt;
}

std::optional<Norm> wrapped(const attention::Norm& norm) {
  if (norm.kind == attention::NormKind::none) return std::nullopt;
  return Norm{norm.kind, norm.epsilon, imported(norm.gain), imported(norm.bias),
              shared(Matrix(norm.factors.transpose()))};
}

Head wrapped(const attention::HeadInputs& inputs) {
  Head head;
  head.w_q = imported(inputs.w_q);
  head.w_k = imported(inputs.w_k);
  head.w_v = imported(inputs.w_v);
  head.b_q = imported(inputs.b_q);
  head.b_k = imported(inputs.b_k);
  head.b_v = imported(inputs.b_v);
  head.q = shared(inputs.q);
  head.k = shared(inputs.k);
  head.v = shared(inputs.v);
  head.q_norm = wrapped(inputs.q_norm);
  head.k_norm = wrapped(inputs.k_norm);
  return head;
}

void set_options(const attention::Options& options, Experiment& e) {
  e.scale = options.scale;
  e.temperature = options.temperature;
  e.softcap = options.softcap;
  e.mask = options.mask.kind;
  e.window = options.mask.window;
  e.custom_mask = options.mask.custom;
  e.positions = options.positions;
  e.rope_base = options.rope_base;
  e.rope_frequencies.assign(options.rope_frequencies.begin(), options.rope_frequencies.end());
  e.rope_factor = options.rope_factor;
  e.score_bias = shared(options.score_bias);
}

std::string token_text(const std::string& text) {
  std::string valid = valid_utf8(text);
  std::ranges::replace_if(
      valid, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return valid.empty() ? valid : pieces_of(valid, kMaxTokenBytes).front();
}

void check_width(const char* name, Eigen::Index width) {
  if (width > kMaxWidth)
    throw Error("The Lab takes a " + std::string(name) + " of at most " + std::to_string(kMaxWidth) +
                "; this one is " + std::to_string(width));
}

}  // namespace

Experiment wrapped(const attention::Inputs& inputs, const std::vector<std::string>& tokens) {
  if (tokens.empty() || tokens.size() > kMaxTokens)
    throw Error("The Lab takes from 1 to " + std::to_string(kMaxTokens) + " tokens; these are " +
                std::to_string(tokens.size()));
  const attention::HeadInputs& first = inputs.layers.front().heads.front();
  const Eigen::Index d_k = first.q.size() > 0 ? first.q.cols() : first.w_q.cols();
  const Eigen::Index d_v = first.v.size() > 0 ? first.v.cols() : first.w_v.cols();
  const Eigen::Index d_model =
      std::max<Eigen::Index>({1, inputs.embedding.cols(), inputs.layers.front().w_o.cols()});
  check_width("d_model", d_model);
  check_width("d_k", d_k);
  check_width("d_v", d_v);
  Experiment e;
  for (const std::string& text : tokens) e.tokens.push_back({token_text(text)});
  for (std::size_t i = 0; i < std::min(e.tokens.size(), inputs.options.mask.padding.size()); ++i)
    e.tokens[i].padding = inputs.options.mask.padding[i];
  e.d_model = static_cast<int>(d_model);
  e.d_k = static_cast<int>(d_k);
  e.d_v = static_cast<int>(d_v);
  e.embedding.origin = Origin::imported;
  e.embedding.values = shared(inputs.embedding);
  e.embedding.deviation = 0;
  e.norm = wrapped(inputs.norm);
  for (const attention::LayerInputs& of : inputs.layers) {
    Layer& layer = e.layers.emplace_back();
    for (const attention::HeadInputs& head : of.heads) layer.heads.push_back(wrapped(head));
    if (of.w_o.size() > 0) layer.w_o = imported(of.w_o);
    layer.b_o = imported(of.b_o);
  }
  set_options(inputs.options, e);
  for (const auto& [cell, value] : inputs.overrides)
    if (is_editable(cell.stage)) e.edits[cell] = value;
  return e;
}

}  // namespace qkv::experiment
