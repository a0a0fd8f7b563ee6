#pragma once
#include <string>
#include <vector>

#include "core/attention/provenance.h"

namespace qkv::exports {

/// The way a number was made, from itself down: a weight, its scaled score, the score, the largest product in it
/// with its q and k, and these from x and the weight matrices. A number that is given or set by hand ends its
/// branch, and so does x. Throws Error when the cell is outside the trace.
std::vector<attention::Explanation> derivation(const attention::Trace& trace, const attention::Cell& cell);

/// That way as formulas with their live numbers: one align* of amsmath, which compiles as it is. Of sums of many
/// terms the largest are written out and the rest is one number. Tokens name rows; numbers are rounded to five
/// digits, ≈ says where; a token that occurs twice has its position beside it. Throws as derivation does.
std::string derivation_as_latex(const attention::Trace& trace, const attention::Cell& cell,
                                const std::vector<std::string>& tokens);
/// The same for Markdown with mathematics ($$ … $$): a numbered list, each step in words and as a formula.
std::string derivation_as_markdown(const attention::Trace& trace, const attention::Cell& cell,
                                   const std::vector<std::string>& tokens);

/// The same as plain text, one line a step.
std::string derivation_as_text(const attention::Trace& trace, const attention::Cell& cell,
                               const std::vector<std::string>& tokens);

}  // namespace qkv::exports
