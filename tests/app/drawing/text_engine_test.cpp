#include "app/drawing/text_engine.h"

#include <gtest/gtest.h>

#include "app/drawing/text_layout.h"

namespace qkv::drawing {
namespace {

constexpr TextStyle kMono{.size = 10, .family = Family::mono};
constexpr TextStyle kUi{.size = 12};
// Emoji with joiners and skin tone, a combining accent, Arabic, Devanagari, Thai, Chinese.
const std::string kMixed = "a👩🏽‍🚀e\u0301 سلام नमस्ते ไทย 中文";

class TextEngineTest : public testing::Test {
 protected:
  float width(std::string_view s, const TextStyle& style) { return engine_.measure(s, style).width; }
  TextEngine engine_;
};

TEST_F(TextEngineTest, MonospaceWidthIsAdditive) {
  const float digit = width("0", kMono);
  EXPECT_GT(digit, 5);
  for (const char* s : {"-1.25", "1234567890", "x->y!=z"}) {
    EXPECT_NEAR(width(s, kMono), digit * static_cast<float>(std::string_view(s).size()), 1e-3) << s;
  }
  EXPECT_EQ(width("", kMono), 0);
}

TEST_F(TextEngineTest, MetricsAreLinearInSize) {
  for (const float size : {9.f, 9.5f, 24.f, 72.f}) {
    TextStyle style = kUi;
    style.size = size;
    const TextExtent at = engine_.measure("Attention(Q, K, V)", style),
                     unit = engine_.measure("Attention(Q, K, V)", kUi);
    EXPECT_NEAR(at.width / size, unit.width / 12, 1e-5);
    EXPECT_NEAR(at.ascent / size, unit.ascent / 12, 1e-5);
    EXPECT_GT(at.ascent, at.descent);
    EXPECT_GT(at.descent, 0);
  }
}

TEST_F(TextEngineTest, WeightFamilyAndSlantAreDistinct) {
  TextStyle bold = kUi, italic = kUi, mono = kUi;
  bold.weight = 700;
  italic.italic = true;
  mono.family = Family::mono;
  EXPECT_GT(width("weights", bold), width("weights", kUi));
  EXPECT_NE(width("weights", italic), width("weights", kUi));
  EXPECT_NE(width("weights", mono), width("weights", kUi));
}

TEST_F(TextEngineTest, ArrowsAreNotMadeOfHyphens) {
  const ShapedLine apart = engine_.impl().shape("-", kMono);
  const ShapedLine together = engine_.impl().shape("->", kMono);
  ASSERT_EQ(together.glyphs.size(), 2u);
  EXPECT_EQ(together.glyphs[0].index, apart.glyphs[0].index);
}

TEST_F(TextEngineTest, CaretRoundTripsThroughEveryPosition) {
  std::size_t index = 0;
  std::size_t steps = 0;
  while (index < kMixed.size()) {
    const std::size_t next = engine_.next_position(kMixed, index);
    ASSERT_GT(next, index);
    EXPECT_EQ(engine_.previous_position(kMixed, next), index);
    index = next;
    ++steps;
  }
  EXPECT_EQ(engine_.next_position(kMixed, index), kMixed.size());
  EXPECT_EQ(engine_.previous_position(kMixed, 0), 0u);
  EXPECT_LT(steps, 26u);  // far fewer than the code points: clusters stay whole
  EXPECT_EQ(engine_.next_position(kMixed, 1), std::string("a👩🏽‍🚀").size());
}

TEST_F(TextEngineTest, IndexAtFindsTheCaret) {
  for (const std::string& text : {std::string("softmax"), std::string("e\u0301a👍b"), std::string("سلام")}) {
    for (std::size_t i = 0;; i = engine_.next_position(text, i)) {
      EXPECT_EQ(engine_.index_at(text, kUi, engine_.caret_x(text, kUi, i)), i) << text << " at " << i;
      if (i == text.size()) break;
    }
  }
  EXPECT_EQ(engine_.index_at("abc", kUi, -50), 0u);
  EXPECT_EQ(engine_.index_at("abc", kUi, 500), 3u);
  // Right to left: the first character is the rightmost.
  EXPECT_GT(engine_.caret_x("سلام", kUi, 0), engine_.caret_x("سلام", kUi, std::string("سلام").size()));
}

TEST_F(TextEngineTest, ElidedFitsAndKeepsClustersWhole) {
  for (const std::string& text : {std::string("a long sentence about attention"), kMixed}) {
    const float full = width(text, kUi);
    EXPECT_EQ(engine_.elided(text, kUi, full), text);
    for (float w = full; w > 0; w -= 3.7f) {
      const std::string cut = engine_.elided(text, kUi, w);
      EXPECT_LE(width(cut, kUi), w + 0.01f) << cut;
      if (cut == text || cut.empty()) continue;
      ASSERT_TRUE(cut.ends_with("…")) << cut;
      const std::size_t kept = cut.size() - std::string("…").size();
      EXPECT_EQ(text.substr(0, kept), cut.substr(0, kept));
      const bool whole =
          kept == 0 || engine_.next_position(text, engine_.previous_position(text, kept)) == kept;
      EXPECT_TRUE(whole) << cut;
    }
    EXPECT_EQ(engine_.elided(text, kUi, 1), "");
  }
}

TEST_F(TextEngineTest, SpansOfASelection) {
  const auto one = engine_.spans("softmax", kUi, 1, 4);
  ASSERT_EQ(one.size(), 1u);
  EXPECT_NEAR(one[0].left, engine_.caret_x("softmax", kUi, 1), 0.05);
  EXPECT_NEAR(one[0].right, engine_.caret_x("softmax", kUi, 4), 0.05);
  EXPECT_TRUE(engine_.spans("softmax", kUi, 3, 3).empty());
  EXPECT_TRUE(engine_.spans("", kUi, 0, 9).empty());
  // "ab" and the first Arabic letters: the latter stand at the far right.
  const std::string both = "abسلام";
  const auto two = engine_.spans(both, kUi, 1, 4);
  ASSERT_EQ(two.size(), 2u);
  EXPECT_LT(two[0].right, two[1].left);
  EXPECT_NEAR(two[1].right, width(both, kUi), 0.05);
}

TEST_F(TextEngineTest, WrapsAtSpacesAndLineBreaks) {
  const float three = width("one two three", kUi);
  using Lines = std::vector<std::string>;
  EXPECT_EQ(engine_.wrapped("one two three four five", kUi, three), (Lines{"one two three", "four five"}));
  EXPECT_EQ(engine_.wrapped("one\n\ntwo\n", kUi, three), (Lines{"one", "", "two"}));
  EXPECT_EQ(engine_.wrapped("", kUi, three), Lines{});
}

TEST_F(TextEngineTest, WrapsWithinAWordWiderThanTheLine) {
  for (const std::string& word :
       {std::string(60, 'm'), std::string("注意力機制就是全部注意力機制就是全部")}) {
    std::string joined;
    for (const std::string& line : engine_.wrapped(word, kUi, 100)) {
      EXPECT_LE(width(line, kUi), 100.01f);
      joined += line;
    }
    EXPECT_EQ(joined, word);
  }
  EXPECT_EQ(engine_.wrapped("👩🏽‍🚀👩🏽‍🚀", kUi, 1).size(), 2u);  // a cluster stays whole
  EXPECT_FALSE(engine_.wrapped("text", kUi, -5).empty());
}

TEST_F(TextEngineTest, UncoveredCharactersAreBoxed) {
  const std::string unassigned = "\U000E1234\u0378";  // unassigned: in no font
  const ShapedLine line = engine_.impl().shape(unassigned, kUi);
  ASSERT_EQ(line.boxes.size(), 2u);
  EXPECT_EQ(line.glyphs.size(), 6u + 4u);
  EXPECT_FALSE(line.boxes[0].intersects(line.boxes[1]));
  for (const Rect& box : line.boxes) {
    EXPECT_GE(box.x, 0);
    EXPECT_LE(box.right(), line.width + 1e-4f);
  }
  for (const Glyph& g : line.glyphs) EXPECT_LT(g.size, 1);
  EXPECT_NEAR(engine_.caret_x(unassigned, kUi, unassigned.size()), width(unassigned, kUi), 0.05);
  EXPECT_TRUE(engine_.impl().shape(kMixed, kUi).boxes.empty());
}

TEST_F(TextEngineTest, AnyBytesAreMeasured) {
  for (const std::string& text :
       {std::string("\xff\xfe\x80"), std::string("a\0b", 3), std::string("tab\tline\nend"),
        std::string("\xf0\x9f\x91"), std::string("\u202e\u200b")}) {
    EXPECT_GE(width(text, kUi), 0);
    EXPECT_LE(engine_.index_at(text, kUi, 1000), text.size());
    engine_.caret_x(text, kUi, text.size());
    for (std::size_t i = 0; i < text.size(); i = engine_.next_position(text, i)) {
    }
    engine_.elided(text, kUi, 5);
    engine_.spans(text, kUi, 0, text.size());
    engine_.wrapped(text, kUi, 5);
  }
}

TEST_F(TextEngineTest, CacheStaysBoundedAndTrue) {
  const float before = width("0.5", kMono);
  for (int i = 0; i < 40000; ++i) engine_.measure(std::to_string(i), kMono);
  EXPECT_EQ(width("0.5", kMono), before);
  EXPECT_NEAR(width("39999", kMono), 5 * width("0", kMono), 1e-3);
}

}  // namespace
}  // namespace qkv::drawing
