#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cmath>
#include <limits>

#include "core/model/model.h"
#include "core/model/model_files.h"
#include "tests/core/folder_test.h"
#include "tests/core/model/naive.h"
#include "tests/core/model/oracle.h"

namespace qkv::model {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr const char* kConfig =
    R"({"model_type":"llama","vocab_size":11,"hidden_size":16,"intermediate_size":24,"num_hidden_layers":1,)"
    R"("num_attention_heads":4,"num_key_value_heads":2,"max_position_embeddings":32,"tie_word_embeddings":true})";

naive::Checkpoint tiny(const std::string& root = "model.") {
  naive::Checkpoint c(1);
  c.add(root + "embed_tokens.weight", {11, 16});
  c.add_norm(root + "norm", 16, false);
  const std::string at = root + "layers.0.", self = at + "self_attn.";
  c.add_norm(at + "input_layernorm", 16, false);
  c.add_norm(at + "post_attention_layernorm", 16, false);
  c.add_linear(self + "q_proj", 16, 16, false);
  c.add_linear(self + "k_proj", 8, 16, false);
  c.add_linear(self + "v_proj", 8, 16, false);
  c.add_linear(self + "o_proj", 16, 16, false);
  c.add_linear(at + "mlp.gate_proj", 24, 16, false);
  c.add_linear(at + "mlp.up_proj", 24, 16, false);
  c.add_linear(at + "mlp.down_proj", 16, 24, false);
  return c;
}

class OpenModel : public FolderTest {
 protected:
  std::string refused() {
    return error_of([&] { Model::open(folder_); });
  }
  void copy(const std::string& name) {
    for (const auto& each : fs::directory_iterator(kOracle / name))
      fs::copy_file(each, folder_ / each.path().filename());
  }
  void edit(const std::string& file, const std::string& from, const std::string& to) {
    std::string text = get(file);
    ASSERT_NE(text.find(from), std::string::npos) << from;
    text.replace(text.find(from), from.size(), to);
    put(file, text);
  }
};

TEST_F(OpenModel, NamesWithAndWithoutPrefix) {
  Matrix first;
  for (const char* root : {"model.", "", "language_model.model.", "model.language_model."}) {
    tiny(root).write(folder_, kConfig);
    const auto model = Model::open(folder_);
    EXPECT_EQ(model->summary().head, Head::next_token);
    const Matrix logits = forward(*model, {{1, 2, 3}, {}, {}}).logits;
    if (first.size() == 0) first = logits;
    EXPECT_EQ(logits, first) << root;
  }
}

TEST_F(OpenModel, AHeadIsThereOrNot) {
  auto c = tiny();
  std::string config = kConfig;
  config.replace(config.find("true"), 4, "false");
  c.write(folder_, config);
  EXPECT_EQ(Model::open(folder_)->summary().head, Head::none);  // nothing says that there is one
  config.insert(1, R"("architectures":["LlamaForCausalLM"],)");
  c.write(folder_, config);
  EXPECT_THAT(refused(), HasSubstr("this tensor is missing: 'lm_head.weight'"));
  c.add("lm_head.weight", {11, 16});
  c.write(folder_, config);
  EXPECT_EQ(Model::open(folder_)->summary().head, Head::next_token);
  config.replace(config.find("ForCausalLM"), 11, "Model");
  c.tensors().erase("lm_head.weight");
  c.write(folder_, config);
  EXPECT_EQ(Model::open(folder_)->summary().head, Head::none);
}

TEST_F(OpenModel, MissingAndUnusedTensorsAreListed) {
  auto c = tiny();
  c.tensors().erase("model.layers.0.self_attn.k_proj.weight");
  c.tensors().erase("model.norm.weight");
  c.write(folder_, kConfig);
  EXPECT_THAT(refused(), HasSubstr("missing: 'model.norm.weight', 'model.layers.0.self_attn.k_proj.weight'"));
  c = tiny();
  c.add("model.layers.0.self_attn.rotary_emb.inv_freq", {2});
  c.add("score.weight", {2, 16});
  c.write(folder_, kConfig);
  EXPECT_THAT(Model::open(folder_)->summary().unused, testing::ElementsAre("score.weight"));
}

TEST_F(OpenModel, ShapesMustBeThoseOfTheConfiguration) {
  auto c = tiny();
  c.add("model.layers.0.mlp.up_proj.weight", {16, 24});
  c.write(folder_, kConfig);
  EXPECT_THAT(refused(), HasSubstr("'model.layers.0.mlp.up_proj.weight' has the shape [16, 24], but the "
                                   "configuration needs [24, 16]"));
}

TEST_F(OpenModel, NanIsNamedByLayerHeadAndTensor) {
  auto c = tiny();
  c.tensors().at("model.layers.0.self_attn.q_proj.weight").values[16 * 9] = std::nanf("");
  c.tensors().at("model.layers.0.mlp.up_proj.weight").values[3] = std::numeric_limits<float>::infinity();
  c.write(folder_, kConfig);
  const auto model = Model::open(folder_);
  EXPECT_THAT(model->summary().warning,
              HasSubstr("layer 0, head 2, tensor 'model.layers.0.self_attn.q_proj.weight'"));
  EXPECT_TRUE(std::isnan(forward(*model, {{1, 2}, {}, {}}).logits(1, 0)));
}

TEST_F(OpenModel, FiniteWeightsWhoseProductOverflowsAreNamedByLayerAndHead) {
  constexpr float kHuge = 3e38f, kLarge = 1e28f;
  const std::string self = "model.layers.0.self_attn.", mlp = "model.layers.0.mlp.";
  const auto note_with = [&](std::vector<std::string> names, std::size_t from, std::size_t count, float value) {
    auto c = tiny();
    for (const auto& name : names) {
      auto& values = c.tensors().at(name).values;
      for (std::size_t i = from; i < std::min(from + count, values.size()); ++i)
        values[i] = values[i] < 0 ? -value : value;
    }
    c.write(folder_, kConfig);
    const auto model = Model::open(folder_);
    EXPECT_EQ(model->summary().warning, "");
    Request request{{1, 2, 3, 4}, {}, {}};
    const auto notes = forward(*model, request).notes;
    EXPECT_EQ(notes.size(), 1u);
    if (notes.empty()) return std::string();
    EXPECT_LE(notes[0].size(), 500u);
    request.keep.attention = false;  // without heads to name, at least the layer
    EXPECT_THAT(forward(*model, request).notes, testing::ElementsAre(HasSubstr("first in ")));
    return notes[0];
  };
  const std::size_t head = std::size_t{4} * 16, all = 1000;
  EXPECT_THAT(note_with({self + "q_proj.weight"}, 2 * head, head, kHuge), HasSubstr("layer 0, head 2, q at token"));
  EXPECT_THAT(note_with({self + "k_proj.weight"}, head, head, kHuge),
              HasSubstr("layer 0, key-value head 1, k at token"));
  EXPECT_THAT(note_with({self + "v_proj.weight"}, head, head, kHuge),
              HasSubstr("layer 0, key-value head 1, v at token"));
  EXPECT_THAT(note_with({self + "q_proj.weight", self + "k_proj.weight"}, 0, all, kLarge),
              HasSubstr("layer 0, head 0, the scores at token 0 '1'"));
  EXPECT_THAT(note_with({mlp + "down_proj.weight", mlp + "up_proj.weight"}, 0, all, kLarge),
              HasSubstr("the residual stream after layer 0 at token"));
  EXPECT_THAT(note_with({"model.norm.weight"}, 0, all, kHuge), HasSubstr("the norm after the last layer at token"));
  tiny().write(folder_, kConfig);
  EXPECT_THAT(forward(*Model::open(folder_), {{1, 2, 3, 4}, {}, {}}).notes, testing::IsEmpty());
}

TEST_F(OpenModel, WeightsOfOtherKindsAreRefusedWithAdvice) {
  put("config.json", kConfig);
  EXPECT_THAT(refused(), HasSubstr("holds neither model.safetensors"));
  put("pytorch_model.bin", "\x80\x02");
  EXPECT_THAT(refused(), testing::AllOf(HasSubstr("can run code"), HasSubstr("save_pretrained")));
  put("weights.gguf", "GGUF\3");
  EXPECT_THAT(refused(), HasSubstr("GGUF"));
  EXPECT_THAT(error_of([&] { Model::open(folder_ / "weights.gguf"); }), HasSubstr("GGUF"));
  EXPECT_THAT(error_of([&] { Model::open(folder_ / "pytorch_model.bin"); }), HasSubstr("can run code"));
  EXPECT_THAT(error_of([&] { Model::open(folder_ / "none"); }), HasSubstr("no such folder"));
  fs::remove(folder_ / "config.json");
  tiny().write(folder_, kConfig);
  fs::remove(folder_ / "config.json");
  EXPECT_THAT(refused(), HasSubstr("no config.json"));
}

TEST_F(OpenModel, PipesAndNulsAreRefusedAndNeverWaitedFor) {
  tiny().write(folder_, kConfig);
  put("config.json", kConfig + std::string("\0 and more", 10));
  EXPECT_THAT(refused(), HasSubstr("config.json: is not valid JSON"));
  for (const char* name : {"config.json", "model.safetensors"}) {
    tiny().write(folder_, kConfig);
    fs::remove(folder_ / name);
    ASSERT_EQ(::mkfifo((folder_ / name).c_str(), 0600), 0);
    EXPECT_THAT(refused(), HasSubstr(std::string(name) + ": is not a regular file"));
    fs::remove(folder_ / name);
  }
  tiny().write(folder_, kConfig);
  for (const char* name : {"tokenizer.json", "tokenizer_config.json", "vocab.txt"}) {
    put("vocab.txt", "[UNK]\n[CLS]\n[SEP]\n");
    fs::remove(folder_ / name);
    ASSERT_EQ(::mkfifo((folder_ / name).c_str(), 0600), 0);
    EXPECT_THAT(Model::open(folder_)->summary().tokenizer_problem,
                HasSubstr(std::string(name) + ": is not a regular file"));
    fs::remove(folder_ / name);
  }
}

TEST_F(OpenModel, AnIndexMustAgreeWithItsShards) {
  copy("qwen3-sharded");
  const std::string index = "model.safetensors.index.json";
  const std::string whole = get(index);
  std::vector<std::string> shards;
  for (const auto& each : fs::directory_iterator(folder_))
    if (each.path().filename().string().starts_with("model-"))
      shards.push_back(each.path().filename().string());
  std::sort(shards.begin(), shards.end());
  ASSERT_GE(shards.size(), 2u);
  edit(index, shards[0], "../" + shards[0]);
  EXPECT_THAT(refused(), HasSubstr("does not lie in the folder itself"));
  put(index, whole);
  edit(index, shards[0], shards[1]);
  EXPECT_THAT(refused(), HasSubstr("belong to different versions"));
  put(index, whole);
  edit(index, "model.norm.weight", "model.norm.other");
  EXPECT_THAT(refused(), HasSubstr("'model.norm.other'"));
  put(index, R"({"weight_map":{}})");
  EXPECT_THAT(refused(), HasSubstr("weight_map"));
  put(index, whole);
  const std::string shard = get(shards[1]);
  fs::remove(folder_ / shards[1]);
  EXPECT_THAT(refused(), HasSubstr("it is not there"));
  put(shards[1], shard.substr(0, shard.size() / 2));
  EXPECT_THAT(refused(), HasSubstr("cut short"));
  fs::remove(folder_ / shards[1]);
  fs::copy_file(folder_ / shards[0], folder_ / shards[1]);
  EXPECT_THAT(refused(), HasSubstr("is also in"));
}

TEST_F(OpenModel, AModelThatWillNotFitIsRefusedBeforeItIsRead) {
  constexpr std::int64_t kVocabulary = 1 << 26, kWidth = 1 << 14;  // 4 TB as float32
  auto c = tiny();
  std::string config = kConfig;
  config.replace(config.find("\"hidden_size\":16"), 16, "\"hidden_size\":16384");
  config.replace(config.find("\"vocab_size\":11"), 15, "\"vocab_size\":67108864");
  const std::int64_t bytes = kVocabulary * kWidth * 2;
  std::string header =
      R"({"model.embed_tokens.weight":{"dtype":"F16","shape":[67108864,16384],"data_offsets":[0,)" +
      std::to_string(bytes) + "]}";
  std::int64_t at = bytes;
  for (auto& [name, tensor] : c.tensors()) {
    if (name == "model.embed_tokens.weight") continue;
    std::int64_t count = 1;
    std::string shape;
    for (auto& axis : tensor.shape) {
      const bool kv = name.find("k_proj") != std::string::npos || name.find("v_proj") != std::string::npos;
      axis = axis == 16 ? kWidth : kv && axis == 8 ? kWidth / 2 : axis;
      count *= axis;
      shape += (shape.empty() ? "" : ",") + std::to_string(axis);
    }
    header += ",\"" + name + R"(":{"dtype":"F16","shape":[)" + shape + "],\"data_offsets\":[" +
              std::to_string(at) + "," + std::to_string(at + 2 * count) + "]}";
    at += 2 * count;
  }
  header += "}";
  std::string prefix(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) prefix[i] = static_cast<char>(header.size() >> (8 * i) & 255);
  put("config.json", config);
  const auto file = put("model.safetensors", prefix + header);
  std::error_code error;
  fs::resize_file(file, 8 + header.size() + static_cast<std::uintmax_t>(at), error);  // sparse
  ASSERT_FALSE(error) << "the file system of " << file << " cannot hold a sparse file of 2 TB: " << error.message();
  EXPECT_THAT(refused(), testing::AllOf(HasSubstr("needs 440"), HasSubstr("GB are available")));
}

TEST_F(OpenModel, ReadingCanBeCancelledAndTellsItsProgress) {
  tiny().write(folder_, kConfig);
  std::vector<std::string> told;
  double last = -1;
  Model::open(folder_, [&](double fraction, const std::string& what) {
    EXPECT_GE(fraction, last);
    last = fraction;
    told.push_back(what);
  });
  EXPECT_EQ(last, 1);
  EXPECT_THAT(told, testing::Contains("reading layer 1 of 1"));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THAT(error_of([&] { Model::open(folder_, {}, stop.get_token()); }), HasSubstr("cancelled"));
}

TEST_F(OpenModel, AFolderThatChangesOrVanishesWhileItIsReadIsRefused) {
  const auto refused_when = [&](const std::string& moment, const auto& happens) {
    tiny().write(folder_, kConfig);
    put("tokenizer.json", "{");
    return error_of([&] {
      Model::open(folder_, [&](double, const std::string& doing) {
        if (doing == moment) happens();
      });
    });
  };
  const std::string weights = "model.safetensors", layer = "reading layer 1 of 1";
  EXPECT_THAT(refused_when(layer, [&] { fs::remove_all(folder_); }), HasSubstr("changed while they were read"));
  fs::create_directories(folder_);
  EXPECT_THAT(refused_when(layer, [&] { put("tokenizer.json", "{ }"); }), HasSubstr("changed while they were read"));
  EXPECT_THAT(refused_when("reading", [&] {
                naive::Checkpoint other = tiny();
                fs::remove(folder_ / weights);  // another file of the same size in its place, as a download makes it
                other.write(folder_, kConfig);
              }),
              HasSubstr("changed while they were read"));
  EXPECT_THAT(refused_when("reading", [&] { fs::resize_file(folder_ / weights, 2000); }), HasSubstr("cut short"));
}

TEST_F(OpenModel, ADamagedTokenizerLeavesTheIds) {
  tiny().write(folder_, kConfig);
  put("tokenizer.json", "{");
  const auto model = Model::open(folder_);
  EXPECT_EQ(model->tokenizer(), nullptr);
  EXPECT_THAT(model->summary().tokenizer_problem, HasSubstr("tokenizer.json"));
}

}  // namespace
}  // namespace qkv::model
