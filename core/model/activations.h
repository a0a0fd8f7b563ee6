#pragma once
#include <string>

#include "core/matrix.h"
#include "core/parallel.h"

namespace qkv::model {

enum class Activation {
  gelu,        ///< x·Φ(x), with the error function
  gelu_tanh,   ///< its tanh approximation (Hendrycks and Gimpel 2016)
  gelu_quick,  ///< x·σ(1.702x)
  relu,
  relu_squared,
  silu,  ///< x·σ(x), also called swish
  tanh,
  sigmoid,
  identity,
};

/// By the name Hugging Face's configurations give it. Throws Error, beginning with `where`, listing those
/// there are.
Activation activation_of(const std::string& name, const std::string& where);

/// In place.
void activate(Team& team, Activation activation, Eigen::Ref<Matrix> values);
/// gated [n, 2w] holds gate|up; f(gate)·up, [n, w].
Matrix activate_gated(Team& team, Activation activation, const Matrix& gated);

}  // namespace qkv::model
