#pragma once
#include <string>

#include "core/model/capture.h"

// Where in a pass the first number arises that is NaN or infinite: everything made of it is damaged too.
namespace qkv::model {

/// Empty when x, a row for each of the last tokens, is finite; else a sentence that names `what` and the
/// token.
std::string not_finite(const std::string& what, const Matrix& x, const Capture& capture);

/// The same of one layer: of what was kept of it, in the order of computation (q, k, v, scores, z: with the
/// head), then of x [n, d_model], the residual stream after it.
std::string not_finite(int layer, const Matrix& x, const Capture& capture);

}  // namespace qkv::model
