#pragma once
#include <span>
#include <string>
#include <vector>

#include "app/figures/axes.h"
#include "core/analysis/spread.h"

namespace qkv::figures {

/// Bars of a measured distribution, the theory's density as a line over them, and what both say in numbers.
struct HistogramPlot {
  const analysis::Histogram* data = nullptr;  ///< not null; its bins span the axis
  drawing::Color colour{};                    ///< of the bars (drawn paler) and of the swatch
  std::string name{};                         ///< "q·k"
  std::string line{};                         ///< "line: N(0, 64)"
  std::span<const drawing::Point> theory{};   ///< (value, density) by rising value; empty: none
  struct Fact {
    std::string name{}, value{};  ///< "variance", "63.6"; both may hold symbols
  };
  std::vector<Fact> facts{};  ///< at the top left, the first one large
  std::string x_title{};      ///< beside the tick labels: "score"
  bool tick_labels = true;    ///< false: only ticks, where a second histogram below has the labels
};
/// In `area` (160 px high looks right). Region: "histogram/NAME".
void histogram(drawing::Painter& p, drawing::Rect area, const HistogramPlot& plot);

}  // namespace qkv::figures
