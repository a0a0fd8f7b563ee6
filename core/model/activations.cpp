#include "core/model/activations.h"

#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/files/wording.h"

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

using Row = Eigen::Ref<Eigen::Array<float, 1, Eigen::Dynamic, Eigen::RowMajor>>;

void activate_row(Activation activation, Row x) {
  switch (activation) {
    case Activation::gelu:
      for (Eigen::Index i = 0; i < x.size(); ++i) x[i] = 0.5f * x[i] * (1 + std::erf(x[i] * kRootHalf));
      return;
    case Activation::gelu_tanh:
      x = 0.5f * x * (1 + (kRootTwoOverPi * (x + 0.044715f * x * x * x)).tanh());
      return;
    case Activation::gelu_quick:
      x = x / (1 + (-1.702f * x).exp());
      return;
    case Activation::relu:
      x = (x < 0).select(0.f, x);
      return;  // keeps NaN
    case Activation::relu_squared:
      x = (x < 0).select(0.f, x).square();
      return;
    case Activation::silu:
      x = x / (1 + (-x).exp());
      return;
    case Activation::tanh:
      x = x.tanh();
      return;
    case Activation::sigmoid:
      x = 1 / (1 + (-x).exp());
      return;
    case Activation::identity:
      return;
  }
}

Row row_of(Eigen::Ref<Matrix> values, Eigen::Index row, Eigen::Index columns) {
  return Eigen::Map<Eigen::Array<float, 1, Eigen::Dynamic, Eigen::RowMajor>>(
      values.data() + row * values.outerStride(), columns);
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

void activate(Activation activation, Eigen::Ref<Matrix> values) {
#pragma omp parallel for
  for (Eigen::Index row = 0; row < values.rows(); ++row)
    activate_row(activation, row_of(values, row, values.cols()));
}

void activate_gated(Activation activation, Eigen::Ref<Matrix> gated) {
  const Eigen::Index width = gated.cols() / 2;
#pragma omp parallel for
  for (Eigen::Index row = 0; row < gated.rows(); ++row) {
    activate_row(activation, row_of(gated, row, width));
    gated.row(row).head(width).array() *= gated.row(row).tail(width).array();
  }
}

}  // namespace qkv::model
