#pragma once
#include "core/attention/scoring.h"
#include "core/matrix.h"
#include "core/parallel.h"

// Attention without its n² matrices: the fused pass over one layer, and any rectangle of them made again
// afterwards, cell for cell the same whatever rectangle it is asked in. Matrices may be blocks of wider
// row-major ones.
namespace qkv::attention {

using Rows = Eigen::Ref<const Matrix>;

/// One layer. Query head h reads key-value head h / (heads / kv_heads). q [n_q, heads·D], k and v [n_k,
/// kv_heads·D].
struct LayerInput {
  Rows q, k, v;
  int heads = 1, kv_heads = 1;
  Scoring scoring;
};

struct LayerOutput {
  Matrix z;            ///< [n_q, heads·D] weights·v
  Matrix row_maximum;  ///< [heads, n_q] of the scaled scores; −inf where every key is masked
  Matrix row_sum;      ///< [heads, n_q] Σ exp(scaled − maximum); 0 where every key is masked
};

/// Softmax with a running maximum (Milakov and Gimelshein 2018) over tiles of keys, those that the mask hides
/// wholly left out; float32. A fully masked row gives zeros. A NaN or an infinite score makes its row NaN;
/// what is masked never enters, whatever it holds. Memory besides the result: copies of k and v.
void attend(Team& team, const LayerInput& layer, LayerOutput& output);

/// q·k of a rectangle: q [n_q, D], k [n_k, D]; one product after another, fused where the machine can: 1×1 or
/// n×n, a cell has the same bits.
Matrix score_tile(const Rows& q, const Rows& k, Tile tile);
/// score_tile after scale, cap and mask, as the pass has it; masked cells −inf.
Matrix scaled_tile(const Rows& q, const Rows& k, const Scoring& scoring, Tile tile);
/// exp(scaled − maximum) / sum, with the pass's maxima and sums of the tile's rows ([tile.rows] each).
Matrix weight_tile(const Rows& q, const Rows& k, const Scoring& scoring, Tile tile, const Vector& row_maximum,
                   const Vector& row_sum);

}  // namespace qkv::attention
