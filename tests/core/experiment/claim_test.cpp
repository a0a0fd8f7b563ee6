#include "core/experiment/claim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/experiment/operations.h"
#include "tests/core/experiment/shipped.h"

namespace qkv::experiment {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// "The cat sat down", whose numbers stand in its pictures, with another one beside it.
class Claims : public ::testing::Test {
 protected:
  double number(const std::string& text) const {
    const auto value = Expression(text).value(scope);
    EXPECT_TRUE(value.number.has_value()) << text;
    return value.number.value_or(std::numeric_limits<double>::quiet_NaN());
  }
  std::string shown(const std::string& text) const { return written(Expression(text).value(scope)); }
  bool holds(const std::string& text) const { return Claim(text).check(scope).holds; }
  std::string found(const std::string& text) const { return Claim(text).check(scope).found; }
  template <class Work>
  static std::string refusal(Work work) {
    try {
      work();
    } catch (const Error& error) {
      EXPECT_LE(std::string(error.what()).size(), 500u);
      return error.what();
    }
    return "no refusal";
  }
  std::string refused(const std::string& claim) const {
    return refusal([&] { Claim(claim).check(scope); });
  }

  const Experiment start_experiment = shipped::open("cat_sat_down");
  const attention::Trace start = evaluate(start_experiment);
  const Experiment experiment = with_setting(start_experiment, "w_q[verb,seeks a doer] = 0");
  const attention::Trace trace = evaluate(experiment);
  const Experiment other_experiment = shipped::open("red_ball");
  const attention::Trace other_trace = evaluate(other_experiment);
  const Scope other{other_experiment, other_trace, other_experiment, other_trace};
  const Scope scope{start_experiment, start, start_experiment, start, &other};
  const Scope edited{experiment, trace, start_experiment, start, &other};
};

TEST_F(Claims, PlacesAreTheNumbersOfTheTrace) {
  const auto& head = start.layers[0].heads[0];
  EXPECT_EQ(number("weights[sat,cat]"), head.weights(2, 1));
  EXPECT_NEAR(number("weights[sat,cat]"), 0.801025, 1e-6);
  EXPECT_EQ(number("weights[2,1]"), head.weights(2, 1));
  EXPECT_EQ(number("weights[SAT, Cat]"), head.weights(2, 1)) << "case and blanks do not count";
  EXPECT_EQ(number("q[sat,seeks a doer]"), head.q(2, 4));
  EXPECT_EQ(number("q[sat,\"seeks a doer\"]"), 2.5);
  EXPECT_EQ(number("q[sat,doer]"), 2.5) << "one word of a name, where no other has it";
  EXPECT_EQ(number("w_q[verb,4]"), 1.5);
  EXPECT_EQ(number("x[cat,noun]"), 1.5);
  EXPECT_EQ(number("embedding[the,determiner]"), 2);
  EXPECT_EQ(number("output[sat,domestic animal]"), head.output(2, 5));
  EXPECT_EQ(number("0.0:k[cat,is a noun]"), 1.5);
  EXPECT_EQ(number("beside(0.1:weights[2,1])"), other_trace.layers[0].heads[1].weights(2, 1));
}

TEST_F(Claims, OperatorsBindAsInArithmetic) {
  EXPECT_EQ(number("1 + 2 * 3 - 4 / 8"), 6.5);
  EXPECT_EQ(number("(1 + 2) * -3"), -9);
  EXPECT_EQ(number("2 - 3 - 4"), -5);
  EXPECT_EQ(number("8 / 4 / 2"), 1);
  EXPECT_EQ(number("--1.5e2"), 150);
  EXPECT_EQ(number(".5"), 0.5);
}

TEST_F(Claims, FunctionsByHand) {
  const auto& head = start.layers[0].heads[0];
  EXPECT_NEAR(number("dot(q[sat,*], k[cat,*])"), 7.0625, 1e-6);
  EXPECT_NEAR(number("sum(q[sat,*] * k[cat,*]) - scores[sat,cat]"), 0, 1e-6);
  EXPECT_NEAR(number("sum(weights[sat,*])"), 1, 1e-6);
  EXPECT_NEAR(number("exp(scaled[sat,cat]) / sum(exp(scaled[sat,*]))"), head.weights(2, 1), 1e-6);
  EXPECT_EQ(number("max(weights)"), head.weights.maxCoeff());
  EXPECT_EQ(number("min(scores[the,*])"), -4.1875);
  EXPECT_NEAR(number("mean(k[cat,*])"), 5.75 / 8, 1e-6);
  EXPECT_NEAR(number("norm(q[sat,*])"), head.q.row(2).norm(), 1e-5);
  EXPECT_NEAR(number("spread(2 * q[sat,*]) / spread(q[sat,*])"), 2, 1e-9);
  EXPECT_NEAR(number("cosine(q[sat,*], 3 * q[sat,*])"), 1, 1e-9);
  const double half = 0.5 * std::log(2.0);
  EXPECT_NEAR(number("entropy(weights[sat,*] * 0 + 0.5)"), 4 * half, 1e-9);
  EXPECT_NEAR(number("gradient(weights[sat,*] * 0 + 0.25)"), std::sqrt(0.1875), 1e-6);
  EXPECT_EQ(number("abs(-2)"), 2);
  EXPECT_EQ(number("sqrt(d_k * 2)"), 4);
  EXPECT_EQ(number("ln(1)"), 0);
  EXPECT_NEAR(number("asymmetry(scores)"), 6.0625 + 1.6875, 1e-6) << "down asks sat, sat does not ask down";
  EXPECT_EQ(number("rows(w_q) + columns(weights)"), 12);
  EXPECT_EQ(number("n * d_model + d_v + heads + layers"), 42);
  EXPECT_EQ(number("temperature"), 1);
}

TEST_F(Claims, ArgmaxNamesTheTokenOrColumn) {
  EXPECT_EQ(shown("argmax(weights[sat,*])"), "cat");
  EXPECT_EQ(shown("argmin(scores[the,*])"), "The");
  EXPECT_EQ(shown("argmax(q[sat,*])"), "seeks a doer");
  EXPECT_EQ(shown("argmax(scores[*,cat])"), "sat");
  EXPECT_TRUE(holds("argmax(weights[sat,*]) = cat and argmax(weights[down,*]) = sat"));
  EXPECT_TRUE(holds("cat = argmax(weights[sat,*])"));
  EXPECT_TRUE(holds("argmax(weights[sat,*]) = 1"));
  EXPECT_TRUE(holds("argmax(weights[sat,*]) != down"));
  EXPECT_TRUE(holds("argmax(q[sat,*]) = \"seeks a doer\""));
  EXPECT_TRUE(holds("argmax(weights[sat,*]) = argmax(weights[the,*])"));
  EXPECT_FALSE(holds("argmax(weights[sat,*]) = down"));
}

TEST_F(Claims, TheSecondTokenOfOneTextHasANumber) {
  const Experiment e = shipped::open("cat_chased_the_mouse");
  const attention::Trace t = evaluate(with_setting(e, "scores[chased,the#2] = 50"));
  const Scope at{e, t, e, t};
  EXPECT_EQ(Expression("scores[chased,the#2]").value(at).number, 50);
  EXPECT_TRUE(Claim("argmax(weights[chased,*]) = the#2").check(at).holds);
  EXPECT_FALSE(Claim("argmax(weights[chased,*]) = the").check(at).holds);
  EXPECT_EQ(Claim("argmax(weights[chased,*]) = the").check(at).found, "argmax(weights[chased,*]) is the#2");
}

TEST_F(Claims, TheStartAndWhatChangedSinceIt) {
  EXPECT_EQ(Expression("change(w_q)").value(edited).number, 1.5);
  EXPECT_EQ(Expression("change(v)").value(edited).number, 0);
  EXPECT_EQ(Expression("change(k)").value(scope).number, 0);
  EXPECT_NEAR(*Expression("start(weights[sat,cat])").value(edited).number, 0.801025, 1e-6);
  EXPECT_TRUE(Claim("weights[sat,cat] < start(weights[sat,cat]) - 0.2 and edits = 1").check(edited).holds);
  const Experiment wider = with_setting(start_experiment, "d_k = 9");
  const attention::Trace t = evaluate(wider);
  EXPECT_EQ(Expression("change(q)").value({wider, t, start_experiment, start}).number, std::numeric_limits<double>::infinity());
}

TEST_F(Claims, MaskedScoresAreNoChangeAndNoTrouble) {
  const Experiment e = with_setting(start_experiment, "mask = causal");
  const attention::Trace t = evaluate(e);
  const Scope at{e, t, e, t};
  EXPECT_EQ(Expression("change(scaled)").value(at).number, 0);
  EXPECT_TRUE(Claim("weights[the,the] = 1 and mask = causal and entropy(weights[the,*]) = 0").check(at).holds);
  EXPECT_EQ(written(Expression("scaled[the,cat]").value(at)), "−∞");
}

TEST_F(Claims, OptionsAreWords) {
  EXPECT_TRUE(holds("mask = none and positions = none and scale = on"));
  EXPECT_TRUE(holds("mask != causal and mask != window"));
  EXPECT_TRUE(holds("sentence = \"The cat sat down\""));
  EXPECT_FALSE(holds("scale = off"));
  EXPECT_THAT(refused("mask = cuasal"), HasSubstr("there is no mask 'cuasal'; the masks are none, causal, window"));
}

TEST_F(Claims, ComparisonsAndTheirTolerance) {
  EXPECT_TRUE(holds("1 = 1.0004") && holds("1 != 1.0006") && holds("2 > 1") && holds("2 >= 2") && holds("1 < 2") && holds("1 <= 1"));
  EXPECT_FALSE(holds("1 = 1.0006") || holds("1 != 1") || holds("1 > 1") || holds("1 < 1") || holds("1 >= 2"));
  EXPECT_FALSE(holds("0 / 0 = 0") || holds("0 / 0 != 0") || holds("0 / 0 < 1")) << "NaN holds of nothing";
  EXPECT_TRUE(holds("1 / 0 = 2 / 0"));
}

TEST_F(Claims, TheVerdictTellsTheNumbers) {
  EXPECT_EQ(found("weights[sat,cat] > 0.9"), "weights[sat,cat] is 0.80");
  EXPECT_EQ(found("1 < 2 and weights[sat,cat] > weights[cat,sat]"), "weights[sat,cat] is 0.80 and weights[cat,sat] is 0.77");
  EXPECT_EQ(found("d_k = 9 and 1 = 1"), "d_k is 8") << "the first that fails";
  EXPECT_EQ(found("argmax(weights[sat,*]) = down"), "argmax(weights[sat,*]) is cat");
  EXPECT_EQ(found("mask = window"), "mask is none");
}

TEST_F(Claims, NumbersAreWrittenAsTheScreenDoes) {
  const auto text = [](double x, bool is_count = false) { return written({x, is_count, {}}); };
  EXPECT_EQ(text(0.801), "0.80");
  EXPECT_EQ(text(-1.5), "−1.50");
  EXPECT_EQ(text(4, true), "4");
  EXPECT_EQ(text(4), "4.00");
  EXPECT_EQ(text(0.9961), "0.996") << "1.00 would be untrue";
  EXPECT_EQ(text(0.0004), "0.0004");
  EXPECT_EQ(text(-0.0000001), "0.00");
  EXPECT_EQ(text(0.99999999), "1.00");
  EXPECT_EQ(text(123456), "1.2e+05");
  EXPECT_EQ(text(std::nan("")), "NaN");
  EXPECT_EQ(shown("n * d_k"), "32");
  EXPECT_EQ(shown("n / 2"), "2.00");
}

TEST_F(Claims, RefusalsNameWhatIsWrongAndWhatThereIs) {
  EXPECT_THAT(refused("weights[sat,dog] > 0"), HasSubstr("there is no token 'dog'; the tokens are The, cat, sat, down"));
  EXPECT_THAT(refused("q[sat,dog] > 0"), AllOf(HasSubstr("there is no column 'dog'"), HasSubstr("and 3 more")));
  EXPECT_THAT(refused("q[sat,seeks] > 0"), HasSubstr("'seeks' could be any of the columns seeks a noun"));
  EXPECT_THAT(refused("x[cat,colour] > 0"), HasSubstr("there is no dimension 'colour'"));
  EXPECT_THAT(refused("weights[sat,4] > 0"), HasSubstr("there is no token 4; they are counted from 0 to 3"));
  EXPECT_THAT(refused("weights[sat,-2] > 0"), HasSubstr("counted from 0"));
  EXPECT_THAT(refused("0.1:weights[sat,cat] > 0"), HasSubstr("there is no head 0.1; layer 0 has 1"));
  EXPECT_THAT(refused("1.0:weights[sat,cat] > 0"), HasSubstr("there is no layer 1; the experiment has 1"));
  EXPECT_THAT(refused("w_o[0,0] > 0"), HasSubstr("the experiment has no w_o"));
  EXPECT_THAT(refused("wieghts[sat,cat] > 0"), AllOf(HasSubstr("no stage 'wieghts'"), HasSubstr("weights")));
  EXPECT_THAT(refused("wieghts > 0"), HasSubstr("no stage and no number called 'wieghts'"));
  EXPECT_THAT(refused("argmax(weights[sat,*]) = dog"), HasSubstr("there is no token 'dog'"));
  EXPECT_THAT(refused("argmax(weights) = cat"), HasSubstr("one row or one column"));
  EXPECT_THAT(refused("argmax(1 + 2) = cat"), HasSubstr("takes a place"));
  EXPECT_THAT(refused("argmax(weights[sat,*]) > cat"), HasSubstr("only = and !="));
  EXPECT_THAT(refused("weights[sat,*] > 0"), HasSubstr("is 1×4 numbers, where one is expected"));
  EXPECT_THAT(refused("sum(q[sat,*] + w_q) > 0"), HasSubstr("of one shape"));
  EXPECT_THAT(refused("dot(q[sat,*], scores[sat,*]) > 0"), HasSubstr("of one shape"));
  EXPECT_THAT(refused("asymmetry(q) > 0"), HasSubstr("is 4×8"));
  EXPECT_THAT(refused("gradient(weights) > 0"), HasSubstr("one row"));
  EXPECT_THAT(refused("cat = dog"), HasSubstr("misspelt"));
  EXPECT_THAT(refused("cat = 1"), HasSubstr("called 'cat'"));
  EXPECT_THAT(refusal([&] { Claim("beside(n) = 1").check(other); }), HasSubstr("no second experiment"));
  EXPECT_THAT(refusal([&] { Expression("cat").value(scope); }), HasSubstr("called 'cat'"));
}

TEST_F(Claims, MistakesOfWritingAreFoundBeforeAnythingIsAsked) {
  const auto unread = [](const std::string& text) { return refusal([&] { Claim claim(text); }); };
  EXPECT_THAT(unread("weights[sat,cat]"), HasSubstr("expected one of < <= > >= = !="));
  EXPECT_THAT(unread(""), HasSubstr("expected a number, a place or a function, found the end"));
  EXPECT_THAT(unread("1 <"), HasSubstr("character 4"));
  EXPECT_THAT(unread("1 < 2 or 3 < 4"), HasSubstr("expected 'and' or the end, found 'or 3 < 4'"));
  EXPECT_THAT(unread("weights[sat,cat > 1"), HasSubstr("] is missing"));
  EXPECT_THAT(unread("weights[sat] > 1"), HasSubstr("must name a row and a column"));
  EXPECT_THAT(unread("weights[sat,] > 1"), HasSubstr("missing"));
  EXPECT_THAT(unread("(1 > 2"), HasSubstr("expected )"));
  EXPECT_THAT(unread("foo(1) > 2"), AllOf(HasSubstr("no function 'foo'"), HasSubstr("argmax")));
  EXPECT_THAT(unread("max(1, 2) > 2"), HasSubstr("max takes one argument, not 2"));
  EXPECT_THAT(unread("dot(1) > 2"), HasSubstr("dot takes two arguments, not 1"));
  EXPECT_THAT(unread("a.b:weights[0,0] > 2"), HasSubstr("layer and head, such as 0.1"));
  EXPECT_THAT(unread("\"open > 2"), HasSubstr("closing \""));
  EXPECT_THAT(unread("1e999 > 2"), HasSubstr("expected a number"));
  EXPECT_THAT(unread(std::string(2000, '1') + " > 1"), HasSubstr("1024 bytes"));
  EXPECT_THAT(unread(std::string(100, '(') + "1"), HasSubstr("32 levels"));
  EXPECT_THAT(unread(std::string(100, '-') + "1 > 0"), HasSubstr("32 levels"));
  std::string chain = "1";
  for (int i = 0; i < 100; ++i) chain += "+1";
  EXPECT_THAT(unread(chain + " > 1"), HasSubstr("at most 32 operators"));
}

TEST_F(Claims, PlacesOfRowsColumnsAndMatrices) {
  const Place row = place_from("q[sat,*]", experiment, trace), column = place_from("scores[*,cat]", experiment, trace),
              matrix = place_from("w_q", experiment, trace), cell = place_from(" 0.0:k[cat,noun] ", experiment, trace);
  EXPECT_EQ(row.cell, (Cell{Stage::q, 0, 0, 2, -1}));
  EXPECT_EQ(column.cell, (Cell{Stage::scores, 0, 0, -1, 1}));
  EXPECT_EQ(cell.cell, (Cell{Stage::k, 0, 0, 1, 0}));
  EXPECT_TRUE(matrix.whole());
  EXPECT_TRUE(row.contains({Stage::q, 0, 0, 2, 7}));
  EXPECT_FALSE(row.contains({Stage::q, 0, 0, 1, 7}));
  EXPECT_FALSE(row.contains({Stage::k, 0, 0, 2, 7}));
  EXPECT_TRUE(column.contains({Stage::scores, 0, 0, 3, 1}));
  EXPECT_TRUE(matrix.contains({Stage::w_q, 0, 0, 3, 1}));
  EXPECT_EQ(place_from("1.0:x[cat,*]", experiment, trace).cell, (Cell{Stage::x, 1, 0, 1, -1})) << "what leaves the last layer";
  EXPECT_THAT(refusal([&] { place_from("q[dog,*]", experiment, trace); }), HasSubstr("the tokens are The, cat, sat, down"));
}

}  // namespace
}  // namespace qkv::experiment
