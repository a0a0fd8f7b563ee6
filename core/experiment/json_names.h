#pragma once
#include <array>
#include <string_view>

#include "core/experiment/experiment.h"

// The words of the file format, one place for writing and reading them.
namespace qkv::experiment {

inline constexpr std::string_view kFormat = "qkvlab-experiment";
inline constexpr int kVersion = 1;

/// In the order of the enums.
inline constexpr std::array<std::string_view, 4> kOriginNames = {"hand_set", "random", "imported", "trained"};
inline constexpr std::array<std::string_view, 3> kMaskNames = {"none", "causal", "sliding_window"};
inline constexpr std::array<std::string_view, 4> kPositionNames = {"none", "sinusoidal", "rope", "alibi"};

template <class Enum, std::size_t n>
constexpr std::string_view name_in(const std::array<std::string_view, n>& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

}  // namespace qkv::experiment
