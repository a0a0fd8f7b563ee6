#pragma once
#include "core/attention/attention.h"

namespace qkv::attention {

/// attend() once more, in double and in plain loops, written from the definitions and from nothing in core:
/// the value of every cell of every computed stage, by cell.
std::map<Cell, double> reference(const Inputs& inputs);

}  // namespace qkv::attention
