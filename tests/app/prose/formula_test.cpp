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

TEST(Formula, HasLettersNumbersAndSigns) {
  EXPECT_EQ(tree("a"), "(a)");
  EXPECT_EQ(tree("a + 2.50"), "(a + 2.50)");
  EXPECT_EQ(tree("x=-1"), "(x = − 1)");
  EXPECT_EQ(tree("3."), "(3 .)");
  EXPECT_EQ(tree(".5"), "(.5)");
  EXPECT_EQ(tree("a*b"), "(a ∗ b)");
  EXPECT_EQ(tree(""), "()");
  EXPECT_EQ(tree("é ≈ 日"), "(é ≈ words 日)");
  EXPECT_EQ(parse_formula("a").parts[0].kind, Kind::letter);
  EXPECT_EQ(parse_formula("7").parts[0].kind, Kind::number);
}

TEST(Formula, LettersSideBySideAreOneWord) {
  EXPECT_EQ(tree("sat"), "(sat)");
  EXPECT_EQ(tree("QK^T"), "(Q scripts(K () T))");
  EXPECT_EQ(tree("s_{sat,cat}"), "(scripts(s (sat , cat) ()))");
}

TEST(Formula, HasScripts) {
  EXPECT_EQ(tree("x^2"), "(scripts(x () 2))");
  EXPECT_EQ(tree("x_i^2"), "(scripts(x i 2))");
  EXPECT_EQ(tree("x^2_i"), "(scripts(x i 2))");
  EXPECT_EQ(tree("x^10"), "(scripts(x () 1) 0)");
  EXPECT_EQ(tree("e^{-x}"), "(scripts(e () (− x)))");
  EXPECT_EQ(tree("f'"), "(scripts(f () (′)))");
  EXPECT_EQ(tree("f''"), "(scripts(f () (′ ′)))");
  EXPECT_EQ(tree("{}_i"), "(scripts(() i ()))");
  EXPECT_EQ(tree("_i"), "(scripts(() i ()))");
  EXPECT_EQ(tree("K^\\top"), "(scripts(K () ⊤))");
}

TEST(Formula, HasFractionsRootsAndFences) {
  EXPECT_EQ(tree("\\frac{a}{b+c}"), "(frac((a) (b + c)))");
  EXPECT_EQ(tree("\\frac12"), "(frac(1 2))");
  EXPECT_EQ(tree("\\sqrt{d_k}"), "(sqrt((scripts(d k ()))))");
  EXPECT_EQ(tree("\\sqrt 2"), "(sqrt(2))");
  EXPECT_EQ(tree("\\left(\\frac ab\\right)^2"), "(scripts(fence ()((frac(a b))) () 2))");
  EXPECT_EQ(parse_formula("\\left[a\\right]").parts[0].text, "[]");
  EXPECT_EQ(parse_formula("\\left\\{a\\right.").parts[0].text, "{.");
  EXPECT_EQ(parse_formula("\\left\\|a\\right\\|").parts[0].text, "‖‖");
  EXPECT_EQ(parse_formula("\\left|a\\right|").parts[0].text, "||");
  EXPECT_EQ(parse_formula("\\left\\langle a\\right\\rangle").parts[0].text, "⟨⟩");
  EXPECT_EQ(tree("\\left(\\left(a\\right)\\right)"), "(fence ()((fence ()((a)))))");
}

TEST(Formula, HasSumsAndFunctions) {
  EXPECT_EQ(tree("\\sum_{j=0}^n a_j"), "(limits(∑ (j = 0) n) scripts(a j ()))");
  EXPECT_EQ(tree("\\sum a"), "(∑ a)");
  EXPECT_EQ(tree("\\max_j s"), "(limits(function max j ()) s)");
  EXPECT_EQ(tree("\\log_2 n"), "(scripts(function log 2 ()) n)");
  EXPECT_EQ(tree("\\operatorname{softmax}(x)"), "(function softmax ( x ))");
  EXPECT_EQ(tree("\\argmax"), "(function arg max)");
}

TEST(Formula, HasWordsSpacesAndNames) {
  EXPECT_EQ(tree("\\text{if it is} \\mathrm{d}x"), "(words if it is words d x)");
  EXPECT_EQ(tree("a\\,b\\;c\\quad d~e\\ f"), "(a space 3 b space 5 c space 18 d space 5 e space 5 f)");
  EXPECT_EQ(tree("\\alpha\\cdot\\sigma\\to\\infty"), "(α · σ → ∞)");
  EXPECT_EQ(tree("\\partial a \\le \\mu \\approx \\Sigma \\times 5\\%"), "(∂ a ≤ μ ≈ Σ × 5 %)");
  EXPECT_EQ(tree("\\text{}"), "(words )");
}

TEST(Formula, HasRolesAndLiveNumbers) {
  EXPECT_EQ(tree("\\q{q}\\cdot\\k{k_{cat}}"), "(role q((q)) · role k((scripts(k (cat) ()))))");
  EXPECT_EQ(tree("\\v{V}\\a a"), "(role v((V)) role a(a))");
  EXPECT_EQ(tree("x = {{ weights[sat,*] }}"), "(x = value weights[sat,*])");
  EXPECT_EQ(tree("e^{{s[0,1]}}"), "(scripts(e () value s[0,1]))");
  EXPECT_EQ(tree("e^{{{s[0,1]}}/2}"), "(scripts(e () (value s[0,1] / 2)))");
  EXPECT_EQ(tree("\\frac{{{a[0,0]}}}{{b[0,0]}}"), "(frac((value a[0,0]) value b[0,0]))");
}

TEST(Formula, SaysWhatIsWrongAndWhere) {
  EXPECT_THAT(error_of("a + \\foo"), HasSubstr("at character 5: \\foo is not known"));
  EXPECT_THAT(error_of("é \\foo"), HasSubstr("at character 3"));
  EXPECT_THAT(error_of("a}"), HasSubstr("at character 2: this } has no {"));
  EXPECT_THAT(error_of("{a"), HasSubstr("at character 1: this { has no }"));
  EXPECT_THAT(error_of("x^"), HasSubstr("at character 3: something is missing"));
  EXPECT_THAT(error_of("x^^2"), HasSubstr("at character 3: something is missing"));
  EXPECT_THAT(error_of("x^2^3"), HasSubstr("two exponents"));
  EXPECT_THAT(error_of("x_2_3"), HasSubstr("two subscripts"));
  EXPECT_THAT(error_of("x^2'"), HasSubstr("two exponents"));
  EXPECT_THAT(error_of("\\frac{a}"), HasSubstr("something is missing"));
  EXPECT_THAT(error_of("\\sqrt[3]{a}"), HasSubstr("only square roots"));
  EXPECT_THAT(error_of("\\left(a"), HasSubstr("at character 1: this \\left has no \\right"));
  EXPECT_THAT(error_of("a\\right)"), HasSubstr("this \\right has no \\left"));
  EXPECT_THAT(error_of("\\left a\\right)"), HasSubstr("take one of"));
  EXPECT_THAT(error_of("\\left("), HasSubstr("has no \\right"));
  EXPECT_THAT(error_of("\\text a"), HasSubstr("a { is missing"));
  EXPECT_THAT(error_of("\\text{a"), HasSubstr("has no }"));
  EXPECT_THAT(error_of("\\text{a{b}}"), HasSubstr("words cannot hold a group"));
  EXPECT_THAT(error_of("{{a"), HasSubstr("this {{ has no }}"));
  EXPECT_THAT(error_of("{{ }}"), HasSubstr("there is no expression"));
  EXPECT_THAT(error_of("5%"), HasSubstr("write \\%"));
  EXPECT_THAT(error_of("a & b"), HasSubstr("write \\&"));
  EXPECT_THAT(error_of("a\\"), HasSubstr("a name is missing"));
  EXPECT_THAT(error_of("a\x01"), HasSubstr("control character"));
  EXPECT_THAT(error_of("a\xff"), HasSubstr("not UTF-8"));
  EXPECT_THAT(error_of("\\\xff"), HasSubstr("not known"));
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
