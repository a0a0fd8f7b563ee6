#pragma once
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/model/config.h"
#include "core/model/linear.h"
#include "core/model/model_files.h"
#include "core/model/norms.h"

namespace qkv::model {

/// One layer's parameters, the same for every family. H heads, H_kv key-value heads of width D.
struct LayerWeights {
  Norm attention_norm, attention_branch_norm, mlp_norm, mlp_branch_norm;
  Norm q_norm, k_norm;  ///< of D (each head alike) or of all heads' width
  Linear qkv;           ///< rows: q of every head, then k, then v: [(H + 2·H_kv)·D, d_model]
  Linear o;             ///< [d_model, H·D]
  Linear up;            ///< [mlp, d_model]; where gated [2·mlp, d_model], gate rows first
  Linear down;          ///< [d_model, mlp]
};

/// All parameters as float32, one copy.
struct Weights {
  Matrix embedding;  ///< [vocabulary, embedding width]
  Matrix positions;  ///< [rows, d_model] or empty
  Matrix types;      ///< [types, d_model] or empty
  Norm embedding_norm;
  Linear project_in, project_out;  ///< w empty where there is none
  std::vector<LayerWeights> layers;
  Norm final_norm;
  bool has_head = false;
  Linear transform;  ///< of a masked-token head: [d_model, d_model]
  Norm transform_norm;
  Matrix unembedding;  ///< [vocabulary, embedding width]; empty: the embedding
  Vector unembedding_bias;
};

/// What reading found besides the weights themselves.
struct WeightsReport {
  std::int64_t parameters = 0;
  std::vector<std::string> unused;
  std::string warning;  ///< the first tensor with NaN or infinities, or empty
};

/// Reads every tensor the configuration needs. `where` begins sentences: the folder. Throws Error: missing
/// tensors by name, a shape or type that disagrees, more than `available_bytes` of memory needed, a file that
/// ends early, cancelled.
Weights read_weights(const Config& config, const ModelFiles& files, const std::string& where,
                     std::uint64_t available_bytes, WeightsReport& report,
                     const std::function<void(double, const std::string&)>& progress = {},
                     std::stop_token stop = {});

}  // namespace qkv::model
