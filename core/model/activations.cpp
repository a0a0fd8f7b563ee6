#include "core/model/activations.h"

#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/files/wording.h"
#include "core/model/elementwise.h"

namespace qkv::model {
namespace {

// Names of transformers' ACT2FN; gelu_fast and gelu_new write the same approximation in two ways.
constexpr std::array<std::pair<const char*, Activation>, 14> kNames = {
    {{"gelu", Activation::gelu},
     {"gelu_python", Activation::gelu},
     {"gelu_new", Activation::gelu_tanh},
     {"gelu_pytorch_tanh", Activation::gelu_tanh},
     {"gelu_python_tanh", Activation::gelu_tanh},
     {"gelu_fast", Activation::gelu_tanh},
     {"quick_gelu", Activation::gelu_quick},
     {"relu", Activation::relu},
     {"relu2", Activation::relu_squared},
     {"silu", Activation::silu},
     {"swish", Activation::silu},
     {"tanh", Activation::tanh},
     {"sigmoid", Activation::sigmoid},
     {"linear", Activation::identity}}};

constexpr float kRootHalf = 0.70710678118654752f;
constexpr float kRootTwoOverPi = 0.79788456080286536f;

using vectors::all;
using vectors::Floats;

Floats sigmoid(Floats x) { return 1.0f / (1.0f + vectors::exp(-x)); }

void activate_row(Activation activation, float* row, Eigen::Index count) {
  switch (activation) {
    case Activation::gelu:
      for (Eigen::Index i = 0; i < count; ++i) row[i] = 0.5f * row[i] * (1 + std::erf(row[i] * kRootHalf));
      return;
    case Activation::gelu_tanh:  // (1 + tanh u) / 2 = σ(2u)
      return transform_row(row, count, [](Floats x) {
        return x * sigmoid((x + x * x * x * 0.044715f) * (2 * kRootTwoOverPi));
      });
    case Activation::gelu_quick:
      return transform_row(row, count, [](Floats x) { return x * sigmoid(x * 1.702f); });
    case Activation::relu:
      return transform_row(row, count, [](Floats x) { return x < all(0) ? Floats{} : x; });  // keeps NaN
    case Activation::relu_squared:
      return transform_row(row, count, [](Floats x) { return x < all(0) ? Floats{} : x * x; });
    case Activation::silu:
      return transform_row(row, count, [](Floats x) { return x * sigmoid(x); });
    case Activation::tanh:
      return transform_row(row, count, [](Floats x) { return vectors::tanh(x); });
    case Activation::sigmoid:
      return transform_row(row, count, sigmoid);
    case Activation::identity:
      return;
  }
}

}  // namespace

Activation activation_of(const std::string& name, const std::string& where) {
  for (const auto& [known, activation] : kNames)
    if (name == known) return activation;
  std::vector<std::string> names;
  for (const auto& [known, activation] : kNames) names.emplace_back(known);
  throw Error(where + "the activation function " + files::in_quotes(name) +
              " is not one that is known; those are " + files::list_of(names));
}

void activate(Team& team, Activation activation, Eigen::Ref<Matrix> values) {
  share_rows(team, values.rows(), values.cols(), [&](Eigen::Index row) {
    activate_row(activation, values.data() + row * values.outerStride(), values.cols());
  });
}

Matrix activate_gated(Team& team, Activation activation, const Matrix& gated) {
  const Eigen::Index width = gated.cols() / 2;
  Matrix out(gated.rows(), width);
  share_rows(team, gated.rows(), gated.cols(), [&](Eigen::Index row) {
    out.row(row) = gated.row(row).head(width);
    activate_row(activation, out.row(row).data(), width);
    out.row(row).array() *= gated.row(row).tail(width).array();
  });
  return out;
}

}  // namespace qkv::model
