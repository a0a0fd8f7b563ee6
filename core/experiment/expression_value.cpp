#include "core/experiment/expression_value.h"

#include <cmath>
#include <limits>

#include "core/attention/readouts.h"
#include "core/error.h"
#include "core/experiment/json_names.h"
#include "core/experiment/operations.h"

namespace qkv::experiment {
namespace {

using Kind = ExpressionTree::Kind;
using Numbers = ExpressionValue::Numbers;
using Value = ExpressionValue;

Value number(double x, bool is_count = false) {
  Value value;
  value.numbers = Numbers::Constant(1, 1, x);
  value.is_count = is_count;
  return value;
}

Value word(std::string text, int index = -1, Axis choices = {}) {
  Value value;
  value.is_word = true;
  value.word = std::move(text);
  value.index = index;
  value.choices = std::move(choices);
  return value;
}

/// One of a few choices of the experiment.
Value choice(std::string_view what, std::vector<std::string> names, int index) {
  Axis choices{what, std::move(names), 0};
  choices.size = static_cast<int>(choices.names.size());
  std::string text = choices.names[static_cast<std::size_t>(index)];
  return word(std::move(text), index, std::move(choices));
}

Value quantity(const std::string& name, const Scope& scope) {
  const Experiment& e = scope.experiment;
  if (name == "n") return number(static_cast<double>(e.tokens.size()), true);
  if (name == "d_model") return number(e.d_model, true);
  if (name == "d_k") return number(e.d_k, true);
  if (name == "d_v") return number(e.d_v, true);
  if (name == "heads") return number(static_cast<double>(e.layers.front().heads.size()), true);
  if (name == "layers") return number(static_cast<double>(e.layers.size()), true);
  if (name == "temperature") return number(e.temperature);
  if (name == "window") return number(e.window, true);
  if (name == "softcap") return number(e.softcap);
  if (name == "edits") return number(static_cast<double>(e.edits.size()), true);
  if (name == "mask") return choice("mask", {"none", "causal", "window"}, static_cast<int>(e.mask));
  if (name == "positions")
    return choice("kind of position", {"none", "sinusoidal", "rotary", "alibi"}, static_cast<int>(e.positions));
  if (name == "scale") return choice("scale", {"off", "on"}, e.scale ? 1 : 0);
  return word(sentence_of(e));
}

struct Located {
  Place place;
  attention::Shape shape;
};

Located locate(const PlaceName& name, const Scope& scope) {
  const attention::Shape shape = attention::shape_of(scope.trace, name.stage, name.layer, name.head);
  return {resolve(name, scope.experiment, shape), shape};
}

Value numbers_at(const Located& at, const Scope& scope) {
  const Cell& cell = at.place.cell;
  const int first_row = std::max(cell.row, 0), first_column = std::max(cell.column, 0);
  const int rows = cell.row < 0 ? at.shape.rows : 1, columns = cell.column < 0 ? at.shape.columns : 1;
  Value value;
  if (const Matrix* m = attention::matrix_of(scope.trace, cell.stage, cell.layer, cell.head)) {
    value.numbers = m->block(first_row, first_column, rows, columns).cast<double>();
    return value;
  }
  value.numbers.resize(rows, columns);
  for (int c = 0; c < columns; ++c)
    value.numbers(0, c) = attention::value(scope.trace, {cell.stage, cell.layer, cell.head, first_row, first_column + c});
  return value;
}

const Numbers& numbers_of(const Value& value, const ExpressionTree& tree) {
  if (value.is_word)
    throw Error(in_quotes(tree.source) + " is no number and no stage; there are q, k, v, scores, weights and the like, n, d_k, temperature …");
  return value.numbers;
}

std::string shape_text(const Numbers& m) { return std::to_string(m.rows()) + "×" + std::to_string(m.cols()); }

Value arithmetic(const ExpressionTree& tree, const Scope& scope) {
  const Value left = evaluate_tree(tree.parts[0], scope), right = evaluate_tree(tree.parts[1], scope);
  Numbers a = numbers_of(left, tree.parts[0]), b = numbers_of(right, tree.parts[1]);
  if (a.size() == 1) a = Numbers::Constant(b.rows(), b.cols(), a(0, 0));
  if (b.size() == 1) b = Numbers::Constant(a.rows(), a.cols(), b(0, 0));
  if (a.rows() != b.rows() || a.cols() != b.cols())
    throw Error(in_quotes(tree.parts[0].source) + " is " + shape_text(a) + " and " + in_quotes(tree.parts[1].source) + " is " + shape_text(b) +
                "; the two must be of one shape");
  Value value;
  const char sign = tree.name[0];
  if (sign == '+') value.numbers = a + b;
  if (sign == '-') value.numbers = a - b;
  if (sign == '*') value.numbers = a * b;
  if (sign == '/') value.numbers = a / b;
  value.is_count = left.is_count && right.is_count && sign != '/';
  return value;
}

/// The name of the largest (or smallest) number of one row or column.
Value arg_extreme(const ExpressionTree& tree, const Scope& scope) {
  const ExpressionTree& what = tree.parts[0];
  if (what.kind != Kind::place) throw Error(tree.name + " takes a place, such as weights[0,*], not " + in_quotes(what.source));
  const Located at = locate(what.place, scope);
  const Cell& cell = at.place.cell;
  const bool along_row = cell.row >= 0 || at.shape.rows == 1, along_column = cell.column >= 0 || at.shape.columns == 1;
  if (along_row == along_column) throw Error(tree.name + " takes one row or one column, such as weights[0,*], not " + in_quotes(what.source));
  Axes axes = axes_of(scope.experiment, cell.stage, cell.layer, cell.head, at.shape);
  Axis& axis = along_row ? axes.columns : axes.rows;
  const Numbers numbers = numbers_at(at, scope).numbers;
  Eigen::Index best = 0;
  for (Eigen::Index i = 1; i < numbers.size(); ++i) {
    const double x = numbers.data()[i], y = numbers.data()[best];
    if (tree.name == "argmax" ? x > y : x < y) best = i;
  }
  const int index = static_cast<int>(best);
  const bool has_name = index < std::ssize(axis.names);
  std::string text = has_name ? axis.names[static_cast<std::size_t>(index)] : std::to_string(index);
  return word(std::move(text), index, std::move(axis));
}

double largest_change(const ExpressionTree& what, const Scope& scope) {
  const Numbers now = numbers_of(evaluate_tree(what, scope), what);
  const Scope at_start{scope.start_experiment, scope.start, scope.start_experiment, scope.start, nullptr};
  const Numbers then = numbers_of(evaluate_tree(what, at_start), what);
  if (now.rows() != then.rows() || now.cols() != then.cols()) return std::numeric_limits<double>::infinity();
  // Equal infinities (masked scores) are no change.
  return (now == then).select(0.0, (now - then).abs()).maxCoeff<Eigen::PropagateNaN>();
}

double entropy_of(const Numbers& weights) {
  double entropy = 0;
  for (const double a : weights.reshaped())
    if (a != 0) entropy -= a * std::log(a);
  return entropy;
}

/// ‖diag(a) − a·aᵀ‖ of one row of weights: how much gradient softmax lets through.
double gradient_of(const Numbers& row, const std::string& source) {
  if (row.rows() != 1) throw Error("gradient takes one row, such as weights[0,*], not " + in_quotes(source));
  return attention::readouts(row.cast<float>().matrix(), Matrix::Zero(1, row.cols())).front().jacobian_norm;
}

double asymmetry_of(const Numbers& m, const std::string& source) {
  if (m.rows() != m.cols()) throw Error("asymmetry takes a square matrix, and " + in_quotes(source) + " is " + shape_text(m));
  return (m == m.transpose()).select(0.0, (m - m.transpose()).abs()).maxCoeff<Eigen::PropagateNaN>();
}

double spread_of(const Numbers& m) { return std::sqrt((m - m.mean()).square().mean()); }

double product_of(const ExpressionTree& tree, const Scope& scope) {
  const Numbers a = numbers_of(evaluate_tree(tree.parts[0], scope), tree.parts[0]);
  const Numbers b = numbers_of(evaluate_tree(tree.parts[1], scope), tree.parts[1]);
  if (a.rows() != b.rows() || a.cols() != b.cols())
    throw Error(tree.name + " of " + shape_text(a) + " and " + shape_text(b) + " numbers: both must be of one shape");
  const double dot = (a * b).sum();
  return tree.name == "dot" ? dot : dot / std::sqrt(a.square().sum() * b.square().sum());
}

Value call(const ExpressionTree& tree, const Scope& scope) {
  const std::string& name = tree.name;
  const ExpressionTree& what = tree.parts[0];
  if (name == "argmax" || name == "argmin") return arg_extreme(tree, scope);
  if (name == "change") return number(largest_change(what, scope));
  if (name == "start") return evaluate_tree(what, {scope.start_experiment, scope.start, scope.start_experiment, scope.start, scope.beside});
  if (name == "beside") {
    if (!scope.beside) throw Error("there is no second experiment in this step for " + in_quotes(tree.source));
    return evaluate_tree(what, *scope.beside);
  }
  if (name == "dot" || name == "cosine") return number(product_of(tree, scope));
  Value value = evaluate_tree(what, scope);
  const Numbers& m = numbers_of(value, what);
  if (name == "rows") return number(static_cast<double>(m.rows()), true);
  if (name == "columns") return number(static_cast<double>(m.cols()), true);
  if (name == "max") return number(m.maxCoeff<Eigen::PropagateNaN>(), value.is_count);
  if (name == "min") return number(m.minCoeff<Eigen::PropagateNaN>(), value.is_count);
  if (name == "sum") return number(m.sum(), value.is_count);
  if (name == "mean") return number(m.mean());
  if (name == "norm") return number(std::sqrt(m.square().sum()));
  if (name == "spread") return number(spread_of(m));
  if (name == "entropy") return number(entropy_of(m));
  if (name == "gradient") return number(gradient_of(m, what.source));
  if (name == "asymmetry") return number(asymmetry_of(m, what.source));
  Value result;  // one number for each
  result.is_count = name == "abs" && value.is_count;
  result.numbers = name == "abs" ? Numbers(m.abs()) : name == "exp" ? Numbers(m.exp()) : name == "ln" ? Numbers(m.log()) : Numbers(m.sqrt());
  return result;
}

}  // namespace

ExpressionValue evaluate_tree(const ExpressionTree& tree, const Scope& scope) {
  switch (tree.kind) {
    case Kind::number:
      return number(tree.number, tree.is_count);
    case Kind::word:
      return word(tree.name);
    case Kind::quantity:
      return quantity(tree.name, scope);
    case Kind::place:
      return numbers_at(locate(tree.place, scope), scope);
    case Kind::negation: {
      Value value = evaluate_tree(tree.parts[0], scope);
      value.numbers = -numbers_of(value, tree.parts[0]);
      return value;
    }
    case Kind::arithmetic:
      return arithmetic(tree, scope);
    case Kind::call:
      return call(tree, scope);
    default:
      throw Error(in_quotes(tree.source) + " is a comparison, where a number is expected");
  }
}

}  // namespace qkv::experiment
