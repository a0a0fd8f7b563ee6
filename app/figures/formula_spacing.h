#pragma once
#include <vector>

#include "app/prose/formula.h"

namespace qkv::figures {

/// The space before each part of a row in 1/18 em, by what stands left and right of it (The TeXbook, chapter
/// 18). In scripts operators and relations stand close.
std::vector<float> formula_gaps(const std::vector<prose::FormulaNode>& parts, bool in_script);

}  // namespace qkv::figures
