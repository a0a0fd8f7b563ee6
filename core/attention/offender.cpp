#include "core/attention/offender.h"

#include <cmath>
#include <limits>

namespace qkv::attention {
namespace {

constexpr float kHidden = -std::numeric_limits<float>::infinity();

/// Scores of −∞ are a mask.
bool hides(Stage stage, float value) {
  return value == kHidden && (stage == Stage::score_bias || stage == Stage::scores);
}

/// Looks through one matrix, or vector as one row.
template <class Values>
std::optional<Cell> first_in(const Values& values, Stage stage, int layer, int head) {
  if (values.size() == 0 || values.allFinite()) return std::nullopt;
  const Eigen::Index columns =
      values.cols() == 1 && Values::ColsAtCompileTime == 1 ? values.size() : values.cols();
  for (Eigen::Index i = 0; i < values.size(); ++i) {
    const float value = values.data()[i];
    if (std::isfinite(value) || hides(stage, value)) continue;
    return Cell{stage, layer, head, static_cast<int>(i / columns), static_cast<int>(i % columns)};
  }
  return std::nullopt;
}

std::optional<Cell> first_in_norm(const Norm& norm, Stage gain, Stage bias, int layer, int head) {
  if (norm.kind == NormKind::none) return std::nullopt;
  const auto found = first_in(norm.gain, gain, layer, head);
  return found ? found : first_in(norm.bias, bias, layer, head);
}

std::optional<Cell> first_in_head(const HeadInputs& in, int layer, int head) {
  const struct {
    const Matrix &weight, &given;
    const Vector& bias;
    Stage w, b, stage;
  } projections[] = {{in.w_q, in.q, in.b_q, Stage::w_q, Stage::b_q, Stage::q},
                     {in.w_k, in.k, in.b_k, Stage::w_k, Stage::b_k, Stage::k},
                     {in.w_v, in.v, in.b_v, Stage::w_v, Stage::b_v, Stage::v}};
  for (const auto& p : projections) {
    if (p.given.size() > 0) {  // then the others are not used
      if (const auto found = first_in(p.given, p.stage, layer, head)) return found;
      continue;
    }
    if (const auto found = first_in(p.weight, p.w, layer, head)) return found;
    if (const auto found = first_in(p.bias, p.b, layer, head)) return found;
  }
  if (const auto found = first_in_norm(in.q_norm, Stage::q_norm_gain, Stage::q_norm_bias, layer, head)) return found;
  if (const auto found = first_in_norm(in.k_norm, Stage::k_norm_gain, Stage::k_norm_bias, layer, head)) return found;
  return std::nullopt;
}

}  // namespace

std::optional<Cell> first_not_finite(const Inputs& inputs) {
  if (const auto found = first_in(inputs.embedding, Stage::embedding, 0, 0)) return found;
  if (const auto found = first_in_norm(inputs.norm, Stage::norm_gain, Stage::norm_bias, 0, 0)) return found;
  for (std::size_t l = 0; l < inputs.layers.size(); ++l) {
    const LayerInputs& layer = inputs.layers[l];
    const int at = static_cast<int>(l);
    for (std::size_t h = 0; h < layer.heads.size(); ++h)
      if (const auto found = first_in_head(layer.heads[h], at, static_cast<int>(h))) return found;
    if (const auto found = first_in(layer.w_o, Stage::w_o, at, 0)) return found;
    if (const auto found = first_in(layer.b_o, Stage::b_o, at, 0)) return found;
  }
  if (const auto found = first_in(inputs.options.score_bias, Stage::score_bias, 0, 0)) return found;
  for (const auto& [cell, value] : inputs.overrides)
    if (!std::isfinite(value) && !hides(cell.stage, value)) return cell;
  return std::nullopt;
}

}  // namespace qkv::attention
