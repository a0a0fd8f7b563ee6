#pragma once
#include <optional>
#include <string>

#include "core/experiment/expression_tree.h"

// Expressions and comparisons as a reader is told them.
namespace qkv::experiment {

/// "weight of 'sat' on 'cat'", "number of columns of Q"; nothing for what has no words. Throws Error when a name is unknown
/// in this scope.
std::optional<std::string> words_of(const ExpressionTree& tree, const Scope& scope);

/// "'cat'", "'the₂'"; what it is and its number where it has no name: "column 3".
std::string name_in_quotes(const Axis& axis, int index);

/// "weight of 'sat' on 'cat' above 0.99", "mask: window"; as it was written where a side has no words. Throws Error as
/// words_of() does.
std::string comparison_in_words(const ExpressionTree& comparison, const Scope& scope);

/// Whether something changed at all: "change(weights) = 0".
bool is_about_any_change(const ExpressionTree& comparison);

/// "… between 0.2 and 0.5" where the two bound one value from both sides by numbers; else nothing.
std::optional<std::string> bounds_in_words(const ExpressionTree& one, const ExpressionTree& other, const Scope& scope);

}  // namespace qkv::experiment
