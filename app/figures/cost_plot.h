#pragma once
#include <string>
#include <vector>

#include "app/figures/curves.h"
#include "core/analysis/cost_study.h"

namespace qkv::figures {

/// Time or memory against n, both logarithmic, with the n² line through the last point of the first series.
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

}  // namespace qkv::figures
