#include <glib.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/drawing/heat_cells.h"
#include "app/drawing/players.h"
#include "tests/app/drawing/scene.h"

namespace qkv::drawing {
namespace {

/// The elements of an SVG by name, and what its <text> elements say; fails on what is not well-formed.
struct Parsed {
  explicit Parsed(const std::string& svg) {
    const GMarkupParser parser{start, nullptr, characters, nullptr, nullptr};
    GMarkupParseContext* context =
        g_markup_parse_context_new(&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, this, nullptr);
    GError* error = nullptr;
    well_formed =
        g_markup_parse_context_parse(context, svg.data(), static_cast<gssize>(svg.size()), &error) &&
        g_markup_parse_context_end_parse(context, &error);
    if (error) {
      ADD_FAILURE() << error->message;
      g_error_free(error);
    }
    g_markup_parse_context_free(context);
  }
  static void start(GMarkupParseContext*, const gchar* name, const gchar**, const gchar**, gpointer self,
                    GError**) {
    static_cast<Parsed*>(self)->elements.emplace_back(name);
  }
  static void characters(GMarkupParseContext* context, const gchar* text, gsize length, gpointer self,
                         GError**) {
    if (std::string_view(g_markup_parse_context_get_element(context)) == "text") {
      static_cast<Parsed*>(self)->texts.emplace_back(text, length);
    }
  }
  long count(std::string_view name) const { return std::ranges::count(elements, name); }

  bool well_formed = false;
  std::vector<std::string> elements, texts;
};

class SvgTest : public ::testing::Test {
 protected:
  std::string svg(const Drawing& drawing) { return to_svg(drawing, engine_, theme_); }
  std::string svg_of_text(const std::string& text) {
    Drawing drawing;
    drawing.bounds = {0, 0, 100, 100};
    Painter(drawing, engine_, theme_).text({10, 10}, text, {.size = 12});
    return svg(drawing);
  }
  TextEngine engine_;
  const Theme& theme_ = built_in_theme(false);
};

TEST_F(SvgTest, TextsComeBackAsTheyWere) {
  const Parsed parsed(svg(testing::example_drawing(engine_, theme_)));
  EXPECT_TRUE(parsed.well_formed);
  EXPECT_THAT(parsed.texts,
              ::testing::IsSupersetOf({"0.31 -1.25", "a < b & \"c\"", "نص عربي", "turned", "😀 e\u0301"}));
  // The boxed code point's neighbours and its digits.
  EXPECT_THAT(parsed.texts, ::testing::IsSupersetOf({"x", "y", "0E1", "234"}));
}

TEST_F(SvgTest, SameDrawingSameBytes) {
  const std::string first = svg(testing::example_drawing(engine_, theme_));
  TextEngine other;
  EXPECT_EQ(first, to_svg(testing::example_drawing(other, theme_), other, theme_));
}

TEST_F(SvgTest, WhatXmlForbidsIsLeftOut) {
  const std::string hostile = std::string("<&>\"' \x01\x02\x7f \xff\xfe \xef\xbf\xbe \t\n") + '\0' + " ]]>";
  const Parsed parsed(svg_of_text(hostile));
  EXPECT_TRUE(parsed.well_formed);
  ASSERT_FALSE(parsed.texts.empty());
  EXPECT_NE(parsed.texts[0].find("<&>\"'"), std::string::npos);
  for (int byte = 1; byte < 256; ++byte)
    EXPECT_TRUE(Parsed(svg_of_text(std::string(3, static_cast<char>(byte)))).well_formed);
}

TEST_F(SvgTest, AnchorsFollowAlignmentAndDirection) {
  Drawing drawing;
  drawing.bounds = {0, 0, 100, 100};
  Painter p(drawing, engine_, theme_);
  p.text({10, 10}, "left", {});
  EXPECT_EQ(svg(drawing).find("text-anchor"), std::string::npos);
  p.text({10, 10}, "سلام", {}, Align::right);  // the right end is where Arabic starts
  EXPECT_EQ(svg(drawing).find("text-anchor"), std::string::npos);
  EXPECT_NE(svg(drawing).find("direction=\"rtl\""), std::string::npos);
  p.text({10, 10}, "right", {}, Align::right);
  EXPECT_NE(svg(drawing).find("text-anchor=\"end\""), std::string::npos);
}

TEST_F(SvgTest, EqualNeighboursAreOneRectangle) {
  Heat heat = testing::example_heat();
  const HeatCells cells = heat_cells(heat, theme_);
  // Row 0: 0 and three tinted alike; row 1: four colours; row 2: two equal, two masked.
  EXPECT_EQ(cells.runs.size(), 2u + 4u + 2u);
  ASSERT_EQ(cells.hatched.size(), 1u);
  EXPECT_EQ(cells.hatched[0].x, 80);
  EXPECT_EQ(cells.hatched[0].right(), 140);
  ASSERT_EQ(cells.marked.size(), 3u);
  EXPECT_EQ(cells.marked[0].mark, HeatCells::Mark::nan);
  EXPECT_EQ(cells.marked[1].mark, HeatCells::Mark::plus_infinity);
  EXPECT_EQ(cells.marked[2].mark, HeatCells::Mark::minus_infinity);
  EXPECT_EQ(cells.gaps.size(), 3u + 2u);
}

TEST_F(SvgTest, CellsCoverTheirRectangleWithoutSeams) {
  Heat heat = testing::example_heat();
  heat.rect = {3.2f, 4.7f, 77.5f, 33.3f};
  heat.masked = nullptr;
  heat.values = std::make_shared<Matrix>(Matrix::Random(5, 7));
  const HeatCells cells = heat_cells(heat, theme_);
  ASSERT_EQ(cells.runs.size(), 35u);
  for (std::size_t i = 0; i < cells.runs.size(); ++i) {
    const Rect& r = cells.runs[i].rect;
    EXPECT_EQ(r.x, std::round(r.x));
    EXPECT_FALSE(r.empty());
    if (i % 7 != 6) {
      EXPECT_EQ(r.right(), cells.runs[i + 1].rect.x);
    }
    if (i + 7 < cells.runs.size()) {
      EXPECT_EQ(r.bottom(), cells.runs[i + 7].rect.y);
    }
  }
}

TEST_F(SvgTest, ManyCellsAreAnImage) {
  Drawing drawing;
  drawing.bounds = {0, 0, 400, 400};
  Heat heat = testing::example_heat();
  heat.masked = nullptr;
  heat.rect = drawing.bounds;
  heat.values = std::make_shared<Matrix>(Matrix::Random(200, 200));
  drawing.commands.emplace_back(heat);
  const std::string text = svg(drawing);
  EXPECT_EQ(Parsed(text).count("image"), 1);
  EXPECT_LT(Parsed(text).count("rect"), 5);
  EXPECT_NE(text.find("data:image/png;base64,iVBOR"), std::string::npos);
}

TEST_F(SvgTest, OddDrawingsAreValid) {
  Drawing drawing;
  drawing.bounds = {0, 0, 10, 10};
  drawing.commands.emplace_back(PopClip{});
  drawing.commands.emplace_back(PushClip{{0, 0, 5, 5}});  // never popped
  drawing.commands.emplace_back(Heat{});
  drawing.commands.emplace_back(Polyline{{{NAN, 1}, {NAN, 2}}, {}});
  drawing.commands.emplace_back(Polygon{});
  drawing.commands.emplace_back(Hatch{{0, 0, 5, 5}, {}, 0});
  EXPECT_TRUE(Parsed(svg(drawing)).well_formed);
}

}  // namespace
}  // namespace qkv::drawing
