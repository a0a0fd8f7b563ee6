#pragma once
#include <optional>
#include <vector>

#include "app/workspaces/lab/layout.h"

namespace qkv::workspaces {

/// One thing of a step's figure, before it has a place: a matrix, or the lines from queries to keys.
struct StagePart {
  StageBox box;                 ///< which matrix, and its rows and columns
  bool lines = false;           ///< attention lines instead of a matrix: rows are queries
  float row_labels = 0;         ///< width of its widest row label, px; 0: it has none
  float column_labels = 0;      ///< the same of its column labels
  bool may_drop_names = false;  ///< its column labels are names: they give way to larger cells
};

/// An arrow from an operand to what is made of it.
struct StageArrow {
  Point from, to;
  Stage operand{};
};

struct StagesLayout {
  PipelineLayout pipeline;      ///< the matrices; its content is what they fill, labels and scales included
  std::optional<Rect> lines;
  std::vector<StageArrow> arrows;
  float scale = 0;              ///< of the cells: to compare layouts by
};

/// Operands left of what is made of them, in as few rows as let the cells be largest; whole pixels. `label_size` of tokens
/// and names; a cell `number_width` wide has room for its number,
/// and where that is given there are no colour scales: a room.
StagesLayout layout_stages(const std::vector<StagePart>& parts, Rect area, float label_size = 11, float number_width = 0);

}  // namespace qkv::workspaces
