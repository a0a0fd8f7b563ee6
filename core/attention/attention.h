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

/// How order enters. Sinusoidal: Vaswani et al. 2017 §3.5, added to the embedding. RoPE: Su et al. 2021, on q
/// and k, pairing column i with i + d_k/2 as Hugging Face does (an odd last column is not rotated). ALiBi:
/// Press et al. 2022, −slope·|i−j| added to the scaled scores, slope of head h = 2^(−8(h+1)/heads).
enum class Positions { none, sinusoidal, rope, alibi };

struct Options {
  bool scale = true;         ///< divide scores by √d_k
  float temperature = 1.0f;  ///< divide further, > 0
  Mask mask;
  Positions positions = Positions::none;
  float rope_base = 10000.0f;
  Matrix score_bias;  ///< [n, n] or empty
};

/// One head's parameters. An empty bias is absent. When q, k or v is not empty it is taken as given, of [n,
/// d], and its projection is not computed (the user opened Q, K, V directly).
struct HeadInputs {
  Matrix w_q, w_k;  ///< [d_model, d_k]
  Matrix w_v;       ///< [d_model, d_v]
  Vector b_q, b_k, b_v;
  Matrix q, k, v;
};

struct LayerInputs {
  std::vector<HeadInputs> heads;  ///< 1 to 16, all of one d_k and one d_v
  Matrix w_o;                     ///< [h·d_v, d_model] or empty
  Vector b_o;                     ///< [d_model] or empty
};

/// Everything attend() needs: a plain value.
struct Inputs {
  Matrix embedding;  ///< [n, d_model]; [n, 0] when q, k, v are given directly
  std::vector<LayerInputs> layers;
  Options options;
  /// Cells of computed stages fixed by hand; everything downstream follows. One outside the trace waits,
  /// unused.
  std::map<Cell, float> overrides;
};

struct HeadTrace {
  Matrix q, k, v;
  Matrix q_rotated, k_rotated;  ///< empty unless RoPE
  Matrix scores, scaled, weights, output;
  std::vector<bool> fully_masked;  ///< [n] rows whose every scaled is −inf: their weights and output are zero
};

/// Whether v of the key enters the output of the query: not when it is masked (scaled −inf, weight 0), so
/// that a NaN in a masked value stays there.
bool enters(const HeadTrace& head, int query, int key);

struct LayerTrace {
  Matrix x;  ///< [n, d_model] what this layer read
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
