#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/core/attention/cases.h"

// Inputs that do not fit together are refused with one sentence that names the matrix and both shapes.
namespace qkv::attention {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string refusal(const Inputs& inputs) {
  try {
    attend(inputs);
  } catch (const Error& error) {
    const std::string sentence = error.what();
    EXPECT_LE(sentence.size(), 500u);
    EXPECT_EQ(sentence.back(), '.');
    return sentence;
  }
  return "accepted";
}

struct Refused {
  std::function<void(Inputs&)> damage;
  std::string sentence;
};

TEST(Check, NamesTheMatrixTheExpectedAndTheFoundShape) {
  const std::vector<Refused> cases = {
      {[](Inputs& i) { i.layers[0].heads[1].w_q.resize(6, 5); },
       "Layer 0, head 1: w_q should be [6, 4] (d_model, d_k) but is [6, 5]."},
      {[](Inputs& i) { i.layers[0].heads[0].w_k.resize(7, 4); },
       "Layer 0, head 0: w_k should be [6, 4] (d_model, d_k) but is [7, 4]."},
      {[](Inputs& i) { i.layers[1].heads[0].w_v.resize(3, 6); },
       "Layer 1, head 0: w_v should be [6, 6] (d_model, d_v) but is [3, 6]."},
      {[](Inputs& i) { i.layers[0].heads[0].b_k.resize(3); },
       "Layer 0, head 0: b_k should be [1, 4] (one row of d_k) but is [1, 3]."},
      {[](Inputs& i) { i.layers[0].heads[0].w_k.resize(0, 0); },
       "Layer 0, head 0: w_k is missing; give it, or k itself, of [4, 4]."},
      {[](Inputs& i) { i.layers[0].heads[0].q.resize(3, 4); },
       "Layer 0, head 0: q should be [4, 4] (tokens, d_k) but is [3, 4]."},
      {[](Inputs& i) { i.layers[0].w_o.resize(5, 6); },
       "Layer 0: w_o should be [6, 6] (heads times d_v, d_model) but is [5, 6]."},
      {[](Inputs& i) { i.layers[0].b_o.resize(2); },
       "Layer 0: b_o should be [1, 6] (one row of d_model) but is [1, 2]."},
      {[](Inputs& i) { i.options.score_bias.resize(4, 3); },
       "score_bias should be [4, 4] (tokens, tokens) but is [4, 3]."},
      {[](Inputs& i) { i.options.mask.padding = {true}; },
       "The padding of the mask should have 4 entries (one a token) but has 1."},
      {[](Inputs& i) { i.options.mask.kind = MaskKind::sliding_window, i.options.mask.window = 0; },
       "The window of the mask should be at least 1 but is 0."},
      {[](Inputs& i) {
         i.norm = {.kind = NormKind::rms, .gain = Vector{{1, 2}}, .bias = {}, .factors = {}};
       },
       "norm.gain should be [1, 6] (one row of the width it is over) but is [1, 2]."},
      {[](Inputs& i) {
         i.layers[1].heads[0].k_norm = {
             .kind = NormKind::layer, .gain = {}, .bias = Vector{{1}}, .factors = {}};
       },
       "Layer 1, head 0: k_norm.bias should be [1, 4] (one row of the width it is over) but is [1, 1]."},
      {[](Inputs& i) {
         i.layers[0].heads[1].q_norm = {
             .kind = NormKind::rms, .gain = {}, .bias = {}, .factors = Vector{{1}}};
       },
       "Layer 0, head 1: q_norm.factors should be [1, 4] (one a token) but is [1, 1]."},
      {[](Inputs& i) {
         i.norm = {.kind = NormKind::layer, .gain = {}, .bias = {}, .factors = Vector{{1, 1, 1, 1}}};
       },
       "norm.factors are given, but only those of an RMS norm can be."},
      {[](Inputs& i) {
         i.norm = {.kind = NormKind::rms, .gain = {}, .bias = {}, .epsilon = -1, .factors = {}};
       },
       "norm.epsilon should be 0 or more but is -1.000000."},
      {[](Inputs& i) {
         i.options.rope_frequencies = Vector{{1, 1, 1}};
       },
       "rope_frequencies has 3 pairs of columns, but d_k is 4: at most 2 fit."},
      {[](Inputs& i) { i.options.softcap = -1; }, "The softcap should be 0 (none) or more but is -1.000000."},
      {[](Inputs& i) { i.layers[0].heads.clear(); }, "Layer 0: expected 1 to 16 heads, found 0."},
      {[](Inputs& i) { i.layers[0].heads.resize(17); }, "Layer 0: expected 1 to 16 heads, found 17."},
      {[](Inputs& i) { i.layers.clear(); }, "There is no layer; attention needs at least one."},
      {[](Inputs& i) { i.embedding.resize(0, 6); },
       "The embedding has no rows; attention needs at least one token."},
  };
  for (const Refused& c : cases) {
    Inputs inputs = random_inputs({.heads = 2, .layers = 2, .w_o = true}, 1);
    inputs.layers[1].heads.resize(1);
    inputs.layers[1].heads[0].w_v = random_matrix(6, 6, 1);
    ASSERT_EQ(refusal(inputs), "accepted");
    c.damage(inputs);
    EXPECT_EQ(refusal(inputs), c.sentence);
  }
}

TEST(Check, ALayerThatTheNextCannotRead) {
  Inputs inputs = random_inputs({.d_v = 3, .heads = 1, .layers = 2}, 1);
  EXPECT_EQ(refusal(inputs),
            "Layer 0: layer_output is [4, 3] but the next layer adds it to x, which is [4, 6]; give this "
            "layer a w_o of "
            "[3, 6].");
  inputs.layers[0].w_o = random_matrix(3, 6, 2);
  EXPECT_EQ(refusal(inputs), "accepted");
}

TEST(Check, ABiasOfAnAbsentOutputProjection) {
  Inputs inputs = random_inputs({}, 1);
  inputs.layers[0].b_o = random_vector(3, 1);
  EXPECT_EQ(refusal(inputs), "Layer 0: b_o is given without w_o; give w_o too, or leave b_o out.");
}

TEST(Check, OptionsOutOfRange) {
  Inputs inputs = random_inputs({}, 1);
  for (const float temperature : {0.0f, -1.0f, std::numeric_limits<float>::quiet_NaN()}) {
    inputs.options.temperature = temperature;
    EXPECT_THAT(refusal(inputs), HasSubstr("temperature should be above 0"));
  }
  inputs.options.temperature = 1;
  inputs.options.positions = Positions::rope;
  inputs.options.rope_base = 0;
  EXPECT_THAT(refusal(inputs), HasSubstr("rope_base should be above 0"));
}

TEST(Check, MoreTokensThanMemoryHolds) {
  const Inputs inputs = random_inputs({.n = 40000, .d_model = 1, .d_k = 1, .d_v = 1}, 1);
  EXPECT_THAT(refusal(inputs), AllOf(HasSubstr("40000 tokens"), HasSubstr("19 GB")));
}

}  // namespace
}  // namespace qkv::attention
