#pragma once
#include <compare>
#include <string_view>

namespace qkv::attention {

/// Every matrix on the way from the tokens to the output, in the order of computation.
/// Shapes: n tokens, d_model, d_k, d_v, h heads in the layer.
enum class Stage : unsigned char {
  embedding,  ///< [n, d_model] a leaf; one for the whole stack (layer 0, head 0)
  positions,  ///< [n, d_model] sinusoidal table, a leaf; only with Positions::sinusoidal
  norm_gain,
  norm_bias,  ///< [1, d_model] leaves of the norm before the first layer, where present (layer 0, head 0)
  x,          ///< [n, d_model] what layer L reads; x of layer L+1 is x + layer_output of layer L; head 0
  w_q,
  w_k,  ///< [d_model, d_k] leaves; Q = X·W_Q
  w_v,  ///< [d_model, d_v] leaf
  b_q,
  b_k,  ///< [1, d_k] leaves, where present
  b_v,  ///< [1, d_v] leaf, where present
  q,
  k,  ///< [n, d_k]
  v,  ///< [n, d_v]
  q_norm_gain,
  q_norm_bias,
  k_norm_gain,
  k_norm_bias,  ///< [1, d_k] leaves of the norms on q and k, where present
  q_normalised,
  k_normalised,  ///< [n, d_k] only where the head normalises q or k
  q_rotated,
  k_rotated,   ///< [n, d_k] only with Positions::rope; what the scores are made of then
  score_bias,  ///< [n, n] a leaf, where present (layer 0, head 0: one for all)
  scores,      ///< [n, n] q·kᵀ
  scaled,  ///< [n, n] scores ÷ √d_k ÷ temperature, soft-capped, + ALiBi + score_bias; masked cells −inf
  weights,       ///< [n, n] softmax of the rows of scaled
  output,        ///< [n, d_v] weights·V, one a head (z in the interpretability literature)
  w_o,           ///< [h·d_v, d_model] a leaf, where present; head 0
  b_o,           ///< [1, d_model] a leaf, where present; head 0
  layer_output,  ///< [n, d_model] concat(outputs)·W_O + b_o; without W_O the concatenation, [n, h·d_v]; head
                 ///< 0
};

inline constexpr int kStageCount = static_cast<int>(Stage::layer_output) + 1;

/// One number. Cells of stages that are shared by heads (or layers) have head (or layer) 0.
struct Cell {
  Stage stage{};
  int layer = 0;
  int head = 0;
  int row = 0;
  int column = 0;
  auto operator<=>(const Cell&) const = default;
};

/// The name used in files and on the command line: "weights", "w_q", "q_rotated", …
std::string_view name_of(Stage stage);
/// The opposite; false when the name is unknown.
bool stage_from_name(std::string_view name, Stage& stage);

/// True for stages that are given, not computed (embedding, weights of the projections, biases, positions).
bool is_leaf(Stage stage);

/// True for stages of which every layer has its own (all but embedding, positions, norm_gain, norm_bias and
/// score_bias); else layer is 0.
bool is_per_layer(Stage stage);
/// True for stages of which every head has its own (w_q … output); else head is 0.
bool is_per_head(Stage stage);

}  // namespace qkv::attention
