#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "app/figures/attention_lines.h"
#include "app/figures/token_label.h"
#include "app/figures/token_text.h"
#include "tests/app/figures/model_bench.h"
#include "tests/app/support/layout_checks.h"

namespace qkv::figures {
namespace {

using drawing::Rect;
using ::testing::IsEmpty;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

TEST(VisibleToken, ShowsWhatCannotBeSeen) {
  EXPECT_EQ(visible_token(" dog"), "dog");
  EXPECT_EQ(visible_token("dog"), "dog");
  EXPECT_EQ(visible_token(" "), "␣");
  EXPECT_EQ(visible_token("   "), "␣␣␣");
  EXPECT_EQ(visible_token("  dog"), "␣dog");
  EXPECT_EQ(visible_token("\n\n"), "↵↵");
  EXPECT_EQ(visible_token("\tx"), "⇥x");
  EXPECT_EQ(visible_token("a\x01"), "a⟨01⟩");
  EXPECT_EQ(visible_token("a\x1b[31m"), "a⟨1B⟩[31m");
  EXPECT_EQ(visible_token(" \n "), "↵␣");
  EXPECT_EQ(visible_token("a\u202Eb"), "a⟨202E⟩b");
  EXPECT_EQ(visible_token("\xe2\x82"), "\uFFFD\uFFFD");
  EXPECT_EQ(visible_token("👩‍💻"), "👩‍💻");
  EXPECT_EQ(visible_token(""), "∅");
  EXPECT_EQ(visible_token(" 日本"), "日本");
}

class TextSizes : public ::testing::TestWithParam<int> {};

TEST_P(TextSizes, EveryTokenCanBeReached) {
  const int n = GetParam();
  for (const TokenStyle style : {TokenStyle::chips, TokenStyle::flow}) {
    for (const float width : {90.f, 728.f}) {
      Sheet s({0, 0, 768, 200});
      const auto tokens = labels(n);
      const auto l = token_text_layout(s.text, tokens, width, style);
      ASSERT_EQ(l.boxes.size(), tokens.size());
      std::vector<float> values(tokens.size(), 0.25f);
      const Rect area{20, 20, width, 150};
      for (const int at : {0, n / 3, n - 1}) {
        SCOPED_TRACE(std::to_string(at) + " in " + std::to_string(width));
        s.out.commands.clear();
        s.out.regions.clear();
        const float scroll = scroll_to(l, area, 0, at);
        EXPECT_LE(scroll, scroll_most(l, area));
        token_text(s.p, area, l, {.values = values, .scale = {}, .selected_query = at}, scroll);
        EXPECT_THAT(support::overlaps(s.out), IsEmpty());
        EXPECT_THAT(support::clipped(s.out), IsEmpty());
        const auto* region = drawing::find_region(s.out, "token/" + std::to_string(at));
        ASSERT_NE(region, nullptr);
        EXPECT_EQ(token_at(l, area, scroll, region->rect.center()), at);
      }
    }
  }
}

TEST_P(TextSizes, LinesAreReadable) {
  const int n = GetParam();
  Sheet s({0, 0, 768, 608});
  const auto tokens = labels(n);
  const Matrix full = pattern(n);
  const int query = n * 3 / 4;
  auto l = lines_layout(s.text, {40, 10, 688, 588}, tokens, tokens);
  l = lines_layout(s.text, l.area, tokens, tokens, scroll_to_query(l, query), scroll_to_key(l, n / 2));
  const auto tile = l.visible();
  AttentionLines a{.values = std::make_shared<Matrix>(full.block(tile.row, 0, tile.rows, n)),
                   .tile = tile,
                   .scale = {},
                   .mask = {.causal = true},
                   .queries = tokens,
                   .keys = tokens,
                   .selected_query = query,
                   .selected_key = n / 2,
                   .first_key_excluded = n > 4,
                   .most_lines = 300};
  attention_lines(s.p, l, a);
  EXPECT_THAT(support::overlaps(s.out), IsEmpty());
  EXPECT_THAT(support::clipped(s.out), IsEmpty());
  EXPECT_LE(count<drawing::Bezier>(s.out), 300);
  EXPECT_GT(count<drawing::Bezier>(s.out), 0);
  const auto* region = drawing::find_region(s.out, "query/" + std::to_string(query));
  ASSERT_NE(region, nullptr);
  EXPECT_EQ(query_at(l, region->rect.center()), query);
  const auto* key = drawing::find_region(s.out, "key/" + std::to_string(n / 2));
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(key_at(l, key->rect.center()), n / 2);
  EXPECT_NE(support::find_text(s.out, weight_text(full(query, n / 2), 4)), nullptr);
}

INSTANTIATE_TEST_SUITE_P(Tokens, TextSizes, ::testing::Values(1, 4, 21, 40, 400, 2048));

TEST(TokenText, DrawsOnlyWhatIsInView) {
  Sheet s({0, 0, 768, 200});
  const auto tokens = labels(2048);
  const auto l = token_text_layout(s.text, tokens, 728);
  token_text(s.p, {20, 20, 728, 150}, l, {}, 3000);
  EXPECT_LT(s.out.commands.size(), 300u);
}

TEST(TokenText, PrintsTheWeightsAndLeavesMaskedOnesOut) {
  Sheet s({0, 0, 768, 100});
  const std::vector<std::string> tokens{"one", " two", " three"};
  const std::vector<float> values{0.25f, 0.75f, kNaN};
  const auto l = token_text_layout(s.text, tokens, 728);
  token_text(s.p, {0, 0, 728, 100}, l, {.values = values, .scale = {}});
  EXPECT_EQ(support::all_text(s.out), "one\n0.25\ntwo\n0.75\nthree\n");
}

TEST(TokenText, FlowsLikeText) {
  Sheet s({0, 0, 768, 200});
  const std::vector<std::string> tokens{"un", "believ", "able", " it", "\n", "is"};
  const auto l = token_text_layout(s.text, tokens, 728, TokenStyle::flow);
  EXPECT_EQ(l.boxes[0].right(), l.boxes[1].x);
  EXPECT_GT(l.boxes[3].x, l.boxes[2].right());
  EXPECT_GT(l.boxes[5].y, l.boxes[4].y);
  EXPECT_EQ(l.boxes[5].x, l.boxes[0].x);
  EXPECT_FALSE(l.right_to_left);
}

TEST(TokenText, BeginsAtTheRightForArabicAndHebrew) {
  Sheet s({0, 0, 768, 200});
  for (const char* word : {"السلام", "שלום"}) {
    const std::vector<std::string> tokens{word, std::string(" ") + word, "!"};
    const auto l = token_text_layout(s.text, tokens, 728, TokenStyle::flow);
    EXPECT_TRUE(l.right_to_left) << word;
    EXPECT_GT(l.boxes[0].x, l.boxes[1].x);
  }
}

TEST(LinesCut, SaysWhatIsLeftOut) {
  Matrix m = Matrix::Constant(10, 10, 0.01f);
  m.diagonal().setConstant(0.91f);
  const LinesCut all = lines_cut(m, 1000);
  EXPECT_EQ(all.lines, 100);
  EXPECT_EQ(all.left_out, 0);
  const LinesCut some = lines_cut(m, 20);
  EXPECT_EQ(some.lines, 10);
  EXPECT_NEAR(some.left_out, 0.09f, 1e-4f);
  EXPECT_GT(some.threshold, 0.01f);
  EXPECT_EQ(lines_cut(m, 1000, 1).lines, 90);
}

TEST(LinesCut, CountsTheRowsInViewAndMagnitudes) {
  Matrix m = Matrix::Zero(6, 2);
  m.col(0).setConstant(-0.5f);
  EXPECT_EQ(lines_cut(m, 100).lines, 6);
  EXPECT_EQ(lines_cut(m, 100, 0, 2, 3).lines, 3);
  EXPECT_EQ(lines_cut(m, 100, 1).lines, 0);
}

TEST(AttentionLines, NotesWhatIsNotDrawn) {
  Sheet s({0, 0, 768, 608});
  const auto tokens = labels(10);
  Matrix m = Matrix::Constant(10, 10, 0.01f);
  m.diagonal().setConstant(0.91f);
  const auto l = lines_layout(s.text, {40, 10, 688, 588}, tokens, tokens);
  attention_lines(s.p, l,
                  {.values = std::make_shared<Matrix>(m),
                   .tile = l.visible(),
                   .scale = {},
                   .mask = {},
                   .queries = tokens,
                   .keys = tokens,
                   .hovered_query = 2,
                   .most_lines = 20});
  EXPECT_NE(support::find_text_with(s.out, "are not drawn: 9 % of the mass"), nullptr);
  EXPECT_NE(support::find_text(s.out, "0.91"), nullptr);
  EXPECT_EQ(count<drawing::Bezier>(s.out), 10);
}

}  // namespace
}  // namespace qkv::figures
