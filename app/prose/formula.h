#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace qkv::prose {

/// A formula as a tree of boxes, from the part of TeX that lessons need: letters, numbers, operators, ^ and _, \frac, \sqrt,
/// \mathrm, \text, \operatorname, \left( \right) with brackets and bars, \sum with limits, \cdot \times \approx \le \ge \to
/// \partial \infty \mu \sigma …, and {{expression}}, a live number. `\q{…} \k{…} \v{…} \a{…}` give a part the role colour of
/// query, key, value, weight.
struct FormulaNode {
  enum class Kind : unsigned char {
    row, letter, number, words, sign, space, fraction, root, scripts, fence, limits, role, value, function
  };
  enum class Role : unsigned char { none, query, key, value, weight };
  Kind kind = Kind::row;
  /// letter (several: a word such as a token), number, words, sign, function (upright, as in max); space: its width in 1/18 em;
  /// fence: its two delimiters, "()", a point for none; value: the expression
  std::string text;
  Role role = Role::none;
  /// row: its parts; fraction: numerator, denominator; root: radicand; fence, role: the inside; scripts and limits: base, below,
  /// above (may be empty rows).
  std::vector<FormulaNode> parts;
};

/// Throws Error saying what is not understood and at which character. Bounded: 4096 bytes, 32 levels.
FormulaNode parse_formula(std::string_view tex);

}  // namespace qkv::prose
