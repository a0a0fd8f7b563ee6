#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/experiment/experiment.h"

// One slider moved from one end to the other, as a row of experiments: what an animation shows.
namespace qkv::experiment {

inline constexpr int kMaxSweepFrames = 1000;

struct Sweep {
  std::string parameter;  ///< "d_k", "d_v", "d_model", "window", "temperature", "softcap", or a cell: "w_q[2,4]"
  double from = 0, to = 0;
  int frames = 60;  ///< of real-valued parameters; whole ones have a frame a number
  bool operator==(const Sweep&) const = default;
};

/// The names a sweep may have besides those of cells.
const std::vector<std::string>& sweep_parameters();
/// "d_k=1..64"; false when it is not that (the name is not looked at).
bool parse_sweep(std::string_view text, Sweep& sweep);
/// The values of the frames, first to last. Throws Error: an unknown parameter, a range that it cannot have, more than
/// kMaxSweepFrames frames.
std::vector<double> sweep_values(const Experiment& experiment, const Sweep& sweep);
/// The experiment at one of these values.
Experiment at_value(Experiment experiment, const Sweep& sweep, double value);

}  // namespace qkv::experiment
