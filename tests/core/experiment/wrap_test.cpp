#include "core/experiment/wrap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/experiment/json.h"

namespace qkv::experiment {
namespace {

using testing::HasSubstr;

attention::Norm norm(int width) {
  return {attention::NormKind::layer, Vector::Random(width), Vector::Random(width), 1e-3f, {}};
}

attention::Inputs make_inputs() {
  attention::Inputs made;
  made.embedding = Matrix::Random(3, 4);
  made.norm = norm(4);
  attention::HeadInputs head;
  head.w_q = head.w_k = Matrix::Random(4, 6);
  head.w_v = Matrix::Random(4, 2);
  head.b_q = Vector::Random(6);
  head.q_norm = norm(6);
  head.k_norm.kind = attention::NormKind::rms;
  head.k_norm.factors = Vector{{0.5f, 2, 3}};
  made.layers = {{{head}, Matrix::Random(2, 4), Vector::Random(4)}};
  made.options.temperature = 0.5f;
  made.options.softcap = 20;
  made.options.mask.kind = attention::MaskKind::sliding_window;
  made.options.mask.window = 3;
  made.options.positions = attention::Positions::rope;
  made.options.rope_frequencies = Vector{{0.5f, 0.01f}};
  made.options.rope_factor = 1.1f;
  made.options.score_bias = Matrix::Random(3, 3);
  made.overrides[{Stage::q, 0, 0, 1, 1}] = 3;
  return made;
}

const attention::Inputs& inputs() {
  static const attention::Inputs made = make_inputs();  // Eigen's numbers differ from call to call
  return made;
}

TEST(Wrap, TheExperimentGivesTheVeryTraceOfTheInputs) {
  const attention::Trace expected = attention::attend(inputs());
  const Experiment wrap = wrapped(inputs(), {"a", "b", "c"});
  for (const Experiment& e : {wrap, from_json(to_json(wrap), "wrap.json")}) {
    const attention::Trace trace = evaluate(e);
    for (int s = 0; s < attention::kStageCount; ++s) {
      const auto stage = static_cast<Stage>(s);
      const attention::Shape shape = attention::shape_of(expected, stage, 0, 0);
      ASSERT_EQ(attention::shape_of(trace, stage, 0, 0), shape) << attention::name_of(stage);
      for (int i = 0; i < shape.rows; ++i)
        for (int j = 0; j < shape.columns; ++j)
          EXPECT_EQ(attention::value(trace, {stage, 0, 0, i, j}),
                    attention::value(expected, {stage, 0, 0, i, j}))
              << attention::name_of(stage) << i << ", " << j;
    }
  }
  EXPECT_EQ(wrap.layers[0].heads[0].w_q.origin, Origin::imported);
  EXPECT_EQ(wrap.embedding.origin, Origin::imported);
}

TEST(Wrap, GivenQueriesKeysAndValuesNeedNoEmbedding) {
  attention::Inputs given;
  given.embedding = Matrix(2, 0);
  attention::HeadInputs head;
  head.q = head.k = head.v = Matrix::Random(2, 3);
  given.layers = {{{head}, {}, {}}};
  const attention::Trace trace = evaluate(wrapped(given, {"a", "b"}));
  EXPECT_EQ(trace.layers[0].heads[0].weights, attention::attend(given).layers[0].heads[0].weights);
}

TEST(Wrap, TokensAreMadeFitForAFile) {
  const Experiment e = wrapped(inputs(), {"line\nbreak", std::string(400, 'x'), ""});
  EXPECT_EQ(e.tokens[0].text, "line break");
  EXPECT_EQ(e.tokens[1].text.size(), 256u);
  EXPECT_EQ(e.tokens[2].text, "");
}

TEST(Wrap, RefusesWhatTheLabCannotHold) {
  attention::Inputs wide = inputs();
  wide.embedding = Matrix(3, kMaxWidth + 1);
  try {
    wrapped(wide, {"a", "b", "c"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("d_model"));
  }
  EXPECT_THROW(wrapped(inputs(), {}), Error);
}

}  // namespace
}  // namespace qkv::experiment
