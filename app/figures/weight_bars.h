#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "app/drawing/painter.h"
#include "core/attention/readouts.h"

namespace qkv::figures {

/// One row of scores, its softmax as bars and as a strip, and how saturated it is: an upper panel of
/// lesson 9.
struct WeightBars {
  std::string id = "bars";                  ///< of its regions
  std::shared_ptr<const Matrix> scores{};   ///< [1, n] what softmax reads; −inf: masked
  std::shared_ptr<const Matrix> weights{};  ///< [1, n]
  attention::Readout readout{};             ///< of that row
  std::vector<std::string> keys{};          ///< [n] names above the columns, may hold symbols; empty: k_0 …
  std::string score_name = "score";
  float limit = 0;   ///< colours of scores: −limit … limit; 0: the row's own, rounded up
  int hovered = -1;  ///< column outlined
};
/// Wants 300 px of height; with less the bars are lower. Cells are of equal whole-pixel width. Regions:
/// "ID/scores", "ID/weights", grids of 1 × n.
void weight_bars(drawing::Painter& p, drawing::Rect area, const WeightBars& bars);

}  // namespace qkv::figures
