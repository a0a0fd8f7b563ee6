#pragma once
#include <optional>

#include "core/attention/attention.h"

namespace qkv::attention {

/// The first number of the input, in the order of computation, that is NaN or infinite: everything made of it
/// is affected. Overrides count last. −∞ in the score bias and in an overridden score only hides a key and is
/// none.
std::optional<Cell> first_not_finite(const Inputs& inputs);

}  // namespace qkv::attention
