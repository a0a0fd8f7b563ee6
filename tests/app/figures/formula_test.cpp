#include "app/figures/formula.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "app/drawing/players.h"
#include "app/figures/formula_block.h"
#include "tests/app/figures/model_bench.h"
#include "tests/app/support/layout_checks.h"

namespace qkv::figures {
namespace {

using drawing::Rect;
using ::testing::IsEmpty;

const std::vector<std::string>& formulas() {
  static const std::vector<std::string> all = {
      R"(\operatorname{softmax}\left(\frac{\q{Q}\k{K}^\top}{\sqrt{d_k}}\right)\v{V})",
      R"(\a{a_{sat,cat}} = \frac{e^{{{scaled[sat,cat]}}}}{e^{-0.73}+e^{0.45}+e^{-0.27}} = {{weights[sat,cat]}})",
      R"(\operatorname{Var}(\q{q}\cdot\k{k}) = d_k \quad \operatorname{Var}\left(\frac{\q{q}\cdot\k{k}}{\sqrt{d_k}}\right) = 1)",
      R"(\left\|\frac{\partial a}{\partial s}\right\| \le \frac12, \quad \|\partial a/\partial s\| = 0.007)",
      R"(o_i = \sum_{j=0}^{n-1} \a{a_{ij}} \v{v_j} = 0.83\,\v{v_{cat}} + 0.12\,\v{v_{sat}} - 0.05\,\v{v_{the}})",
      R"(\a{a_i} = \frac{e^{s_i/\tau}}{\sum_j e^{s_j/\tau}}, \quad x_1^2 + y_i^{k+1} \approx \sqrt{\frac{a+b}{2}} \to \infty)",
      R"(\max_{j \le i} s_{ij}, \quad \left[\frac{a}{b}\right] \left\{\frac{a}{b}\right\} \left|\frac{a}{b}\right| \left\langle\frac{a}{b}\right\rangle, \quad f'(x) = -x)",
      R"(\mu = \frac{1}{n}\sum_{i=1}^n x_i, \quad \sigma^2 = \frac{1}{n}\sum_{i=1}^n (x_i - \mu)^2)",
      R"(s_{sat,cat} = \q{q_{sat}} \cdot \k{k_{cat}} = {{scores[sat,cat]}})",
      R"(PE_{pos,2i} = \sin\left(\frac{pos}{10000^{2i/d}}\right))"};
  return all;
}

std::optional<std::string> live(std::string_view expression) {
  if (expression == "scaled[sat,cat]") return "0.45";
  if (expression == "weights[sat,cat]") return "0.540";
  if (expression == "scores[sat,cat]") return "-1.27";
  return std::nullopt;
}

struct Placed {
  FormulaExtent extent;
  std::vector<FormulaHit> hits;
};

constexpr drawing::Point kAt{300, 400};

Placed place(Sheet& s, const std::string& tex, float size, bool display = true) {
  const drawing::Theme& theme = s.p.theme();
  const FormulaStyle style{
      .size = size, .color = theme.text, .muted = theme.text2, .live = live, .display = display};
  Placed placed;
  const auto node = prose::parse_formula(tex);
  placed.extent = draw_formula(s.p, kAt, node, style, &placed.hits);
  const FormulaExtent measured = measure_formula(s.p, node, style);
  EXPECT_EQ(measured.width, placed.extent.width);
  EXPECT_EQ(measured.ascent, placed.extent.ascent);
  EXPECT_EQ(measured.descent, placed.extent.descent);
  return placed;
}

// What the letters and paths of a drawing really cover.
struct Ink {
  float left = 1e9f, top = 1e9f, right = -1e9f, bottom = -1e9f;
  void add(drawing::Point p, float around = 0) {
    left = std::min(left, p.x - around);
    right = std::max(right, p.x + around);
    top = std::min(top, p.y - around);
    bottom = std::max(bottom, p.y + around);
  }
};

Ink ink_of(Sheet& s, const drawing::Text& t) {
  Ink ink;
  const Rect r = s.text.ink(t.text, t.style).moved(t.at.x, t.at.y);
  ink.add({r.x, r.y});
  ink.add({r.right(), r.bottom()});
  return ink;
}

Ink ink_of(Sheet& s) {
  Ink ink;
  for (const auto& command : s.out.commands) {
    if (const auto* text = std::get_if<drawing::Text>(&command)) {
      const Ink letters = ink_of(s, *text);
      ink.add({letters.left, letters.top});
      ink.add({letters.right, letters.bottom});
    } else if (const auto* line = std::get_if<drawing::Polyline>(&command)) {
      for (const drawing::Point p : line->points) ink.add(p, line->width / 2);
    } else if (const auto* curve = std::get_if<drawing::Bezier>(&command)) {
      ink.add({(curve->from.x + 3 * curve->control1.x + 3 * curve->control2.x + curve->to.x) / 8,
               (curve->from.y + 3 * curve->control1.y + 3 * curve->control2.y + curve->to.y) / 8});
      ink.add(curve->from);
      ink.add(curve->to);
    }
  }
  return ink;
}

const drawing::Text& text_of(const Sheet& s, std::string_view text) {
  const drawing::Text* found = support::find_text(s.out, text);
  if (!found) throw std::runtime_error("there is no text " + std::string(text));
  return *found;
}

const drawing::Polyline& bar_of(const Sheet& s) {
  for (const auto& command : s.out.commands)
    if (const auto* line = std::get_if<drawing::Polyline>(&command)) return *line;
  throw std::runtime_error("there is no line");
}

class FormulaSizes : public ::testing::TestWithParam<float> {};

TEST_P(FormulaSizes, NothingOverlapsAndTheExtentIsWhatIsDrawn) {
  Sheet s({0, 0, 4000, 900});
  for (const std::string& tex : formulas()) {
    for (const bool display : {true, false}) {
      SCOPED_TRACE(tex);
      s.out.commands.clear();
      const Placed placed = place(s, tex, GetParam(), display);
      EXPECT_THAT(support::overlaps(s.out), IsEmpty());
      const Ink ink = ink_of(s);
      const float slack = 1 + 0.03f * GetParam();
      EXPECT_NEAR(ink.top, kAt.y - placed.extent.ascent, slack);
      EXPECT_NEAR(ink.bottom, kAt.y + placed.extent.descent, slack);
      EXPECT_GE(ink.left, kAt.x - 1);
      EXPECT_LE(ink.right, kAt.x + placed.extent.width + slack);
      EXPECT_GE(ink.right, kAt.x + placed.extent.width - 0.2f * GetParam() - 1);
      for (const auto& t : support::texts(s.out))
        EXPECT_EQ(t.text->at.y, std::round(t.text->at.y)) << t.text->text;
    }
  }
}

TEST_P(FormulaSizes, FractionBarsAreBetweenTheirPartsAndCoverThem) {
  Sheet s({0, 0, 4000, 900});
  place(s, R"(\frac{\mathrm{gf}}{\mathrm{bdk}})", GetParam());
  const drawing::Polyline& bar = bar_of(s);
  const Ink above = ink_of(s, text_of(s, "gf")), below = ink_of(s, text_of(s, "bdk"));
  EXPECT_LT(above.bottom, bar.points[0].y - bar.width / 2);
  EXPECT_GT(below.top, bar.points[0].y + bar.width / 2);
  EXPECT_LE(bar.points[0].x, std::min(above.left, below.left));
  EXPECT_GE(bar.points[1].x, std::max(above.right, below.right));
  EXPECT_NEAR(text_of(s, "gf").box.center().x, text_of(s, "bdk").box.center().x, 0.1f);
}

TEST_P(FormulaSizes, BarsKeepClearOfDeepAndHighParts) {
  Sheet s({0, 0, 4000, 2000});
  for (const char* tex :
       {R"(\frac{x_{y_g}}{e^{e^{2}}})", R"(\frac{\frac{a}{g_g}}{\frac{e^{2}}{b}})",
        R"(\sqrt{e^{e^{2}} + \frac{e^2}{g}})", R"(\frac{\sum_j g_j}{\sqrt{\sum_j g_j^2}})"}) {
    for (const bool display : {true, false}) {
      SCOPED_TRACE(tex);
      s.out.commands.clear();
      place(s, tex, GetParam(), display);
      for (const auto& command : s.out.commands) {
        const auto* line = std::get_if<drawing::Polyline>(&command);
        if (!line) continue;
        const drawing::Point end = line->points.back(), begin = line->points[line->points.size() - 2];
        if (begin.y != end.y) continue;
        for (const auto& t : support::texts(s.out)) {
          const Ink ink = ink_of(s, *t.text);
          if (ink.right <= begin.x || ink.left >= end.x) continue;
          EXPECT_TRUE(ink.bottom <= end.y - line->width / 2 || ink.top >= end.y + line->width / 2)
              << t.text->text;
        }
      }
    }
  }
}

TEST_P(FormulaSizes, ScriptsAreBelowAndAboveTheLine) {
  Sheet s({0, 0, 4000, 900});
  place(s, "x_i^k", GetParam());
  EXPECT_GT(text_of(s, "i").at.y, kAt.y);
  EXPECT_LT(text_of(s, "k").at.y, kAt.y);
  EXPECT_GE(text_of(s, "i").at.x, text_of(s, "x").box.right());
  EXPECT_LT(text_of(s, "i").style.size, GetParam() + 0.01f);
  EXPECT_LT(ink_of(s, text_of(s, "k")).bottom, ink_of(s, text_of(s, "i")).top);
}

TEST_P(FormulaSizes, RootsCoverWhatIsUnderThem) {
  Sheet s({0, 0, 4000, 900});
  place(s, R"(\sqrt{\mathrm{dg}})", GetParam());
  const Ink inside = ink_of(s, text_of(s, "dg"));
  float top = 1e9f, right = 0, bottom = 0;
  for (const auto& command : s.out.commands)
    if (const auto* line = std::get_if<drawing::Polyline>(&command))
      for (const drawing::Point p : line->points) {
        top = std::min(top, p.y);
        right = std::max(right, p.x);
        bottom = std::max(bottom, p.y);
      }
  EXPECT_LT(top + 0.5f, inside.top);
  EXPECT_GE(right, inside.right);
  EXPECT_GE(bottom, inside.bottom);
}

TEST_P(FormulaSizes, FencesGrow) {
  Sheet s({0, 0, 4000, 900});
  for (const char* pair : {"()", "[]", "||"}) {
    const std::string open(1, pair[0]), close(1, pair[1]);
    const Placed inside = place(s, R"(\frac{e^{x}}{y})", GetParam());
    const Placed all = place(s, "\\left" + open + R"(\frac{e^{x}}{y})" + "\\right" + close, GetParam());
    EXPECT_GE(all.extent.ascent, inside.extent.ascent);
    EXPECT_GE(all.extent.descent, inside.extent.descent);
    EXPECT_GT(all.extent.width, inside.extent.width);
  }
}

TEST_P(FormulaSizes, LimitsAreAboveAndBelowOnlyOnALineOfTheirOwn) {
  Sheet s({0, 0, 4000, 900});
  place(s, R"(\sum_{j}^{n} a)", GetParam());
  const Ink sum = ink_of(s, text_of(s, "∑"));
  EXPECT_LT(ink_of(s, text_of(s, "n")).bottom, sum.top);
  EXPECT_GT(ink_of(s, text_of(s, "j")).top, sum.bottom);
  Sheet line({0, 0, 4000, 900});
  place(line, R"(\sum_{j}^{n} a)", GetParam(), false);
  EXPECT_GE(text_of(line, "j").at.x, text_of(line, "∑").box.right() - 1);
}

INSTANTIATE_TEST_SUITE_P(Px, FormulaSizes, ::testing::Values(10.f, 15.f, 17.f, 20.f, 28.f, 48.f, 96.f));

TEST(Formula, SpacesSumsAndRelationsButNotSigns) {
  Sheet s({0, 0, 4000, 900});
  const auto width = [&](const std::string& tex) { return place(s, tex, 36).extent.width; };
  const float em = 36, b = width("b");
  EXPECT_NEAR(width("a+b"), width("a") + width("+") + b + em * 8 / 18, 1);
  EXPECT_NEAR(width("a=b"), width("a") + width("=") + b + em * 10 / 18, 1);
  EXPECT_NEAR(width("-b"), width("-") + b, 0.1f);
  EXPECT_NEAR(width("a=-b"), width("a=b") + width("-"), 0.1f);
  EXPECT_NEAR(width("(-b)"), width("(") + width("-") + b + width(")"), 0.1f);
  EXPECT_NEAR(width("a\\quad b"), width("a") + b + em, 0.1f);
  EXPECT_NEAR(width("a b"), width("ab"), 0.1f);
  EXPECT_GT(width("\\max b"), width("\\mathrm{max} b"));
}

TEST(Formula, ShowsLiveNumbersInMonoAndSaysWhereTheyAre) {
  Sheet s({0, 0, 4000, 900});
  const Placed placed =
      place(s, R"(\frac{{{weights[sat,cat]}}}{2} + \q{{{scores[sat,cat]}}} + {{none}})", 20);
  ASSERT_EQ(placed.hits.size(), 3u);
  EXPECT_EQ(placed.hits[0].expression, "weights[sat,cat]");
  const drawing::Text& number = text_of(s, "0.540");
  EXPECT_EQ(number.style.family, drawing::Family::mono);
  EXPECT_TRUE(placed.hits[0].box.contains({number.box.center().x, number.at.y - 3}));
  EXPECT_EQ(text_of(s, "-1.27").style.color, s.p.theme().query);
  EXPECT_NE(support::find_text(s.out, "?"), nullptr);
}

TEST(Formula, GivesPartsTheColourOfTheirRole) {
  Sheet s({0, 0, 4000, 900});
  place(s, R"(\q{q}\k{k}\v{v}\a{a_x}z)", 20);
  EXPECT_EQ(text_of(s, "q").style.color, s.p.theme().query);
  EXPECT_EQ(text_of(s, "k").style.color, s.p.theme().key);
  EXPECT_EQ(text_of(s, "v").style.color, s.p.theme().value);
  EXPECT_EQ(text_of(s, "a").style.color, s.p.theme().weight);
  EXPECT_EQ(text_of(s, "x").style.color, s.p.theme().weight);
  EXPECT_EQ(text_of(s, "z").style.color, s.p.theme().text);
  EXPECT_TRUE(text_of(s, "z").style.italic);
}

TEST(Formula, StaysTextInAnSvg) {
  Sheet s({0, 0, 1000, 900});
  place(s, formulas()[1], 20);
  const std::string svg = drawing::to_svg(s.out, s.text, s.p.theme());
  for (const char* text : {">a<", ">e<", ">0.45<", ">0.540<", ">sat<", ">cat<"})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
}

TEST(Formula, StaysTextInAPdf) {
  Sheet s({0, 0, 1000, 900});
  place(s, formulas()[1], 20);
  const std::filesystem::path path = std::filesystem::temp_directory_path() / "qkvlab_formula_test.pdf";
  drawing::write_pdf(s.out, s.text, s.p.theme(), path);
  std::ifstream in(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  std::filesystem::remove(path);
  EXPECT_NE(bytes.find("/ToUnicode"), std::string::npos);  // letters that can be copied
  EXPECT_NE(bytes.find("JetBrainsMono"), std::string::npos);
}

TEST(FormulaBlock, BreaksBeforeRelationsOnlyWhenItMust) {
  Sheet s({0, 0, 1000, 900});
  const FormulaStyle style{.size = 20, .color = s.p.theme().text, .muted = s.p.theme().text2, .live = live};
  const auto node = prose::parse_formula("a + b + c + d = e + f + g + h = i + j + k + l");
  const float whole = measure_formula(s.p, node, style).width;
  const auto lines = [&](float width) { return formula_block(s.p, node, style, width).lines.size(); };
  EXPECT_EQ(lines(whole), 1u);
  EXPECT_EQ(lines(0.8f * whole), 1u);  // smaller
  EXPECT_EQ(lines(0.6f * whole), 2u);
  EXPECT_EQ(lines(0.34f * whole), 3u);
  for (const float width : {30.f, 60.f, 100.f, 200.f, 400.f}) {
    const FormulaBlock block = formula_block(s.p, node, style, width);
    float bottom = 0;
    for (const FormulaBlock::Line& line : block.lines) {
      EXPECT_LE(line.x + line.extent.width, width + 0.01f);
      EXPECT_GE(line.baseline - line.extent.ascent, bottom);
      bottom = line.baseline + line.extent.descent;
    }
    EXPECT_LE(bottom, block.height + 0.01f);
  }
}

// For the eye: build/…/formulas.png.
TEST(Formula, Picture) {
  Sheet s({0, 0, 1500, 1560}, false);
  const drawing::Theme& theme = s.p.theme();
  s.p.fill(s.out.bounds, theme.canvas);
  float y = 90;
  for (const std::string& tex : formulas()) {
    for (const float size : {20.f, 48.f}) {
      const FormulaStyle style{.size = size, .color = theme.text, .muted = theme.text2, .live = live};
      draw_formula(s.p, {size < 30 ? 20.f : 480.f, y}, prose::parse_formula(tex), style);
    }
    y += 152;
  }
  EXPECT_THAT(support::overlaps(s.out), IsEmpty());
  EXPECT_THAT(support::clipped(s.out), IsEmpty());
  drawing::write_figure_png(s.out, s.text, theme, 1, std::string(QKV_BINARY_DIR) + "/formulas.png");
}

}  // namespace
}  // namespace qkv::figures
