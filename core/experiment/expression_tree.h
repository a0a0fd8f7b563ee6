#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/experiment/place_names.h"

namespace qkv::experiment {

/// What a text of the claim language says, before any experiment is asked.
struct ExpressionTree {
  enum class Kind : unsigned char { number, word, quantity, place, negation, arithmetic, call, comparison, conjunction };
  Kind kind = Kind::number;
  double number = 0;
  bool is_count = false;  ///< number: written without a point
  /// word: the text; quantity: its name; arithmetic and comparison: the operator; call: the function's name.
  std::string name;
  PlaceName place;
  std::vector<ExpressionTree> parts;
  std::string source;  ///< as it was written
};

/// Throw Error saying what is not understood and where. Bounded: 1024 bytes, 32 levels.
ExpressionTree parse_expression(std::string_view text);
ExpressionTree parse_claim(std::string_view text);

}  // namespace qkv::experiment
