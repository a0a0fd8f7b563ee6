#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/experiment/claim.h"
#include "core/experiment/operations.h"
#include "core/experiment/place_names.h"
#include "tests/core/experiment/shipped.h"

// What a lesson asks for, in words.
namespace qkv::experiment {
namespace {

class ClaimWords : public ::testing::Test {
 protected:
  struct Opened {
    explicit Opened(Experiment e) : experiment(std::move(e)), trace(evaluate(experiment)) {}
    explicit Opened(const std::string& name) : Opened(shipped::open(name)) {}
    Experiment experiment;
    attention::Trace trace;
    Scope scope{experiment, trace, experiment, trace};
  };
  std::vector<Claim::Part> parts(const std::string& claim) const { return Claim(claim).parts(cat.scope); }
  std::string wanted(const std::string& claim) const { return wanted(claim, cat.scope); }
  static std::string wanted(const std::string& claim, const Scope& scope) {
    std::string all;
    for (const auto& part : Claim(claim).parts(scope)) all += (all.empty() ? "" : "; ") + part.wanted;
    return all;
  }
  const Opened cat{"cat_sat_down"};
};

TEST_F(ClaimWords, PlacesAreNamedByWhatTheyMean) {
  EXPECT_EQ(wanted("weights[sat,cat] > 0.99"), "weight of 'sat' on 'cat' above 0.99");
  EXPECT_EQ(wanted("scores[2,1] >= 3"), "score of 'sat' with 'cat' at least 3");
  EXPECT_EQ(wanted("scaled[sat,cat] <= -1.5"), "scaled score of 'sat' with 'cat' at most −1.5");
  EXPECT_EQ(wanted("q[sat,doer] < 0"), "entry 'seeks a doer' of the query of 'sat' below 0");
  EXPECT_EQ(wanted("output[sat,\"domestic animal\"] = 2"), "entry 'domestic animal' of the output of 'sat' equal to 2");
  EXPECT_EQ(wanted("w_q[verb,doer] != 0"), "entry 'seeks a doer' of the row of W_Q for 'verb' other than 0");
  EXPECT_EQ(wanted("max(weights[*,cat]) > 0.5"), "largest of the weights on 'cat' above 0.5");
}

TEST_F(ClaimWords, TwoSidesWithoutAConstantAreBothTold) {
  EXPECT_EQ(wanted("weights[sat,down] > weights[sat,cat]"), "weight of 'sat' on 'down' above the weight of 'sat' on 'cat'");
  EXPECT_EQ(parts("columns(q) > columns(x)")[0].now, "8 and 8");
  EXPECT_EQ(wanted("columns(q) > columns(x)"), "number of columns of Q above the number of columns of X");
  EXPECT_EQ(wanted("dot(q[sat,*], k[cat,*]) < -6"), "query of 'sat' · key of 'cat' below −6");
}

TEST_F(ClaimWords, NamesAndSettings) {
  EXPECT_EQ(wanted("argmax(weights[cat,*]) = sat"), "largest of the weights of 'cat': 'sat'");
  EXPECT_EQ(wanted("argmax(q[sat,*]) != 2"), "largest of the query of 'sat': not 'seeks an article'");
  EXPECT_EQ(parts("argmax(weights[sat,*]) = sat")[0].now, "'cat'");
  EXPECT_EQ(wanted("mask = window and window <= 3"), "mask: window; window at most 3");
  EXPECT_EQ(parts("mask = window")[0].now, "none");
  EXPECT_EQ(wanted("n > 3 and scale = off"), "number of tokens above 3; scaling: off");
}

TEST_F(ClaimWords, SinceTheStart) {
  EXPECT_EQ(wanted("change(weights) = 0 and change(v) > 0"), "weights as at the start; V changed");
  EXPECT_EQ(parts("change(weights) = 0")[0].now, "unchanged");
  EXPECT_EQ(parts("change(v) > 0")[0].now, "unchanged");
  EXPECT_EQ(wanted("change(weights) < 0.1"), "change of the weights below 0.1");
  EXPECT_EQ(wanted("weights[sat,cat] < start(weights[sat,cat])"), "weight of 'sat' on 'cat' below the weight of 'sat' on 'cat' at the start");
}

TEST_F(ClaimWords, PartsTellTheirValueAndWhetherTheyHold) {
  const auto all = parts("weights[sat,cat] > 0.99 and weights[sat,cat] > 0.5 and mask = none");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].now, "0.80");
  EXPECT_FALSE(all[0].holds);
  EXPECT_TRUE(all[1].holds);
  EXPECT_TRUE(all[2].holds) << "what follows one that fails is looked at too";
}

TEST_F(ClaimWords, BoundsFromBothSidesAreOnePart) {
  EXPECT_EQ(wanted("weights[sat,cat] > 0.2 and weights[sat,cat] < 0.5"), "weight of 'sat' on 'cat' between 0.2 and 0.5");
  EXPECT_EQ(wanted("d_k <= 8 and d_k >= 4"), "d_k between 4 and 8");
  EXPECT_FALSE(parts("weights[sat,cat] > 0.2 and weights[sat,cat] < 0.5")[0].holds);
  EXPECT_TRUE(parts("weights[sat,cat] > 0.2 and weights[sat,cat] < 0.9")[0].holds);
  EXPECT_EQ(parts("weights[sat,cat] > 0.2 and weights[sat,down] < 0.5").size(), 2u);
}

TEST_F(ClaimWords, WhatHasNoWordsIsToldAsItWasWritten) {
  EXPECT_EQ(wanted("weights[sat,cat] * 2 > 1"), "weights[sat,cat] * 2 > 1");
  EXPECT_EQ(wanted("exp(scores[sat,cat]) > 1"), "exp(scores[sat,cat]) > 1");
}

TEST_F(ClaimWords, TokensOfOneTextAreToldApart) {
  const Opened dog(with_setting(shipped::open("it_dog"), "sentence = the dog chased the ball"));
  EXPECT_EQ(wanted("weights[dog,the#2] > 0.5", dog.scope), "weight of 'dog' on 'the₂' above 0.5");
  EXPECT_EQ(told_apart({"The", "cat", "the"}, 2), "the") << "a capital tells them apart";
  EXPECT_EQ(told_apart({"the", "cat", " the"}, 2), " the₂") << "the space before a word is not shown";
  EXPECT_EQ(told_apart({"a", "b", "a"}, 0), "a₁");
  EXPECT_EQ(told_apart({"a", "b", "a"}, 1), "b");
  EXPECT_EQ(told_apart(std::vector<std::string>(12, "a"), 11), "a₁₂");
  const std::vector<std::string> names{"a", "b", " a", "", "a", ""};
  const auto all = told_apart(names);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(all[static_cast<std::size_t>(i)], told_apart(names, i)) << "all at once or one by one";
}

TEST_F(ClaimWords, HeadsAreNamedWhereThereAreSeveral) {
  const Opened ball("red_ball");
  EXPECT_THAT(wanted("0.1:weights[0,1] < 0.4", ball.scope), ::testing::HasSubstr(" in head 1 below 0.4"));
}

}  // namespace
}  // namespace qkv::experiment
