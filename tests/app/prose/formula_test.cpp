#include "app/prose/formula.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"

namespace qkv::prose {
namespace {

using ::testing::HasSubstr;
using Kind = FormulaNode::Kind;

// A formula as nested brackets, so that a test reads like the tree.
std::string shown(const FormulaNode& node) {
  static constexpr const char* kNames[] = {"",       "",      "",       "words ",   "",
                                           "space ", "frac",  "sqrt",   "scripts",  "fence ",
                                           "limits", "role ", "value ", "function "};
  static constexpr const char* kRoles[] = {"", "q", "k", "v", "a"};
  std::string text = kNames[static_cast<std::size_t>(node.kind)] + node.text;
  if (node.kind == Kind::role) text += kRoles[static_cast<std::size_t>(node.role)];
  if (node.parts.empty()) return node.kind == Kind::row ? "()" : text;
  text += "(";
  for (std::size_t i = 0; i < node.parts.size(); ++i) text += (i > 0 ? " " : "") + shown(node.parts[i]);
  return text + ")";
}

std::string tree(std::string_view tex) { return shown(parse_formula(tex)); }

std::string error_of(std::string_view tex) {
  try {
    parse_formula(tex);
  } catch (const Error& error) {
    EXPECT_LE(std::string_view(error.what()).size(), 500u);
    return error.what();
  }
  return "";
}

/// What is written, and its tree or a part of the sentence that refuses it.
using Cases = std::initializer_list<std::pair<std::string_view, std::string>>;

void expect_trees(Cases cases) {
  for (const auto& [tex, wanted] : cases) EXPECT_EQ(tree(tex), wanted) << tex;
}
void expect_refused(Cases cases) {
  for (const auto& [tex, part] : cases) EXPECT_THAT(error_of(tex), HasSubstr(part)) << tex;
}

TEST(Formula, HasLettersNumbersAndSigns) {
  expect_trees({
      {"a", "(a)"},
      {"a + 2.50", "(a + 2.50)"},
      {"x=-1", "(x = − 1)"},
      {"3.", "(3 .)"},
      {".5", "(.5)"},
      {"a*b", "(a ∗ b)"},
      {"", "()"},
      {"é ≈ 日", "(é ≈ words 日)"},
  });
  EXPECT_EQ(parse_formula("a").parts[0].kind, Kind::letter);
  EXPECT_EQ(parse_formula("7").parts[0].kind, Kind::number);
}

TEST(Formula, LettersSideBySideAreOneWord) {
  expect_trees({
      {"sat", "(sat)"},
      {"QK^T", "(Q scripts(K () T))"},
      {"s_{sat,cat}", "(scripts(s (sat , cat) ()))"},
  });
}

TEST(Formula, HasScripts) {
  expect_trees({
      {"x^2", "(scripts(x () 2))"},
      {"x_i^2", "(scripts(x i 2))"},
      {"x^2_i", "(scripts(x i 2))"},
      {"x^10", "(scripts(x () 1) 0)"},
      {"e^{-x}", "(scripts(e () (− x)))"},
      {"f'", "(scripts(f () (′)))"},
      {"f''", "(scripts(f () (′ ′)))"},
      {"{}_i", "(scripts(() i ()))"},
      {"_i", "(scripts(() i ()))"},
      {"K^\\top", "(scripts(K () ⊤))"},
  });
}

TEST(Formula, HasFractionsRootsAndFences) {
  expect_trees({
      {"\\frac{a}{b+c}", "(frac((a) (b + c)))"},
      {"\\frac12", "(frac(1 2))"},
      {"\\sqrt{d_k}", "(sqrt((scripts(d k ()))))"},
      {"\\sqrt 2", "(sqrt(2))"},
      {"\\left(\\frac ab\\right)^2", "(scripts(fence ()((frac(a b))) () 2))"},
  });
  EXPECT_EQ(parse_formula("\\left[a\\right]").parts[0].text, "[]");
  EXPECT_EQ(parse_formula("\\left\\{a\\right.").parts[0].text, "{.");
  EXPECT_EQ(parse_formula("\\left\\|a\\right\\|").parts[0].text, "‖‖");
  EXPECT_EQ(parse_formula("\\left|a\\right|").parts[0].text, "||");
  EXPECT_EQ(parse_formula("\\left\\langle a\\right\\rangle").parts[0].text, "⟨⟩");
  expect_trees({{"\\left(\\left(a\\right)\\right)", "(fence ()((fence ()((a)))))"}});
}

TEST(Formula, HasSumsAndFunctions) {
  expect_trees({
      {"\\sum_{j=0}^n a_j", "(limits(∑ (j = 0) n) scripts(a j ()))"},
      {"\\sum a", "(∑ a)"},
      {"\\max_j s", "(limits(function max j ()) s)"},
      {"\\log_2 n", "(scripts(function log 2 ()) n)"},
      {"\\operatorname{softmax}(x)", "(function softmax ( x ))"},
      {"\\argmax", "(function arg max)"},
  });
}

TEST(Formula, HasWordsSpacesAndNames) {
  expect_trees({
      {"\\text{if it is} \\mathrm{d}x", "(words if it is words d x)"},
      {"a\\,b\\;c\\quad d~e\\ f", "(a space 3 b space 5 c space 18 d space 5 e space 5 f)"},
      {"\\alpha\\cdot\\sigma\\to\\infty", "(α · σ → ∞)"},
      {"\\partial a \\le \\mu \\approx \\Sigma \\times 5\\%", "(∂ a ≤ μ ≈ Σ × 5 %)"},
      {"\\text{}", "(words )"},
  });
}

TEST(Formula, HasRolesAndLiveNumbers) {
  expect_trees({
      {"\\q{q}\\cdot\\k{k_{cat}}", "(role q((q)) · role k((scripts(k (cat) ()))))"},
      {"\\v{V}\\a a", "(role v((V)) role a(a))"},
      {"x = {{ weights[sat,*] }}", "(x = value weights[sat,*])"},
      {"e^{{s[0,1]}}", "(scripts(e () value s[0,1]))"},
      {"e^{{{s[0,1]}}/2}", "(scripts(e () (value s[0,1] / 2)))"},
      {"\\frac{{{a[0,0]}}}{{b[0,0]}}", "(frac((value a[0,0]) value b[0,0]))"},
  });
}

TEST(Formula, SaysWhatIsWrongAndWhere) {
  expect_refused({
      {"a + \\foo", "at character 5: \\foo is not known"},
      {"é \\foo", "at character 3"},
      {"a}", "at character 2: this } has no {"},
      {"{a", "at character 1: this { has no }"},
      {"x^", "at character 3: something is missing"},
      {"x^^2", "at character 3: something is missing"},
      {"x^2^3", "two exponents"},
      {"x_2_3", "two subscripts"},
      {"x^2'", "two exponents"},
      {"\\frac{a}", "something is missing"},
      {"\\sqrt[3]{a}", "only square roots"},
      {"\\left(a", "at character 1: this \\left has no \\right"},
      {"a\\right)", "this \\right has no \\left"},
      {"\\left a\\right)", "take one of"},
      {"\\left(", "has no \\right"},
      {"\\text a", "a { is missing"},
      {"\\text{a", "has no }"},
      {"\\text{a{b}}", "words cannot hold a group"},
      {"{{a", "this {{ has no }}"},
      {"{{ }}", "there is no expression"},
      {"5%", "write \\%"},
      {"a & b", "write \\&"},
      {"a\\", "a name is missing"},
      {"a\x01", "control character"},
      {"a\xff", "not UTF-8"},
      {"\\\xff", "not known"},
  });
}

TEST(Formula, IsBounded) {
  EXPECT_THAT(error_of(std::string(4097, 'a')), HasSubstr("longer than 4096"));
  EXPECT_EQ(error_of(std::string(4096, 'a')), "");
  const auto nested = [](int n) {
    std::string tex;
    for (int i = 0; i < n; ++i) tex += "\\sqrt{";
    return tex + "x" + std::string(static_cast<std::size_t>(n), '}');
  };
  EXPECT_EQ(error_of(nested(15)), "");
  EXPECT_THAT(error_of(nested(40)), HasSubstr("deeper than 32"));
  EXPECT_THAT(error_of(std::string(4000, '{')), HasSubstr("deeper than 32"));
}

}  // namespace
}  // namespace qkv::prose
