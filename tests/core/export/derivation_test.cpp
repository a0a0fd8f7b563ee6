#include "core/export/derivation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <random>
#include <regex>

#include "core/experiment/experiment.h"
#include "core/export/formula.h"
#include "core/export/literals.h"
#include "tests/core/attention/cases.h"
#include "tests/core/folder_test.h"

namespace qkv::exports {
namespace {

using attention::Cell;
using attention::Operation;
using attention::Stage;
using attention::Trace;
using testing::HasSubstr;
using testing::Not;

const std::vector<std::string> kTokens = {"The", "cat", "sat", "down"};

Trace cat() { return experiment::evaluate(experiment::default_experiment()); }

/// Braces, \left and \right, environments and $$ all close in order, and nothing stands unescaped in text.
void expect_well_formed(const std::string& latex) {
  int depth = 0, left = 0;
  for (std::size_t i = 0; i < latex.size(); ++i) {
    if (latex[i] == '\\') {
      if (latex.compare(i, 6, "\\left\\") == 0 || latex.compare(i, 6, "\\left(") == 0) ++left;
      if (latex.compare(i, 7, "\\right)") == 0) --left;
      ++i;  // what follows is escaped or the first letter of a command
      continue;
    }
    if (latex[i] == '{') ++depth;
    if (latex[i] == '}') --depth;
    ASSERT_GE(depth, 0) << latex;
    ASSERT_NE(latex[i], '#') << latex;
    if (latex[i] == '%') {
      ASSERT_TRUE(i == 0 || latex[i - 1] == '\n') << latex;
    }
  }
  EXPECT_EQ(depth, 0) << latex;
  EXPECT_EQ(left, 0) << latex;
}

TEST(Derivation, GoesFromAWeightDownToXAndTheWeightMatrices) {
  std::vector<Stage> stages;
  for (const auto& step : derivation(cat(), {Stage::weights, 0, 0, 2, 1})) stages.push_back(step.cell.stage);
  EXPECT_EQ(stages, (std::vector<Stage>{Stage::weights, Stage::scaled, Stage::scores, Stage::q, Stage::k}));
}

TEST(Derivation, TakesTheLargestProductOfASum) {
  const Trace trace = cat();
  const auto steps = derivation(trace, {Stage::scores, 0, 0, 2, 1});
  const auto& products = steps[0].terms;
  const auto column = static_cast<std::size_t>(steps[1].cell.column);
  for (const auto& term : products) EXPECT_LE(std::fabs(term.value), std::fabs(products[column].value));
}

TEST(Derivation, LeadsToWhereANaNComesFrom) {
  experiment::Experiment e = experiment::default_experiment();
  e.edits[{Stage::w_k, 0, 0, 1, 6}] = std::nanf("");
  const auto steps = derivation(experiment::evaluate(e), {Stage::scores, 0, 0, 2, 1});
  const auto is_key = [](const auto& step) { return step.cell == Cell{Stage::k, 0, 0, 1, 6}; };
  EXPECT_TRUE(std::ranges::any_of(steps, is_key));
}

TEST(Derivation, SaysTheLiveNumbersOfTheDefaultExperiment) {
  const Trace trace = cat();
  const Cell cell{Stage::weights, 0, 0, 2, 1};
  const std::string latex = derivation_as_latex(trace, cell, kTokens);
  EXPECT_THAT(latex, HasSubstr("A_{\\text{sat},\\,\\text{cat}} &= \\frac{e^{S_{\\text{sat},\\,\\text{cat}}-m}}"));
  EXPECT_THAT(latex, HasSubstr("&\\approx " + rounded(attention::value(trace, cell))));
  EXPECT_THAT(latex, HasSubstr("7.0625 \\cdot 0.35355"));
  EXPECT_THAT(latex, HasSubstr("\\sum_{c} X_{\\text{sat},\\,c} (W_{Q})_{c,\\,4}"));
  EXPECT_THAT(latex, HasSubstr("&= 2.5"));
  expect_well_formed(latex);
}

/// Every number the formula of a sum shows, multiplied and added up again, is the value.
TEST(Derivation, TheWrittenTermsAddUpToTheValue) {
  const Trace trace = cat();
  const std::regex product(R"((\(?-?[0-9.]+\)?) \\cdot (\(?-?[0-9.]+\)?))");
  for (const Stage stage : {Stage::q, Stage::k, Stage::v, Stage::scores, Stage::output}) {
    const Cell cell{stage, 0, 0, 1, 2};
    const std::string text = Formulas(trace, kTokens).lines(attention::explain(trace, cell));
    double sum = 0;
    for (auto it = std::sregex_iterator(text.begin(), text.end(), product); it != std::sregex_iterator(); ++it) {
      const auto number = [](std::string s) {
        std::erase_if(s, [](char c) { return c == '(' || c == ')'; });
        return std::stod(s);
      };
      sum += number((*it)[1]) * number((*it)[2]);
    }
    EXPECT_NEAR(sum, static_cast<double>(attention::value(trace, cell)), 1e-3) << text;
  }
}

TEST(Derivation, IsWellFormedForEveryKindOfCell) {
  const std::vector<std::string> odd = {"{", "}\\", "#$%&_^~", "\\end{align*}", "$$", "a\nb", "", "日本"};
  for (attention::Case& c : attention::some_option_cases(1)) {
    SCOPED_TRACE(c.name);
    const Trace trace = attention::attend(std::move(c.inputs));
    std::map<Stage, int> seen;
    attention::for_each_cell(trace, [&](const Cell& cell) {
      if (seen[cell.stage]++ % 5 != 0) return;
      expect_well_formed(derivation_as_latex(trace, cell, odd));
      const std::string markdown = derivation_as_markdown(trace, cell, odd);
      std::size_t dollars = 0;
      for (auto at = markdown.find("$$"); at != std::string::npos; at = markdown.find("$$", at + 2)) ++dollars;
      EXPECT_EQ(dollars % 2, 0u) << markdown;
      EXPECT_THAT(markdown, Not(HasSubstr("\\text{$$}")));
    });
  }
}

TEST(Derivation, ALongSumSaysTheLargestTermsAndTheRest) {
  const Trace trace = attention::attend(attention::random_inputs({.n = 2, .d_model = 300, .d_k = 4, .d_v = 4}, 5));
  const std::string latex = Formulas(trace, kTokens).lines(attention::explain(trace, {Stage::q, 0, 0, 0, 0}));
  EXPECT_THAT(latex, HasSubstr("(292 smaller terms)"));
  EXPECT_LT(latex.size(), 2000u);
}

TEST(Derivation, SaysWhatIsGivenMaskedOrSetByHand) {
  experiment::Experiment e = experiment::default_experiment();
  e.mask = attention::MaskKind::causal;
  e.edits[{Stage::q, 0, 0, 0, 0}] = 4;
  const Trace trace = experiment::evaluate(e);
  const auto latex = [&](const Cell& cell) { return derivation_as_latex(trace, cell, kTokens); };
  EXPECT_THAT(latex({Stage::weights, 0, 0, 0, 1}), HasSubstr("&= 0 \\quad\\text{(masked)}"));
  EXPECT_THAT(latex({Stage::scaled, 0, 0, 0, 1}), HasSubstr("&= -\\infty \\quad\\text{(masked)}"));
  EXPECT_THAT(latex({Stage::q, 0, 0, 0, 0}), HasSubstr("= 4 \\quad\\text{(set by hand)}"));
  EXPECT_THAT(latex({Stage::w_q, 0, 0, 0, 1}), HasSubstr("\\quad\\text{(given)}"));
}

TEST(Derivation, ATokenThatOccursTwiceHasItsPosition) {
  const std::string latex = derivation_as_latex(cat(), {Stage::weights, 0, 0, 2, 1}, {"the", "cat", "the", "ball"});
  EXPECT_THAT(latex, HasSubstr("A_{\\text{the}_{2},\\,\\text{cat}}"));
}

/// What LaTeX would stop at: a brace, an environment or a \left without its other half, a special character that is not escaped.
std::string latex_fault(const std::string& latex) {
  int braces = 0, fences = 0;
  std::vector<std::string> open;
  for (std::size_t i = 0; i < latex.size(); ++i) {
    const auto starts = [&](const char* word) { return latex.compare(i, std::string_view(word).size(), word) == 0; };
    const auto named = [&] { return latex.substr(latex.find('{', i), latex.find('}', i) - latex.find('{', i)); };
    if (starts("\\begin{")) open.push_back(named());
    if (starts("\\end{")) {
      if (open.empty() || open.back() != named()) return "\\end" + named() + "} without its \\begin";
      open.pop_back();
    }
    fences += starts("\\left(") || starts("\\left[") ? 1 : starts("\\right)") || starts("\\right]") ? -1 : 0;
    if (latex[i] == '%' && (i == 0 || latex[i - 1] == '\n')) {  // a comment
      i = std::min(latex.find('\n', i), latex.size());
      continue;
    }
    if (latex[i] == '\\') {
      ++i;  // what is escaped, and the first letter of a command
      continue;
    }
    braces += latex[i] == '{' ? 1 : latex[i] == '}' ? -1 : 0;
    if (braces < 0 || fences < 0) return "closed before it is opened: " + latex.substr(0, i);
    if (std::string_view("#$%~").find(latex[i]) != std::string_view::npos) return std::string("not escaped: ") + latex[i];
  }
  if (braces != 0 || fences != 0 || !open.empty()) return "not closed";
  return "";
}

TEST(Derivation, IsLatexWhateverTheTokens) {
  EXPECT_EQ(latex_fault("\\left(\\text{a\\}}\\right)"), "");
  for (const char* bad : {"\\text{a", "a}", "\\text{50%}", "\\begin{align*}\\end{align}", "\\left(1"}) EXPECT_NE(latex_fault(bad), "") << bad;
  const std::vector<std::string> odd = {"{a}\\", "#$%&_^~", "\"<|>\"", "sat"};
  for (const Stage stage : {Stage::weights, Stage::output, Stage::layer_output, Stage::q})
    for (int query = 0; query < 4; ++query) EXPECT_EQ(latex_fault(derivation_as_latex(cat(), {stage, 0, 0, query, 1}, odd)), "");
}

TEST(Derivation, AsTextIsOneLineAStep) {
  const std::string text = derivation_as_text(cat(), {Stage::weights, 0, 0, 2, 1}, kTokens);
  EXPECT_THAT(text, HasSubstr("A[sat, cat] = exp(2.497 − 2.497) / 1.2484 = 0.80103"));
  EXPECT_THAT(text, HasSubstr("Q[sat, 4] = 0 × 0 + −0.5 × 0 + 1.5 × 1.5"));
  EXPECT_EQ(std::ranges::count(text, '\n'), 5);
}

TEST(Literals, ReadBackBitForBit) {
  std::mt19937 random(3);
  for (int i = 0; i < 200'000; ++i) {
    const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    if (!std::isfinite(value)) continue;
    const std::string text = python_number(value);
    EXPECT_EQ(std::bit_cast<std::uint32_t>(static_cast<float>(std::stod(text))), std::bit_cast<std::uint32_t>(value)) << text;
  }
  EXPECT_EQ(python_number(-0.0f), "-0.0");
  EXPECT_EQ(python_number(0.1f), "0.1");
  EXPECT_EQ(latex_text("50% of_{a}\\"), "50\\% of\\_\\{a\\}\\textbackslash{}");
  EXPECT_EQ(latex_number(1e-7f), "1 \\cdot 10^{-7}");
}

}  // namespace
}  // namespace qkv::exports
