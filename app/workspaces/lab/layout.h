#pragma once
#include <string>
#include <vector>

#include "app/drawing/geometry.h"
#include "core/attention/attention.h"

namespace qkv::workspaces {

using attention::Cell;
using attention::Stage;
using drawing::Point;
using drawing::Rect;

/// Room for the name and the colour scale of a narrow matrix, px.
inline constexpr float kNamed = 70;

/// What the size of the picture depends on.
struct PipelineShape {
  int n = 4, d_model = 8, d_k = 8, d_v = 8;
  int heads = 1;
  int layer = 0, head = 0;     ///< the ones shown
  bool projected = true;       ///< X and W_Q … exist (false: Q, K, V were given)
  bool biases = false;
  bool sinusoidal = false, rotated = false;
  bool norm = false;           ///< what the first layer reads is normalised: E, gain and bias are shown beside X
  bool normalised = false;     ///< q or k has a norm of its own
  bool score_bias = false;     ///< a fourth n×n matrix, added between the scores and the scaled ones
  bool w_o = false;
  bool combined = false;       ///< show the lane that joins the heads (several heads, W_O or several layers)
  bool residual = false;       ///< x + layer_output exists
  float label_width = 40;      ///< widest token label, px
  float column_labels = 18;    ///< height of the token labels above the n×n matrices when they must be slanted, px
};

/// One matrix on the canvas.
struct StageBox {
  Stage stage{};
  int layer = 0, head = 0;
  bool lens = false;           ///< the row lens a⊙V, not a stage of its own
  int rows = 0, columns = 0;
  float cell_w = 0, cell_h = 0;
  Point origin{};              ///< corner of the first cell
  float row_labels = 0;        ///< room for its row labels, px; 0: as all of the layout
  bool named = false;          ///< columns, and rows of weights, carry their names
  std::string note{};          ///< beside the title: which head
  Rect cells() const { return {origin.x, origin.y, cell_w * static_cast<float>(columns), cell_h * static_cast<float>(rows)}; }
  Rect cell(int r, int c) const {
    return {origin.x + cell_w * static_cast<float>(c), origin.y + cell_h * static_cast<float>(r), cell_w, cell_h};
  }
};

struct StageHeader {
  float x = 0;
  int number = 0;
};

struct PipelineLayout {
  std::vector<StageBox> boxes;
  std::vector<StageHeader> headers;  ///< x of "1 Embed" … in order
  float header_y = 0;
  Rect content;                      ///< everything, in canvas coordinates
  float label_width = 40;
  float label_size = 10, label_length = 54;  ///< of tokens and names, px
  bool scales = true;                ///< colour scales and captions have room under the matrices
  const StageBox* find(Stage stage, bool lens = false) const;
};

/// Lays the stages out in `area`: the largest whole-pixel cells with which everything fits, times `zoom`.
/// Where not even one-pixel cells fit (or zoom > 1) the content is larger than the area and is panned.
PipelineLayout layout_pipeline(const PipelineShape& shape, Rect area, float zoom);

}  // namespace qkv::workspaces
