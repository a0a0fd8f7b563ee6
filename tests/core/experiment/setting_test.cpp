#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/experiment/claim.h"
#include "core/experiment/operations.h"
#include "tests/core/experiment/shipped.h"

namespace qkv::experiment {
namespace {

using ::testing::HasSubstr;

class Settings : public ::testing::Test {
 protected:
  Experiment with(const std::string& setting) const { return with_setting(cat, setting); }
  std::string refusal(const std::string& setting) const {
    try {
      with(setting);
    } catch (const Error& error) {
      EXPECT_LE(std::string(error.what()).size(), 500u);
      return error.what();
    }
    return "no refusal";
  }
  const Experiment cat = shipped::open("cat_sat_down");
};

TEST_F(Settings, AreWhatTheOperationsDo) {
  EXPECT_EQ(with("temperature = 0.1").temperature, 0.1f);
  EXPECT_EQ(with("softcap=30").softcap, 30);
  EXPECT_TRUE(same(with("d_k = 64"), with_d_k(cat, 64)));
  EXPECT_TRUE(same(with("d_v = 3"), with_d_v(cat, 3)));
  EXPECT_TRUE(same(with("d_model = 9"), with_d_model(cat, 9)));
  EXPECT_TRUE(same(with("heads = 2"), with_heads(cat, 0, 2)));
  EXPECT_TRUE(same(with("layers = 2"), with_layers(cat, 2)));
  EXPECT_EQ(with("mask = causal").mask, attention::MaskKind::causal);
  EXPECT_EQ(with("mask = window").mask, attention::MaskKind::sliding_window);
  EXPECT_EQ(with("window = 3").window, 3);
  EXPECT_EQ(with("positions = rotary").positions, attention::Positions::rope);
  EXPECT_EQ(with("positions = rope").positions, attention::Positions::rope);
  EXPECT_EQ(with("positions = alibi").positions, attention::Positions::alibi);
  EXPECT_FALSE(with("scale = off").scale);
  EXPECT_TRUE(same(with("biases = on"), with_biases(cat, true)));
  EXPECT_TRUE(same(with("score_bias = on"), with_score_bias(cat, true)));
  EXPECT_TRUE(same(with("sentence = The mouse sat down"), with_sentence(cat, "The mouse sat down")));
  EXPECT_TRUE(same(with("seed = 7"), randomised(cat, 7, true)));
  EXPECT_TRUE(same(with("seed w_q = 7"), with_random(cat, Stage::w_q, 0, 0, 7)));
  EXPECT_TRUE(same(with("gain 0.0:w_q = 0.5"), with_gain(cat, Stage::w_q, 0, 0, 0.5f)));
  EXPECT_TRUE(same(with("token 1 = mouse"), with_token(cat, 1, "mouse")));
  EXPECT_TRUE(with("padding = down").tokens[3].padding);
  EXPECT_FALSE(with_setting(with("padding = down"), "padding = none").tokens[3].padding);
}

TEST_F(Settings, CellsAreEdits) {
  EXPECT_TRUE(same(with("k[cat,noun] = 1.5"), with_value(cat, {Stage::k, 0, 0, 1, 0}, 1.5f)));
  EXPECT_TRUE(same(with("x[cat,noun] = 3"), with("embedding[cat,noun] = 3")));
  EXPECT_TRUE(same(with("w_v[*,*] = -2"), with_setting(cat, "w_v = -2")));
  EXPECT_EQ(with("w_v = -2").edits.size(), 64u);
  EXPECT_EQ(with("q[sat,*] = 0").edits.size(), 8u);
  EXPECT_EQ(with("scores[*,cat] = 3").edits.size(), 4u);
  EXPECT_EQ(with("w_q[verb,\"seeks a doer\"] = 0").edits.begin()->first, (Cell{Stage::w_q, 0, 0, 2, 4}));
}

TEST_F(Settings, CellsOfTheMask) {
  EXPECT_TRUE(same(with("mask[sat,cat] = off"), with_mask_cell(cat, 2, 1)));
  const attention::Trace trace = evaluate(with("mask[*,cat] = off"));
  EXPECT_TRUE(trace.layers[0].heads[0].weights.col(1).isZero(0));
}

TEST_F(Settings, SwapExchangesTwoTokens) {
  EXPECT_EQ(sentence_of(with("swap = 1 3")), "The down sat cat");
  EXPECT_EQ(sentence_of(with("swap = down cat")), "The down sat cat");
  EXPECT_TRUE(same(with_setting(with("swap = 0 3"), "swap = 3 0"), cat));
  EXPECT_TRUE(same(with("swap = 2 2"), cat));
}

TEST_F(Settings, RefusalsNameTheSettingAndWhatIsExpected) {
  EXPECT_THAT(refusal("temprature = 1"), HasSubstr("there is no setting 'temprature'; there are temperature"));
  EXPECT_THAT(refusal("temperature"), HasSubstr("must be a name, = and a value"));
  EXPECT_THAT(refusal("temperature = 0"), HasSubstr("'temperature' must be a number above 0, not '0'"));
  EXPECT_THAT(refusal("temperature = warm"), HasSubstr("must be a number, not 'warm'"));
  EXPECT_THAT(refusal("temperature = inf"), HasSubstr("must be a number"));
  EXPECT_THAT(refusal("d_k = 5000"), HasSubstr("a whole number from 1 to 4096, not '5000'"));
  EXPECT_THAT(refusal("d_k = 1.5"), HasSubstr("a whole number"));
  EXPECT_THAT(refusal("mask = cuasal"), HasSubstr("one of none, causal, window, not 'cuasal'"));
  EXPECT_THAT(refusal("scale = yes"), HasSubstr("on or off"));
  EXPECT_THAT(refusal("seed = x"), HasSubstr("a whole number from 0"));
  EXPECT_THAT(refusal("k[dog,noun] = 1"), HasSubstr("the tokens are The, cat, sat, down"));
  EXPECT_THAT(refusal("k[cat,noun] = "), HasSubstr("must be a number"));
  EXPECT_THAT(refusal("output[cat,0] = 1"), HasSubstr("cannot be set"));
  EXPECT_THAT(refusal("gain x = 2"), HasSubstr("a gain is of w_q"));
  EXPECT_THAT(refusal("gain w_o = 2"), HasSubstr("has no w_o"));
  EXPECT_THAT(refusal("swap = 1"), HasSubstr("two tokens"));
  EXPECT_THAT(refusal("swap = 1 9"), HasSubstr("there is no token 9"));
  EXPECT_THAT(refusal("token * = a"), HasSubstr("where one is expected"));
  EXPECT_THAT(refusal("sentence = "), HasSubstr("empty"));
  EXPECT_THAT(refusal(std::string(5000, 'a')), HasSubstr("4096 bytes"));
}

}  // namespace
}  // namespace qkv::experiment
