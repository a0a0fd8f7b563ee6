#include "core/experiment/import.h"

#include <cmath>
#include <limits>

#include "core/experiment/json.h"
#include "core/experiment/operations.h"
#include "core/files/tensors.h"
#include "tests/core/folder_test.h"

namespace qkv::experiment {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct Array {
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

Array array_of(const std::string& name, const Matrix& matrix) {
  return {name, {matrix.rows(), matrix.cols()}, {matrix.data(), matrix.data() + matrix.size()}};
}

/// Small distinct numbers, other ones for another seed.
Matrix numbers(Eigen::Index rows, Eigen::Index columns, int seed) {
  Matrix out(rows, columns);
  for (Eigen::Index i = 0; i < out.size(); ++i)
    out.data()[i] = std::sin(static_cast<float>(i + 1) * 1.7f + static_cast<float>(seed) * 0.9f);
  return out;
}

std::vector<std::string> texts_of(const Experiment& e) {
  std::vector<std::string> out;
  for (const Token& token : e.tokens) out.push_back(token.text);
  return out;
}

class Import : public FolderTest {
 protected:
  std::filesystem::path write(const std::vector<Array>& arrays,
                              const std::map<std::string, std::string>& metadata = {}) const {
    std::vector<files::TensorSource> sources;
    for (const Array& array : arrays)
      sources.push_back(
          {array.name, "F32", array.shape, [&](void* out, std::int64_t first, std::int64_t count) {
             std::copy_n(array.values.data() + first, count, static_cast<float*>(out));
           }});
    files::write_safetensors(folder_ / "m.safetensors", sources, metadata);
    return folder_ / "m.safetensors";
  }
  Experiment import(const std::vector<Array>& arrays,
                    const std::map<std::string, std::string>& metadata = {}) const {
    return import_matrices(write(arrays, metadata));
  }
  std::string refusal(const std::vector<Array>& arrays,
                      const std::map<std::string, std::string>& metadata = {}) const {
    return error_of([&] { import(arrays, metadata); });
  }

  const Matrix x_ = numbers(3, 4, 1), w_q_ = numbers(4, 2, 2), w_k_ = numbers(4, 2, 3),
               w_v_ = numbers(4, 5, 4);
  const std::vector<Array> plain_ = {array_of("X", x_), array_of("W_Q", w_q_), array_of("W_K", w_k_),
                                     array_of("W_V", w_v_)};

  /// The plain arrays with others added, or in the place of those of the same name.
  std::vector<Array> plain_with(const std::vector<Array>& others) const {
    std::vector<Array> out = plain_;
    for (const Array& other : others) {
      std::erase_if(out, [&](const Array& array) { return array.name == other.name; });
      out.push_back(other);
    }
    return out;
  }
};

TEST_F(Import, MatricesBecomeOneHeadWithoutMaskOrPositions) {
  const Experiment e = import(plain_);
  EXPECT_EQ(e.title, "m");
  EXPECT_THAT(texts_of(e), ElementsAre("t0", "t1", "t2"));
  EXPECT_EQ(std::tie(e.d_model, e.d_k, e.d_v), std::tuple(4, 2, 5));
  EXPECT_TRUE(e.scale);
  EXPECT_EQ(e.mask, attention::MaskKind::none);
  EXPECT_EQ(e.positions, attention::Positions::none);
  EXPECT_EQ(e.source, "Imported from m.safetensors");

  const attention::Trace trace = evaluate(e);
  const auto& head = trace.layers.at(0).heads.at(0);
  const Matrix q = x_ * w_q_, scaled = q * (x_ * w_k_).transpose() / std::sqrt(2.0f);
  EXPECT_TRUE(head.q.isApprox(q, 1e-6f));
  EXPECT_TRUE(head.scaled.isApprox(scaled, 1e-6f));
  const Matrix exps = scaled.array().exp();
  const Matrix weights = exps.array().colwise() / exps.rowwise().sum().array();
  EXPECT_TRUE(head.output.isApprox(weights * x_ * w_v_, 1e-5f));
}

TEST_F(Import, NamesAreReadWithoutCaseAndPunctuation) {
  const attention::Trace wanted = evaluate(import(plain_));
  const std::vector<std::vector<std::string>> spellings = {
      {"x", "wq", "WK", "w_v"},
      {"embeddings", "Wq", "W_k", "w-v"},
      {"hidden_states", "W.q", "blocks.0.attn.W_K", "WV"}};
  for (const auto& names : spellings) {
    SCOPED_TRACE(names[1]);
    const Experiment e = import({array_of(names[0], x_), array_of(names[1], w_q_), array_of(names[2], w_k_),
                                 array_of(names[3], w_v_)});
    EXPECT_EQ(evaluate(e).layers[0].heads[0].output, wanted.layers[0].heads[0].output);
  }
}

TEST_F(Import, WeightsOfALinearLayerAreOutIn) {
  const attention::Trace wanted = evaluate(import(plain_));
  const Experiment e =
      import({array_of("x", x_), array_of("layers.0.self_attn.q_proj.weight", w_q_.transpose()),
              array_of("attn.key.weight", w_k_.transpose()), array_of("value.weight", w_v_.transpose())});
  EXPECT_EQ(evaluate(e).layers[0].heads[0].output, wanted.layers[0].heads[0].output);
  EXPECT_THAT(e.source, HasSubstr("W_Q, W_K, W_V transposed: stored [out, in]"));
}

TEST_F(Import, WhichWayRoundAMatrixIsStoredIsInferredAndSaid) {
  const Matrix square = numbers(4, 4, 7);
  {
    const Experiment e = import(plain_with({array_of("W_Q", w_q_.transpose())}));
    EXPECT_EQ(*e.layers[0].heads[0].w_q.values, w_q_);
    EXPECT_THAT(e.source, HasSubstr("W_Q transposed: stored [out, in]"));
    EXPECT_THAT(e.source, Not(HasSubstr("W_K")));
  }
  {
    const Experiment e = import(plain_with({array_of("W_V", square)}));
    EXPECT_EQ(*e.layers[0].heads[0].w_v.values, square);
    EXPECT_THAT(e.source, HasSubstr("W_V square: taken as [in, out]"));
  }
  {
    const Experiment e = import({plain_[0], plain_[1], plain_[2], array_of("v_proj.weight", square)});
    EXPECT_EQ(*e.layers[0].heads[0].w_v.values, square.transpose());
  }
  {
    const Experiment e =
        import({plain_[0], plain_[1], plain_[2], array_of("v_proj.weight", w_v_)});  // as GPT-2 does
    EXPECT_EQ(*e.layers[0].heads[0].w_v.values, w_v_);
    EXPECT_THAT(e.source, HasSubstr("W_V taken as [in, out], for only that fits"));
  }
}

TEST_F(Import, BiasesAndTheOutputProjection) {
  const Matrix w_o = numbers(5, 4, 8), bias = numbers(1, 2, 9), b_o = numbers(1, 4, 10);
  const Experiment e = import(plain_with({array_of("b_Q", bias),
                                          {"q_bias_of_nothing", {1}, {1}},
                                          {"key.bias", {2}, {1, 2}},
                                          array_of("W_O", w_o),
                                          array_of("out_proj.bias", b_o)}));
  const attention::Trace trace = evaluate(e);
  const auto& head = trace.layers[0].heads[0];
  EXPECT_TRUE(head.q.isApprox((x_ * w_q_).rowwise() + Vector(bias.row(0)), 1e-6f));
  EXPECT_FLOAT_EQ(head.k(0, 1), (x_ * w_k_)(0, 1) + 2);
  EXPECT_TRUE(
      trace.layers[0].layer_output.isApprox((head.output * w_o).rowwise() + Vector(b_o.row(0)), 1e-6f));
  EXPECT_THAT(e.source, HasSubstr("not used: 'q_bias_of_nothing'"));

  const Experiment turned = import(plain_with({array_of("o_proj.weight", w_o.transpose())}));
  EXPECT_EQ(*turned.layers[0].w_o->values, w_o);
}

TEST_F(Import, QueriesKeysAndValuesMayBeGivenInsteadOfX) {
  const Matrix q = numbers(3, 2, 5), k = numbers(3, 2, 6), v = numbers(3, 4, 7);
  const Experiment e = import({array_of("Q", q), array_of("keys", k), array_of("V", v)});
  const attention::Trace trace = evaluate(e);
  EXPECT_EQ(trace.layers[0].heads[0].q, q);
  EXPECT_TRUE(trace.layers[0].heads[0].scores.isApprox(q * k.transpose(), 1e-6f));
  EXPECT_EQ(trace.layers[0].heads[0].v, v);
  EXPECT_EQ(trace.inputs.embedding.cols(), 0);
}

TEST_F(Import, XAloneIsAttentionWithoutProjections) {
  const Experiment named = import({array_of("X", x_)});
  EXPECT_THAT(named.source, HasSubstr("W_Q, W_K and W_V are identities (Q = K = V = X)"));
  EXPECT_EQ(evaluate(named).layers[0].heads[0].q, x_);
  const Experiment lone = import_matrices(put("my_data.csv", "noun,verb\n1,0\n0,1\n"));
  EXPECT_EQ(evaluate(lone).layers[0].heads[0].v, Matrix::Identity(2, 2));
  EXPECT_THAT(lone.dimensions, ElementsAre("noun", "verb"));
}

TEST_F(Import, ManyHeadsGivenDirectlyMayBeWideTogether) {
  const Array wide{"Q", {12, 3, 64}, std::vector<float>(12 * 3 * 64, 0.1f)};
  const Experiment e = import({wide, {"K", wide.shape, wide.values}, {"V", wide.shape, wide.values}});
  EXPECT_EQ(evaluate(e).layers[0].layer_output.cols(), 768);
}

TEST_F(Import, SeveralHeads) {
  const Array w_q{"W_Q", {2, 4, 2}, std::vector<float>(16, 0.5f)};
  Array w_k{"W_K", {2, 4, 2}, std::vector<float>(16, 0.25f)};
  const Array w_v{"W_V", {2, 4, 3}, std::vector<float>(24, 2)};
  w_k.values[8] = 100;  // the first of the second head
  const Experiment e = import({plain_[0],
                               w_q,
                               w_k,
                               w_v,
                               {"b_K", {2, 2}, {1, 2, 3, 4}},
                               {"W_O", {2, 3, 4}, std::vector<float>(24, 1)}});
  ASSERT_EQ(e.layers[0].heads.size(), 2u);
  EXPECT_EQ((*e.layers[0].heads[1].w_k.values)(0, 0), 100);
  EXPECT_EQ((*e.layers[0].heads[1].b_k->values)(0, 1), 4);
  EXPECT_EQ(e.layers[0].w_o->values->rows(), 6);
  EXPECT_EQ(evaluate(e).layers[0].layer_output.cols(), 4);
  EXPECT_THAT(refusal({plain_[0], w_q, array_of("W_K", w_k_), w_v}),
              HasSubstr("W_Q [2, 4, 2] has 2 heads, but W_K [4, 2] has 1"));
}

TEST_F(Import, TokensAreTextsOrNumbers) {
  EXPECT_THAT(texts_of(import(plain_with({{"token_ids", {3}, {464, 3797, 0}}}))),
              ElementsAre("464", "3797", "0"));
  EXPECT_THAT(texts_of(import(plain_, {{"tokens", R"(["The","猫","😺"])"}})), ElementsAre("The", "猫", "😺"));
  EXPECT_THAT(refusal(plain_with({{"tokens", {2}, {1, 2}}})),
              HasSubstr("2 tokens, but the matrices have 3 rows"));
  EXPECT_THAT(refusal(plain_with({{"tokens", {3}, {1, 2, 0.5f}}})), HasSubstr("whole numbers"));
  EXPECT_THAT(refusal(plain_with({{"tokens", {3}, {1, 2, NAN}}})), HasSubstr("whole numbers"));
  EXPECT_THAT(refusal(plain_, {{"tokens", "[1]"}}), HasSubstr("JSON list of strings"));
  EXPECT_THAT(refusal(plain_, {{"tokens", "[\"" + std::string(300, 'x') + "\",\"\",\"\"]"}}),
              HasSubstr("300 bytes"));
}

TEST_F(Import, ACsvHoldsAWholeExample) {
  const Experiment e = open_any(put("homework.csv",
                                    "# tokens\nThe,cat\n# X\nnoun,verb\n1,0\n0,1\n# W_Q\n1\n2\n# W_K\n3\n4\n"
                                    "# W_V\n1,0,0\n0,1,0\n# weights\n0.5,0.5\n0.1,0.9\n"));
  EXPECT_EQ(e.title, "homework");
  EXPECT_THAT(texts_of(e), ElementsAre("The", "cat"));
  EXPECT_THAT(e.dimensions, ElementsAre("noun", "verb"));
  EXPECT_EQ(evaluate(e).layers[0].heads[0].scores, (Matrix{{3, 4}, {6, 8}}));
  EXPECT_EQ(e.expected.size(), 1u);
}

TEST_F(Import, EveryDisagreementNamesBothMatricesAndShapes) {
  struct Case {
    std::vector<Array> arrays;
    const char* says;
  };
  const std::vector<Case> cases = {
      {plain_with({array_of("W_Q", numbers(5, 3, 0))}),
       "W_Q [5, 3] does not fit X [3, 4]: expected [4, d_k]"},
      {plain_with({array_of("W_V", numbers(5, 3, 0))}),
       "W_V [5, 3] does not fit X [3, 4]: expected [4, d_v]"},
      {plain_with({array_of("W_K", numbers(4, 3, 0))}),
       "W_Q [4, 2] gives 2 columns of Q, but W_K [4, 3] gives 3"},
      {plain_with({array_of("b_V", numbers(1, 4, 0))}),
       "b_V [1, 4] does not fit W_V [4, 5]: expected 5 numbers"},
      {plain_with({array_of("W_O", numbers(3, 4, 0))}),
       "W_O [3, 4] does not fit the output of the heads [3, 5]"},
      {plain_with({array_of("W_O", numbers(5, 4, 0)), array_of("b_O", numbers(1, 3, 0))}),
       "b_O [1, 3] does not fit W_O"},
      {plain_with({array_of("b_O", numbers(1, 4, 0))}), "without W_O"},
      {plain_with({array_of("weights", numbers(3, 4, 0))}), "weights [3, 4] cannot be compared"},
      {plain_with({array_of("wq", w_q_)}), "both 'W_Q' and 'wq' could be W_Q"},
      {plain_with({{"X", {2, 3, 4}, std::vector<float>(24)}}), "X [2, 3, 4] has three axes"},
      {plain_with({{"W_Q", {2, 2, 2, 4}, std::vector<float>(32)}}), "W_Q [2, 2, 2, 4] has too many axes"},
      {plain_with({{"X", {0, 4}, {}}}), "X [0, 4] has no numbers"},
      {plain_with({array_of("X", numbers(2049, 4, 0))}), "2049 tokens (rows), expected 1 to 2048"},
      {plain_with({array_of("X", numbers(3, 4097, 0))}), "4097 columns, expected 1 to 4096"},
      {{array_of("Q", x_), array_of("K", numbers(5, 4, 0)), array_of("V", x_)},
       "Q [3, 4] has 3 rows, but K [5, 4] has 5"},
      {{array_of("Q", x_), array_of("K", x_)}, "has no W_V; expected X, W_Q, W_K and W_V, or Q, K and V"},
      {{plain_[0], plain_[1]}, "has no W_K, W_V; expected"},
      {{plain_[1], plain_[2], plain_[3]}, "has no X; expected"},
      {{array_of("weights", x_)}, "has no X, W_Q, W_K, W_V; expected"},
      {{array_of("foo", x_), array_of("bar", x_)}, "(these names are not known: 'bar', 'foo')"},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.says);
    const std::string sentence = refusal(each.arrays);
    EXPECT_THAT(sentence, HasSubstr(each.says));
    EXPECT_THAT(sentence, HasSubstr("m.safetensors: "));
  }
}

TEST_F(Import, NotANumberAndInfinitiesAreShownNotRefused) {
  Matrix x = x_;
  x(1, 1) = NAN;
  x(2, 2) = INFINITY;
  const attention::Trace trace = evaluate(import(plain_with({array_of("X", x)})));
  EXPECT_TRUE(std::isnan(trace.layers[0].heads[0].q(1, 0)));
}

TEST_F(Import, ResultsInTheFileAreComparedWithOurs) {
  const attention::Trace trace = evaluate(import(plain_));
  const auto& head = trace.layers[0].heads[0];
  Matrix weights = head.weights, output = head.output;
  weights(2, 1) += 0.25f;
  output(0, 3) = NAN;
  const Experiment e = import(
      plain_with({array_of("attn_weights", weights), array_of("output", output), array_of("Q", head.q)}));
  const auto differences = compare_with_expected(e, evaluate(e));
  ASSERT_EQ(differences.size(), 3u);
  EXPECT_EQ(differences[0].stage, Stage::q);
  EXPECT_EQ(differences[0].largest, 0);
  EXPECT_EQ(differences[1].stage, Stage::weights);
  EXPECT_EQ(std::tie(differences[1].row, differences[1].column), std::tuple(2, 1));
  EXPECT_FLOAT_EQ(differences[1].largest, 0.25f);
  EXPECT_EQ(differences[1].ours, head.weights(2, 1));
  EXPECT_EQ(differences[1].theirs, weights(2, 1));
  EXPECT_TRUE(std::isnan(differences[2].largest));
  EXPECT_EQ(std::tie(differences[2].row, differences[2].column), std::tuple(0, 3));
}

TEST_F(Import, ResultsFollowTokensThatMoveAndGoWhenThereAreOthers) {
  const Matrix weights = evaluate(import(plain_)).layers[0].heads[0].weights;
  const Experiment e = import(plain_with({array_of("weights", weights)}));
  const Experiment moved = with_token_moved(e, 0, 2);
  ASSERT_EQ(moved.expected.size(), 1u);
  EXPECT_LE(compare_with_expected(moved, evaluate(moved))[0].largest, 1e-6f);
  EXPECT_TRUE(with_token_inserted(e, 1, "new").expected.empty());
  EXPECT_TRUE(with_token_removed(e, 1).expected.empty());
}

TEST_F(Import, OutputAfterAnOutputProjectionIsThatOfTheLayer) {
  const Matrix w_o = numbers(5, 4, 8);
  const Experiment e = import(plain_with({array_of("W_O", w_o), array_of("output", numbers(3, 4, 1))}));
  ASSERT_EQ(e.expected.size(), 1u);
  EXPECT_EQ(e.expected[0].stage, Stage::layer_output);
  const Experiment z = import(plain_with({array_of("W_O", w_o), array_of("output", numbers(3, 5, 1))}));
  EXPECT_EQ(z.expected[0].stage, Stage::output);
}

TEST(Compare, MaskedScoresEqualTheNumbersOthersUse) {
  Experiment e = default_experiment();
  e.mask = attention::MaskKind::causal;
  const attention::Trace trace = evaluate(e);
  Matrix scaled = trace.layers[0].heads[0].scaled;
  for (const float masked : {-1e9f, -10000.0f, std::numeric_limits<float>::lowest()}) {
    scaled(0, 1) = masked;
    e.expected = {{Stage::scaled, 0, 0, std::make_shared<const Matrix>(scaled)}};
    EXPECT_EQ(compare_with_expected(e, trace)[0].largest, 0);
  }
  scaled(0, 1) = 0;
  e.expected = {{Stage::scaled, 0, 0, std::make_shared<const Matrix>(scaled)}};
  EXPECT_EQ(compare_with_expected(e, trace)[0].largest, INFINITY);
  e.expected = {{Stage::scaled, 0, 0, std::make_shared<const Matrix>(scaled.topRows(2))}};
  EXPECT_EQ(compare_with_expected(e, trace)[0].row, -1);
}

TEST_F(Import, WhatIsNoFileOfMatricesIsSaid) {
  EXPECT_THAT(error_of([&] { open_any(folder_); }), HasSubstr("is a folder"));
  EXPECT_THAT(error_of([&] { open_any(folder_ / "none.npz"); }), HasSubstr("no such file"));
  EXPECT_THAT(error_of([&] { open_any(folder_ / "none.json"); }), HasSubstr("no such file"));
  EXPECT_THAT(error_of([&] { open_any(folder_ / std::string(5000, 'n')); }), HasSubstr("no such file"));
  EXPECT_THAT(error_of([&] { open_any(put("picture.png", "")); }), HasSubstr("end in .safetensors"));
}

TEST_F(Import, WhatIsImportedCanBeSavedAndOpenedAgain) {
  const Experiment e =
      import(plain_with({array_of("b_Q", numbers(1, 2, 9)), array_of("weights", numbers(3, 3, 1))}));
  save(e, folder_ / "e.json");
  EXPECT_TRUE(same(open_any(folder_ / "e.json"), e));
}

}  // namespace
}  // namespace qkv::experiment
