#pragma once
#include <array>
#include <string_view>

#include "core/experiment/experiment.h"

// The words of the file format, one place for writing and reading them.
namespace qkv::experiment {

inline constexpr std::string_view kFormat = "qkvlab-experiment";
/// 2 added norms, the soft-cap and given rotary frequencies; a document without them is written as 1.
inline constexpr int kVersion = 2;

/// In the order of the enums.
inline constexpr std::array<std::string_view, 4> kOriginNames = {"hand_set", "random", "imported", "trained"};
inline constexpr std::array<std::string_view, 3> kMaskNames = {"none", "causal", "sliding_window"};
inline constexpr std::array<std::string_view, 2> kNormNames = {"layer", "rms"};
inline constexpr std::array<std::string_view, 4> kPositionNames = {"none", "sinusoidal", "rope", "alibi"};

template <class Enum, std::size_t n>
constexpr std::string_view name_in(const std::array<std::string_view, n>& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

}  // namespace qkv::experiment
