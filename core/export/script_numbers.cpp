#include "core/export/literals.h"
#include "core/export/script_parts.h"

namespace qkv::exports {
namespace {

using attention::HeadInputs;
using attention::Inputs;
using attention::LayerInputs;
using attention::Mask;
using attention::MaskKind;

template <class Row>
std::string list_of(const Row& row) {
  std::string out = "[";
  for (Eigen::Index c = 0; c < row.size(); ++c) out += (c ? ", " : "") + python_number(row(c));
  return out + "]";
}

std::string indent(int depth) { return std::string(static_cast<std::size_t>(4 * depth), ' '); }

std::string size_of(const Matrix& m) { return "[" + std::to_string(m.rows()) + ", " + std::to_string(m.cols()) + "]"; }

/// "array([  # [4, 8] tokens × d_model", its rows, "])".
std::string array(const Matrix& m, int depth, const std::string& what) {
  if (m.cols() == 0) return "array([[]] * " + std::to_string(m.rows()) + ")";
  std::string out = "array([  # " + size_of(m) + (what.empty() ? "" : " " + what) + "\n";
  for (const auto& row : m.rowwise()) out += indent(depth + 1) + list_of(row) + ",\n";
  return out + indent(depth) + "])";
}
std::string array(const Vector& v) { return "array(" + list_of(v) + ")"; }

std::string entry(int depth, const std::string& name, const std::string& value) {
  return indent(depth) + "\"" + name + "\": " + value + ",\n";
}

std::string norm_of(const attention::Norm& norm, int depth, int n) {
  std::string out = "{\n";
  out += entry(depth + 1, "kind", norm.kind == attention::NormKind::layer ? "\"layer\"" : "\"rms\"");
  out += entry(depth + 1, "epsilon", python_number(norm.epsilon));
  if (norm.gain.size() > 0) out += entry(depth + 1, "gain", array(norm.gain));
  if (norm.bias.size() > 0) out += entry(depth + 1, "bias", array(norm.bias));
  if (norm.factors.size() > 0) {
    Vector factors = Vector::Zero(n);
    const Eigen::Index known = std::min<Eigen::Index>(n, norm.factors.size());
    factors.head(known) = norm.factors.head(known);
    out += entry(depth + 1, "factors", array(factors));
  }
  return out + indent(depth) + "}";
}

std::string head_of(const HeadInputs& head, const std::string& name, int depth, int n) {
  std::string out = indent(depth) + "{\n";
  if (!name.empty()) out += entry(depth + 1, "name", python_string(name));
  const auto projection = [&](const std::string& letter, const Matrix& given, const Matrix& w, const Vector& b,
                              const char* width) {
    if (given.size() > 0) {
      out += entry(depth + 1, letter, array(given, depth + 1, std::string("tokens × ") + width));
      return;
    }
    out += entry(depth + 1, "w_" + letter, array(w, depth + 1, std::string("d_model × ") + width));
    if (b.size() > 0) out += entry(depth + 1, "b_" + letter, array(b));
  };
  projection("q", head.q, head.w_q, head.b_q, "d_k");
  projection("k", head.k, head.w_k, head.b_k, "d_k");
  projection("v", head.v, head.w_v, head.b_v, "d_v");
  if (head.q_norm.kind != attention::NormKind::none)
    out += entry(depth + 1, "q_norm", norm_of(head.q_norm, depth + 1, n));
  if (head.k_norm.kind != attention::NormKind::none)
    out += entry(depth + 1, "k_norm", norm_of(head.k_norm, depth + 1, n));
  return out + indent(depth) + "},\n";
}

std::string layers_of(const experiment::Experiment& experiment, const Inputs& inputs, int n) {
  std::string out = "layers = [\n";
  for (std::size_t l = 0; l < inputs.layers.size(); ++l) {
    const LayerInputs& layer = inputs.layers[l];
    out += indent(1) + "{  # layer " + std::to_string(l) + "\n" + indent(2) + "\"heads\": [\n";
    for (std::size_t h = 0; h < layer.heads.size(); ++h) {
      const bool named = l < experiment.layers.size() && h < experiment.layers[l].heads.size();
      out += head_of(layer.heads[h], named ? experiment.layers[l].heads[h].name : "", 3, n);
    }
    out += indent(2) + "],\n";
    if (layer.w_o.size() > 0) out += entry(2, "w_o", array(layer.w_o, 2, "heads·d_v × d_model"));
    if (layer.b_o.size() > 0 && layer.w_o.size() > 0) out += entry(2, "b_o", array(layer.b_o));
    out += indent(1) + "},\n";
  }
  return out + "]\n";
}

std::string mask_of(const Mask& mask, int n) {
  std::string out;
  if (mask.kind == MaskKind::sliding_window) out += "window = " + std::to_string(mask.window) + "\n";
  if (!mask.padding.empty()) {
    out += "padding = [";  // positions of the hidden keys
    bool first = true;
    for (int key = 0; key < n && key < std::ssize(mask.padding); ++key) {
      if (!mask.padding[static_cast<std::size_t>(key)]) continue;
      out += (first ? "" : ", ") + std::to_string(key);
      first = false;
    }
    out += "]  # keys hidden from every query\n";
  }
  if (!mask.custom.empty()) {
    out += "custom_mask = {  # (query, key): may it attend?\n";
    for (const auto& [cell, allowed] : mask.custom) {
      const auto [query, key] = cell;
      if (query < 0 || key < 0 || query >= n || key >= n) continue;
      out += indent(1) + "(" + std::to_string(query) + ", " + std::to_string(key) + "): " + (allowed ? "True" : "False") +
             ",\n";
    }
    out += "}\n";
  }
  return out;
}

std::string fixed_cells(const attention::Trace& trace) {
  using attention::Cell;
  std::map<Cell, std::string> by_matrix;
  for (const auto& [cell, value] : trace.inputs.overrides) {
    const attention::Shape shape = attention::shape_of(trace, cell.stage, cell.layer, cell.head);
    if (cell.row < 0 || cell.column < 0 || cell.row >= shape.rows || cell.column >= shape.columns) continue;
    by_matrix[{cell.stage, cell.layer, cell.head, 0, 0}] +=
        "(" + std::to_string(cell.row) + ", " + std::to_string(cell.column) + "): " + python_number(value) + ", ";
  }
  std::string out = "fixed = {  # (stage, layer, head): the cells set by hand, (row, column): number\n";
  for (const auto& [matrix, cells] : by_matrix) {
    out += indent(1) + "(\"" + std::string(attention::name_of(matrix.stage)) + "\", " + std::to_string(matrix.layer) +
           ", " + std::to_string(matrix.head) + "): {" + cells.substr(0, cells.size() - 2) + "},\n";
  }
  return out + "}\n";
}

}  // namespace

std::string numbers(const experiment::Experiment& experiment, const attention::Trace& trace, const Uses& uses,
                    Language language) {
  const Inputs& inputs = trace.inputs;
  const attention::Options& options = inputs.options;
  std::string out = language == Language::numpy
                        ? "def array(rows):\n    return np.array(rows, dtype=np.float32)\n\n\n"
                        : "def array(rows):\n    return torch.tensor(rows, dtype=torch.float32)\n\n\n";
  if (uses.broken_numbers) out += "inf, nan = math.inf, math.nan\n";
  out += "tokens = [";
  for (std::size_t i = 0; i < experiment.tokens.size(); ++i)
    out += (i ? ", " : "") + python_string(experiment.tokens[i].text);
  out += "]\n";
  if (options.temperature != 1) out += "temperature = " + python_number(options.temperature) + "\n";
  if (options.softcap > 0) out += "softcap = " + python_number(options.softcap) + "\n";
  if (options.positions == attention::Positions::rope) {
    if (options.rope_frequencies.size() > 0) {
      out += "rope_frequencies = " + list_of(options.rope_frequencies) + "  # radians a position\n";
    } else {
      out += "rope_base = " + python_number(options.rope_base) + "\n";
    }
    if (options.rope_factor != 1) out += "rope_factor = " + python_number(options.rope_factor) + "\n";
  }
  out += mask_of(options.mask, trace.n());
  if (options.score_bias.size() > 0) out += "score_bias = " + array(options.score_bias, 0, "queries × keys") + "\n";
  if (!uses.fixed.empty()) out += fixed_cells(trace);
  out += "embedding = " + array(inputs.embedding, 0, "tokens × d_model") + "\n";
  if (uses.input_norm) out += "input_norm = " + norm_of(inputs.norm, 0, trace.n()) + "\n";
  return out + layers_of(experiment, inputs, trace.n());
}

}  // namespace qkv::exports
