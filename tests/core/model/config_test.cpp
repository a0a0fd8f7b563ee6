#include "core/model/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/core/folder_test.h"

namespace qkv::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kSizes =
    R"("hidden_size":32,"intermediate_size":64,"num_hidden_layers":4,"num_attention_heads":4,"num_key_value_heads":2,)"
    R"("vocab_size":100,"max_position_embeddings":64)";

Config parsed(const std::string& family, const std::string& more = "") {
  return parse_config(R"({"model_type":")" + family + "\"," + kSizes + (more.empty() ? "" : "," + more) + "}",
                      "config.json");
}
std::string refused(const std::string& family, const std::string& more) {
  return error_of([&] { parsed(family, more); });
}
std::vector<int> windows(const Config& config) {
  std::vector<int> out;
  for (const Scoring& scoring : config.scoring) out.push_back(scoring.window);
  return out;
}

TEST(Config, WindowsOfEachFamily) {
  EXPECT_THAT(windows(parsed("mistral", R"("sliding_window":8)")), ElementsAre(8, 8, 8, 8));
  EXPECT_THAT(windows(parsed("mistral", R"("sliding_window":null)")), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(windows(parsed("llama", R"("sliding_window":8)")), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(windows(parsed("gemma2", R"("sliding_window":8)")), ElementsAre(8, 0, 8, 0));
  EXPECT_THAT(windows(parsed("gemma3_text", R"("sliding_window":8,"sliding_window_pattern":3)")),
              ElementsAre(8, 8, 0, 8));
  EXPECT_THAT(
      windows(parsed("gemma3_text", R"("sliding_window":8,"layer_types":["full_attention","sliding_attention",
      "sliding_attention","full_attention"])")),
      ElementsAre(0, 8, 8, 0));
  const std::string qwen = R"("sliding_window":8,"max_window_layers":3,"use_sliding_window":)";
  EXPECT_THAT(windows(parsed("qwen2", qwen + "true")), ElementsAre(0, 0, 0, 8));
  EXPECT_THAT(windows(parsed("qwen3", qwen + "false")), ElementsAre(0, 0, 0, 0));
  const Config smollm =
      parsed("smollm3", R"("sliding_window":8,"use_sliding_window":true,"no_rope_layers":[1,0,1,0])");
  EXPECT_THAT(windows(smollm), ElementsAre(0, 8, 0, 8));
  EXPECT_THAT(smollm.rope_of, ElementsAre(0, -1, 0, -1));
  EXPECT_THAT(parsed("smollm3", R"("no_rope_layer_interval":2)").rope_of, ElementsAre(0, -1, 0, -1));
}

TEST(Config, Gemma3HasTwoKindsOfRotaryPositionsInBothDialects) {
  for (
      const char* dialect :
      {R"("rope_theta":1000000,"rope_local_base_freq":500,"rope_scaling":{"rope_type":"linear","factor":8.0})",
       R"("rope_parameters":{"full_attention":{"rope_type":"linear","factor":8.0,"rope_theta":1000000},
            "sliding_attention":{"rope_type":"default","rope_theta":500}})"}) {
    const Config config =
        parsed("gemma3_text",
               std::string(R"("head_dim":16,"sliding_window":8,"sliding_window_pattern":2,)") + dialect);
    ASSERT_EQ(config.ropes.size(), 2u);
    EXPECT_THAT(config.rope_of, ElementsAre(1, 0, 1, 0));
    EXPECT_EQ(config.ropes[0].theta, 1e6);
    EXPECT_EQ(config.ropes[0].type, RopeType::linear);
    EXPECT_EQ(config.ropes[1].theta, 500);
    EXPECT_EQ(config.ropes[1].type, RopeType::standard);
  }
}

TEST(Config, Gemma3WithPicturesLeavesOutWhatIsUsual) {
  const Config config = parse_config(
      R"({"model_type":"gemma3","architectures":["Gemma3ForConditionalGeneration"],"text_config":{
      "hidden_size":2560,"intermediate_size":10240,"model_type":"gemma3_text","num_hidden_layers":34,
      "rope_scaling":{"factor":8.0,"rope_type":"linear"},"sliding_window":1024},"vision_config":{"hidden_size":1152}})",
      "config.json");
  EXPECT_EQ(config.heads, 8);
  EXPECT_EQ(config.kv_heads, 4);
  EXPECT_EQ(config.head_dim, 256);
  EXPECT_EQ(config.vocabulary, 262208);
  EXPECT_TRUE(config.tied);
  EXPECT_EQ(config.ropes[1].theta, 10000);
}

TEST(Config, ScalesAndCaps) {
  EXPECT_FLOAT_EQ(parsed("gemma2", R"("query_pre_attn_scalar":24)").scoring[0].scale, 1 / std::sqrt(24.f));
  EXPECT_EQ(parsed("gemma2").scoring[0].softcap, 50);
  EXPECT_EQ(parsed("gemma2", R"("attn_logit_softcapping":null)").scoring[0].softcap, 0);
  EXPECT_EQ(parsed("gemma3_text").logit_softcap, 0);
  EXPECT_EQ(parsed("granite", R"("attention_multiplier":0.015625)").scoring[0].scale, 0.015625f);
  EXPECT_TRUE(parsed("llama").causal);
  EXPECT_FALSE(parsed("bert").causal);
  EXPECT_TRUE(parsed("bert", R"("is_decoder":true)").causal);
}

TEST(Config, PositionsATextMayHave) {
  EXPECT_EQ(parsed("llama").max_positions, 64);
  EXPECT_EQ(parsed("roberta").max_positions, 62);
  EXPECT_EQ(parsed("opt", R"("ffn_dim":64)").max_positions, 64);
  EXPECT_EQ(parsed("llama", R"("rope_scaling":{"type":"dynamic","factor":2.0})").max_positions, 128);
  EXPECT_EQ(
      parsed("qwen2", R"("rope_scaling":{"type":"yarn","factor":4.0,"original_max_position_embeddings":64})")
          .max_positions,
      256);
}

TEST(Config, TwoDialectsOfRotaryPositionsMustAgree) {
  const std::string linear = R"("rope_parameters":{"rope_type":"linear","factor":2.0},)";
  EXPECT_EQ(parsed("llama", linear + R"("rope_scaling":{"type":"linear","factor":2.0})").ropes.size(),
            parsed("llama", R"("rope_parameters":{"rope_type":"linear","factor":2.0})").ropes.size());
  parsed("llama", linear + R"("rope_scaling":null)");
  EXPECT_THAT(refused("llama", linear + R"("rope_scaling":{"rope_type":"magic"})"), HasSubstr("'magic'"));
  EXPECT_THAT(refused("llama", linear + R"("rope_scaling":{"rope_type":"linear","factor":4.0})"), HasSubstr("disagrees with 'rope_parameters' in 'factor'"));
  EXPECT_THAT(refused("llama", linear + R"("rope_scaling":{"rope_type":"dynamic","factor":2.0})"), HasSubstr("in 'rope_type'"));
  EXPECT_THAT(refused("llama", R"("rope_parameters":{"rope_type":"default"},"rope_scaling":{"rope_type":"magic"})"), HasSubstr("'magic'"));
  // Gemma 3's rope_scaling is of the layers without a window.
  parsed("gemma3_text", R"("sliding_window":8,"sliding_window_pattern":3,"rope_scaling":{"rope_type":"linear","factor":8.0},)"
                        R"("rope_parameters":{"full_attention":{"rope_type":"linear","factor":8.0},"sliding_attention":{"rope_type":"default"}})");
}

TEST(Config, WhatIsNotSupportedIsNamed) {
  const std::string family = refused("mamba", "");
  EXPECT_THAT(family, HasSubstr("'mamba'"));
  for (const Family& row : families()) EXPECT_THAT(family, HasSubstr(std::string(row.name)));
  EXPECT_THAT(refused("llama", R"("hidden_act":"gelu_10")"), HasSubstr("'gelu_10'"));
  EXPECT_THAT(refused("llama", R"("rope_scaling":{"type":"mrope"})"), HasSubstr("'mrope'"));
  EXPECT_THAT(refused("llama", R"("rope_parameters":{"other":{"rope_type":"default"}})"),
              HasSubstr("'full_attention'"));
  EXPECT_THAT(refused("bert", R"("position_embedding_type":"relative_key")"), HasSubstr("'relative_key'"));
  EXPECT_THAT(refused("llama", R"("quantization_config":{})"), HasSubstr("quantised"));
  EXPECT_THAT(refused("gemma3_text", R"("use_bidirectional_attention":true)"), HasSubstr("bidirectional"));
  EXPECT_THAT(refused("qwen3", R"("layer_types":["a","a","a","a"])"), HasSubstr("'a'"));
  EXPECT_THAT(refused("qwen3", R"("layer_types":["full_attention"])"), HasSubstr("4 layer types"));
  EXPECT_THAT(refused("phi3", R"("rope_scaling":{"type":"longrope","short_factor":[1],"long_factor":[1]})"),
              HasSubstr("short_factor"));
}

TEST(Config, ValuesWithoutSenseAreRefused) {
  EXPECT_THAT(refused("llama", R"("hidden_size":-1)"), HasSubstr("'hidden_size' must be a whole number"));
  EXPECT_THAT(refused("llama", R"("hidden_size":1e300)"), HasSubstr("'hidden_size'"));
  EXPECT_THAT(refused("llama", R"("hidden_size":"32")"), HasSubstr("is '\"32\"'"));
  EXPECT_THAT(refused("llama", R"("num_hidden_layers":0)"), HasSubstr("'num_hidden_layers'"));
  EXPECT_THAT(refused("llama", R"("num_hidden_layers":2147483647)"), HasSubstr("10000"));
  EXPECT_THAT(refused("llama", R"("num_attention_heads":5)"), HasSubstr("divisor"));
  EXPECT_THAT(refused("llama", R"("num_key_value_heads":3)"), HasSubstr("divisor of the 4 heads"));
  EXPECT_THAT(
      refused("llama", R"("num_attention_heads":16777216,"num_key_value_heads":1,"head_dim":16777216)"),
      HasSubstr("more than"));
  EXPECT_THAT(refused("llama", R"("head_dim":7)"), HasSubstr("even number"));
  EXPECT_THAT(refused("llama", R"("vocab_size":null)"), HasSubstr("missing"));
  EXPECT_THAT(refused("llama", R"("rms_norm_eps":"x")"), HasSubstr("'rms_norm_eps' must be a number"));
  EXPECT_THAT(refused("llama", R"("rope_scaling":{"type":"linear"})"), HasSubstr("'rope_scaling.factor'"));
  EXPECT_THAT(refused("llama", R"("rope_scaling":{"type":"linear","factor":0})"),
              HasSubstr("greater than 0"));
  EXPECT_THAT(refused("llama", R"("attention_bias":1)"), HasSubstr("true or false"));
  EXPECT_THAT(refused("roberta", R"("pad_token_id":63)"), HasSubstr("pad_token_id"));
  EXPECT_THAT(error_of([] { parse_config("{}", "c"); }), HasSubstr("'model_type'"));
  EXPECT_THAT(error_of([] { parse_config("[]", "c"); }), HasSubstr("object"));
  EXPECT_THAT(error_of([] { parse_config("{", "c"); }), HasSubstr("not valid JSON"));
  EXPECT_THAT(error_of([] { parse_config(std::string(100'000, '['), "c"); }), HasSubstr("nested too deeply"));
}

}  // namespace
}  // namespace qkv::model
