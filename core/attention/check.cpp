#include "core/attention/check.h"

#include <cmath>
#include <string>

#include "core/error.h"

namespace qkv::attention {
namespace {

constexpr int kMaximumHeads = 16;
constexpr double kMaximumBytes = 8e9;

std::string text(Eigen::Index rows, Eigen::Index columns) {
  return "[" + std::to_string(rows) + ", " + std::to_string(columns) + "]";
}

/// One sentence: "Layer 0, head 1: w_q should be [8, 4] (d_model, d_k) but is [8, 5]."
template <typename M>
void expect(const std::string& where, const char* name, const M& matrix, Eigen::Index rows,
            Eigen::Index columns, const char* meaning) {
  if (matrix.rows() == rows && matrix.cols() == columns) return;
  throw Error(where + name + " should be " + text(rows, columns) + " (" + meaning + ") but is " +
              text(matrix.rows(), matrix.cols()) + ".");
}

template <typename M>
void expect_if_present(const std::string& where, const char* name, const M& matrix, Eigen::Index rows,
                       Eigen::Index columns, const char* meaning) {
  if (matrix.size() > 0) expect(where, name, matrix, rows, columns, meaning);
}

struct Names {
  const char* given;
  const char* weight;
  const char* bias;
  const char* width;
};

/// q, k or v of one head: given directly, or by its projection.
void check_projection(const std::string& where, const Names& names, const Matrix& given, const Matrix& weight,
                      const Vector& bias, const Matrix& embedding, Eigen::Index width) {
  const std::string of_tokens = std::string("tokens, ") + names.width;
  if (given.size() > 0) {
    expect(where, names.given, given, embedding.rows(), width, of_tokens.c_str());
    return;
  }
  if (weight.size() == 0) {
    throw Error(where + names.weight + " is missing; give it, or " + names.given + " itself, of " +
                text(embedding.rows(), width) + ".");
  }
  const std::string of_model = std::string("d_model, ") + names.width;
  expect(where, names.weight, weight, embedding.cols(), width, of_model.c_str());
  const std::string of_bias = std::string("one row of ") + names.width;
  expect_if_present(where, names.bias, bias, 1, width, of_bias.c_str());
}

void check_norm(const std::string& where, const char* name, const Norm& norm, Eigen::Index n,
                Eigen::Index width) {
  if (norm.kind == NormKind::none) return;
  const std::string of = std::string(name) + ".";
  expect_if_present(where, (of + "gain").c_str(), norm.gain, 1, width, "one row of the width it is over");
  expect_if_present(where, (of + "bias").c_str(), norm.bias, 1, width, "one row of the width it is over");
  expect_if_present(where, (of + "factors").c_str(), norm.factors, 1, n, "one a token");
  if (!(norm.epsilon >= 0))
    throw Error(where + of + "epsilon should be 0 or more but is " + std::to_string(norm.epsilon) + ".");
  if (norm.factors.size() > 0 && norm.kind != NormKind::rms)
    throw Error(where + of + "factors are given, but only those of an RMS norm can be.");
}

Eigen::Index width_of(const Matrix& given, const Matrix& weight) {
  return given.size() > 0 ? given.cols() : weight.cols();
}

void check_head(const std::string& where, const HeadInputs& head, const Matrix& embedding, Eigen::Index d_k,
                Eigen::Index d_v) {
  check_projection(where, {"q", "w_q", "b_q", "d_k"}, head.q, head.w_q, head.b_q, embedding, d_k);
  check_projection(where, {"k", "w_k", "b_k", "d_k"}, head.k, head.w_k, head.b_k, embedding, d_k);
  check_projection(where, {"v", "w_v", "b_v", "d_v"}, head.v, head.w_v, head.b_v, embedding, d_v);
  check_norm(where, "q_norm", head.q_norm, embedding.rows(), d_k);
  check_norm(where, "k_norm", head.k_norm, embedding.rows(), d_k);
}

void check_layer(const LayerInputs& layer, std::size_t index, bool is_last, const Matrix& embedding) {
  const std::string where = "Layer " + std::to_string(index) + ": ";
  if (layer.heads.empty() || layer.heads.size() > kMaximumHeads) {
    throw Error(where + "expected 1 to " + std::to_string(kMaximumHeads) + " heads, found " +
                std::to_string(layer.heads.size()) + ".");
  }
  const HeadInputs& first = layer.heads.front();
  const Eigen::Index d_k = width_of(first.q, first.w_q);
  const Eigen::Index d_v = width_of(first.v, first.w_v);
  for (std::size_t h = 0; h < layer.heads.size(); ++h) {
    check_head("Layer " + std::to_string(index) + ", head " + std::to_string(h) + ": ", layer.heads[h],
               embedding, d_k, d_v);
  }
  const Eigen::Index concatenated = d_v * static_cast<Eigen::Index>(layer.heads.size());
  const Eigen::Index d_model = embedding.cols() > 0 ? embedding.cols() : layer.w_o.cols();
  expect_if_present(where, "w_o", layer.w_o, concatenated, d_model, "heads times d_v, d_model");
  if (layer.b_o.size() > 0 && layer.w_o.size() == 0) {
    throw Error(where + "b_o is given without w_o; give w_o too, or leave b_o out.");
  }
  expect_if_present(where, "b_o", layer.b_o, 1, d_model, "one row of d_model");
  const Eigen::Index width = layer.w_o.size() > 0 ? layer.w_o.cols() : concatenated;
  if (!is_last && width != embedding.cols()) {
    throw Error(where + "layer_output is " + text(embedding.rows(), width) +
                " but the next layer adds it to x, which is " + text(embedding.rows(), embedding.cols()) +
                "; give this layer a w_o of " + text(concatenated, embedding.cols()) + ".");
  }
}

/// A trace keeps scores, scaled and weights of every head: refused before it exhausts the memory.
void check_size(const Inputs& inputs) {
  const auto n = static_cast<double>(inputs.embedding.rows());
  std::size_t heads = 0;
  for (const LayerInputs& layer : inputs.layers) heads += layer.heads.size();
  const double bytes = 3.0 * sizeof(float) * n * n * static_cast<double>(heads);
  if (bytes <= kMaximumBytes) return;
  throw Error("Attention of " + std::to_string(inputs.embedding.rows()) + " tokens with " +
              std::to_string(heads) + " heads in all would keep " +
              std::to_string(std::llround(bytes / 1e9)) + " GB of scores, more than the " +
              std::to_string(std::llround(kMaximumBytes / 1e9)) + " GB allowed; use fewer tokens or heads.");
}

void check_options(const Options& options, Eigen::Index n) {
  if (!(options.temperature > 0)) {
    throw Error("The temperature should be above 0 but is " + std::to_string(options.temperature) + ".");
  }
  if (options.positions == Positions::rope && !(options.rope_base > 0)) {
    throw Error("rope_base should be above 0 but is " + std::to_string(options.rope_base) + ".");
  }
  if (!(options.softcap >= 0) || std::isinf(options.softcap)) {
    throw Error("The softcap should be 0 (none) or more but is " + std::to_string(options.softcap) + ".");
  }
  if (options.mask.kind == MaskKind::sliding_window && options.mask.window < 1) {
    throw Error("The window of the mask should be at least 1 but is " + std::to_string(options.mask.window) +
                ".");
  }
  const auto marked = static_cast<Eigen::Index>(options.mask.padding.size());
  if (marked != 0 && marked != n) {
    throw Error("The padding of the mask should have " + std::to_string(n) +
                " entries (one a token) but has " + std::to_string(marked) + ".");
  }
  expect_if_present("", "score_bias", options.score_bias, n, n, "tokens, tokens");
}

void check_rotary(const LayerInputs& layer, const Options& options) {
  const HeadInputs& first = layer.heads.front();
  const Eigen::Index d_k = width_of(first.q, first.w_q), pairs = options.rope_frequencies.size();
  if (2 * pairs > d_k) {
    throw Error("rope_frequencies has " + std::to_string(pairs) + " pairs of columns, but d_k is " +
                std::to_string(d_k) + ": at most " + std::to_string(d_k / 2) + " fit.");
  }
}

}  // namespace

void check(const Inputs& inputs) {
  if (inputs.embedding.rows() < 1)
    throw Error("The embedding has no rows; attention needs at least one token.");
  if (inputs.layers.empty()) throw Error("There is no layer; attention needs at least one.");
  check_size(inputs);
  check_options(inputs.options, inputs.embedding.rows());
  check_norm("", "norm", inputs.norm, inputs.embedding.rows(), inputs.embedding.cols());
  for (std::size_t l = 0; l < inputs.layers.size(); ++l) {
    check_layer(inputs.layers[l], l, l + 1 == inputs.layers.size(), inputs.embedding);
    check_rotary(inputs.layers[l], inputs.options);
  }
}

}  // namespace qkv::attention
