#pragma once
#include <cstdint>
#include <string_view>

#include "core/attention/stage.h"

// Random numbers by place, not by order: the same seed, stream, row and column give the same number whatever
// else was drawn, so a matrix can grow, shrink and grow back.
namespace qkv::experiment {

/// Which matrix, or which word, the numbers are for.
std::uint64_t stream_of(attention::Stage stage, int layer, int head);
std::uint64_t stream_of(std::string_view word);

/// Standard normal numbers of row `row`, columns [first, first + count), by the Box–Muller transform of a
/// counter-based hash (SplitMix64, Steele et al. 2014).
void fill_normal(std::uint64_t seed, std::uint64_t stream, int row, int first, int count, float* out);

}  // namespace qkv::experiment
