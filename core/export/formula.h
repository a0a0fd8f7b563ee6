#pragma once
#include <string>
#include <vector>

#include "core/attention/provenance.h"

namespace qkv::exports {

/// Writes single explanations as LaTeX: symbols of one trace, its tokens as the names of rows.
class Formulas {
 public:
  Formulas(const attention::Trace& trace, const std::vector<std::string>& tokens)
      : trace_(trace), tokens_(tokens) {}

  /// "A_{\text{sat},\text{cat}}", "(W_Q)^{(0.1)}_{3,4}".
  std::string symbol(const attention::Cell& cell) const;
  /// The same for Markdown: "A\[sat, cat\]".
  std::string plain(const attention::Cell& cell) const;
  /// One line of plain text: "A[sat, cat] = exp(2.497 − 2.497) / 1.2484 = 0.80103".
  std::string text(const attention::Explanation& why) const;
  /// The lines of an align* without its last line break: the symbol, the rule, the live numbers, the value.
  std::string lines(const attention::Explanation& why) const;

 private:
  std::string index(int position, bool is_token, bool for_latex) const;
  std::string row_of(const attention::Cell& cell, bool for_latex) const;
  std::string column_of(const attention::Cell& cell, bool for_latex) const;
  std::string symbol(const attention::Cell& cell, const std::string& row, const std::string& column) const;
  std::string factor(const attention::Operand& operand) const;
  std::string rule(const attention::Explanation& why) const;
  std::string sum_of_row(const attention::Explanation& why) const;
  std::string numbers(const attention::Explanation& why) const;

  const attention::Trace& trace_;
  const std::vector<std::string>& tokens_;
};

/// A number to five digits; and whether these are all it has.
std::string rounded(float value);
bool is_rounded(float value);

}  // namespace qkv::exports
