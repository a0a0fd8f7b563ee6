#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/model/head_logits.h"
#include "core/model/model.h"
#include "core/model/projections.h"
#include "core/parallel.h"
#include "tests/core/folder_test.h"

namespace qkv::model {
namespace {

using testing::HasSubstr;
using Kind = Intervention::Kind;

const std::vector<int> kIds = {5, 6, 7, 8, 9, 5, 6, 7};

std::shared_ptr<const Model> oracle(const std::string& name) {
  return Model::open(std::filesystem::path(QKV_SOURCE_DIR) / "tests/oracle/checkpoints" / name);
}

float apart(const Matrix& a, const Matrix& b) { return (a - b).cwiseAbs().maxCoeff(); }

TEST(Forward, WhatAHeadDidPutInItsPlaceChangesNothing) {
  const auto model = oracle("llama-gqa");
  const Capture plain = forward(*model, {kIds, {}, {}});
  const LayerCapture& layer = plain.layers[1];
  const int d = plain.head_dim, n = plain.n_queries();
  const std::vector<Intervention> same = {
      {Kind::patch_q, 1, 3, layer.q.middleCols(3 * d, d)},
      {Kind::patch_k, 1, 1, layer.k.middleCols(d, d)},
      {Kind::patch_v, 1, 1, layer.v.middleCols(d, d)},
      {Kind::patch_z, 1, 2, layer.z.middleCols(2 * d, d)},
      {Kind::replace_pattern, 1, 0, pattern_tile(plain, 1, 0, {0, 0, n, n})}};
  for (const Intervention& each : same)
    EXPECT_LE(apart(forward(*model, {kIds, {each}, {}}).logits, plain.logits), 1e-5f);
  const Capture all = forward(*model, {kIds, same, {}});
  EXPECT_LE(apart(all.logits, plain.logits), 1e-5f);
  EXPECT_EQ(pattern_tile(all, 1, 0, {0, 0, n, n}), same.back().values);
}

TEST(Forward, AblationChangesTheHeadAndWhatFollows) {
  const auto model = oracle("gpt2");
  const Capture plain = forward(*model, {kIds, {}, {}});
  const int d = plain.head_dim;
  for (const Kind kind : {Kind::ablate_zero, Kind::ablate_mean}) {
    const Capture ablated = forward(*model, {kIds, {{kind, 1, 2, {}}}, {}});
    const Matrix z = ablated.layers[1].z.middleCols(2 * d, d),
                 before = plain.layers[1].z.middleCols(2 * d, d);
    for (int i = 0; i < plain.n_queries(); ++i)
      EXPECT_LE(
          apart(z.row(i), kind == Kind::ablate_zero ? Matrix::Zero(1, d) : Matrix(before.colwise().mean())),
          1e-6f);
    EXPECT_EQ(ablated.layers[1].z.leftCols(2 * d), plain.layers[1].z.leftCols(2 * d));
    EXPECT_EQ(ablated.hidden[1], plain.hidden[1]);
    EXPECT_GT(apart(ablated.hidden[2], plain.hidden[2]), 1e-4f);
    EXPECT_GT(apart(ablated.logits, plain.logits), 1e-4f);
  }
}

TEST(Forward, KeepsWhatIsAskedFor) {
  const auto model = oracle("gpt2");
  const Capture all = forward(*model, {kIds, {}, {}});
  const Capture little = forward(*model, {kIds, {}, {false, false, true, true}});
  EXPECT_EQ(little.layers[0].q.size() + little.layers[0].row_sum.size(), 0);
  EXPECT_TRUE(little.hidden.empty());
  EXPECT_FALSE(has_pattern(little, 0));
  ASSERT_EQ(little.logits.rows(), 1);
  EXPECT_LE(apart(little.logits, all.logits.bottomRows(1)), 1e-5f);
  EXPECT_LE(apart(head_logits(*model, all.hidden.back()), all.logits), 1e-5f);
  EXPECT_EQ(forward(*oracle("bert"), {kIds, {}, {}}).logits.size(), 0);
  EXPECT_THAT(error_of([] { head_logits(*oracle("bert"), Matrix::Zero(1, 32)); }), HasSubstr("no head"));
}

TEST(Forward, RequestsThatDoNotFitAreRefused) {
  const auto model = oracle("llama-gqa");
  const auto refused = [&](const Request& request) {
    const std::string sentence = error_of([&] { forward(*model, request); });
    EXPECT_THAT(sentence, HasSubstr("; ")) << "no advice";
    return sentence;
  };
  EXPECT_THAT(refused({{}, {}, {}}), HasSubstr("no tokens"));
  EXPECT_THAT(refused({{1, 260}, {}, {}}), HasSubstr("260 is not one of the 260"));
  EXPECT_THAT(refused({{-1}, {}, {}}), HasSubstr("-1"));
  EXPECT_THAT(refused({std::vector<int>(65, 1), {}, {}}), HasSubstr("65 tokens, more than the 64"));
  EXPECT_THAT(refused({kIds, {{Kind::ablate_zero, 3, 0, {}}}, {}}), HasSubstr("no head 3.0"));
  EXPECT_THAT(refused({kIds, {{Kind::patch_k, 0, 2, Matrix::Zero(8, 8)}}, {}}),
              HasSubstr("2 key-value heads"));
  EXPECT_THAT(refused({kIds, {{Kind::replace_pattern, 0, 0, Matrix::Zero(8, 7)}}, {}}),
              HasSubstr("[8, 7], expected [8, 8]"));
  std::stop_source stop;
  EXPECT_THAT(error_of([&] {
                forward(
                    *model, {kIds, {}, {}}, [&](double, const std::string&) { stop.request_stop(); },
                    stop.get_token());
              }),
              HasSubstr("cancelled"));
}

/// q, k, v and the layer's change of the residual stream, from the parameters that projections.h hands out.
TEST(Projections, MakeWhatThePassRecorded) {
  Team team;
  for (const char* name : {"gpt2", "llama-gqa", "gpt_neox", "phi", "phi3-fused", "qwen3-sharded", "olmo2",
                           "gemma3", "smollm3", "bert"}) {
    SCOPED_TRACE(name);
    const auto model = oracle(name);
    const Capture capture = forward(*model, {kIds, {}, {}});
    const int d = capture.head_dim, n = capture.n_queries(), last = model->summary().layers - 1;
    const Matrix read =
        normalised(team, attention_norm(*model, last), capture.hidden[static_cast<std::size_t>(last)]);
    const auto heads = [&](Which which, int count, int step) {
      Matrix out(n, count * d);
      for (int h = 0; h < count; ++h) {
        const Projection p = projection(*model, last, which, h * step);
        out.middleCols(h * d, d) = read * p.w;
        if (p.b.size() > 0) out.middleCols(h * d, d).rowwise() += p.b;
      }
      return out;
    };
    const int group = capture.heads / capture.kv_heads;
    Matrix q = heads(Which::q, capture.heads, 1), k = heads(Which::k, capture.kv_heads, group);
    const QueryKeyNorms norms = query_key_norms(*model, last);
    normalise(team, norms.q, q, norms.whole ? q.cols() : d);
    normalise(team, norms.k, k, norms.whole ? k.cols() : d);
    const Rotary turn = rotary(*model, last, n);
    const auto half = static_cast<int>(turn.frequencies.size());
    for (Matrix* x : {&q, &k})
      for (int i = 0; i < n; ++i)
        for (Eigen::Index at = 0; at < x->cols(); at += d)
          for (int j = 0; j < half; ++j) {
            const float angle = static_cast<float>(i) * turn.frequencies[static_cast<std::size_t>(j)];
            const float a = (*x)(i, at + j), b = (*x)(i, at + j + half);
            (*x)(i, at + j) = turn.factor * (a * std::cos(angle) - b * std::sin(angle));
            (*x)(i, at + j + half) = turn.factor * (b * std::cos(angle) + a * std::sin(angle));
          }
    const LayerCapture& layer = capture.layers[static_cast<std::size_t>(last)];
    EXPECT_LE(apart(q, layer.q), 1e-4f);
    EXPECT_LE(apart(k, layer.k), 1e-4f);
    EXPECT_LE(apart(heads(Which::v, capture.kv_heads, group), layer.v), 1e-4f);
    EXPECT_EQ(projection(*model, last, Which::o, 0).w.rows(), d);
    EXPECT_EQ(projection(*model, last, Which::o, 0).w.cols(), model->summary().width);
  }
  EXPECT_THAT(error_of([] { projection(*oracle("gpt2"), 3, Which::q, 0); }), HasSubstr("no layer 3"));
  EXPECT_THAT(error_of([] { projection(*oracle("gpt2"), 0, Which::q, 4); }), HasSubstr("no head 4"));
}

}  // namespace
}  // namespace qkv::model
