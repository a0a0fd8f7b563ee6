#pragma once
#include <map>
#include <vector>

#include "core/attention/stage.h"
#include "core/matrix.h"

namespace qkv::attention {

enum class MaskKind { none, causal, sliding_window };

/// Which keys a query may attend to. A cell is allowed when the kind allows it and the key is not padding;
/// a custom cell, where there is one, has the last word.
struct Mask {
  MaskKind kind = MaskKind::none;
  int window = 2;             ///< sliding_window: query i sees keys i−window+1 … i (causal, as Mistral)
  std::vector<bool> padding;  ///< [n] or empty; true hides that key from every query
  std::map<std::pair<int, int>, bool> custom;  ///< {query, key} → allowed
  bool allows(int query, int key) const;
  bool operator==(const Mask&) const = default;
};

/// How a row is brought to a common size. layer: Ba et al. 2016, (x − μ)/√(variance + ε)·gain + bias. rms:
/// Zhang & Sennrich 2019, x/√(mean of x² + ε)·gain + bias.
enum class NormKind { none, layer, rms };

/// A norm over the rows of a matrix [n, d].
struct Norm {
  NormKind kind = NormKind::none;
  Vector gain,
      bias;  ///< [d] or empty: 1 and 0. Where a family stores gain − 1 (Gemma), the 1 is added already
  float epsilon = 1e-5f;
  /// [n] or empty: 1/√(… + ε) of each row given, not computed, for a norm over a wider row of which this
  /// matrix is a part (OLMo 2: over all heads). Only with rms, where nothing else is shared. 0: computed from
  /// the row itself.
  Vector factors;
};

/// How order enters. Sinusoidal: Vaswani et al. 2017 §3.5, added to the embedding. RoPE: Su et al. 2021, on q
/// and k, pairing column i with i + d_k/2 as Hugging Face does (an odd last column is not rotated). ALiBi:
/// Press et al. 2022, −slope·|i−j| added to the scaled scores, slope of head h = 2^(−8(h+1)/heads).
enum class Positions { none, sinusoidal, rope, alibi };

struct Options {
  bool scale = true;         ///< divide scores by √d_k
  float temperature = 1.0f;  ///< divide further, > 0; a scale that is not 1/√d_k is expressed by it
  float softcap = 0;         ///< then softcap·tanh(s/softcap), as Gemma 2 does; 0: none
  Mask mask;
  Positions positions = Positions::none;
  float rope_base = 10000.0f;
  /// Radians a position by which RoPE turns columns i and i + size; the columns from 2·size on are copied
  /// (partial rotary). Empty: rope_base^(−2i/d_k) for all columns.
  Vector rope_frequencies;
  float rope_factor = 1;  ///< on cos and sin (the attention factor of YaRN, Peng et al. 2023)
  Matrix score_bias;      ///< [n, n] or empty
};

/// One head's parameters. An empty bias is absent. When q, k or v is not empty it is taken as given, of [n,
/// d], and its projection is not computed (the user opened Q, K, V directly).
struct HeadInputs {
  Matrix w_q, w_k;  ///< [d_model, d_k]
  Matrix w_v;       ///< [d_model, d_v]
  Vector b_q, b_k, b_v;
  Matrix q, k, v;
  Norm q_norm, k_norm;  ///< over the rows of q and k, before RoPE (Qwen 3, Gemma 3)
};

struct LayerInputs {
  std::vector<HeadInputs> heads;  ///< 1 to 16, all of one d_k and one d_v
  Matrix w_o;                     ///< [h·d_v, d_model] or empty
  Vector b_o;                     ///< [d_model] or empty
};

/// Everything attend() needs: a plain value.
struct Inputs {
  Matrix embedding;  ///< [n, d_model]; [n, 0] when q, k, v are given directly
  Norm norm;         ///< of what the first layer reads; the residual stream passes it by
  std::vector<LayerInputs> layers;
  Options options;
  /// Cells of computed stages fixed by hand; everything downstream follows. One outside the trace waits,
  /// unused.
  std::map<Cell, float> overrides;
};

struct HeadTrace {
  Matrix q, k, v;
  Matrix q_normalised, k_normalised;  ///< empty unless q or k has a norm
  Matrix q_rotated, k_rotated;        ///< empty unless RoPE
  Matrix scores, scaled, weights, output;
  std::vector<bool> fully_masked;  ///< [n] rows whose every scaled is −inf: their weights and output are zero
};

/// The last form of q and of k, of which the scores are made: as they are, normalised or rotated.
Stage scored_q(const HeadTrace& head);
Stage scored_k(const HeadTrace& head);

/// Whether v of the key enters the output of the query: not when it is masked (scaled −inf, weight 0), so
/// that a NaN in a masked value stays there.
bool enters(const HeadTrace& head, int query, int key);

struct LayerTrace {
  Matrix x;  ///< [n, d_model] what this layer read, after the norm if it has one
  std::vector<HeadTrace> heads;
  Matrix layer_output;
};

/// Computed once, never changed. Keeps the inputs, so that every cell of every stage can be read and
/// explained.
struct Trace {
  Inputs inputs;
  Matrix positions;  ///< [n, d_model] the sinusoidal table, or empty
  std::vector<LayerTrace> layers;
  Matrix residual;  ///< x after the last layer, [n, d_model]; empty when layer_output has another width
  int n() const { return static_cast<int>(inputs.embedding.rows()); }
};

/// Computes everything. Throws Error when shapes disagree (names the matrix, the expected and the found
/// shape). NaN and infinities pass through and are not an error.
Trace attend(Inputs inputs);

/// Where a given number is kept, to change it before attend(); nullptr for positions and computed stages. The
/// cell must be inside.
float* leaf(Inputs& inputs, const Cell& cell);

/// The matrix of a stage (layer and head as in Cell); nullptr when this trace has no such stage.
/// x of layer == layers.size() is the residual after the last layer. Vectors (biases) are shown as [1, d]:
/// use value() and shape() for those.
const Matrix* matrix_of(const Trace& trace, Stage stage, int layer, int head);

struct Shape {
  int rows = 0;
  int columns = 0;
  bool operator==(const Shape&) const = default;
};
/// Shape of any stage, biases as [1, d]; {0, 0} when absent.
Shape shape_of(const Trace& trace, Stage stage, int layer, int head);
/// One number of any stage. Throws Error outside the shape.
float value(const Trace& trace, const Cell& cell);

}  // namespace qkv::attention
