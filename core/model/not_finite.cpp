#include "core/model/not_finite.h"

#include <cmath>

#include "core/files/wording.h"

namespace qkv::model {
namespace {

/// 0·x is 0 for every finite x and NaN else, so one sum tells without a branch a number.
bool is_finite(const Matrix& x) { return x.size() == 0 || (x.array() * 0.f).sum() == 0.f; }

struct Found {
  Eigen::Index row = 0, column = 0;
};

Found first_of(const Matrix& x) {
  for (Eigen::Index i = 0; i < x.rows(); ++i)
    for (Eigen::Index j = 0; j < x.cols(); ++j)
      if (!std::isfinite(x(i, j))) return {i, j};
  return {};
}

std::string sentence(const std::string& where, Eigen::Index token, const Capture& capture) {
  return "NaN or an infinite number arises in this pass although the weights are finite, first in " + where +
         " at token " + std::to_string(token) + " " +
         files::in_quotes(capture.tokens[static_cast<std::size_t>(token)]) +
         ", and in what is made of it; check that the weights up to there are not far too large.";
}

}  // namespace

std::string not_finite(const std::string& what, const Matrix& x, const Capture& capture) {
  return is_finite(x) ? "" : sentence(what, capture.n_queries() - x.rows() + first_of(x).row, capture);
}

std::string not_finite(int layer, const Matrix& x, const Capture& capture) {
  const LayerCapture& kept = capture.layers[static_cast<std::size_t>(layer)];
  // What is damaged in v or z damages x, so they are looked at only when it is.
  if (is_finite(x) && is_finite(kept.q) && is_finite(kept.k) && is_finite(kept.row_maximum)) return "";
  const std::string prefix = "layer " + std::to_string(layer) + ", ";
  const auto of_heads = [&](const char* what, const char* head, const Matrix& m) -> std::string {
    if (is_finite(m)) return "";
    const Found at = first_of(m);
    return sentence(prefix + head + std::to_string(at.column / capture.head_dim) + ", " + what, at.row,
                    capture);
  };
  for (const auto& found : {of_heads("q", "head ", kept.q), of_heads("k", "key-value head ", kept.k),
                            of_heads("v", "key-value head ", kept.v)})
    if (!found.empty()) return found;
  if (!is_finite(kept.row_maximum)) {  // −∞ too: every token sees itself, so no row is masked whole
    const Found at = first_of(kept.row_maximum);
    return sentence(prefix + "head " + std::to_string(at.row) + ", the scores", at.column, capture);
  }
  const std::string output = of_heads("z", "head ", kept.z);
  return output.empty() ? not_finite("the residual stream after layer " + std::to_string(layer), x, capture)
                        : output;
}

}  // namespace qkv::model
