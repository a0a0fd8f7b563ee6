#include "core/model/capture_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/model.h"
#include "tests/core/folder_test.h"
#include "tests/core/model/oracle.h"

namespace qkv::model {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

files::Tensor tensor(std::vector<std::int64_t> shape, float value = 0.5f) {
  std::int64_t count = 1;
  for (const auto axis : shape) count *= axis;
  return {std::move(shape), std::vector<float>(static_cast<std::size_t>(count), value)};
}

Capture traced(const std::string& name) {
  const auto model = Model::open(kOracle / name);
  return forward(*model, {{5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, {}, {}});
}

class CaptureFile : public FolderTest {
 protected:
  Capture written(const Capture& capture, const std::set<std::string>& parts = {}) {
    write_capture(capture, folder_ / "a.safetensors", parts);
    EXPECT_TRUE(is_capture_file(folder_ / "a.safetensors"));
    return read_capture(folder_ / "a.safetensors");
  }
};

TEST_F(CaptureFile, WhatIsWrittenIsRead) {
  for (const char* name : {"gemma2", "llama-gqa", "bert-mlm"}) {
    SCOPED_TRACE(name);
    const Capture before = traced(name), after = written(before);
    EXPECT_EQ(after.tokens, before.tokens);
    EXPECT_EQ(after.token_ids, before.token_ids);
    EXPECT_EQ(after.model, before.model);
    EXPECT_EQ(after.kv_heads, before.kv_heads);
    EXPECT_EQ(after.logits, before.logits);
    EXPECT_EQ(after.hidden, before.hidden);
    ASSERT_EQ(after.layers.size(), before.layers.size());
    const int n = before.n_queries();
    for (std::size_t l = 0; l < after.layers.size(); ++l) {
      EXPECT_EQ(after.layers[l].scoring, before.layers[l].scoring);
      EXPECT_EQ(after.layers[l].q, before.layers[l].q);
      EXPECT_EQ(after.layers[l].k, before.layers[l].k);
      EXPECT_EQ(after.layers[l].v, before.layers[l].v);
      EXPECT_EQ(after.layers[l].z, before.layers[l].z);
      for (int h = 0; h < before.heads; ++h) {
        const Tile all{0, 0, n, n};
        EXPECT_EQ(after.layers[l].pattern[static_cast<std::size_t>(h)],
                  pattern_tile(before, static_cast<int>(l), h, all));
        EXPECT_EQ(after.layers[l].scores[static_cast<std::size_t>(h)],
                  scores_tile(before, static_cast<int>(l), h, all));
      }
    }
    ASSERT_EQ(after.notes.size(), 1u);
    EXPECT_THAT(after.notes[0], HasSubstr("are those that q and k give"));
  }
}

TEST_F(CaptureFile, WithoutPatternItIsComputedFromQAndK) {
  const Capture before = traced("gemma2"), after = written(before, {"q", "k"});
  EXPECT_TRUE(after.layers[0].pattern.empty());
  EXPECT_TRUE(after.hidden.empty());
  for (int layer = 0; layer < 2; ++layer)
    EXPECT_LE((pattern_tile(after, layer, 3, {0, 0, 12, 12}) - pattern_tile(before, layer, 3, {0, 0, 12, 12}))
                  .cwiseAbs()
                  .maxCoeff(),
              1e-6f);
}

TEST_F(CaptureFile, PatternsAlone) {
  const Capture after = written(traced("gpt2"), {"pattern"});
  EXPECT_FALSE(has_scores(after, 0));
  EXPECT_TRUE(has_pattern(after, 0));
  EXPECT_TRUE(after.layers[0].scoring.causal);
  EXPECT_THAT(error_of([&] {
                scores_tile(after, 0, 0, {0, 0, 1, 1});
              }),
              HasSubstr("neither scores nor q and k"));
}

TEST_F(CaptureFile, TheFilesOfTheOracleOpen) {
  for (const auto& each : fs::directory_iterator(kOracle)) {
    if (!each.is_directory()) continue;
    SCOPED_TRACE(each.path().filename().string());
    ASSERT_TRUE(is_capture_file(each.path() / "expected.safetensors"));
    const Capture capture = read_capture(each.path() / "expected.safetensors");
    const auto model = Model::open(each.path());
    ASSERT_EQ(capture.notes.size(), 1u);
    const bool capped = model->summary().scoring[0].softcap > 0;  // which those files do not say
    EXPECT_THAT(capture.notes[0], HasSubstr(capped ? "soft-cap" : "are those that q and k give"));
    for (std::size_t l = 0; l < capture.layers.size(); ++l) {
      EXPECT_EQ(capture.layers[l].scoring.causal, model->summary().causal);
      EXPECT_EQ(capture.layers[l].scoring.window, model->summary().scoring[l].window);
    }
  }
}

TEST_F(CaptureFile, NamesOfTransformerLens) {
  files::TensorFile file;
  file.tensors["blocks.0.attn.hook_pattern"] = tensor({1, 2, 3, 3});
  file.tensors["blocks.0.attn.hook_q"] = tensor({1, 3, 2, 4}, 9);
  file.tensors["blocks.0.attn.hook_rot_q"] = tensor({1, 3, 2, 4}, 1);
  for (int i = 0; i < 24; ++i)
    file.tensors["blocks.0.attn.hook_rot_q"].values[static_cast<std::size_t>(i)] = static_cast<float>(i);
  file.tensors["blocks.0.attn.hook_k"] = tensor({1, 3, 2, 4});
  file.tensors["blocks.0.attn.hook_z"] = tensor({3, 2, 4});
  file.tensors["blocks.0.hook_resid_pre"] = tensor({1, 3, 8});
  const Capture capture = capture_of_arrays(file, "lens");
  EXPECT_EQ(capture.heads, 2);
  EXPECT_EQ(capture.head_dim, 4);
  EXPECT_EQ(capture.tokens, (std::vector<std::string>{"t0", "t1", "t2"}));
  EXPECT_EQ(capture.layers[0].q(1, 0), 8);  // position 1 of head 0 follows both heads of position 0
  EXPECT_EQ(capture.layers[0].q(1, 4), 12);
}

TEST_F(CaptureFile, PlainArrays) {
  files::TensorFile file;
  file.tensors["attention"] = tensor({2, 3, 4, 4}, 0.25f);
  EXPECT_EQ(capture_of_arrays(file, "a").layers.size(), 2u);
  EXPECT_EQ(capture_of_arrays(file, "a").heads, 3);
  file.tensors.clear();
  for (const char* name : {"layer_2", "layer_10", "layer_1"})
    file.tensors[name] = tensor({1, 2, 4, 4}, name[6] == '2' ? 1.f : 0.25f);
  const Capture layers = capture_of_arrays(file, "a");
  ASSERT_EQ(layers.layers.size(), 3u);
  EXPECT_EQ(layers.layers[1].pattern[0](0, 0), 1);  // in order of the numbers, not of the letters
  file.tensors = {{"a", tensor({3, 3})}};
  EXPECT_EQ(capture_of_arrays(file, "a").heads, 1);
}

TEST_F(CaptureFile, CrossAttentionHasKeysOfItsOwn) {
  files::TensorFile file;
  file.metadata = {{"attn_capture", "1"}, {"tokens", R"(["a","b"])"}, {"key_tokens", R"(["x","y","z"])"}};
  file.tensors["blocks.0.pattern"] = tensor({2, 2, 3}, 1.f / 3);
  const Capture capture = capture_of_arrays(file, "cross");
  EXPECT_EQ(capture.n_queries(), 2);
  EXPECT_EQ(capture.key_tokens[2], "z");
  EXPECT_EQ(pattern_tile(capture, 0, 1, {1, 0, 1, 3}).cols(), 3);
}

TEST_F(CaptureFile, WhatContradictsItselfIsRefused) {
  const auto refused = [](files::TensorFile file) {
    file.metadata.try_emplace("attn_capture", "1");
    return error_of([&] { capture_of_arrays(file, "a.safetensors"); });
  };
  files::TensorFile good;
  good.tensors["blocks.0.pattern"] = tensor({2, 3, 3});
  files::TensorFile file = good;
  file.metadata["attn_capture"] = "2";
  EXPECT_THAT(refused(file), HasSubstr("version '2'"));
  file = good;
  file.tensors["blocks.2.pattern"] = tensor({2, 3, 3});
  EXPECT_THAT(refused(file), HasSubstr("none of layer 1"));
  file = good;
  file.tensors["blocks.0.q"] = tensor({3, 3, 4});
  EXPECT_THAT(refused(file), HasSubstr("3 heads, but other tensors have 2"));
  file = good;
  file.tensors["blocks.0.v"] = tensor({2, 5, 4});
  EXPECT_THAT(refused(file), HasSubstr("keys, but other tensors have"));
  file = good;
  file.tensors["blocks.0.pattern"] = tensor({3, 3});
  EXPECT_THAT(refused(file), HasSubstr("expected three axes"));
  file = good;
  file.tensors["blocks.0.pattern"] = tensor({2, 0, 0});
  EXPECT_THAT(refused(file), HasSubstr("an axis is empty"));
  file = good;
  file.metadata["tokens"] = R"(["a","b"])";
  EXPECT_THAT(refused(file), HasSubstr("a list of 3 texts, but has 2"));
  file.metadata["tokens"] = "[";
  EXPECT_THAT(refused(file), HasSubstr("is not JSON"));
  file = good;
  file.metadata["scale"] = "[1, 2]";
  EXPECT_THAT(refused(file), HasSubstr("each of the 1 layers"));
  file = good;
  file.metadata["window"] = "-1";
  EXPECT_THAT(refused(file), HasSubstr("'window'"));
  file = good;
  file.tensors["token_ids"] = tensor({3}, 0.5f);
  EXPECT_THAT(refused(file), HasSubstr("no token id"));
  file = good;
  file.tensors["hidden"] = tensor({1, 3, 8});
  EXPECT_THAT(refused(file), HasSubstr("expected [2, 3, width]"));
  file = good;
  file.tensors["logits"] = tensor({2, 8});
  EXPECT_THAT(refused(file), HasSubstr("expected [3, vocabulary]"));
  file.tensors = {{"blocks.0.q", tensor({2, 3, 4})}};
  EXPECT_THAT(refused(file), HasSubstr("without its k"));
  file.tensors = {{"x", tensor({2, 3, 4})}};
  EXPECT_THAT(refused(file), HasSubstr("holds no tensor of attention"));
  file.tensors = {{"blocks.0.q", tensor({3, 3, 4})}, {"blocks.0.k", tensor({2, 3, 4})}};
  EXPECT_THAT(refused(file), HasSubstr("do not divide"));
}

TEST_F(CaptureFile, ScalesThatNoAttentionHasAreRefused) {
  files::TensorFile file;
  file.metadata["attn_capture"] = "1";
  file.tensors["blocks.0.pattern"] = file.tensors["blocks.1.pattern"] = tensor({2, 3, 3});
  const auto refused = [&] { return error_of([&] { capture_of_arrays(file, "a.safetensors"); }); };
  for (const char* scale : {"0", "-0.5", "1e-60", "1e60", "[0.5, 0]", "[0.5, null]", "false"}) {
    file.metadata["scale"] = scale;
    EXPECT_THAT(refused(), testing::AllOf(HasSubstr("a.safetensors: metadata 'scale' of layer "),
                                          HasSubstr("greater than 0")))
        << scale;
  }
  for (const char* scale : {"NaN", "nan", "Infinity", "-inf", "1e999", "[0.5, NaN]", "\"0.5\"", "{}"}) {
    file.metadata["scale"] = scale;
    EXPECT_THAT(refused(), HasSubstr("a.safetensors: metadata 'scale'")) << scale;
  }
  file.metadata["scale"] = "[0.5, 2]";
  EXPECT_EQ(capture_of_arrays(file, "a").layers[1].scoring.scale, 2);
  for (const char* softcap : {"-1", "1e60", "NaN"}) {
    file.metadata["softcap"] = softcap;
    EXPECT_THAT(refused(), HasSubstr("'softcap'")) << softcap;
  }
}

TEST_F(CaptureFile, LayersAreNumberedFromZeroWithoutGaps) {
  const auto refused = [](const char* other) {
    files::TensorFile file;
    file.tensors["blocks.0.pattern"] = file.tensors[other] = tensor({2, 3, 3});
    return error_of([&] { capture_of_arrays(file, "a.safetensors"); });
  };
  EXPECT_THAT(refused("blocks.2.pattern"), HasSubstr("none of layer 1; every layer from 0 on"));
  EXPECT_THAT(refused("blocks.999999999.pattern"), HasSubstr("'blocks.999999999.pattern' is of a layer beyond"));
  for (const char* name : {"blocks.99999999999999999999999.pattern", "blocks.-1.pattern", "blocks.00.pattern",
                           "blocks.x.q", "blocks..q", "blocks.1e3.attn.hook_q", "blocks.+1.z"})
    EXPECT_THAT(refused(name), HasSubstr("'" + std::string(name) + "' is of no layer")) << name;
}

TEST_F(CaptureFile, NothingToWriteIsAnError) {
  const Capture capture = traced("bert");
  EXPECT_THAT(error_of([&] { write_capture(capture, folder_ / "a.safetensors", {"logits"}); }),
              HasSubstr("nothing to write"));
  EXPECT_THAT(error_of([&] { write_capture(capture, folder_ / "a.safetensors", {"nothing"}); }),
              HasSubstr("no part 'nothing'"));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THAT(error_of([&] { write_capture(capture, folder_ / "a.safetensors", {}, {}, stop.get_token()); }),
              HasSubstr("cancelled"));
  EXPECT_EQ(file_count(), 0u);
}

}  // namespace
}  // namespace qkv::model
