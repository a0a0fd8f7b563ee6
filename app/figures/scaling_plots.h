#pragma once
#include <optional>
#include <string>
#include <vector>

#include "app/figures/curves.h"
#include "core/analysis/scaling_study.h"

// What the curves of lesson 9 show of a study.
namespace qkv::figures {

enum class ScalingMeasure : unsigned char { variance, largest_weight, entropy, jacobian_norm };

/// Without the division in the colour of a warning, with it in that of weights; variance on logarithmic axes,
/// with its theory. `own`: the user's experiment at its d_k, named `own_name`. id "scaling".
Curves scaling_curves(const analysis::ScalingStudy& study, ScalingMeasure measure,
                      const drawing::Theme& theme, std::optional<float> cursor_d_k,
                      const std::optional<analysis::OwnPoint>& own = {},
                      const std::string& own_name = "yours");
/// "Gradient through softmax, by d_k" and "‖∂a/∂s‖, 800 draws, band 25–75 %".
std::string scaling_title(ScalingMeasure measure);
std::string scaling_note(const analysis::ScalingStudy& study, ScalingMeasure measure);

/// Points of N(0, variance) over lo … hi, for the line of a histogram.
std::vector<drawing::Point> normal_curve(float variance, float lo, float hi, int points = 960);

}  // namespace qkv::figures
