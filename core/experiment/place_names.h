#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/experiment/claim.h"

// Names of rows and columns, as people write them.
namespace qkv::experiment {

/// A row or column by its name, its number from 0, or all of them.
struct IndexName {
  enum class Kind : unsigned char { all, number, name };
  Kind kind = Kind::all;
  int number = 0;
  std::string name;
};

/// "0.1:weights[it,dog]" before any experiment is asked.
struct PlaceName {
  Stage stage{};
  int layer = 0, head = 0;
  IndexName row, column;
};

/// What the rows or the columns of a matrix are.
struct Axis {
  std::string_view what;           ///< "token", "column", "dimension"
  std::vector<std::string> names;  ///< may be shorter than size
  int size = 0;
  /// The name, or its number where it has none or is not the only one of that name ("the#2").
  std::string label(int index) const;
};

struct Axes {
  Axis rows, columns;
};
Axes axes_of(const Experiment& experiment, Stage stage, int layer, int head, attention::Shape shape);

/// −1: all. Throws Error naming what is not there and what there is.
int index_on(const Axis& axis, const IndexName& index);
/// Throws Error naming what is not there and what there is; `shape` is the stage's present one, {0, 0} when it is absent.
Place resolve(const PlaceName& name, const Experiment& experiment, attention::Shape shape);

/// The stage's name and what stands before it: "0.1:weights". Throws Error naming the stages there are.
PlaceName parse_stage(std::string_view text);
/// What stands between a bracket and a comma. Throws Error when it is empty.
IndexName parse_index(std::string_view text);
/// "0.1:weights[it,dog]" or "w_q"; throws Error saying what is not understood.
PlaceName parse_place(std::string_view text);

/// The name as a reader is shown it: where several are written alike, with which of them it is: "the₁", "the₂".
std::string told_apart(const std::vector<std::string>& names, int index);
/// The same of a token.
std::string told_apart(const std::vector<Token>& tokens, int index);
/// Of all of them at once, in linear time.
std::vector<std::string> told_apart(const std::vector<std::string>& names);
std::vector<std::string> told_apart(const std::vector<Token>& tokens);

std::string_view trimmed(std::string_view text);
/// "The, cat, sat and 3 more".
std::string listed(const std::vector<std::string>& names);
/// At most 80 bytes of it, in quotes.
std::string in_quotes(std::string_view text);

}  // namespace qkv::experiment
