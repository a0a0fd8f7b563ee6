#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/model/model.h"
#include "tests/core/folder_test.h"
#include "tests/core/model/naive.h"

// What configurations can switch on that no case of the oracle does, beside the plainest arithmetic.
namespace qkv::model {
namespace {

using naive::Checkpoint;
using naive::MatrixD;

constexpr int kWidth = 16, kVocabulary = 11, kMlp = 24, kHeads = 4, kD = 4;
const std::vector<int> kIds = {3, 1, 4, 1, 5, 9, 2};

std::string config(const std::string& family, const std::string& more) {
  return R"({"model_type":")" + family +
         R"(","vocab_size":11,"hidden_size":16,"intermediate_size":24,"num_hidden_layers":2,)"
         R"("num_attention_heads":4,"max_position_embeddings":32)" +
         (more.empty() ? "" : "," + more) + "}";
}

std::string layer(const std::string& prefix, int l) { return prefix + std::to_string(l) + "."; }

class Variants : public FolderTest {
 protected:
  Capture pass(const Checkpoint& checkpoint, const std::string& configuration,
               const std::vector<int>& ids = kIds) {
    checkpoint.write(folder_, configuration);
    const auto model = Model::open(folder_);
    EXPECT_THAT(model->summary().unused, testing::IsEmpty());
    return forward(*model, {ids, {}, {}});
  }
  static void expect_near(const Matrix& computed, const MatrixD& expected, const char* what) {
    ASSERT_EQ(computed.rows(), expected.rows()) << what;
    ASSERT_EQ(computed.cols(), expected.cols()) << what;
    EXPECT_LE((computed.cast<double>() - expected).cwiseAbs().maxCoeff(), 2e-5) << what;
  }
};

TEST_F(Variants, OptWithNormsAfterAndProjectedEmbeddings) {
  constexpr int kNarrow = 6;
  Checkpoint c(1);
  const std::string root = "model.decoder.";
  c.add(root + "embed_tokens.weight", {kVocabulary, kNarrow});
  c.add(root + "embed_positions.weight", {34, kWidth});
  c.add_linear(root + "project_in", kWidth, kNarrow, false);
  c.add_linear(root + "project_out", kNarrow, kWidth, false);
  for (int l = 0; l < 2; ++l) {
    const std::string at = layer(root + "layers.", l);
    for (const char* name : {"q_proj", "k_proj", "v_proj", "out_proj"})
      c.add_linear(at + "self_attn." + name, kWidth, kWidth, true);
    c.add_norm(at + "self_attn_layer_norm", kWidth, true);
    c.add_norm(at + "final_layer_norm", kWidth, true);
    c.add_linear(at + "fc1", kMlp, kWidth, true);
    c.add_linear(at + "fc2", kWidth, kMlp, true);
  }
  const Capture capture =
      pass(c, config("opt", R"("ffn_dim":24,"do_layer_norm_before":false,"word_embed_proj_dim":6)"));

  MatrixD x = c.linear(c.rows(root + "embed_tokens.weight", kIds), root + "project_in");
  x += c.matrix(root + "embed_positions.weight").middleRows(2, x.rows());
  for (int l = 0; l < 2; ++l) {
    const std::string at = layer(root + "layers.", l), self = at + "self_attn.";
    const MatrixD z = naive::attention(c.linear(x, self + "q_proj"), c.linear(x, self + "k_proj"),
                                       c.linear(x, self + "v_proj"), kD, 0.5, true);
    x = c.layer_norm(x + c.linear(z, self + "out_proj"), at + "self_attn_layer_norm", 1e-5);
    x = c.layer_norm(x + c.linear(c.linear(x, at + "fc1").unaryExpr(&naive::relu), at + "fc2"),
                     at + "final_layer_norm", 1e-5);
  }
  expect_near(capture.hidden.back(), x, "hidden");
  expect_near(capture.logits,
              c.linear(x, root + "project_out") * c.matrix(root + "embed_tokens.weight").transpose(),
              "logits");
}

TEST_F(Variants, GptNeoxSerialWithoutAttentionBias) {
  Checkpoint c(100);
  const std::string root = "gpt_neox.";
  c.add(root + "embed_in.weight", {kVocabulary, kWidth});
  c.add_norm(root + "final_layer_norm", kWidth, true);
  c.add("embed_out.weight", {kVocabulary, kWidth});
  for (int l = 0; l < 2; ++l) {
    const std::string at = layer(root + "layers.", l);
    c.add_norm(at + "input_layernorm", kWidth, true);
    c.add_norm(at + "post_attention_layernorm", kWidth, true);
    c.add_linear(at + "attention.query_key_value", 3 * kWidth, kWidth, false);
    c.add_linear(at + "attention.dense", kWidth, kWidth, false);
    c.add_linear(at + "mlp.dense_h_to_4h", kMlp, kWidth, true);
    c.add_linear(at + "mlp.dense_4h_to_h", kWidth, kMlp, true);
    c.add(at + "attention.bias", {1, 1, 4, 4});  // a mask, to be ignored
  }
  const Capture capture =
      pass(c, config("gpt_neox", R"("use_parallel_residual":false,"attention_bias":false,"rotary_pct":1.0,
      "rotary_emb_base":500,"hidden_act":"gelu_fast")"));

  const auto angles = naive::frequencies(500, kD);
  MatrixD x = c.rows(root + "embed_in.weight", kIds);
  for (int l = 0; l < 2; ++l) {
    const std::string at = layer(root + "layers.", l);
    const MatrixD fused =
        c.linear(c.layer_norm(x, at + "input_layernorm", 1e-5), at + "attention.query_key_value");
    MatrixD q(x.rows(), kWidth), k = q, v = q;
    for (int h = 0; h < kHeads; ++h) {
      q.middleCols(h * kD, kD) = fused.middleCols(h * 3 * kD, kD);
      k.middleCols(h * kD, kD) = fused.middleCols(h * 3 * kD + kD, kD);
      v.middleCols(h * kD, kD) = fused.middleCols(h * 3 * kD + 2 * kD, kD);
    }
    x += c.linear(naive::attention(naive::rope(q, kD, angles), naive::rope(k, kD, angles), v, kD, 0.5, true),
                  at + "attention.dense");
    const MatrixD inner =
        c.linear(c.layer_norm(x, at + "post_attention_layernorm", 1e-5), at + "mlp.dense_h_to_4h");
    x += c.linear(inner.unaryExpr(&naive::gelu_tanh), at + "mlp.dense_4h_to_h");
  }
  x = c.layer_norm(x, root + "final_layer_norm", 1e-5);
  expect_near(capture.hidden.back(), x, "hidden");
  expect_near(capture.logits, x * c.matrix("embed_out.weight").transpose(), "logits");
}

TEST_F(Variants, PhiWithNormsOfQAndKAndFewerKeyValueHeads) {
  Checkpoint c(200);
  c.add("model.embed_tokens.weight", {kVocabulary, kWidth});
  c.add_norm("model.final_layernorm", kWidth, true);
  c.add_linear("lm_head", kVocabulary, kWidth, true);
  for (int l = 0; l < 2; ++l) {
    const std::string at = layer("model.layers.", l), self = at + "self_attn.";
    c.add_norm(at + "input_layernorm", kWidth, true);
    c.add_linear(self + "q_proj", kWidth, kWidth, true);
    c.add_linear(self + "k_proj", 2 * kD, kWidth, true);
    c.add_linear(self + "v_proj", 2 * kD, kWidth, true);
    c.add_linear(self + "dense", kWidth, kWidth, true);
    c.add_norm(self + "q_layernorm", kD, true);
    c.add_norm(self + "k_layernorm", kD, true);
    c.add_linear(at + "mlp.fc1", kMlp, kWidth, true);
    c.add_linear(at + "mlp.fc2", kWidth, kMlp, true);
  }
  const Capture capture = pass(
      c,
      config(
          "phi",
          R"("num_key_value_heads":2,"qk_layernorm":true,"partial_rotary_factor":0.5,"layer_norm_eps":1e-5)"));

  const auto each_head = [&](MatrixD y, const std::string& name) {
    for (Eigen::Index at = 0; at < y.cols(); at += kD)
      y.middleCols(at, kD) = c.layer_norm(y.middleCols(at, kD), name, 1e-5);
    return y;
  };
  const auto angles = naive::frequencies(10000, kD / 2);
  MatrixD x = c.rows("model.embed_tokens.weight", kIds);
  for (int l = 0; l < 2; ++l) {
    const std::string at = layer("model.layers.", l), self = at + "self_attn.";
    const MatrixD read = c.layer_norm(x, at + "input_layernorm", 1e-5);
    const MatrixD q =
        naive::rope(each_head(c.linear(read, self + "q_proj"), self + "q_layernorm"), kD, angles);
    const MatrixD k =
        naive::rope(each_head(c.linear(read, self + "k_proj"), self + "k_layernorm"), kD, angles);
    expect_near(capture.layers[static_cast<std::size_t>(l)].q, q, "q");
    expect_near(capture.layers[static_cast<std::size_t>(l)].k, k, "k");
    const MatrixD z = naive::attention(q, k, c.linear(read, self + "v_proj"), kD, 0.5, true);
    x += c.linear(z, self + "dense") +
         c.linear(c.linear(read, at + "mlp.fc1").unaryExpr(&naive::gelu_tanh), at + "mlp.fc2");
  }
  expect_near(capture.logits, c.linear(c.layer_norm(x, "model.final_layernorm", 1e-5), "lm_head"), "logits");
}

TEST_F(Variants, Gpt2ScaledByLayerIndex) {
  Checkpoint c(300);
  c.add("wte.weight", {kVocabulary, kWidth});
  c.add("wpe.weight", {32, kWidth});
  c.add_norm("ln_f", kWidth, true);
  const auto conv = [&](const std::string& name, int in, int out) {  // [in, out]
    c.add(name + ".weight", {in, out});
    c.add(name + ".bias", {out});
  };
  for (int l = 0; l < 2; ++l) {
    const std::string at = layer("h.", l);
    c.add_norm(at + "ln_1", kWidth, true);
    c.add_norm(at + "ln_2", kWidth, true);
    conv(at + "attn.c_attn", kWidth, 3 * kWidth);
    conv(at + "attn.c_proj", kWidth, kWidth);
    conv(at + "mlp.c_fc", kWidth, 4 * kWidth);
    conv(at + "mlp.c_proj", 4 * kWidth, kWidth);
  }
  const Capture capture =
      pass(c, R"({"model_type":"gpt2","vocab_size":11,"n_embd":16,"n_layer":2,"n_head":4,"n_inner":null,
      "n_positions":32,"scale_attn_by_inverse_layer_idx":true,"scale_attn_weights":false})");
  const auto apply = [&](const MatrixD& x, const std::string& name) -> MatrixD {
    return (x * c.matrix(name + ".weight")).rowwise() + c.matrix(name + ".bias").row(0);
  };
  MatrixD x = c.rows("wte.weight", kIds) + c.matrix("wpe.weight").topRows(std::ssize(kIds));
  for (int l = 0; l < 2; ++l) {
    const std::string at = layer("h.", l);
    const MatrixD qkv = apply(c.layer_norm(x, at + "ln_1", 1e-5), at + "attn.c_attn");
    x += apply(naive::attention(qkv.leftCols(kWidth), qkv.middleCols(kWidth, kWidth), qkv.rightCols(kWidth),
                                kD, 1.0 / (l + 1), true),
               at + "attn.c_proj");
    x += apply(apply(c.layer_norm(x, at + "ln_2", 1e-5), at + "mlp.c_fc").unaryExpr(&naive::gelu_tanh),
               at + "mlp.c_proj");
  }
  expect_near(capture.logits, c.layer_norm(x, "ln_f", 1e-5) * c.matrix("wte.weight").transpose(), "logits");
}

/// Llama with every bias there is, one key-value head, and heads of a width of their own.
class LlamaVariants : public Variants {
 protected:
  static constexpr int kOwn = 12;  ///< head_dim
  LlamaVariants() : c_(400) {
    c_.add("model.embed_tokens.weight", {kVocabulary, kWidth});
    c_.add_norm("model.norm", kWidth, false);
    c_.add_linear("lm_head", kVocabulary, kWidth, false);
    for (int l = 0; l < 2; ++l) {
      const std::string at = layer("model.layers.", l), self = at + "self_attn.";
      c_.add_norm(at + "input_layernorm", kWidth, false);
      c_.add_norm(at + "post_attention_layernorm", kWidth, false);
      c_.add_linear(self + "q_proj", kHeads * kOwn, kWidth, true);
      c_.add_linear(self + "k_proj", kOwn, kWidth, true);
      c_.add_linear(self + "v_proj", kOwn, kWidth, true);
      c_.add_linear(self + "o_proj", kWidth, kHeads * kOwn, true);
      c_.add_linear(at + "mlp.gate_proj", kMlp, kWidth, true);
      c_.add_linear(at + "mlp.up_proj", kMlp, kWidth, true);
      c_.add_linear(at + "mlp.down_proj", kWidth, kMlp, true);
    }
  }
  void expect_with(const std::string& rope, const std::vector<double>& angles, double factor) {
    SCOPED_TRACE(rope);
    const Capture capture = pass(
        c_, config("llama", R"("num_key_value_heads":1,"head_dim":12,"attention_bias":true,"mlp_bias":true,
        "architectures":["LlamaForCausalLM"],"rms_norm_eps":1e-5,)" +
                                rope));
    MatrixD x = c_.rows("model.embed_tokens.weight", kIds);
    for (int l = 0; l < 2; ++l) {
      const std::string at = layer("model.layers.", l), self = at + "self_attn.";
      const MatrixD read = c_.rms_norm(x, at + "input_layernorm", 1e-5);
      const MatrixD q = naive::rope(c_.linear(read, self + "q_proj"), kOwn, angles, factor);
      const MatrixD k = naive::rope(c_.linear(read, self + "k_proj"), kOwn, angles, factor);
      x +=
          c_.linear(naive::attention(q, k, c_.linear(read, self + "v_proj"), kOwn, 1 / std::sqrt(12.0), true),
                    self + "o_proj");
      const MatrixD inner = c_.rms_norm(x, at + "post_attention_layernorm", 1e-5);
      const MatrixD gate = c_.linear(inner, at + "mlp.gate_proj").unaryExpr(&naive::silu);
      x += c_.linear(gate.cwiseProduct(c_.linear(inner, at + "mlp.up_proj")), at + "mlp.down_proj");
    }
    expect_near(capture.logits, c_.linear(c_.rms_norm(x, "model.norm", 1e-5), "lm_head"), "logits");
  }
  Checkpoint c_;
};

TEST_F(LlamaVariants, LinearScalingInBothDialects) {
  auto angles = naive::frequencies(300, kOwn);
  for (double& each : angles) each /= 2.5;
  expect_with(R"("rope_theta":300,"rope_scaling":{"type":"linear","factor":2.5})", angles, 1);
  expect_with(R"("rope_parameters":{"rope_type":"linear","rope_theta":300,"factor":2.5})", angles, 1);
  expect_with(R"("rope_parameters":{"full_attention":{"rope_type":"linear","rope_theta":300,"factor":2.5}})",
              angles, 1);
}

TEST_F(LlamaVariants, DynamicScalingBeginsBeyondTheTrainedPositions) {
  const std::string rope = R"("rope_theta":300,"rope_scaling":{"rope_type":"dynamic","factor":4.0})";
  expect_with(rope, naive::frequencies(300, kOwn), 1);
  // Seven tokens, trained on four: θ grows by (factor·7/4 − (factor − 1))^(d/(d−2)).
  const double theta = 300 * std::pow(4.0 * 7 / 4 - 3, 12.0 / 10);
  expect_with(rope + R"(,"max_position_embeddings":4)", naive::frequencies(theta, kOwn), 1);
}

TEST_F(LlamaVariants, Yarn) {
  // Pairs up to `low` keep their frequency, those from `high` on are slowed by the factor, between them a
  // ramp.
  constexpr double kTheta = 10000, kFactor = 4, kOriginal = 64, kTau = 6.283185307179586;
  const auto dimension = [&](double turns) {
    return 12 * std::log(kOriginal / (turns * kTau)) / (2 * std::log(kTheta));
  };
  const auto angles = [&](double low, double high) {
    auto out = naive::frequencies(kTheta, kOwn);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const double share = std::min(1.0, std::max(0.0, (static_cast<double>(i) - low) / (high - low)));
      out[i] = out[i] * (1 - share) + out[i] / kFactor * share;
    }
    return out;
  };
  const std::string yarn =
      R"("rope_theta":10000,"rope_scaling":{"rope_type":"yarn","factor":4.0,"original_max_position_embeddings":64)";
  const double usual = 0.1 * std::log(kFactor) + 1;
  expect_with(yarn + "}", angles(std::max(0.0, std::floor(dimension(32))), std::ceil(dimension(1))), usual);
  expect_with(yarn + R"(,"beta_fast":8,"beta_slow":0.5,"truncate":false,"attention_factor":0.8})",
              angles(std::max(0.0, dimension(8)), dimension(0.5)), 0.8);
  expect_with(yarn + R"(,"mscale":0.7,"mscale_all_dim":1.4})",
              angles(std::max(0.0, std::floor(dimension(32))), std::ceil(dimension(1))),
              (0.07 * std::log(kFactor) + 1) / (0.14 * std::log(kFactor) + 1));
}

TEST_F(Variants, Phi3WithLongrope) {
  Checkpoint c(600);
  c.add("model.embed_tokens.weight", {kVocabulary, kWidth});
  c.add_norm("model.norm", kWidth, false);
  c.add_linear("lm_head", kVocabulary, kWidth, false);
  for (int l = 0; l < 2; ++l) {
    const std::string at = layer("model.layers.", l), self = at + "self_attn.";
    c.add_norm(at + "input_layernorm", kWidth, false);
    c.add_norm(at + "post_attention_layernorm", kWidth, false);
    c.add_linear(self + "qkv_proj", 16 + 2 * 8, kWidth, false);
    c.add_linear(self + "o_proj", kWidth, 16, false);
    c.add_linear(at + "mlp.gate_up_proj", 2 * kMlp, kWidth, false);
    c.add_linear(at + "mlp.down_proj", kWidth, kMlp, false);
  }
  const std::string with =
      R"("num_attention_heads":2,"num_key_value_heads":1,"partial_rotary_factor":0.5,"rope_theta":100,
      "original_max_position_embeddings":4,"rope_scaling":{"type":"su","short_factor":[1.5,2],"long_factor":[3,5]})";
  const double factor = std::sqrt(1 + std::log(32.0 / 4) / std::log(4.0));
  for (const std::vector<int>& ids : {kIds, std::vector<int>{1, 2, 3}}) {
    const Capture capture = pass(c, config("phi3", with), ids);
    auto angles = naive::frequencies(100, 4);
    angles[0] /= ids.size() > 4 ? 3 : 1.5;
    angles[1] /= ids.size() > 4 ? 5 : 2;
    const MatrixD read =
        c.rms_norm(c.rows("model.embed_tokens.weight", ids), "model.layers.0.input_layernorm", 1e-5);
    const MatrixD qkv = c.linear(read, "model.layers.0.self_attn.qkv_proj");
    expect_near(capture.layers[0].q, naive::rope(qkv.leftCols(16), 8, angles, factor), "q");
    expect_near(capture.layers[0].k, naive::rope(qkv.middleCols(16, 8), 8, angles, factor), "k");
    expect_near(capture.layers[0].v, qkv.rightCols(8), "v");
  }
}

TEST_F(Variants, RobertaCountsPositionsWithoutPadding) {
  Checkpoint c(700);
  const std::string root = "roberta.embeddings.";
  c.add(root + "word_embeddings.weight", {kVocabulary, kWidth});
  c.add(root + "position_embeddings.weight", {32, kWidth});
  c.add(root + "token_type_embeddings.weight", {1, kWidth});
  c.add(root + "position_ids", {1, 32});
  c.add_norm(root + "LayerNorm", kWidth, true);
  c.add_linear("lm_head.dense", kWidth, kWidth, true);
  c.add_norm("lm_head.layer_norm", kWidth, true);
  c.add("lm_head.bias", {kVocabulary});
  for (int l = 0; l < 2; ++l) {
    const std::string at = layer("roberta.encoder.layer.", l);
    for (const char* name : {"query", "key", "value"})
      c.add_linear(at + "attention.self." + name, kWidth, kWidth, true);
    c.add_linear(at + "attention.output.dense", kWidth, kWidth, true);
    c.add_norm(at + "attention.output.LayerNorm", kWidth, true);
    c.add_linear(at + "intermediate.dense", kMlp, kWidth, true);
    c.add_linear(at + "output.dense", kWidth, kMlp, true);
    c.add_norm(at + "output.LayerNorm", kWidth, true);
  }
  const std::vector<int> ids = {0, 5, 1, 6, 2, 1};  // 1 is padding
  const Capture capture = pass(
      c,
      config(
          "roberta",
          R"("type_vocab_size":1,"pad_token_id":1,"layer_norm_eps":1e-5,"architectures":["RobertaForMaskedLM"])"),
      ids);
  MatrixD x = c.rows(root + "word_embeddings.weight", ids) +
              c.rows(root + "position_embeddings.weight", {2, 3, 1, 4, 5, 1});
  x.rowwise() += c.matrix(root + "token_type_embeddings.weight").row(0);
  x = c.layer_norm(x, root + "LayerNorm", 1e-5);
  expect_near(capture.hidden.front(), x, "embeddings");
  for (int l = 0; l < 2; ++l) {
    const std::string at = layer("roberta.encoder.layer.", l), self = at + "attention.self.";
    const MatrixD z = naive::attention(c.linear(x, self + "query"), c.linear(x, self + "key"),
                                       c.linear(x, self + "value"), kD, 0.5, false);
    x = c.layer_norm(x + c.linear(z, at + "attention.output.dense"), at + "attention.output.LayerNorm", 1e-5);
    x = c.layer_norm(
        x + c.linear(c.linear(x, at + "intermediate.dense").unaryExpr(&naive::gelu), at + "output.dense"),
        at + "output.LayerNorm", 1e-5);
  }
  const MatrixD head =
      c.layer_norm(c.linear(x, "lm_head.dense").unaryExpr(&naive::gelu), "lm_head.layer_norm", 1e-5);
  const MatrixD logits = (head * c.matrix(root + "word_embeddings.weight").transpose()).rowwise() +
                         c.matrix("lm_head.bias").row(0);
  expect_near(capture.logits, logits, "logits");
}

}  // namespace
}  // namespace qkv::model
