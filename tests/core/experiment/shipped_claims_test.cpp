#include <gtest/gtest.h>

#include <cmath>

#include "core/attention/readouts.h"
#include "tests/core/experiment/shipped.h"

// What each shipped experiment must show, besides its targets (shipped_test.cpp).
namespace qkv::experiment::shipped {
namespace {

using attention::HeadTrace;
using attention::Trace;

float difference(const auto& a, const auto& b) { return (a - b).cwiseAbs().maxCoeff(); }

TEST(CatSatDown, IsTheDefaultAndFillsThePicture) {
  const Experiment e = open("cat_sat_down");
  EXPECT_TRUE(same(e, default_experiment()));
  EXPECT_EQ(sentence_of(e), "The cat sat down");
  EXPECT_EQ(e.d_model, 8);
  EXPECT_EQ(e.d_k, 8);
  EXPECT_EQ(e.d_v, 8);
  const HeadTrace head = evaluate(e).layers[0].heads[0];
  for (const Matrix* m : {&head.q, &head.k, &head.v}) {
    EXPECT_GT((m->array() != 0).count(), 20) << "of 32";
    EXPECT_LT(m->minCoeff(), -0.4f);
    EXPECT_GT(m->maxCoeff(), 1.0f);
  }
}

TEST(CatSatDown, TheValueCarriesWhatNoKeyAdvertises) {
  const Experiment e = open("cat_sat_down");
  const Head& head = e.layers[0].heads[0];
  const int domestic = at(e.dimensions, "domestic");
  const int value = at(head.v_columns, "domestic animal");
  ASSERT_GE(domestic, 0);
  ASSERT_GE(value, 0);
  EXPECT_TRUE(head.w_q.values->row(domestic).isZero(0));
  EXPECT_TRUE(head.w_k.values->row(domestic).isZero(0));
  EXPECT_NE((*head.w_v.values)(domestic, value), 0);
  const Matrix v = evaluate(e).layers[0].heads[0].v;
  for (const char* other : {"The", "sat", "down"}) EXPECT_GT(v(at(e, "cat"), value), v(at(e, other), value));
}

TEST(CatChasedTheMouse, TheSameWeightsAndTheSameCatGiveAnotherOutput) {
  const Experiment sat = open("cat_sat_down"), chased = open("cat_chased_the_mouse");
  EXPECT_EQ(sat.embedding.words, chased.embedding.words);
  for (const auto parameter : {&Head::w_q, &Head::w_k, &Head::w_v})
    EXPECT_EQ(*(sat.layers[0].heads[0].*parameter).values, *(chased.layers[0].heads[0].*parameter).values);
  const Trace a = evaluate(sat), b = evaluate(chased);
  const int i = at(sat, "cat"), j = at(chased, "cat");
  EXPECT_EQ(a.layers[0].x.row(i), b.layers[0].x.row(j));
  const HeadTrace &one = a.layers[0].heads[0], &other = b.layers[0].heads[0];
  EXPECT_EQ(one.q.row(i), other.q.row(j));
  EXPECT_EQ(one.k.row(i), other.k.row(j));
  EXPECT_EQ(one.v.row(i), other.v.row(j));
  EXPECT_NE(one.q.rows(), other.q.rows()) << "Q, K and V are made anew from each sentence";
  EXPECT_GT(difference(one.output.row(i), other.output.row(j)), 0.5f);
}

TEST(CatChasedTheMouse, WithoutPositionsOrderDoesNotCount) {
  const Experiment e = open("cat_chased_the_mouse");
  const Experiment turned = with_sentence(e, "The mouse chased the cat");
  const HeadTrace a = evaluate(e).layers[0].heads[0], b = evaluate(turned).layers[0].heads[0];
  EXPECT_EQ(a.weights.row(0), a.weights.row(3)) << "both 'the' have the same row";
  const Matrix& weights = a.weights;
  EXPECT_NEAR(weights(0, at(e, "cat")), weights(0, at(e, "mouse")), 0.05);
  for (const char* word : {"cat", "mouse", "chased"})
    EXPECT_LT(difference(a.output.row(at(e, word)), b.output.row(at(turned, word))), 1e-5f) << word;
}

TEST(ItDog, TheQueryOfItMatchesTheKeyOfDog) {
  const Experiment e = open("it_dog");
  const Experiment red = with_sentence(e, "The dog chased the ball because it was red");
  ASSERT_EQ(e.layers.size(), 1u);
  const HeadTrace a = evaluate(e).layers[0].heads[0], b = evaluate(red).layers[0].heads[0];
  const int it = at(e, "it");
  EXPECT_GT(a.scores(it, at(e, "dog")), a.scores(it, at(e, "ball")) + 4);
  const int living = at(e.layers[0].heads[0].q_columns, "seeks a living being");
  ASSERT_GE(living, 0);
  EXPECT_GT(a.q(it, living), 2);
  EXPECT_EQ(a.q.row(it), b.q.row(it)) << "q_it does not depend on the last word";
}

class ItDogOrBall : public ::testing::Test {
 protected:
  const Experiment excited = open("it_dog_or_ball");
  const Experiment red = with_sentence(excited, "The dog chased the ball because it was red");
  const Trace a = evaluate(excited), b = evaluate(red);
  const int it = at(excited, "it"), dog = at(excited, "dog"), ball = at(excited, "ball");
};

TEST_F(ItDogOrBall, InTheFirstLayerTheQueryIsTheSameInBothSentences) {
  ASSERT_EQ(excited.layers.size(), 2u);
  EXPECT_EQ(excited.sentences, std::vector<std::string>{sentence_of(red)});
  EXPECT_EQ(a.layers[0].heads[0].q.row(it), b.layers[0].heads[0].q.row(it));
}

TEST_F(ItDogOrBall, XPlusOutputCarriesTheTraitInADimensionEmptyBefore) {
  const int heard = at(excited.dimensions, "has heard of");
  ASSERT_GE(heard, 0);
  for (const auto& [word, row] : excited.embedding.words) EXPECT_EQ(row[heard], 0) << word;
  EXPECT_TRUE(a.layers[0].x.col(heard).isZero(0));
  EXPECT_GT(a.layers[1].x(it, heard), 1);
  EXPECT_LT(b.layers[1].x(it, heard), -1);
}

TEST_F(ItDogOrBall, InTheSecondLayerTheQueryFindsTheNounThatFits) {
  const Matrix &after_excited = a.layers[1].heads[0].scores, &after_red = b.layers[1].heads[0].scores;
  EXPECT_GT(after_excited(it, dog), after_excited(it, ball) + 4);
  EXPECT_GT(after_red(it, ball), after_red(it, dog) + 4);
  const int animate = at(excited.dimensions, "animate");
  EXPECT_EQ(a.layers[0].x(it, animate), 0) << "at first 'it' can be either";
  EXPECT_GT(a.residual(it, animate), 0.5f) << "in the end it is living";
  EXPECT_LT(b.residual(it, animate), -0.5f) << "in the end it is a thing";
}

TEST(RedBall, EachHeadDoesOneJobAndTheBallTurnsRed) {
  const Experiment e = open("red_ball");
  const Trace trace = evaluate(e);
  ASSERT_EQ(e.layers[0].heads.size(), 4u);
  const std::vector<HeadTrace>& heads = trace.layers[0].heads;
  const std::vector<std::vector<std::string>> asking = {
      {"chased"}, {"The", "the", "red"}, {"dog", "ball"}, {"dog", "ball"}};
  for (std::size_t h = 0; h < heads.size(); ++h)
    for (int i = 0; i < trace.n(); ++i) {
      const bool asks = at(asking[h], e.tokens[i].text) >= 0;
      EXPECT_EQ(heads[h].q.row(i).isZero(0), !asks) << e.layers[0].heads[h].name << ": " << e.tokens[i].text;
      const float spread = (heads[h].weights.row(i).array() - 1.0f / 6).abs().maxCoeff();
      EXPECT_EQ(spread < 1e-6f, !asks);
    }
  const int colour = at(e.dimensions, "colour");
  EXPECT_EQ(trace.layers[0].x(at(e, "ball"), colour), 0);
  EXPECT_GT(trace.residual(at(e, "ball"), colour), 1);
  EXPECT_LT(trace.residual(at(e, "dog"), colour), 0.3f);
}

TEST(Bank, OneWordThreeRoles) {
  const Experiment e = open("bank");
  const Head& names = e.layers[0].heads[0];
  const HeadTrace head = evaluate(e).layers[0].heads[0];
  const int bank = at(e, "bank");
  const int noun = at(names.k_columns, "is a noun"), place = at(names.k_columns, "is a place"),
            context = at(names.q_columns, "seeks context");
  const int water = at(names.v_columns, "water"), money = at(names.v_columns, "money");
  ASSERT_GE(std::min({noun, place, context, water, money}), 0);
  for (int c = 0; c < e.d_k; ++c) {
    EXPECT_EQ(head.q(bank, c) > 0, c == context) << "the query looks for context only";
    EXPECT_EQ(head.k(bank, c) > 0, c == noun || c == place) << "the key says noun and place";
  }
  EXPECT_EQ(head.q(bank, noun), 0);
  EXPECT_EQ(head.k(bank, context), 0);
  EXPECT_GT(head.v(bank, water), 0);
  EXPECT_EQ(head.v(bank, water), head.v(bank, money)) << "the value carries both senses";
}

TEST(Bank, TheOutputDiffersByContext) {
  const Experiment river = open("bank"), savings = with_sentence(river, "The savings bank paid");
  const Trace a = evaluate(river), b = evaluate(savings);
  const int i = at(river, "bank"), j = at(savings, "bank");
  const int water = at(river.layers[0].heads[0].v_columns, "water"),
            money = at(river.layers[0].heads[0].v_columns, "money");
  EXPECT_EQ(a.layers[0].x.row(i), b.layers[0].x.row(j));
  const Matrix &flooded = a.layers[0].heads[0].output, &paid = b.layers[0].heads[0].output;
  EXPECT_GT(flooded(i, water), flooded(i, money) + 1);
  EXPECT_GT(paid(j, money), paid(j, water) + 1);
}

TEST(PlainComparison, IsSymmetricBesideOneThatIsNot) {
  const Experiment e = open("plain_comparison");
  EXPECT_EQ(e.embedding.words, open("cat_sat_down").embedding.words);
  const Trace trace = evaluate(e);
  const Matrix &x = trace.layers[0].x, &plain = trace.layers[0].heads[0].scores;
  EXPECT_EQ(plain, Matrix(plain.transpose()));
  EXPECT_LT(difference(plain, Matrix(x * x.transpose())), 1e-6f);
  const Matrix& asked = trace.layers[0].heads[1].scores;
  const int cat = at(e, "cat"), sat = at(e, "sat"), down = at(e, "down");
  EXPECT_GT(asked(down, sat), asked(sat, down) + 4) << "'down' looks for 'sat', not the other way round";
  EXPECT_GT(asked(cat, sat), asked(cat, cat));
}

TEST(PlainComparison, HasTheWeightsOfTheCatSatDownInItsSecondHead) {
  const Head asks = open("plain_comparison").layers[0].heads[1],
             cat = open("cat_sat_down").layers[0].heads[0];
  for (const auto parameter : {&Head::w_q, &Head::w_k, &Head::w_v})
    EXPECT_EQ(*(asks.*parameter).values, *(cat.*parameter).values);
}

TEST(Random, NothingIsSaidThatWasNotLearned) {
  const Experiment e = open("random");
  EXPECT_TRUE(e.targets.empty() && e.explanations.empty() && e.dimensions.empty());
  EXPECT_TRUE(e.embedding.words.empty());
  const Head& head = e.layers[0].heads[0];
  for (const Parameter* parameter : {&head.w_q, &head.w_k, &head.w_v}) {
    EXPECT_FLOAT_EQ(parameter->deviation, 1 / std::sqrt(static_cast<float>(e.d_model)));
    EXPECT_NE(e.description.find(std::to_string(parameter->seed)), std::string::npos);
  }
}

TEST(Random, IsDistributedAsItSaysAndFarFromSaturated) {
  const Experiment e = open("random");
  const Trace trace = evaluate(e);
  const Matrix& w_q = trace.inputs.layers[0].heads[0].w_q;
  EXPECT_NEAR(std::sqrt(w_q.array().square().mean()), 0.25, 0.05);
  EXPECT_NE(w_q, trace.inputs.layers[0].heads[0].w_k) << "each matrix has its own numbers";
  const HeadTrace& head = trace.layers[0].heads[0];
  for (const attention::Readout& row : attention::readouts(head.weights, head.scaled)) {
    EXPECT_LT(row.largest_weight, 0.75f);
    EXPECT_GT(row.entropy_share, 0.4f);
  }
}

}  // namespace
}  // namespace qkv::experiment::shipped
