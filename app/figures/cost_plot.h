#pragma once
#include <string>
#include <vector>

#include "app/figures/curves.h"
#include "core/analysis/cost_study.h"
#include "core/analysis/decoding_cost.h"

namespace qkv::figures {

/// Time or memory against n, both logarithmic, with the n² line through the point of the first series nearest to n = 512.
struct CostPlot {
  enum class What : unsigned char { time, memory };
  struct Series {
    std::string label{};  ///< "softmax", "window 128", "linear"
    drawing::Color colour{};
    const analysis::CostCurve* curve = nullptr;  ///< not null
  };
  What what = What::time;
  std::vector<Series> series{};
  std::optional<float> cursor{};  ///< n
};
/// For curves(): id "cost". Ready to be laid out while points still arrive.
Curves cost_curves(const CostPlot& plot, const drawing::Theme& theme);

/// Seconds a token against n, for curves(): all at once, one step after another with the keys and values
/// kept, and without. id "decoding".
Curves decoding_curves(const analysis::DecodingCost& cost, const drawing::Theme& theme,
                       std::optional<float> cursor = {});

}  // namespace qkv::figures
