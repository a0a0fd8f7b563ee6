#include "app/figures/prose_column.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "app/drawing/players.h"
#include "tests/app/figures/model_bench.h"
#include "tests/app/support/layout_checks.h"

namespace qkv::figures {
namespace {

using ::testing::IsEmpty;

constexpr const char* kLesson = R"(# Why divide by $\sqrt{d_k}$?

A score is a dot product: $d_k$ products added up. If the entries of $\q{q}$ and $\k{k}$ are independent with mean 0 and variance 1,
each product has variance 1, so their sum has variance $d_k$.

$$ \operatorname{Var}(\q{q}\cdot\k{k}) = d_k \qquad \operatorname{Var}\left(\frac{\q{q}\cdot\k{k}}{\sqrt{d_k}}\right) = 1 $$

Softmax turns differences between scores into *ratios* of weights. When scores spread over tens of units, one weight is almost 1,
the rest almost 0, and the **gradient** through softmax nearly vanishes. The weight is now {{weights[sat,cat]}}, by
$\a{a_{ij}} = \frac{e^{s_{ij}}}{\sum_k e^{s_{ik}}}$ in a line. Call `softmax(x)` and see.

## A list

1. First the **query** of *sat* meets each key.
2. Then
   - the scores are divided by $\sqrt{d_k}$, which is a number that does not change with the words,
   - softmax makes weights of them.
3. Last, the values are mixed: $o_i = \sum_j \a{a_{ij}}\v{v_j}$.

| vector | role | asks or offers |
|---|---|---|
| $\q{q}$ | query | what am I looking for, and how much does it matter to me in this sentence? |
| $\k{k}$ | key | what do I offer? |
| $\v{v}$ | value | what do I pass on? `x @ w_v` |

```python
weights = softmax(q @ k.T / sqrt(d_k))
output = weights @ v
```

$$ \a{a_{sat,cat}} = \frac{e^{0.45}}{e^{-0.73}+e^{0.45}+e^{-0.27}+e^{0.11}+e^{-0.54}+e^{1.27}} = \frac{1.57}{0.48+1.57+0.76} = {{weights[sat,cat]}} $$
)";

std::optional<std::string> live(std::string_view expression) {
  if (expression == "weights[sat,cat]") return "0.540";
  return std::nullopt;
}

constexpr const char* kScripts = R"(# 注意力 and العربية 👩‍👩‍👧

注意力机制让每个词去看其他的词，并决定从每个词那里取多少信息。查询、键和值是三个向量，它们都来自同一个词。

الانتباه يجعل كل كلمة تنظر إلى **الكلمات** الأخرى، ويقرر كم تأخذ من كل واحدة منها عند $d_k = 64$ وهكذا.

Anextraordinarilylongtokenwithoutanyspaceinitthatnobodywouldwriteunlesstheywantedtobreakalayoutcompletely and `another_long_name_of_code_that_has_no_spaces_in_it_at_all(x)` 👩‍👩‍👧👩‍👩‍👧.

1. שלום עולם, זה טקסט ארוך שצריך להישבר לכמה שורות
2. $$ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa $$

Inline $x_1 + x_2 + x_3 + x_4 + x_5 + x_6 + x_7 + x_8 = y_1 + y_2 + y_3 + y_4 + y_5 = \frac{\frac{a}{b}}{c}$ ends.

| 注意力注意力注意力注意力 | Anextraordinarilylongtoken | c | d | e |
|---|---|---|---|---|
| a | b | $\frac{a}{b}$ | **الكلمات الأخرى** | {{none}} |
)";

class Widths : public ::testing::TestWithParam<std::tuple<float, float>> {};

TEST_P(Widths, TextStaysInItsColumn) {
  const auto [width, size] = GetParam();
  Sheet s({0, 0, 1600, 12000});
  for (const char* source : {kLesson, kScripts}) {
    const prose::Text text = prose::parse(source, "lesson.md");
    s.out.commands.clear();
    const ProseStyle style{.size = size, .live = live};
    const float height = draw_prose(s.p, {40, 20}, width, text, style);
    EXPECT_EQ(height, prose_height(s.p, width, text, style));
    EXPECT_EQ(height, std::round(height));
    EXPECT_THAT(support::overlaps(s.out), IsEmpty());
    EXPECT_THAT(support::clipped(s.out), IsEmpty());
    for (const auto& placed : support::texts(s.out)) {
      const drawing::Text& t = *placed.text;
      EXPECT_GE(t.box.x, 40 - 0.5f) << t.text;
      EXPECT_LE(t.box.right(), 40 + width + 0.5f) << t.text;
      EXPECT_GE(t.at.y, 20) << t.text;
      EXPECT_LE(t.at.y, 20 + height) << t.text;
      EXPECT_EQ(t.at.y, std::round(t.at.y)) << t.text;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Px, Widths,
                         ::testing::Combine(::testing::Values(200.f, 356.f, 541.5f, 900.f),
                                            ::testing::Values(13.f, 15.f, 22.5f, 30.f)));

std::vector<std::string> lines_of(const drawing::Drawing& d) {
  std::map<float, std::string> lines;
  for (const auto& placed : support::texts(d)) lines[placed.text->at.y] += placed.text->text;
  std::vector<std::string> all;
  for (const auto& line : lines) all.push_back(line.second);
  return all;
}

TEST(ProseColumn, NoWordIsLost) {
  Sheet s({0, 0, 400, 4000});
  draw_prose(
      s.p, {0, 0}, 300,
      prose::parse("One **two** three, four *five*. Six `seven eight` nine {{weights[sat,cat]}}; ten eleven.",
                   "a.md"),
      {.live = live});
  std::string all;
  for (const std::string& line : lines_of(s.out)) all += line;
  std::erase(all, ' ');
  EXPECT_EQ(all, "Onetwothree,fourfive.Sixseveneightnine0.540;teneleven.");
  EXPECT_GT(lines_of(s.out).size(), 1u);
}

TEST(ProseColumn, PunctuationStaysWithItsFormula) {
  Sheet s({0, 0, 400, 4000});
  for (float width = 60; width < 200; width += 3) {
    s.out.commands.clear();
    draw_prose(s.p, {0, 0}, width, prose::parse("The number of dimensions is $d$, or **so**.", "a.md"), {});
    for (const std::string& line : lines_of(s.out))
      EXPECT_FALSE(line.starts_with(",") || line.starts_with(".")) << width;
  }
}

TEST(ProseColumn, BreaksLinesWhereTheTextDoes) {
  Sheet s({0, 0, 400, 4000});
  draw_prose(s.p, {0, 0}, 300, prose::parse("One\\\ntwo\\\nthree", "a.md"), {});
  EXPECT_THAT(lines_of(s.out), ::testing::ElementsAre("One", "two", "three"));
}

TEST(ProseColumn, BeginsAtTheRightForArabicAndHebrew) {
  Sheet s({0, 0, 400, 4000});
  draw_prose(s.p, {0, 0}, 300, prose::parse("שלום **עולם** טוב", "a.md"), {});
  const auto texts = support::texts(s.out);
  ASSERT_EQ(texts.size(), 3u);
  EXPECT_NEAR(texts[0].text->box.right(), 300, 0.5f);
  EXPECT_GT(texts[0].text->box.x, texts[1].text->box.right());
  EXPECT_GT(texts[1].text->box.x, texts[2].text->box.right());
}

TEST(ProseColumn, LinesGrowOnlyForTallFormulas) {
  Sheet s({0, 0, 400, 4000});
  const auto height = [&](const char* text) {
    return prose_height(s.p, 300, prose::parse(text, "a.md"), {});
  };
  EXPECT_EQ(height("a"), 24);
  EXPECT_EQ(height("a $d_k$ b {{x}} `c`"), 24);
  EXPECT_GT(height("a $\\frac{\\frac{a}{b}}{c}$"), 24);
  EXPECT_EQ(height(""), 0);
}

TEST(ProseColumn, DrawsOnlyWhatIsInView) {
  std::string source;
  for (int i = 0; i < 500; ++i) source += "A paragraph of some words.\n\n";
  const prose::Text text = prose::parse(source, "a.md");
  Sheet s({0, 0, 400, 200});
  draw_prose(s.p, {0, -5000}, 300, text, {});
  EXPECT_LT(s.out.commands.size(), 20u);
  EXPECT_GT(s.out.commands.size(), 3u);
}

TEST(ProseColumn, SaysWhereItsLiveNumbersAre) {
  Sheet s({0, 0, 400, 400});
  std::vector<FormulaHit> hits;
  const prose::Text text = prose::parse(
      "{{weights[sat,cat]}} {{other}} $x = {{inline}}$\n\n- {{item}}\n\n$$ {{block}} $$\n\n| {{cell}} "
      "|\n|---|\n",
      "a.md");
  const float height = draw_prose(
      s.p, {10, 20}, 300, text,
      {.live = [](std::string_view) { return std::optional<std::string>("0.54"); }, .hits = &hits});
  std::vector<std::string> expressions;
  for (const FormulaHit& hit : hits) {
    expressions.push_back(hit.expression);
    const bool has_text = std::ranges::any_of(support::texts(s.out), [&](const support::PlacedText& t) {
      return t.text->text == "0.54" && hit.box.contains({t.text->box.center().x, t.text->at.y - 3});
    });
    EXPECT_TRUE(has_text) << hit.expression;
  }
  EXPECT_THAT(expressions,
              ::testing::ElementsAre("weights[sat,cat]", "other", "inline", "item", "block", "cell"));
  EXPECT_GT(height, 100);
}

TEST(Spans, AreOneLineAndElided) {
  const prose::Text text =
      prose::parse("Why divide by $\\sqrt{d_k}$ so **soon** and {{weights[sat,cat]}}?", "a.md");
  const drawing::TextStyle style{.size = 20, .weight = 600};
  Sheet s({0, 0, 1000, 100});
  const float whole = draw_spans(s.p, {0, 50}, text[0].spans, style, live);
  EXPECT_THAT(support::overlaps(s.out), IsEmpty());
  EXPECT_NE(support::find_text(s.out, "0.540"), nullptr);
  EXPECT_EQ(support::find_text(s.out, "d")->style.weight, 600);
  for (float width = 5; width < whole + 20; width += 7) {
    s.out.commands.clear();
    const float used = draw_spans(s.p, {0, 50}, text[0].spans, style, live, width);
    EXPECT_LE(used, width + 0.01f);
    EXPECT_EQ(support::all_text(s.out).find("…") != std::string::npos, width < whole && used > 0) << width;
    for (const auto& t : support::texts(s.out)) EXPECT_LE(t.text->box.right(), width + 0.5f);
  }
}

// For the eye: build/…/prose.png.
TEST(ProseColumn, Picture) {
  Sheet s({0, 0, 1300, 1400}, false);
  s.p.fill(s.out.bounds, s.p.theme().panel);
  const prose::Text text = prose::parse(kLesson, "lesson.md");
  draw_prose(s.p, {32, 32}, 356, text, {.live = live});
  draw_prose(s.p, {440, 32}, 440, text, {.live = live});
  draw_prose(s.p, {930, 32}, 340, prose::parse(kScripts, "scripts.md"), {.live = live});
  EXPECT_THAT(support::overlaps(s.out), IsEmpty());
  drawing::write_figure_png(s.out, s.text, s.p.theme(), 1, std::string(QKV_BINARY_DIR) + "/prose.png");
}

}  // namespace
}  // namespace qkv::figures
