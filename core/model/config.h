#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/model/activations.h"
#include "core/model/capture.h"
#include "core/model/families.h"
#include "core/model/rope.h"

namespace qkv::model {

/// What config.json says, in one form for every family and dialect.
struct Config {
  const Family* family = nullptr;
  int layers = 0, heads = 0, kv_heads = 0, head_dim = 0;
  int width = 0;            ///< d_model, of the residual stream
  int embedding_width = 0;  ///< the same but where OPT projects
  int mlp_width = 0;
  int vocabulary = 0;
  int types = 0;          ///< rows of the table of token types; 0: none
  int position_rows = 0;  ///< rows of the table of positions; 0: none
  int max_positions = 0;  ///< tokens a text may have; 0: no limit
  int padding = 0;        ///< RoBERTa's padding id, from which its positions count
  float norm_epsilon = 0;
  bool norm_gain = true;  ///< whether norms have parameters at all
  Activation activation{};
  Activation head_activation{};  ///< of a masked-token head
  bool causal = true;
  Placement placement{};
  Residual residual{};
  bool qkv_bias = false, o_bias = false, mlp_bias = false, norm_bias = false;
  bool qk_norm = false;
  bool final_norm = false;
  float embedding_scale = 1, residual_scale = 1, logit_divisor = 1, logit_softcap = 0;
  std::vector<Scoring> scoring;  ///< [layers]
  std::vector<Rope> ropes;       ///< the kinds of rotary positions there are
  std::vector<int> rope_of;      ///< [layers] index into them; −1: a layer without
  bool tied = false;             ///< the unembedding is the embedding
  /// What "architectures" says about a head: it must be there, is not used, or nothing is said.
  enum class Head { required, absent, unknown } head = Head::unknown;

  int q_width() const { return heads * head_dim; }
  int kv_width() const { return kv_heads * head_dim; }
};

/// Throws Error, beginning with `file` and naming the field: an unknown family (listing those there are), a
/// value that makes no sense, whatever would change the numbers and is not supported.
Config parse_config(std::string_view text, const std::string& file);

/// As it finds rotary positions for a layer type ("full_attention", "sliding_attention").
class Fields;
Rope parse_rope(const Fields& config, const Family& family, int head_dim, const std::string& layer_type);

}  // namespace qkv::model
