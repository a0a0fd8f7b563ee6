#include "app/workspaces/present/terms.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "app/figures/numbers.h"

namespace qkv::workspaces {

using attention::Explanation;
using attention::Operation;
using Kind = FormulaNode::Kind;
using Role = FormulaNode::Role;

namespace {

FormulaNode row(std::vector<FormulaNode> parts) { return {.kind = Kind::row, .text = {}, .role = Role::none, .parts = std::move(parts)}; }
FormulaNode leaf(Kind kind, std::string text) { return {.kind = kind, .text = std::move(text), .role = Role::none, .parts = {}}; }
FormulaNode sign(std::string text) { return leaf(Kind::sign, std::move(text)); }
FormulaNode number(float value, int decimals = 2) { return leaf(Kind::number, figures::number(value, decimals)); }
FormulaNode in(Role role, FormulaNode inside) {
  if (role == Role::none) return inside;
  return {.kind = Kind::role, .text = {}, .role = role, .parts = {std::move(inside)}};
}
FormulaNode over(FormulaNode above, FormulaNode below) { return {.kind = Kind::fraction, .text = {}, .role = Role::none, .parts = {std::move(above), std::move(below)}}; }
FormulaNode scripts(FormulaNode base, FormulaNode below, FormulaNode above) {
  return {.kind = Kind::scripts, .text = {}, .role = Role::none, .parts = {std::move(base), std::move(below), std::move(above)}};
}
FormulaNode power_of_e(FormulaNode exponent) { return scripts(leaf(Kind::letter, "e"), row({}), std::move(exponent)); }
FormulaNode bracketed(FormulaNode inside) { return {.kind = Kind::fence, .text = "()", .role = Role::none, .parts = {std::move(inside)}}; }

/// A factor; a negative one behind another sign stands in brackets.
FormulaNode factor(float value, int decimals = 2) { return value < 0 ? bracketed(number(value, decimals)) : number(value, decimals); }

/// A weight as the cells write it, with decimals instead of their "<0.01" and ">0.999": a formula is to be worked out.
std::string weight_text(float value, int decimals) { return figures::telling_number(value, value > 0.99f && value < 1 ? std::max(decimals, 3) : decimals); }

/// What a reader has in hand of a number with so many decimals.
float as_read(float value, int decimals) {
  const float power = std::pow(10.f, static_cast<float>(decimals));
  return std::round(value * power) / power;
}
float weight_as_read(float value, int decimals) {
  const float read = as_read(value, value > 0.99f ? std::max(decimals, 3) : decimals);
  return read == 0 || read == 1 ? value : read;
}
/// Decimals of operands: as few as lead the reader to the result, or three.
constexpr int kFewest = 2, kMost = 3;

/// The first factor of a blend's products is a weight.
bool is_weight(const Explanation& why, std::size_t f) { return why.operation == Operation::mix && f == 0; }
FormulaNode factor_of(const Explanation& why, const attention::Term& term, std::size_t f, int decimals) {
  const float value = term.factors[f].value;
  return is_weight(why, f) && value >= 0 ? leaf(Kind::number, weight_text(value, decimals)) : factor(value, decimals);
}

FormulaNode subscripted(const std::string& symbol, Role role, std::string below) {
  return in(role, scripts(leaf(Kind::letter, symbol), row({leaf(Kind::words, std::move(below))}), row({})));
}

void add(FormulaNode& to, FormulaNode part) { to.parts.push_back(std::move(part)); }

/// A blend of values is worked out by hand in the room.
int decimals_of(const Explanation& why, const std::vector<std::size_t>& order, std::size_t shown, float rest) {
  if (why.operation != Operation::mix) return kFewest;
  float sum = std::abs(rest) >= 0.005f ? as_read(rest, kFewest) : 0;
  for (std::size_t i = 0; i < shown; ++i) {
    float product = 1;
    const auto& factors = why.terms[order[i]].factors;
    for (std::size_t f = 0; f < factors.size(); ++f) product *= is_weight(why, f) ? weight_as_read(factors[f].value, kFewest) : as_read(factors[f].value, kFewest);
    sum += product;
  }
  return figures::number(sum, kFewest) == figures::number(why.value, kFewest) ? kFewest : kMost;
}

/// What is no number comes first: everything behind it is none either.
float size_of(const attention::Term& term) { return std::isnan(term.value) ? std::numeric_limits<float>::infinity() : std::abs(term.value); }

}  // namespace

FormulaNode entry(const std::string& symbol, Role role, const std::string& of, const std::string& column) { return subscripted(symbol, role, of + ", " + column); }
FormulaNode pair(const std::string& symbol, Role role, const std::string& query, const std::string& key) { return subscripted(symbol, role, query + ", " + key); }

FormulaNode sum_of_products(const Explanation& why, FormulaNode left, Role first, int most) {
  FormulaNode line = row({std::move(left), sign("=")});
  std::vector<std::size_t> order(why.terms.size());
  std::iota(order.begin(), order.end(), 0u);
  const bool has_bias = why.operation == Operation::project && !order.empty() && why.terms.back().factors.size() == 1;
  if (has_bias) order.pop_back();  // no product: it stands by itself
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return size_of(why.terms[a]) > size_of(why.terms[b]); });
  // Terms that are nothing say nothing; one always stands there.
  const auto something = static_cast<std::size_t>(std::ranges::count_if(order, [&](std::size_t i) { return std::abs(why.terms[i].value) >= 0.005f || std::isnan(why.terms[i].value); }));
  const std::size_t shown = std::min({order.size(), static_cast<std::size_t>(most), std::max<std::size_t>(1, something)});
  float rest = 0;
  for (std::size_t i = shown; i < order.size(); ++i) rest += why.terms[order[i]].value;
  const int decimals = decimals_of(why, order, shown, rest);
  for (std::size_t i = 0; i < shown; ++i) {
    const attention::Term& term = why.terms[order[i]];
    if (i > 0) add(line, sign("+"));
    for (std::size_t f = 0; f < term.factors.size(); ++f) {
      if (f > 0) add(line, sign("·"));
      add(line, f == 0 ? in(first, factor_of(why, term, f, decimals)) : factor_of(why, term, f, decimals));
    }
  }
  // What was left out is zero more often than not.
  if (order.size() > shown && std::abs(rest) >= 0.005f) {
    add(line, sign("+"));
    add(line, leaf(Kind::words, "… (" + std::to_string(order.size() - shown) + " more: " + figures::number(rest, decimals) + ")"));
  }
  if (has_bias && !(std::abs(why.terms.back().value) < 0.005f)) {
    add(line, sign("+"));
    add(line, leaf(Kind::words, "bias"));
    add(line, factor(why.terms.back().value));
  }
  if (!why.terms.empty()) add(line, sign("="));
  add(line, in(first, number(why.value)));
  return line;
}

FormulaNode scale_formula(const Explanation& why, int d_k, const attention::Options& options, FormulaNode left) {
  FormulaNode line = row({std::move(left), sign("=")});
  if (why.operation == Operation::cap && !why.terms.empty()) {
    const FormulaNode inside = over(row({number(why.terms.front().value)}), row({number(why.softcap)}));
    add(line, number(why.softcap));
    add(line, sign("·"));
    add(line, leaf(Kind::function, "tanh"));
    add(line, bracketed(inside));
    for (std::size_t i = 1; i < why.terms.size(); ++i) {
      add(line, sign("+"));
      add(line, factor(why.terms[i].value));
    }
    add(line, sign("="));
  }
  if (why.operation == Operation::mask) {
    add(line, leaf(Kind::words, "masked"));
    return line;
  }
  if (why.operation == Operation::scale && !why.terms.empty()) {
    const float score = why.terms.front().factors.front().value;
    FormulaNode below = row({});
    if (options.scale) add(below, {.kind = Kind::root, .text = {}, .role = Role::none, .parts = {row({leaf(Kind::number, std::to_string(d_k))})}});
    if (options.temperature != 1) {
      if (options.scale) add(below, sign("·"));
      add(below, number(options.temperature));
    }
    add(line, below.parts.empty() ? number(score) : over(row({number(score)}), std::move(below)));
    for (std::size_t i = 1; i < why.terms.size(); ++i) {
      add(line, sign("+"));
      add(line, factor(why.terms[i].value));
    }
    add(line, sign("="));
  }
  add(line, number(why.value));
  return line;
}

FormulaNode softmax_formula(const Explanation& why, const std::vector<int>& keys, FormulaNode left, int key) {
  FormulaNode line = row({std::move(left), sign("=")});
  if (why.operation != Operation::softmax) {
    add(line, leaf(Kind::number, weight_text(why.value, kFewest)));
    return line;
  }
  const bool shifted = std::abs(why.maximum) > kPlainScore;
  const float unit = shifted ? 1.f : std::exp(why.maximum);
  const auto& own = why.terms[static_cast<std::size_t>(key)];
  const auto exponent = [&](const attention::Term& term) {
    FormulaNode s = row({number(term.factors.front().value)});
    if (!shifted) return s;
    add(s, sign("−"));
    add(s, factor(why.maximum));
    return s;
  };
  FormulaNode powers = row({}), numbers = row({});
  const bool all_shown = keys.size() <= 4 && keys.size() == why.terms.size();
  float sum = 0;  // as it is read
  for (const attention::Term& term : why.terms) sum += all_shown ? as_read(term.value * unit, kFewest) : 0;
  if (!all_shown) sum = as_read(why.sum * unit, kFewest);
  const std::string weight = weight_text(why.value, kFewest);
  const int decimals = weight_text(as_read(own.value * unit, kFewest) / sum, kFewest) == weight ? kFewest : kMost;
  for (const int j : all_shown ? keys : std::vector<int>{}) {
    const auto& term = why.terms[static_cast<std::size_t>(j)];
    if (std::isinf(term.factors.front().value)) continue;  // masked: e to the −∞ is no term
    if (!powers.parts.empty()) {
      add(powers, sign("+"));
      add(numbers, sign("+"));
    }
    add(powers, j == key ? in(Role::weight, power_of_e(exponent(term))) : power_of_e(exponent(term)));
    add(numbers, number(term.value * unit, decimals));
  }
  if (powers.parts.empty()) {
    add(powers, {.kind = Kind::limits, .text = {}, .role = Role::none, .parts = {sign("∑"), row({leaf(Kind::words, "keys")}), row({})}});
    FormulaNode s = row({leaf(Kind::letter, "s")});
    if (shifted) {
      add(s, sign("−"));
      add(s, leaf(Kind::words, "max"));
    }
    add(powers, power_of_e(std::move(s)));
    add(numbers, number(why.sum * unit, decimals));
  }
  add(line, over(row({in(Role::weight, power_of_e(exponent(own)))}), std::move(powers)));
  add(line, sign("="));
  add(line, over(row({in(Role::weight, number(own.value * unit, decimals))}), std::move(numbers)));
  add(line, sign("="));
  add(line, in(Role::weight, leaf(Kind::number, weight)));
  return line;
}

}  // namespace qkv::workspaces
