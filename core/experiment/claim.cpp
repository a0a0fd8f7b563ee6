#include "core/experiment/claim.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/error.h"
#include "core/experiment/claim_words.h"
#include "core/experiment/expression_value.h"
#include "core/experiment/words.h"
#include "core/rounding.h"

namespace qkv::experiment {
namespace {

using Kind = ExpressionTree::Kind;

constexpr double kEqual = 5e-4;

/// How one comparison stands: with its expressions for who wrote them, and with its values alone.
struct Comparison {
  bool holds = false;
  std::string found, now;
};

double single(const ExpressionValue& value, const ExpressionTree& tree) {
  if (value.numbers.size() != 1)
    throw Error(in_quotes(tree.source) + " is " + std::to_string(value.numbers.rows()) + "×" + std::to_string(value.numbers.cols()) +
                " numbers, where one is expected: name a row and a column, or take max, min, sum, mean or norm of it");
  return value.numbers(0, 0);
}

bool is_equal(double a, double b) { return a == b || std::abs(a - b) <= kEqual; }

bool holds(const std::string& sign, double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return false;
  if (sign == "=") return is_equal(a, b);
  if (sign == "!=") return !is_equal(a, b);
  if (sign == "<") return a < b;
  if (sign == "<=") return a <= b;
  return sign == ">" ? a > b : a >= b;
}

/// The number of a word among the choices of the other side; throws Error when it is none of them.
int index_among(const Axis& choices, const ExpressionValue& other, const ExpressionTree& tree) {
  if (other.is_word) return other.index >= 0 ? other.index : index_on(choices, {IndexName::Kind::name, 0, other.word});
  const double number = single(other, tree);
  if (!tree.is_count || number >= choices.size)
    throw Error(in_quotes(tree.source) + " is compared with a " + std::string(choices.what) + ": write its name, or its number from 0 to " +
                std::to_string(choices.size - 1));
  return static_cast<int>(number);
}

bool is_same_word(const ExpressionValue& a, const ExpressionTree& left, const ExpressionValue& b, const ExpressionTree& right) {
  const bool same_choices = a.index >= 0 && b.index >= 0 && a.choices.names == b.choices.names;
  if (same_choices) return a.index == b.index;
  if (a.index >= 0 && b.index >= 0) return a.word == b.word;
  if (a.index >= 0) return a.index == index_among(a.choices, b, right);
  if (b.index >= 0) return b.index == index_among(b.choices, a, left);
  if (left.kind == Kind::word && right.kind == Kind::word)
    throw Error(in_quotes(left.source) + " and " + in_quotes(right.source) + " are no numbers: a stage, a function or n, d_k … is misspelt");
  if (!a.is_word || !b.is_word) throw Error("a number and a word cannot be compared: " + in_quotes(left.source) + " and " + in_quotes(right.source));
  return a.word == b.word;
}

bool is_constant(const ExpressionTree& tree) {
  return tree.kind == Kind::number || tree.kind == Kind::word || (tree.kind == Kind::negation && tree.parts[0].kind == Kind::number);
}

/// What is told of one side; nothing of a number or word that stands there already.
void tell(Comparison& told, const ExpressionTree& tree, const ExpressionValue& value) {
  if (is_constant(tree)) return;
  const bool is_name = value.is_word && value.index >= 0;
  const std::string number = value.is_word ? "" : written({value.numbers(0, 0), value.is_count, {}});
  told.found += (told.found.empty() ? "" : " and ") + tree.source + " is " +
                (is_name ? value.choices.label(value.index) : value.is_word ? value.word : number);
  const bool of_tokens = is_name && tree.kind == Kind::call;
  told.now += (told.now.empty() ? "" : " and ") +
              (of_tokens ? name_in_quotes(value.choices, value.index) : value.is_word ? value.word : number);
}

/// A token called "n" or "x" is meant where the other side is a token, and 'window' is a mask before it is a number.
bool names_one_of(const ExpressionValue& value, const ExpressionTree& tree) {
  if (value.index < 0 || (tree.kind != Kind::quantity && tree.kind != Kind::place)) return false;
  return std::ranges::any_of(value.choices.names, [&](const auto& name) { return folded(name) == folded(tree.source); });
}

ExpressionValue word_of(const ExpressionTree& tree) {
  ExpressionValue value;
  value.is_word = true;
  value.word = tree.source;
  return value;
}

Comparison compare(const ExpressionTree& tree, const Scope& scope) {
  const ExpressionTree &left = tree.parts[0], &right = tree.parts[1];
  const ExpressionValue a = evaluate_tree(left, scope);
  const ExpressionValue b = names_one_of(a, right) ? word_of(right) : evaluate_tree(right, scope);
  Comparison verdict;
  if (a.is_word || b.is_word) {
    for (const ExpressionTree* side : {&left, &right})
      if (a.is_word != b.is_word && side->kind == Kind::word && a.index < 0 && b.index < 0)
        throw Error("there is no stage and no number called " + in_quotes(side->name));
    if (tree.name != "=" && tree.name != "!=") throw Error(in_quotes(tree.source) + " compares names, for which there are only = and !=");
    verdict.holds = is_same_word(a, left, b, right) == (tree.name == "=");
  } else {
    verdict.holds = holds(tree.name, single(a, left), single(b, right));
  }
  tell(verdict, left, a);
  if (b.index >= 0 || !b.is_word) tell(verdict, right, b);
  return verdict;
}

}  // namespace

Expression::Expression(std::string_view text)
    : text_(trimmed(text)), tree_(std::make_shared<const ExpressionTree>(parse_expression(text_))) {}

Expression::Value Expression::value(const Scope& scope) const {
  const ExpressionValue value = evaluate_tree(*tree_, scope);
  if (!value.is_word) return {single(value, *tree_), value.is_count, {}};
  if (tree_->kind == Kind::word) throw Error("there is no stage and no number called " + in_quotes(tree_->name));
  return {std::nullopt, false, value.word};
}

std::string written(const Expression::Value& value) {
  if (!value.number) return value.token;
  const double x = *value.number;
  if (std::isnan(x)) return "NaN";
  if (std::isinf(x)) return x > 0 ? "∞" : "−∞";
  const double size = std::abs(x);
  constexpr double kLarge = 1e5, kRound = 5e-5;
  char buffer[64];
  if (value.is_count && size < 1e15) {
    std::snprintf(buffer, sizeof buffer, "%.0f", size);
  } else if (size >= kLarge) {
    std::snprintf(buffer, sizeof buffer, "%.1e", size);
  } else {
    // "1.00" would be untrue of 0.996, and "0.00" of 0.0004.
    int decimals = 2;
    const auto rounds = [&](int places) {
      const double power = std::pow(10.0, places), shown = std::round(size * power) / power;
      return shown == std::round(shown) && std::abs(size - shown) >= kRound;
    };
    while (decimals < 4 && rounds(decimals)) ++decimals;
    std::snprintf(buffer, sizeof buffer, "%.*f", decimals, ties_up(size, decimals));
  }
  const std::string text = buffer;
  const bool is_zero = text.find_first_not_of("0.") == text.npos;
  return x < 0 && !is_zero ? "−" + text : text;
}

Claim::Claim(std::string_view text) : text_(trimmed(text)), tree_(std::make_shared<const ExpressionTree>(parse_claim(text_))) {}

Claim::Verdict Claim::check(const Scope& scope) const {
  Verdict verdict;
  for (const ExpressionTree& tree : tree_->parts) {
    Comparison one = compare(tree, scope);
    verdict = {one.holds, std::move(one.found)};
    if (!verdict.holds) break;
  }
  return verdict;
}

std::vector<Claim::Part> Claim::parts(const Scope& scope) const {
  std::vector<Part> parts;
  const ExpressionTree* before = nullptr;
  for (const ExpressionTree& tree : tree_->parts) {
    Comparison one = compare(tree, scope);
    if (auto both = before ? bounds_in_words(*before, tree, scope) : std::nullopt) {
      parts.back().wanted = std::move(*both);
      parts.back().holds = parts.back().holds && one.holds;
      before = nullptr;
      continue;
    }
    if (is_about_any_change(tree)) one.now = one.holds == (tree.name == "=") ? "unchanged" : "changed by up to " + one.now;
    parts.push_back({comparison_in_words(tree, scope), std::move(one.now), one.holds});
    before = &tree;
  }
  return parts;
}

}  // namespace qkv::experiment
