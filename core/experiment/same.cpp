#include <algorithm>
#include <bit>
#include <cmath>

#include "core/experiment/experiment.h"

namespace qkv::experiment {
namespace {

bool same(float a, float b) {
  return (std::isnan(a) && std::isnan(b)) ||
         std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

bool same(const std::shared_ptr<const Matrix>& a, const std::shared_ptr<const Matrix>& b) {
  if (a == b) return true;
  const bool a_empty = !a || a->size() == 0, b_empty = !b || b->size() == 0;
  if (a_empty || b_empty) return a_empty && b_empty;
  return a->rows() == b->rows() && a->cols() == b->cols() &&
         std::equal(a->data(), a->data() + a->size(), b->data(), [](float x, float y) { return same(x, y); });
}

bool same(const Parameter& a, const Parameter& b) {
  return a.origin == b.origin && same(a.values, b.values) && a.seed == b.seed &&
         same(a.deviation, b.deviation);
}

bool same(const std::vector<float>& a, const std::vector<float>& b) {
  return std::ranges::equal(a, b, [](float x, float y) { return same(x, y); });
}

bool same(const Embedding& a, const Embedding& b) {
  return a.origin == b.origin && same(a.values, b.values) && a.seed == b.seed &&
         same(a.deviation, b.deviation) &&
         std::ranges::equal(a.words, b.words, [](const auto& x, const auto& y) {
           return x.first == y.first && same(x.second, y.second);
         });
}

bool same(const std::optional<Parameter>& a, const std::optional<Parameter>& b) {
  return a.has_value() == b.has_value() && (!a || same(*a, *b));
}

bool same(const std::optional<Norm>& a, const std::optional<Norm>& b) {
  if (!a || !b) return !a && !b;
  return a->kind == b->kind && same(a->epsilon, b->epsilon) && same(a->gain, b->gain) &&
         same(a->bias, b->bias) && same(a->factors, b->factors);
}

bool same(const Head& a, const Head& b) {
  return a.name == b.name && same(a.w_q, b.w_q) && same(a.w_k, b.w_k) && same(a.w_v, b.w_v) &&
         same(a.b_q, b.b_q) && same(a.b_k, b.b_k) && same(a.b_v, b.b_v) && a.q_columns == b.q_columns &&
         a.k_columns == b.k_columns && a.v_columns == b.v_columns && same(a.q, b.q) && same(a.k, b.k) &&
         same(a.v, b.v) && same(a.q_norm, b.q_norm) && same(a.k_norm, b.k_norm);
}

template <class T>
bool same_list(const std::vector<T>& a, const std::vector<T>& b);

bool same(const Layer& a, const Layer& b) {
  return same_list(a.heads, b.heads) && same(a.w_o, b.w_o) && same(a.b_o, b.b_o);
}

bool same(const Target& a, const Target& b) {
  return a.layer == b.layer && a.head == b.head && a.query == b.query && a.key == b.key &&
         a.sentence == b.sentence && a.because == b.because;
}

bool same(const Expected& a, const Expected& b) {
  return a.stage == b.stage && a.layer == b.layer && a.head == b.head && same(a.values, b.values);
}

bool same(const std::map<Cell, float>& a, const std::map<Cell, float>& b) {
  return std::ranges::equal(
      a, b, [](const auto& x, const auto& y) { return x.first == y.first && same(x.second, y.second); });
}

bool same_options(const Experiment& a, const Experiment& b) {
  return a.scale == b.scale && same(a.temperature, b.temperature) && same(a.softcap, b.softcap) &&
         a.mask == b.mask && a.window == b.window && a.custom_mask == b.custom_mask &&
         a.positions == b.positions && same(a.rope_base, b.rope_base) &&
         same(a.rope_frequencies, b.rope_frequencies) && same(a.rope_factor, b.rope_factor) &&
         same(a.score_bias, b.score_bias);
}

template <class T>
bool same_list(const std::vector<T>& a, const std::vector<T>& b) {
  return std::ranges::equal(a, b, [](const T& x, const T& y) { return same(x, y); });
}

}  // namespace

bool same(const Experiment& a, const Experiment& b) {
  return a.title == b.title && a.description == b.description && a.source == b.source &&
         a.tokens == b.tokens && a.written_for == b.written_for && a.sentences == b.sentences &&
         a.dimensions == b.dimensions && a.d_model == b.d_model && a.d_k == b.d_k && a.d_v == b.d_v &&
         same(a.embedding, b.embedding) && same(a.norm, b.norm) && same_list(a.layers, b.layers) &&
         same_options(a, b) && same(a.edits, b.edits) && same(a.gains, b.gains) &&
         a.explanations == b.explanations && same_list(a.targets, b.targets) &&
         same_list(a.expected, b.expected);
}

}  // namespace qkv::experiment
