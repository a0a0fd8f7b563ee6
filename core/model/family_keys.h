#pragma once
#include "core/model/families.h"

// The dialects in which configurations name their numbers.
namespace qkv::model {

inline constexpr Keys kUsual = {"hidden_size",         "num_hidden_layers", "num_attention_heads",
                                "num_key_value_heads", "intermediate_size", "max_position_embeddings",
                                "hidden_act",          "rms_norm_eps"};

constexpr Keys with(Keys keys, const char* kv_heads, const char* norm_epsilon) {
  keys.kv_heads = kv_heads;
  keys.norm_epsilon = norm_epsilon;
  return keys;
}

inline constexpr Keys kGpt2 = {"n_embd",
                               "n_layer",
                               "n_head",
                               nullptr,
                               "n_inner",
                               "n_positions",
                               "activation_function",
                               "layer_norm_epsilon"};
inline constexpr Keys kBert = with(kUsual, nullptr, "layer_norm_eps");
inline constexpr Keys kDistilbert = {
    "dim", "n_layers", "n_heads", nullptr, "hidden_dim", "max_position_embeddings", "activation", nullptr};
inline constexpr Keys kOpt = {"hidden_size", "num_hidden_layers",       "num_attention_heads", nullptr,
                              "ffn_dim",     "max_position_embeddings", "activation_function", nullptr};
inline constexpr Keys kPhi = with(kUsual, "num_key_value_heads", "layer_norm_eps");
inline constexpr Keys kStarcoder2 = with(kUsual, "num_key_value_heads", "norm_epsilon");
inline constexpr Keys kGemma = {"hidden_size",         "num_hidden_layers", "num_attention_heads",
                                "num_key_value_heads", "intermediate_size", "max_position_embeddings",
                                "hidden_activation",   "rms_norm_eps"};

}  // namespace qkv::model
