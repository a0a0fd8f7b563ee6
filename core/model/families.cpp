#include "core/model/families.h"

#include "core/model/family_keys.h"

// Sources: the modeling_*.py and configuration_*.py of Hugging Face transformers, and the configurations
// published with the checkpoints.
namespace qkv::model {
namespace {

constexpr Bias kAlways = {nullptr, true};
constexpr Bias kNever = {nullptr, false};

LayerNames bert_layer() {
  return {.attention_norm = "attention.output.LayerNorm",
          .mlp_norm = "output.LayerNorm",
          .q = "attention.self.query",
          .k = "attention.self.key",
          .v = "attention.self.value",
          .o = "attention.output.dense",
          .up = "intermediate.dense",
          .down = "output.dense"};
}

/// Llama's names, which most families kept.
LayerNames llama_layer() {
  return {.attention_norm = "input_layernorm",
          .mlp_norm = "post_attention_layernorm",
          .q = "self_attn.q_proj",
          .k = "self_attn.k_proj",
          .v = "self_attn.v_proj",
          .o = "self_attn.o_proj",
          .gate = "mlp.gate_proj",
          .up = "mlp.up_proj",
          .down = "mlp.down_proj"};
}

Names llama_names(LayerNames in_layer) {
  return {.prefixes = {"model.", "", "model.language_model.", "language_model.model."},
          .layer = "layers.{}.",
          .embedding = "embed_tokens",
          .final_norm = "norm",
          .in_layer = in_layer,
          .unembedding = "lm_head",
          .ignored = {"rotary_emb.inv_freq"}};
}

Family bert() {
  Family f;
  f.name = "bert";
  f.keys = &kBert;
  f.names = {.prefixes = {"bert.", ""},
             .layer = "encoder.layer.{}.",
             .embedding = "embeddings.word_embeddings",
             .positions = "embeddings.position_embeddings",
             .types = "embeddings.token_type_embeddings",
             .embedding_norm = "embeddings.LayerNorm",
             .in_layer = bert_layer(),
             .transform = "cls.predictions.transform.dense",
             .transform_norm = "cls.predictions.transform.LayerNorm",
             .unembedding = "cls.predictions.decoder",
             .unembedding_biases = {"cls.predictions.bias", "cls.predictions.decoder.bias"},
             .ignored = {"position_ids"}};
  f.causal = false;
  f.norm = NormKind::layer;
  f.norm_epsilon = 1e-12f;
  f.placement = Placement::after;
  f.positions = Positions::learned;
  f.qkv_bias = f.o_bias = f.mlp_bias = f.norm_bias = kAlways;
  f.tied = f.masked_head = true;
  f.default_activation = "gelu";
  return f;
}

Family roberta() {
  Family f = bert();
  f.name = "roberta";
  f.names.prefixes = {"roberta.", ""};
  f.names.transform = "lm_head.dense";
  f.names.transform_norm = "lm_head.layer_norm";
  f.names.unembedding = "lm_head.decoder";
  f.names.unembedding_biases = {"lm_head.bias", "lm_head.decoder.bias"};
  f.positions = Positions::learned_pads;
  return f;
}

Family distilbert() {
  Family f = bert();
  f.name = "distilbert";
  f.keys = &kDistilbert;
  f.names = {.prefixes = {"distilbert.", ""},
             .layer = "transformer.layer.{}.",
             .embedding = "embeddings.word_embeddings",
             .positions = "embeddings.position_embeddings",
             .embedding_norm = "embeddings.LayerNorm",
             .in_layer = {.attention_norm = "sa_layer_norm",
                          .mlp_norm = "output_layer_norm",
                          .q = "attention.q_lin",
                          .k = "attention.k_lin",
                          .v = "attention.v_lin",
                          .o = "attention.out_lin",
                          .up = "ffn.lin1",
                          .down = "ffn.lin2"},
             .transform = "vocab_transform",
             .transform_norm = "vocab_layer_norm",
             .unembedding = "vocab_projector",
             .unembedding_biases = {"vocab_projector.bias"},
             .ignored = {"position_ids"}};
  return f;
}

Family gpt2() {
  Family f;
  f.name = "gpt2";
  f.keys = &kGpt2;
  f.names = {.prefixes = {"transformer.", ""},
             .layer = "h.{}.",
             .embedding = "wte",
             .positions = "wpe",
             .final_norm = "ln_f",
             .in_layer = {.attention_norm = "ln_1",
                          .mlp_norm = "ln_2",
                          .q = "attn.c_attn",
                          .o = "attn.c_proj",
                          .up = "mlp.c_fc",
                          .down = "mlp.c_proj"},
             .unembedding = "lm_head",
             .ignored = {".attn.bias", ".attn.masked_bias"}};
  f.norm = NormKind::layer;
  f.norm_epsilon = 1e-5f;
  f.positions = Positions::learned;
  f.fusion = Fusion::stacked;
  f.transposed = true;
  f.scale = Scale::gpt2;
  f.qkv_bias = f.o_bias = f.mlp_bias = f.norm_bias = kAlways;
  f.tied = true;
  f.default_activation = "gelu_new";
  return f;
}

Family gpt_neox() {
  Family f;
  f.name = "gpt_neox";
  f.keys = &kBert;
  f.names = {.prefixes = {"gpt_neox.", ""},
             .layer = "layers.{}.",
             .embedding = "embed_in",
             .final_norm = "final_layer_norm",
             .in_layer = {.attention_norm = "input_layernorm",
                          .mlp_norm = "post_attention_layernorm",
                          .q = "attention.query_key_value",
                          .o = "attention.dense",
                          .up = "mlp.dense_h_to_4h",
                          .down = "mlp.dense_4h_to_h"},
             .unembedding = "embed_out",
             .ignored = {".attention.bias", ".attention.masked_bias", "rotary_emb.inv_freq"}};
  f.norm = NormKind::layer;
  f.norm_epsilon = 1e-5f;
  f.residual = Residual::parallel;  // unless use_parallel_residual is false
  f.partial_rotary = 0.25;
  f.fusion = Fusion::interleaved;
  f.qkv_bias = f.o_bias = {"attention_bias", true};
  f.mlp_bias = f.norm_bias = kAlways;
  f.default_activation = "gelu";
  return f;
}

Family opt() {
  Family f;
  f.name = "opt";
  f.keys = &kOpt;
  f.names = {.prefixes = {"model.decoder.", "decoder.", ""},
             .layer = "layers.{}.",
             .embedding = "embed_tokens",
             .positions = "embed_positions",
             .final_norm = "final_layer_norm",
             .project_in = "project_in",
             .project_out = "project_out",
             .in_layer = {.attention_norm = "self_attn_layer_norm",
                          .mlp_norm = "final_layer_norm",
                          .q = "self_attn.q_proj",
                          .k = "self_attn.k_proj",
                          .v = "self_attn.v_proj",
                          .o = "self_attn.out_proj",
                          .up = "fc1",
                          .down = "fc2"},
             .unembedding = "lm_head"};
  f.norm = NormKind::layer;  // before, unless do_layer_norm_before is false
  f.norm_epsilon = 1e-5f;
  f.positions = Positions::learned;
  f.position_offset = 2;
  f.qkv_bias = f.o_bias = f.mlp_bias = {"enable_bias", true};
  f.norm_bias = kAlways;
  f.tied = true;
  f.default_activation = "relu";
  return f;
}

Family llama() {
  Family f;
  f.name = "llama";
  f.keys = &kUsual;
  f.names = llama_names(llama_layer());
  f.gated = true;
  f.qkv_bias = f.o_bias = {"attention_bias", false};
  f.mlp_bias = {"mlp_bias", false};
  return f;
}

Family mistral() {
  Family f = llama();
  f.name = "mistral";
  f.qkv_bias = f.o_bias = f.mlp_bias = kNever;
  f.kv_heads = 8;
  f.windows = Windows::all;
  return f;
}

Family qwen2() {
  Family f = llama();
  f.name = "qwen2";
  f.qkv_bias = kAlways;
  f.o_bias = f.mlp_bias = kNever;
  f.windows = Windows::from_layer;
  return f;
}

Family qwen3() {
  Family f = llama();
  f.name = "qwen3";
  f.names.in_layer.q_norm = "self_attn.q_norm";
  f.names.in_layer.k_norm = "self_attn.k_norm";
  f.mlp_bias = kNever;
  f.head_dim = 128;
  f.windows = Windows::from_layer;
  return f;
}

Family gemma2() {
  Family f = llama();
  f.name = "gemma2";
  f.keys = &kGemma;
  LayerNames in_layer = llama_layer();
  in_layer.attention_branch_norm = "post_attention_layernorm";
  in_layer.mlp_norm = "pre_feedforward_layernorm";
  in_layer.mlp_branch_norm = "post_feedforward_layernorm";
  f.names = llama_names(in_layer);
  f.mlp_bias = kNever;
  f.gain_minus_one = true;
  f.windows = Windows::even_layers;
  f.window = 4096;
  f.scale = Scale::query_scalar;
  f.head_dim = 256;
  f.kv_heads = 4;
  f.softcap = 50;
  f.logit_softcap = 30;
  f.embedding_times_root_width = true;
  f.tied = true;
  f.default_activation = "gelu_pytorch_tanh";
  return f;
}

Family gemma3() {
  Family f = gemma2();
  f.name = "gemma3_text";
  f.names.in_layer.q_norm = "self_attn.q_norm";
  f.names.in_layer.k_norm = "self_attn.k_norm";
  f.windows = Windows::pattern;
  f.vocabulary = 262208;
  f.softcap = f.logit_softcap = 0;
  f.rope_theta = 1e6;
  f.local_rope_theta = 10000;
  return f;
}

Family phi3() {
  Family f = llama();
  f.name = "phi3";
  f.names.in_layer.q = "self_attn.qkv_proj";
  f.names.in_layer.k = f.names.in_layer.v = nullptr;
  f.names.in_layer.gate = nullptr;
  f.names.in_layer.up = "mlp.gate_up_proj";
  f.norm_epsilon = 1e-5f;
  f.fusion = Fusion::stacked;
  f.windows = Windows::all;
  f.qkv_bias = f.o_bias = f.mlp_bias = kNever;
  return f;
}

Family phi() {
  Family f;
  f.name = "phi";
  f.keys = &kPhi;
  f.names = llama_names({.attention_norm = "input_layernorm",
                         .q = "self_attn.q_proj",
                         .k = "self_attn.k_proj",
                         .v = "self_attn.v_proj",
                         .o = "self_attn.dense",
                         .q_norm = "self_attn.q_layernorm",
                         .k_norm = "self_attn.k_layernorm",
                         .up = "mlp.fc1",
                         .down = "mlp.fc2"});
  f.names.final_norm = "final_layernorm";
  f.names.unembedding_biases = {"lm_head.bias"};
  f.norm = NormKind::layer;
  f.norm_epsilon = 1e-5f;
  f.residual = Residual::parallel_shared;
  f.partial_rotary = 0.5;
  f.qkv_bias = f.o_bias = f.mlp_bias = f.norm_bias = kAlways;
  f.qk_norm_key = "qk_layernorm";
  f.default_activation = "gelu_new";
  return f;
}

Family olmo2() {
  Family f = llama();
  f.name = "olmo2";
  LayerNames in_layer = llama_layer();
  in_layer.attention_norm = in_layer.mlp_norm = nullptr;
  in_layer.attention_branch_norm = "post_attention_layernorm";
  in_layer.mlp_branch_norm = "post_feedforward_layernorm";
  in_layer.q_norm = "self_attn.q_norm";
  in_layer.k_norm = "self_attn.k_norm";
  f.names = llama_names(in_layer);
  f.norm_epsilon = 1e-5f;
  f.mlp_bias = kNever;
  f.placement = Placement::branch;
  f.qk_norm_whole = true;
  return f;
}

Family smollm3() {
  Family f = llama();
  f.name = "smollm3";
  f.kv_heads = 4;
  f.rope_theta = 2e6;
  f.windows = Windows::without_rope;
  f.tied = true;
  return f;
}

Family granite() {
  Family f = llama();
  f.name = "granite";
  f.scale = Scale::multiplier;
  return f;
}

Family starcoder2() {
  Family f = llama();
  f.name = "starcoder2";
  f.keys = &kStarcoder2;
  LayerNames in_layer = llama_layer();
  in_layer.gate = nullptr;
  in_layer.up = "mlp.c_fc";
  in_layer.down = "mlp.c_proj";
  f.names = llama_names(in_layer);
  f.norm = NormKind::layer;
  f.norm_epsilon = 1e-5f;
  f.gated = false;
  f.kv_heads = 2;
  f.windows = Windows::all;
  f.qkv_bias = f.o_bias = f.mlp_bias = {"use_bias", true};
  f.norm_bias = kAlways;
  f.tied = true;
  f.default_activation = "gelu_pytorch_tanh";
  return f;
}

}  // namespace

const std::vector<Family>& families() {
  static const std::vector<Family> rows = {
      bert(),  distilbert(), gemma2(), gemma3(), gpt2(),  gpt_neox(), granite(), llama(),   mistral(),
      olmo2(), opt(),        phi(),    phi3(),   qwen2(), qwen3(),    roberta(), smollm3(), starcoder2()};
  return rows;
}

const Family* find_family(std::string_view name) {
  for (const Family& row : families())
    if (row.name == name) return &row;
  return nullptr;
}

}  // namespace qkv::model
