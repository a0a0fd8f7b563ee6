#pragma once
#include <string>
#include <vector>

#include "core/attention/scoring.h"
#include "core/matrix.h"

namespace qkv::model {

using attention::Scoring;
using attention::Tile;

/// What is kept of one layer of a pass: O(n·d), never n². H heads, H_kv key-value heads of width D; query
/// head h reads key-value head h / (H / H_kv). A matrix that was not recorded is empty.
struct LayerCapture {
  Scoring scoring;
  Matrix q;  ///< [n_q, H·D] exactly what attention received: after biases, norms and rotary positions
  Matrix k;  ///< [n_k, H_kv·D]
  Matrix v;  ///< [n_k, H_kv·D]
  Matrix z;  ///< [n_q, H·D] weights·v of each head, after interventions
  Matrix row_maximum;  ///< [H, n_q] of the scaled scores
  Matrix row_sum;      ///< [H, n_q] Σ exp(scaled − maximum)
  std::vector<Matrix>
      pattern;  ///< [H] of [n_q, n_k], only from a file or from an intervention that replaced it
  std::vector<Matrix> scores;  ///< [H] of [n_q, n_k], only from a file
};

/// Everything recorded of one pass over one text: by forward(), or read from a capture file (DESIGN.md §7).
/// Never changed once made.
struct Capture {
  std::string model;                    ///< the folder's name, or what the file says
  std::string producer;                 ///< the program that computed it
  std::vector<int> token_ids;           ///< [n_q] or empty
  std::vector<std::string> tokens;      ///< [n_q] as the vocabulary spells them
  std::vector<std::string> key_tokens;  ///< [n_k]; the same as tokens but in cross-attention
  int heads = 0, kv_heads = 0, head_dim = 0;
  std::vector<LayerCapture> layers;
  std::vector<Matrix>
      hidden;     ///< [L+1] of [n, d_model]: embedding output first, the last after the final norm; or empty
  Matrix logits;  ///< [n, vocabulary] or empty
  /// Sentences on what a file lacks or contradicts; after forward(), where finite weights first gave a number that
  /// is NaN or infinite.
  std::vector<std::string> notes;
  int n_queries() const { return static_cast<int>(tokens.size()); }
  int n_keys() const { return static_cast<int>(key_tokens.size()); }
};

/// q·k, before scale, cap and mask. Needs q and k, or recorded scores. [tile.rows, tile.columns]
Matrix scores_tile(const Capture& capture, int layer, int head, Tile tile);
/// After scale, cap and mask; masked cells −inf.
Matrix scaled_tile(const Capture& capture, int layer, int head, Tile tile);
/// The weights, exactly those of the pass: from the row maxima and sums where they were kept, else from a
/// recorded pattern. Throws Error, as the two above, when the capture holds neither, or the tile is outside.
Matrix pattern_tile(const Capture& capture, int layer, int head, Tile tile);

/// Whether the above can be had at all.
bool has_scores(const Capture& capture, int layer);
bool has_pattern(const Capture& capture, int layer);

}  // namespace qkv::model
