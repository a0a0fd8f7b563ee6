#include "app/prose/prose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"

namespace qkv::prose {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Spans as one line: t(text) s(strong) e(emphasis) c(code) f(formula) v(value).
std::string shown(const std::vector<Span>& spans) {
  std::string all;
  for (const Span& span : spans)
    all += std::string(1, "tsecfv"[static_cast<std::size_t>(span.kind)]) + "(" + span.text + ")";
  return all;
}

// Blocks one a line: kind, level, number, spans.
std::vector<std::string> blocks(std::string_view markdown) {
  static constexpr const char* kNames[] = {"p", "h", "li", "code", "f", "table"};
  std::vector<std::string> all;
  for (const Block& b : parse(markdown, "a.md")) {
    std::string line = kNames[static_cast<std::size_t>(b.kind)] + std::to_string(b.level);
    if (b.number > 0) line += "#" + std::to_string(b.number);
    all.push_back(line + " " + shown(b.spans) + b.code);
  }
  return all;
}

std::string error_of(std::string_view markdown, int first_line = 1) {
  try {
    parse(markdown, "a.md", first_line);
  } catch (const Error& error) {
    EXPECT_LE(std::string_view(error.what()).size(), 500u);
    return error.what();
  }
  return "";
}

TEST(Prose, HasParagraphsAndHeadings) {
  EXPECT_THAT(blocks("# One *two*\n\nA line\nand another.\n\n## Three\nText"),
              ElementsAre("h1 t(One )e(two)", "p0 t(A line and another.)", "h2 t(Three)", "p0 t(Text)"));
  EXPECT_THAT(blocks(""), ElementsAre());
  EXPECT_THAT(blocks("a\\\nb"), ElementsAre("p0 t(a\nb)"));
}

TEST(Prose, HasSpans) {
  EXPECT_THAT(blocks("a **b** *c* `d` __e__ ***f***"),
              ElementsAre("p0 t(a )s(b)t( )e(c)t( )c(d)t( )s(e)t( )s(f)"));
  EXPECT_THAT(blocks("a &amp; b &lt; &nbsp;c \\* \\$ 3 < 4"), ElementsAre("p0 t(a & b < \u00a0c * $ 3 < 4)"));
  EXPECT_THAT(blocks("`a``b` `c`"), ElementsAre("p0 c(a``b)t( )c(c)"));
  EXPECT_THAT(blocks("[the paper](https://a.org/b)"), ElementsAre("p0 t(the paper (https://a.org/b))"));
  EXPECT_THAT(blocks("<https://a.org>"), ElementsAre("p0 t(https://a.org)"));
}

TEST(Prose, KeepsFormulasAsTheyAreWritten) {
  EXPECT_THAT(blocks("so $a_i * b_i * c$, $x$."), ElementsAre("p0 t(so )f(a_i * b_i * c)t(, )f(x)t(.)"));
  EXPECT_THAT(blocks("$\\left\\{ a \\right\\}$ and $|q|$ and $[a](b)$"),
              ElementsAre("p0 f(\\left\\{ a \\right\\})t( and )f(|q|)t( and )f([a](b))"));
  EXPECT_THAT(blocks("It costs $5 or $6."), ElementsAre("p0 t(It costs $5 or $6.)"));
  EXPECT_THAT(blocks("A lone $ sign"), ElementsAre("p0 t(A lone $ sign)"));
  EXPECT_THAT(blocks("`$a$` and ``` $b$ ```"), ElementsAre("p0 c($a$)t( and )c($b$)"));
  EXPECT_THAT(blocks("# Why $\\sqrt{d_k}$?"), ElementsAre("h1 t(Why )f(\\sqrt{d_k})t(?)"));
  EXPECT_THAT(blocks("**bold $x$ too**"), ElementsAre("p0 s(bold )f(x)s( too)"));
}

TEST(Prose, PutsDisplayedFormulasOnTheirOwn) {
  EXPECT_THAT(blocks("$$ a = b $$"), ElementsAre("f0 f( a = b )"));
  EXPECT_THAT(blocks("Hence $$a$$ and so."), ElementsAre("p0 t(Hence)", "f0 f(a)", "p0 t(and so.)"));
  EXPECT_THAT(blocks("$$ a\n= b\n- c $$\n\nText"), ElementsAre("f0 f( a\n= b\n- c )", "p0 t(Text)"));
  EXPECT_THAT(blocks("- one\n  $$a$$\n- two"), ElementsAre("li0 t(one)", "f1 f(a)", "li0 t(two)"));
}

TEST(Prose, KnowsLiveValues) {
  EXPECT_THAT(blocks("is {{weights[sat,*]}} and {{ max(q[*,0]) }}."),
              ElementsAre("p0 t(is )v(weights[sat,*])t( and )v(max(q[*,0]))t(.)"));
  EXPECT_THAT(blocks("`{{a}}` {b} $x={{c}}$"), ElementsAre("p0 c({{a}})t( {b} )f(x={{c}})"));
}

TEST(Prose, HasLists) {
  EXPECT_THAT(blocks("- a\n- b\n  1. c\n  2. d\n- e"),
              ElementsAre("li0 t(a)", "li0 t(b)", "li1#1 t(c)", "li1#2 t(d)", "li0 t(e)"));
  EXPECT_THAT(blocks("3. a\n\n   more\n\n4. b"), ElementsAre("li0#3 t(a)", "p1 t(more)", "li0#4 t(b)"));
  EXPECT_THAT(blocks("- \n- a"), ElementsAre("li0 ", "li0 t(a)"));
}

TEST(Prose, HasCode) {
  const Text text = parse("```python\na = $b$ * {{c}}\n\n# d\n```\n\n~~~\n``` $x\n~~~", "a.md");
  ASSERT_EQ(text.size(), 2u);
  EXPECT_EQ(text[0].info, "python");
  EXPECT_EQ(text[0].code, "a = $b$ * {{c}}\n\n# d\n");
  EXPECT_EQ(text[1].code, "``` $x\n");
  EXPECT_THAT(blocks("- a\n  ```\n  b $$ c\n  ```\n"), ElementsAre("li0 t(a)", "code1 b $$ c\n"));
}

TEST(Prose, HasTables) {
  const Text text = parse("| a | $|q|$ |\n|---|---|\n| *b* | {{c[0,1]}} |\n| d |", "a.md");
  ASSERT_EQ(text.size(), 1u);
  ASSERT_EQ(text[0].rows.size(), 3u);
  EXPECT_EQ(shown(text[0].rows[0][1]), "f(|q|)");
  EXPECT_EQ(shown(text[0].rows[1][0]), "e(b)");
  EXPECT_EQ(shown(text[0].rows[1][1]), "v(c[0,1])");
}

TEST(Prose, CountsLines) {
  const Text text =
      parse("One\n\n$$ a\n= b $$\n\nTwo\n\n- three\n- four\n\n```\nfive\n```\n\n| six | b |\n|---|---|\n",
            "a.md", 10);
  std::vector<int> lines;
  for (const Block& block : text) lines.push_back(block.line);
  EXPECT_THAT(lines, ElementsAre(10, 12, 15, 17, 18, 21, 24));
}

TEST(Prose, SaysWhatIsWrongAndWhere) {
  EXPECT_THAT(error_of("a\n\nb $\\foo$", 5),
              StartsWith("a.md:7: The formula “\\foo” is wrong at character 1"));
  EXPECT_THAT(error_of("a\n{{b"), StartsWith("a.md:2: This {{ has no }}"));
  EXPECT_THAT(error_of("{{ }}"), StartsWith("a.md:1: Between {{ and }}"));
  EXPECT_THAT(error_of("a\n\n$$ b\n\nc $$"), StartsWith("a.md:3: This $$ has no $$"));
  EXPECT_THAT(error_of("a\n\n$$ $$"), StartsWith("a.md:3: There is no formula"));
  EXPECT_THAT(error_of("a\n\n<b>c</b>"), StartsWith("a.md:3: HTML is not shown"));
  EXPECT_THAT(error_of("a\n\n<div>\nc\n</div>"), StartsWith("a.md:3: HTML is not shown"));
  EXPECT_THAT(error_of("a\n\n![b](c.png)"), StartsWith("a.md:3: A lesson's pictures"));
  EXPECT_THAT(error_of("a\n\n> b"), HasSubstr("A quotation"));
  EXPECT_THAT(error_of("a\n\n---\n"), HasSubstr("A rule"));
  EXPECT_THAT(error_of("a\n\xff"), StartsWith("a.md:2: This line is not UTF-8"));
  EXPECT_THAT(error_of("- - - - - - - - - - a"), HasSubstr("deeper than eight"));
  EXPECT_THAT(error_of(std::string((1 << 20) + 1, 'a')), HasSubstr("larger than 1 MB"));
}

TEST(Prose, TakesLineEndsOfWindows) {
  EXPECT_THAT(blocks("# a\r\n\r\nb\r\nc $$d\r\n= e$$\r\n\r\n```\r\nf\r\n```\r\ng\r\n"),
              ElementsAre("h1 t(a)", "p0 t(b c)", "f0 f(d\r\n= e)", "code0 f\n", "p0 t(g)"));
  EXPECT_THAT(error_of("a\r\n\r\n$\\foo$"), StartsWith("a.md:3: "));
}

TEST(Prose, TellsAllOfItAsPlainText) {
  EXPECT_EQ(plain(parse("# A *b*\n\nc `d` $e$ {{f}}\n\n- g\n\n| h | i |\n|---|---|\n| j | k |\n\n```\nl\n```",
                        "a.md")),
            "A b\nc `d` $e$ {{f}}\ng\nh | i\nj | k\nl\n");
}

}  // namespace
}  // namespace qkv::prose
