#pragma once
#include "core/attention/attention.h"

namespace qkv::attention {

/// Throws Error when the shapes of the inputs disagree or an option is out of range; names layer, head and
/// matrix.
void check(const Inputs& inputs);

}  // namespace qkv::attention
