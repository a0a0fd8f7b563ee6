#include "core/export/script.h"

#include <algorithm>
#include <limits>

#include "core/error.h"
#include "core/export/literals.h"
#include "core/export/script_parts.h"

namespace qkv::exports {
namespace {

using attention::HeadInputs;
using attention::HeadTrace;
using attention::LayerInputs;
using attention::Norm;
using attention::NormKind;
using attention::Stage;

constexpr float kMasked = -std::numeric_limits<float>::infinity();

/// Whether none, some or all of the heads are so.
template <class Test>
Uses::Have have(const attention::Trace& trace, Test test) {
  bool some = false, all = true;
  for (const LayerInputs& layer : trace.inputs.layers)
    for (const HeadInputs& head : layer.heads) (test(head) ? some : all) = test(head);
  return all ? Uses::Have::all : some ? Uses::Have::some : Uses::Have::none;
}

/// Calls visit(numbers) for every matrix and vector that is given.
template <class Visit>
void for_each_given(const attention::Inputs& inputs, Visit visit) {
  const auto norm = [&](const Norm& n) {
    if (n.kind == NormKind::none) return;
    visit(n.gain);
    visit(n.bias);
    visit(n.factors);
  };
  const auto projection = [&](const Matrix& given, const Matrix& w, const Vector& b) {
    if (given.size() > 0) return visit(given);
    visit(w);
    visit(b);
  };
  visit(inputs.embedding);
  visit(inputs.options.score_bias);
  visit(inputs.options.rope_frequencies);
  norm(inputs.norm);
  for (const LayerInputs& layer : inputs.layers) {
    for (const HeadInputs& head : layer.heads) {
      projection(head.q, head.w_q, head.b_q);
      projection(head.k, head.w_k, head.b_k);
      projection(head.v, head.w_v, head.b_v);
      norm(head.q_norm);
      norm(head.k_norm);
    }
    visit(layer.w_o);
    visit(layer.b_o);
  }
}

std::string shapes_of(const attention::Trace& trace) {
  const auto& layers = trace.layers;
  const HeadTrace& head = layers.front().heads.front();
  const auto counted = [](auto count, const char* what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
  };
  std::string heads;
  for (const auto& layer : layers) heads += (heads.empty() ? "" : " and ") + counted(layer.heads.size(), "head");
  return "n = " + counted(trace.n(), "token") + ", d_model = " + std::to_string(trace.inputs.embedding.cols()) +
         ", d_k = " + std::to_string(head.q.cols()) + ", d_v = " + std::to_string(head.v.cols()) + ", " +
         counted(layers.size(), "layer") + " of " + heads;
}

/// Text inside a docstring.
std::string in_docstring(const std::string& text) {
  std::string out = python_comment(text);
  std::ranges::replace(out, '\\', '/');
  std::ranges::replace(out, '"', '\'');
  return out;
}

}  // namespace

Uses::Uses(const attention::Trace& trace) {
  const attention::Inputs& inputs = trace.inputs;
  const auto note = [&](const Norm& norm) {
    if (norm.kind == NormKind::none) return;
    (norm.kind == NormKind::layer ? layer_norm : rms_norm) = true;
    norm_gains |= norm.gain.size() > 0;
    norm_biases |= norm.bias.size() > 0;
    given_factors |= norm.factors.size() > 0;
  };
  note(inputs.norm);
  input_norm = inputs.norm.kind != NormKind::none;
  for (const LayerInputs& layer : inputs.layers) {
    (layer.w_o.size() > 0 ? w_o : every_w_o) = layer.w_o.size() > 0;
    output_biases |= layer.w_o.size() > 0 && layer.b_o.size() > 0;
    for (const HeadInputs& head : layer.heads) {
      biases |= head.b_q.size() > 0 || head.b_k.size() > 0 || head.b_v.size() > 0;
      note(head.q_norm);
      note(head.k_norm);
    }
  }
  given_q = have(trace, [](const HeadInputs& head) { return head.q.size() > 0; });
  given_k = have(trace, [](const HeadInputs& head) { return head.k.size() > 0; });
  given_v = have(trace, [](const HeadInputs& head) { return head.v.size() > 0; });
  q_norm = have(trace, [](const HeadInputs& head) { return head.q_norm.kind != NormKind::none; });
  k_norm = have(trace, [](const HeadInputs& head) { return head.k_norm.kind != NormKind::none; });
  for (const attention::LayerTrace& layer : trace.layers) {
    for (const HeadTrace& head : layer.heads) {
      broken_values |= !head.v.allFinite();
      for (const auto& row : head.scaled.rowwise()) {
        const float maximum = row.maxCoeff<Eigen::PropagateNaN>();
        fully_masked |= maximum == kMasked;
        broken_rows |= !std::isfinite(maximum) && maximum != kMasked;
      }
    }
  }
  const attention::Mask& mask = inputs.options.mask;
  masked = mask.kind != attention::MaskKind::none || !mask.padding.empty() || !mask.custom.empty();
  residual_after_all = trace.residual.size() > 0;
  several_layers = trace.layers.size() > 1;
  for_each_given(inputs, [&](const auto& numbers) { broken_numbers |= !numbers.allFinite(); });
  for (const auto& [cell, value] : inputs.overrides) {
    const attention::Shape shape = attention::shape_of(trace, cell.stage, cell.layer, cell.head);
    if (cell.row < 0 || cell.column < 0 || cell.row >= shape.rows || cell.column >= shape.columns) continue;
    fixed.insert(cell.stage);
    broken_numbers |= !std::isfinite(value);
  }
}

std::string run_function(const attention::Trace& trace, const Uses& uses, Language language) {
  const bool torch = language == Language::pytorch;
  const auto fix = [&](const char* indent, const char* matrix, const char* name, const char* layer) -> std::string {
    return std::string(indent) + matrix + " = fix(" + matrix + ", \"" + name + "\", " + layer + ", 0)\n";
  };
  const bool fixed_x = uses.fixed.contains(Stage::x), fixed_output = uses.fixed.contains(Stage::layer_output);
  std::string out =
      "def run():\n"
      "    \"\"\"Every stage, by (name, layer, head). A stage that all heads share has head 0.\"\"\"\n"
      "    stages = {}\n"
      "    x = embedding  # [n, d_model] one row a token\n";
  if (trace.positions.size() > 0)
    out +=
        "    stages[\"positions\", 0, 0] = sinusoidal_positions(*x.shape)\n"
        "    x = x + stages[\"positions\", 0, 0]\n";
  if (uses.input_norm)
    out +=
        "    stream = x  # the residual stream passes the norm by\n"
        "    x = normalise(stream, input_norm)\n";
  if (fixed_x) out += fix("    ", "x", "x", "0");
  out +=
      "    for l, layer in enumerate(layers):\n"
      "        stages[\"x\", l, 0] = x\n";
  const std::string arguments = arguments_of_head(trace, uses, "l", "len(layer[\"heads\"])");
  out += "        heads = [attend(x, head" + arguments + ") for " + (arguments.empty() ? "" : "h, ") + "head in " +
         (arguments.empty() ? "layer[\"heads\"]" : "enumerate(layer[\"heads\"])") + "]\n" +
      "        for h, head in enumerate(heads):\n";
  const bool some_absent = uses.q_norm == Uses::Have::some || uses.k_norm == Uses::Have::some;
  out += some_absent ? "            stages.update({(name, l, h): m for name, m in head.items() if m is not None})\n"
                     : "            stages.update({(name, l, h): matrix for name, matrix in head.items()})\n";
  out += std::string("        layer_output = ") + (torch ? "torch" : "np") +
         ".hstack([head[\"output\"] for head in heads])  # [n, heads·d_v] side by side\n";
  if (uses.w_o) {
    const char* indent = uses.every_w_o ? "        " : "            ";
    if (!uses.every_w_o) out += "        if \"w_o\" in layer:\n";
    out += indent;
    out += uses.output_biases ? "layer_output = project(layer_output, layer[\"w_o\"], layer.get(\"b_o\"))  # [n, d_model]\n"
                              : "layer_output = layer_output @ layer[\"w_o\"]  # [n, d_model]\n";
  }
  if (fixed_output) out += fix("        ", "layer_output", "layer_output", "l");
  out += "        stages[\"layer_output\", l, 0] = layer_output\n";
  if (uses.residual_after_all || uses.several_layers) {
    if (!uses.residual_after_all) out += "        if l + 1 == len(layers):\n            break  # of another width: nothing is added\n";
    out += uses.input_norm ? "        x = (stream if l == 0 else x) + layer_output  # the residual stream\n"
                           : "        x = x + layer_output  # the residual stream\n";
    if (fixed_x) out += fix("        ", "x", "x", "l + 1");
  }
  if (uses.residual_after_all) out += "    stages[\"x\", len(layers), 0] = x\n";
  out +=
      "    return stages\n\n\n"
      "def main():\n"
      "    most = 12  # columns shown\n"
      "    for (name, layer, head), matrix in run().items():\n"
      "        print(f\"{name}, layer {layer}, head {head}  {list(matrix.shape)}\")\n"
      "        for token, row in zip(tokens, matrix):\n"
      "            print(f\"{token[:14]:>14}\", *(f\"{number:9.4f}\" for number in row[:most]),\n"
      "                  *[\"…\"] * (len(row) > most))\n"
      "        print()\n\n\n";
  return out;
}

long long script_numbers(const attention::Trace& trace) {
  long long count = static_cast<long long>(trace.inputs.options.mask.custom.size() + trace.inputs.overrides.size());
  for_each_given(trace.inputs, [&](const auto& numbers) { count += numbers.size(); });
  return count;
}

std::string script(const experiment::Experiment& experiment, const attention::Trace& trace, Language language) {
  if (const long long count = script_numbers(trace); count > kMaxScriptNumbers)
    throw Error("The script would hold " + std::to_string(count) + " numbers, at most " +
                std::to_string(kMaxScriptNumbers) +
                " fit one that can be read: choose fewer tokens, heads or dimensions, or export a capture file.");
  const Uses uses(trace);
  const bool torch = language == Language::pytorch;
  const std::string title = experiment.title.empty() ? "Attention" : in_docstring(experiment.title);
  return "\"\"\"" + title + ": every stage of the attention, with the numbers of QKV Lab.\n\n" +
         "Needs " + (torch ? "PyTorch" : "NumPy") +
         ". Run, it prints every stage; imported, run() returns them.\n" + shapes_of(trace) +
         ".\nRows are tokens; everything is float32.\n\"\"\"\nimport math\n\nimport " +
         (torch ? "torch" : "numpy as np") + "\n\n\n# The stages, in the order of computation.\n\n\n" +
         stage_functions(trace, uses, language) + head_function(trace, uses) + run_function(trace, uses, language) +
         "# The numbers.\n\n\n" + numbers(experiment, trace, uses, language) +
         "\n\nif __name__ == \"__main__\":\n    main()\n";
}

}  // namespace qkv::exports
