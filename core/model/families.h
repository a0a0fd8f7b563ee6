#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/model/norms.h"

// The families of checkpoints, as data: one row a family, read by one loader and one forward pass. What the
// rows mean, and how to add one, is in README.md beside this file.
namespace qkv::model {

/// Where a layer's norms stand.
enum class Placement {
  before,  ///< x + f(norm(x)); branch norms, where named, normalise f's output too
  after,   ///< norm(x + f(x)): the first transformers
  branch,  ///< x + norm(f(x))
};

enum class Positions {
  learned,       ///< a table, added to the embeddings
  learned_pads,  ///< the same, counting only tokens that are not padding, from padding + 1 (RoBERTa)
  rotary,        ///< RoPE on q and k
};

enum class Residual {
  serial,           ///< attention, then the MLP on what that gave
  parallel,         ///< both read the same residual stream, each with its norm
  parallel_shared,  ///< both read the output of one norm
};

/// How W_Q, W_K and W_V lie in the file.
enum class Fusion {
  separate,
  stacked,      ///< all q rows, then all k rows, then all v rows
  interleaved,  ///< q, k and v rows of head 0, then of head 1, …
};

/// Windows and layer types, where the configuration has no list of them.
enum class Windows {
  none,
  all,           ///< sliding_window, when it is there, holds for every layer
  even_layers,   ///< Gemma 2: layers 0, 2, 4, …
  pattern,       ///< Gemma 3: all but each sliding_window_pattern-th layer
  from_layer,    ///< Qwen: from max_window_layers on, if use_sliding_window
  without_rope,  ///< SmolLM 3: layers without rotary positions, if use_sliding_window
};

/// Factor on q·k.
enum class Scale {
  head_dim,  ///< 1/√head_dim
  gpt2,  ///< the same unless scale_attn_weights is false; ÷ (layer + 1) if scale_attn_by_inverse_layer_idx
  query_scalar,  ///< 1/√query_pre_attn_scalar
  multiplier,    ///< attention_multiplier
};

/// The names a configuration gives its numbers.
struct Keys {
  const char* width;
  const char* layers;
  const char* heads;
  const char* kv_heads;   ///< nullptr: as many as heads
  const char* mlp_width;  ///< null in the file: 4 × width
  const char* positions;
  const char* activation;
  const char* norm_epsilon;  ///< nullptr: always the default
};

/// Tensor names without prefix and without ".weight"; nullptr where a family has none.
struct LayerNames {
  const char* attention_norm = nullptr;         ///< at the row's placement
  const char* attention_branch_norm = nullptr;  ///< on the branch's output
  const char* mlp_norm = nullptr;
  const char* mlp_branch_norm = nullptr;
  const char* q = nullptr;  ///< for fused families all of q, k and v
  const char* k = nullptr;
  const char* v = nullptr;
  const char* o = nullptr;
  const char* q_norm = nullptr;
  const char* k_norm = nullptr;
  const char* gate = nullptr;  ///< nullptr: not gated, or part of `up` (gate rows first)
  const char* up = nullptr;
  const char* down = nullptr;
};

struct Names {
  std::vector<const char*> prefixes;  ///< of everything but the head; the usual one first
  const char* layer;                  ///< "layers.{}."
  const char* embedding;
  const char* positions = nullptr;
  const char* types = nullptr;
  const char* embedding_norm = nullptr;
  const char* final_norm = nullptr;
  const char* project_in = nullptr;  ///< present where embedding and residual stream differ in width
  const char* project_out = nullptr;
  LayerNames in_layer;
  // Of the head, from the root of the file.
  const char* transform = nullptr;  ///< dense layer of a masked-token head, with its norm
  const char* transform_norm = nullptr;
  const char* unembedding = nullptr;
  std::vector<const char*> unembedding_biases = {};  ///< alternatives; the first that is there
  std::vector<const char*> ignored = {};  ///< endings of tensors that are no parameters: masks, …
};

/// Whether linear layers of a kind have biases: always, never, or as this key of the configuration says.
struct Bias {
  const char* key = nullptr;
  bool otherwise = false;  ///< without the key
};

struct Family {
  std::string_view name;  ///< model_type
  const Keys* keys;
  Names names;
  bool causal = true;
  NormKind norm = NormKind::rms;
  float norm_epsilon = 1e-6f;  ///< where the configuration says nothing
  bool gain_minus_one = false;
  Placement placement = Placement::before;
  Residual residual = Residual::serial;
  Positions positions = Positions::rotary;
  int position_offset = 0;  ///< first row of the table of positions that is used
  double rope_theta = 10000;
  double local_rope_theta = 0;  ///< of layers with a window, in the older dialect; 0: the same as the others
  double partial_rotary = 1;    ///< share of head_dim that turns
  Fusion fusion = Fusion::separate;
  bool transposed = false;  ///< weights lie as [in, out]
  bool gated = false;
  Windows windows = Windows::none;
  Scale scale = Scale::head_dim;
  int head_dim = 0;    ///< where the configuration says nothing; 0: width / heads
  int kv_heads = 0;    ///< the same; 0: as many as heads
  int window = 0;      ///< the same
  int vocabulary = 0;  ///< the same; 0: required
  double query_scalar = 256;
  double softcap = 0, logit_softcap = 0;
  Bias qkv_bias, o_bias, mlp_bias, norm_bias;
  bool qk_norm_whole = false;         ///< q and k normalised over all heads at once
  const char* qk_norm_key = nullptr;  ///< q and k norms only if this is true
  bool embedding_times_root_width = false;
  bool tied = false;  ///< where the configuration says nothing
  bool masked_head = false;
  const char* default_activation = "silu";
};

/// All rows, by name.
const std::vector<Family>& families();
/// The row of a model_type, or nullptr.
const Family* find_family(std::string_view name);

}  // namespace qkv::model
