#include "core/experiment/claim_words.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/experiment/expression_value.h"
#include "core/experiment/place_names.h"

namespace qkv::experiment {
namespace {

using Kind = ExpressionTree::Kind;
using Words = std::optional<std::string>;

/// What a stage is called: of one row ("query of 'sat'"), and as a whole ("Q").
struct StageWords {
  Stage stage;
  const char *row, *whole;
};
constexpr std::array kStages = {
    StageWords{Stage::embedding, "embedding", "embeddings"},
    StageWords{Stage::positions, "position vector", "positions"},
    StageWords{Stage::x, "vector x", "X"},
    StageWords{Stage::w_q, "row of W_Q for", "W_Q"},
    StageWords{Stage::w_k, "row of W_K for", "W_K"},
    StageWords{Stage::w_v, "row of W_V for", "W_V"},
    StageWords{Stage::q, "query", "Q"},
    StageWords{Stage::k, "key", "K"},
    StageWords{Stage::v, "value", "V"},
    StageWords{Stage::q_rotated, "rotated query", "rotated Q"},
    StageWords{Stage::k_rotated, "rotated key", "rotated K"},
    StageWords{Stage::scores, "scores", "scores"},
    StageWords{Stage::scaled, "scaled scores", "scaled scores"},
    StageWords{Stage::weights, "weights", "weights"},
    StageWords{Stage::output, "output", "outputs"},
    StageWords{Stage::layer_output, "layer output", "layer outputs"},
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kQuantities = {{
    {"n", "number of tokens"},
    {"d_model", "d_model"},
    {"d_k", "d_k"},
    {"d_v", "d_v"},
    {"heads", "number of heads"},
    {"layers", "number of layers"},
    {"temperature", "temperature"},
    {"window", "window"},
    {"softcap", "soft cap"},
    {"mask", "mask"},
    {"positions", "positions"},
    {"scale", "scaling"},
    {"edits", "number of changed cells"},
    {"sentence", "sentence"},
}};

/// Functions whose words are these, then what they are of.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kOf = {{
    {"argmax", "largest of "},
    {"argmin", "smallest of "},
    {"max", "largest of "},
    {"min", "smallest of "},
    {"sum", "sum of "},
    {"mean", "mean of "},
    {"norm", "length of "},
    {"spread", "spread of "},
    {"entropy", "entropy of "},
    {"asymmetry", "asymmetry of "},
    {"gradient", "‖∂a/∂s‖ of "},
    {"rows", "number of rows of "},
    {"columns", "number of columns of "},
    {"change", "change of "},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kSigns = {{
    {"<", " below "}, {"<=", " at most "}, {">", " above "}, {">=", " at least "}, {"=", " equal to "}, {"!=", " other than "}}};

template <class Table>
Words found_in(const Table& table, std::string_view name) {
  for (const auto& [key, words] : table)
    if (key == name) return std::string(words);
  return std::nullopt;
}

/// With an article, where it is no symbol: "the weights of 'cat'", "Q".
std::string the(const std::string& words) { return (words[0] >= 'a' && words[0] <= 'z' ? "the " : "") + words; }

struct Located {
  Cell cell;
  Axes axes;
};
Located located(const PlaceName& name, const Scope& scope) {
  const auto shape = attention::shape_of(scope.trace, name.stage, name.layer, name.head);
  return {resolve(name, scope.experiment, shape).cell, axes_of(scope.experiment, name.stage, name.layer, name.head, shape)};
}

/// " in head 1", " in head 1 of layer 0": where there are several.
std::string whose(const Cell& cell, const Experiment& e) {
  const bool one_layer = e.layers.size() == 1;
  if (attention::is_per_head(cell.stage) && !(one_layer && e.layers.front().heads.size() == 1))
    return " in head " + std::to_string(cell.head) + (one_layer ? "" : " of layer " + std::to_string(cell.layer));
  return attention::is_per_layer(cell.stage) && !one_layer ? " in layer " + std::to_string(cell.layer) : "";
}

/// Of one number among tokens: "weight of 'sat' on 'cat'".
Words pair(const Cell& cell, const std::string& row, const std::string& column) {
  if (cell.stage == Stage::weights) return "weight of " + row + " on " + column;
  if (cell.stage == Stage::scores) return "score of " + row + " with " + column;
  if (cell.stage == Stage::scaled) return "scaled score of " + row + " with " + column;
  return std::nullopt;
}

Words place(const PlaceName& name, const Scope& scope) {
  const auto* stage = std::ranges::find(kStages, name.stage, &StageWords::stage);
  if (stage == kStages.end()) return std::nullopt;
  const auto [cell, axes] = located(name, scope);
  const std::string of = whose(cell, scope.experiment);
  if (cell.row < 0 && cell.column < 0) return stage->whole + of;
  const std::string column = cell.column < 0 ? "" : name_in_quotes(axes.columns, cell.column);
  if (cell.row < 0) return std::string(stage->whole) + (cell.stage == Stage::weights ? " on " : ", column ") + column + of;
  const std::string row = name_in_quotes(axes.rows, cell.row);
  if (!column.empty())
    if (const Words words = pair(cell, row, column)) return *words + of;
  const bool parameter = std::string_view(stage->row).ends_with(" for");
  const std::string whole_row = stage->row + std::string(parameter ? " " : " of ") + row;
  return (column.empty() ? whole_row : "entry " + column + " of the " + whole_row) + of;
}

Words call(const ExpressionTree& tree, const Scope& scope) {
  const bool beside = tree.name == "beside" && scope.beside;
  const Words what = words_of(tree.parts[0], beside ? *scope.beside : scope);
  if (!what) return std::nullopt;
  if (const Words of = found_in(kOf, tree.name)) return *of + the(*what);
  if (tree.name == "start") return *what + " at the start";
  if (beside) return *what + " in the second experiment";
  if (tree.name != "dot" && tree.name != "cosine") return std::nullopt;
  const Words with = words_of(tree.parts[1], scope);
  if (!with) return std::nullopt;
  return tree.name == "dot" ? *what + " · " + *with : "cosine of " + the(*what) + " and " + the(*with);
}

bool is_constant(const ExpressionTree& tree) {
  return tree.kind == Kind::number || (tree.kind == Kind::negation && tree.parts[0].kind == Kind::number);
}

bool is_call(const ExpressionTree& tree, std::string_view name) { return tree.kind == Kind::call && tree.name == name; }

/// What changes nothing: "weights as they were at the start".
Words unchanged(const ExpressionTree& left, const ExpressionTree& comparison, const Scope& scope) {
  if (!is_about_any_change(comparison)) return std::nullopt;
  const Words what = words_of(left.parts[0], scope);
  if (!what) return std::nullopt;
  if (comparison.name == "=") return *what + " as at the start";
  if (comparison.name == "!=" || comparison.name == ">") return *what + " changed";
  return std::nullopt;
}

/// The name that is wanted: "largest of the weights of 'sat': 'cat'", "mask: window".
Words named(const ExpressionTree& left, const ExpressionTree& comparison, const Scope& scope) {
  const ExpressionTree& right = comparison.parts[1];
  const bool extreme = is_call(left, "argmax") || is_call(left, "argmin");
  const bool choice = left.kind == Kind::quantity && (left.name == "mask" || left.name == "positions" || left.name == "scale" || left.name == "sentence");
  if (!extreme && !choice) return std::nullopt;
  if (right.kind == Kind::call || right.kind == Kind::arithmetic || right.kind == Kind::negation) return std::nullopt;
  const Words what = words_of(left, scope);
  if (!what) return std::nullopt;
  std::string name = right.kind == Kind::word ? right.name : right.source;
  if (extreme) {
    const Axis axis = evaluate_tree(left, scope).choices;
    const bool counted = right.kind == Kind::number;
    name = name_in_quotes(axis, index_on(axis, {counted ? IndexName::Kind::number : IndexName::Kind::name, static_cast<int>(right.number), name}));
  }
  return *what + ": " + (comparison.name == "!=" ? "not " : "") + name;
}

}  // namespace

bool is_about_any_change(const ExpressionTree& comparison) {
  const ExpressionTree& right = comparison.parts[1];
  return is_call(comparison.parts[0], "change") && right.kind == Kind::number && right.number == 0;
}

std::string name_in_quotes(const Axis& axis, int index) {
  if (index >= std::ssize(axis.names)) return std::string(axis.what) + " " + std::to_string(index);
  return "'" + told_apart(axis.names, index) + "'";
}

std::optional<std::string> words_of(const ExpressionTree& tree, const Scope& scope) {
  switch (tree.kind) {
    case Kind::number:
      return tree.source;
    case Kind::word:
      return "'" + tree.name + "'";
    case Kind::negation:
      return is_constant(tree) ? Words("−" + tree.parts[0].source) : std::nullopt;
    case Kind::quantity:
      return found_in(kQuantities, tree.name);
    case Kind::place:
      return place(tree.place, scope);
    case Kind::call:
      return call(tree, scope);
    default:
      return std::nullopt;
  }
}

std::string comparison_in_words(const ExpressionTree& comparison, const Scope& scope) {
  const ExpressionTree &left = comparison.parts[0], &right = comparison.parts[1];
  if (const Words words = unchanged(left, comparison, scope)) return *words;
  if (const Words words = named(left, comparison, scope)) return *words;
  const Words of = words_of(left, scope), than = words_of(right, scope), sign = found_in(kSigns, comparison.name);
  return of && than && sign ? *of + *sign + (is_constant(right) ? *than : the(*than)) : comparison.source;
}

std::optional<std::string> bounds_in_words(const ExpressionTree& one, const ExpressionTree& other, const Scope& scope) {
  const auto is_lower = [](const ExpressionTree& c) { return c.name[0] == '>'; };
  const auto is_upper = [](const ExpressionTree& c) { return c.name[0] == '<'; };
  const bool rising = is_lower(one) && is_upper(other), falling = is_upper(one) && is_lower(other);
  if (one.parts[0].source != other.parts[0].source || (!rising && !falling)) return std::nullopt;
  const ExpressionTree &low = rising ? one.parts[1] : other.parts[1], &high = rising ? other.parts[1] : one.parts[1];
  if (!is_constant(low) || !is_constant(high)) return std::nullopt;
  const Words what = words_of(one.parts[0], scope);
  if (!what) return std::nullopt;
  return *what + " between " + *words_of(low, scope) + " and " + *words_of(high, scope);
}

}  // namespace qkv::experiment
