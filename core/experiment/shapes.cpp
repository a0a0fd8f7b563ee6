#include "core/experiment/shapes.h"

#include <algorithm>

namespace qkv::experiment {
namespace {

bool is_given(const std::shared_ptr<const Matrix>& matrix) { return matrix && matrix->size() > 0; }

template <class ExperimentT>
auto* find_parameter(ExperimentT& e, Stage stage, int layer, int head) {
  using Found = decltype(&e.layers[0].heads[0].w_q);
  const auto if_present = [](auto& parameter) -> Found { return parameter ? &*parameter : nullptr; };
  if (layer < 0 || head < 0 || layer >= std::ssize(e.layers)) return Found{};
  const auto in_norm = [&](auto& norm, Stage gain) -> Found {
    return norm ? if_present(stage == gain ? norm->gain : norm->bias) : nullptr;
  };
  if (stage == Stage::norm_gain || stage == Stage::norm_bias)
    return layer == 0 && head == 0 ? in_norm(e.norm, Stage::norm_gain) : Found{};
  auto& in_layer = e.layers[static_cast<std::size_t>(layer)];
  if (stage == Stage::w_o && head == 0) return if_present(in_layer.w_o);
  if (stage == Stage::b_o && head == 0) return if_present(in_layer.b_o);
  if (head >= std::ssize(in_layer.heads)) return Found{};
  auto& in_head = in_layer.heads[static_cast<std::size_t>(head)];
  const bool has_w_q = !is_given(in_head.q), has_w_k = !is_given(in_head.k), has_w_v = !is_given(in_head.v);
  switch (stage) {
    case Stage::q_norm_gain:
    case Stage::q_norm_bias:
      return in_norm(in_head.q_norm, Stage::q_norm_gain);
    case Stage::k_norm_gain:
    case Stage::k_norm_bias:
      return in_norm(in_head.k_norm, Stage::k_norm_gain);
    case Stage::w_q:
      return has_w_q ? &in_head.w_q : Found{};
    case Stage::w_k:
      return has_w_k ? &in_head.w_k : Found{};
    case Stage::w_v:
      return has_w_v ? &in_head.w_v : Found{};
    case Stage::b_q:
      return has_w_q ? if_present(in_head.b_q) : Found{};
    case Stage::b_k:
      return has_w_k ? if_present(in_head.b_k) : Found{};
    case Stage::b_v:
      return has_w_v ? if_present(in_head.b_v) : Found{};
    default:
      return Found{};
  }
}

}  // namespace

bool lacks_embedding(const Experiment& e) {
  return e.layers.size() == 1 && e.embedding.words.empty() && !is_given(e.embedding.values) &&
         std::ranges::all_of(e.layers[0].heads, [](const Head& head) {
           return is_given(head.q) && is_given(head.k) && is_given(head.v);
         });
}

attention::Shape shape_in(const Experiment& e, Stage stage, int layer, int head) {
  const int n = static_cast<int>(e.tokens.size());
  const bool is_shared = layer == 0 && head == 0;
  const bool has_head = layer >= 0 && head >= 0 && layer < std::ssize(e.layers) &&
                        head < std::ssize(e.layers[static_cast<std::size_t>(layer)].heads);
  switch (stage) {
    case Stage::embedding:
      return is_shared && !lacks_embedding(e) ? attention::Shape{n, e.d_model} : attention::Shape{};
    case Stage::score_bias:
      return is_shared && is_given(e.score_bias) ? attention::Shape{n, n} : attention::Shape{};
    case Stage::q:
    case Stage::k:
      return has_head ? attention::Shape{n, e.d_k} : attention::Shape{};
    case Stage::v:
      return has_head ? attention::Shape{n, e.d_v} : attention::Shape{};
    case Stage::scores:
    case Stage::weights:
      return has_head ? attention::Shape{n, n} : attention::Shape{};
    default:
      break;
  }
  if (!parameter_of(e, stage, layer, head)) return {};
  switch (stage) {
    case Stage::w_q:
    case Stage::w_k:
      return {e.d_model, e.d_k};
    case Stage::w_v:
      return {e.d_model, e.d_v};
    case Stage::b_q:
    case Stage::b_k:
    case Stage::q_norm_gain:
    case Stage::q_norm_bias:
    case Stage::k_norm_gain:
    case Stage::k_norm_bias:
      return {1, e.d_k};
    case Stage::b_v:
      return {1, e.d_v};
    case Stage::w_o:
      return {static_cast<int>(e.layers[static_cast<std::size_t>(layer)].heads.size()) * e.d_v, e.d_model};
    case Stage::b_o:
    case Stage::norm_gain:
    case Stage::norm_bias:
      return {1, e.d_model};
    default:
      return {};
  }
}

long long parameter_count(const Experiment& e) {
  long long count = 0;
  const long long d_model = e.d_model;
  for (const Layer& layer : e.layers) {
    const auto heads = static_cast<long long>(layer.heads.size());
    count += heads * d_model * (2LL * e.d_k + e.d_v) + (layer.w_o ? heads * e.d_v * d_model : 0);
  }
  return count;
}

bool is_inside(const Experiment& e, const Cell& cell) {
  const attention::Shape shape = shape_in(e, cell.stage, cell.layer, cell.head);
  return cell.row >= 0 && cell.column >= 0 && cell.row < shape.rows && cell.column < shape.columns;
}

Parameter* parameter_of(Experiment& e, Stage stage, int layer, int head) {
  return find_parameter(e, stage, layer, head);
}

const Parameter* parameter_of(const Experiment& e, Stage stage, int layer, int head) {
  return find_parameter(e, stage, layer, head);
}

}  // namespace qkv::experiment
