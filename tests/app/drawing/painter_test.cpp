#include "app/drawing/painter.h"

#include <gtest/gtest.h>

namespace qkv::drawing {
namespace {

class PainterTest : public testing::Test {
 protected:
  PainterTest() : painter_(drawing_, engine_, built_in_theme(false)) { drawing_.bounds = {0, 0, 200, 100}; }
  template <typename T>
  const T& last() {
    return std::get<T>(drawing_.commands.back());
  }
  TextEngine engine_;
  Drawing drawing_;
  Painter painter_;
  const TextStyle style_{.color = {1, 2, 3}, .size = 12};
};

TEST_F(PainterTest, TextBoxesFollowTheAlignment) {
  for (const auto& [align, left] :
       {std::pair{Align::left, 0.f}, {Align::center, 0.5f}, {Align::right, 1.f}}) {
    const float width = painter_.text({100, 50}, "query", style_, align);
    const Text& text = last<Text>();
    EXPECT_EQ(text.text, "query");
    EXPECT_EQ(width, engine_.measure("query", style_).width);
    EXPECT_NEAR(text.box.x, 100 - left * width, 1e-4);
    EXPECT_NEAR(text.box.w, width, 1e-4);
    EXPECT_LT(text.box.y, 50);
    EXPECT_GT(text.box.bottom(), 50);
  }
}

TEST_F(PainterTest, MiddleTextStraddlesItsLine) {
  painter_.text_middle(10, 50, "0.31", style_);
  const float baseline = last<Text>().at.y;
  EXPECT_NEAR(baseline - 50, 50 - (baseline - 0.728f * style_.size), 1e-3);  // as much capital above as below
}

TEST_F(PainterTest, FittedTextStaysWithinItsWidth) {
  painter_.text_fit({0, 20}, "a sentence that is too long", style_, 60);
  EXPECT_LE(last<Text>().box.w, 60.01f);
  EXPECT_TRUE(last<Text>().text.ends_with("…"));
}

TEST_F(PainterTest, RunsFollowEachOther) {
  const std::vector<drawing::Run> line{{"q", style_},
                                       {"sat", style_, drawing::Run::Shift::sub},
                                       {"T", style_, drawing::Run::Shift::super},
                                       {"√d", style_, drawing::Run::Shift::none, true}};
  const float width = painter_.runs({100, 50}, line, Align::right);
  EXPECT_NEAR(width, painter_.runs_width(line), 1e-4);
  float x = 100 - width;
  std::vector<Text> texts;
  for (const Command& c : drawing_.commands) {
    if (const Text* t = std::get_if<Text>(&c)) texts.push_back(*t);
  }
  ASSERT_EQ(texts.size(), 4u);
  for (const Text& t : texts) {
    EXPECT_NEAR(t.at.x, x, 1e-3);
    x += t.box.w;
  }
  EXPECT_NEAR(x, 100, 1e-3);
  EXPECT_GT(texts[1].at.y, 50);
  EXPECT_LT(texts[2].at.y, 50);
  EXPECT_LT(texts[1].style.size, texts[0].style.size);
  EXPECT_TRUE(std::holds_alternative<Polyline>(drawing_.commands.back()));  // the bar of the root
}

TEST_F(PainterTest, LinesSnapToPixels) {
  painter_.line({10, 20}, {50, 20}, {});
  EXPECT_EQ(last<Polyline>().points, (std::vector<Point>{{10, 20.5f}, {50, 20.5f}}));
  painter_.line({10.2f, 20}, {10.2f, 40}, {}, 2);
  EXPECT_EQ(last<Polyline>().points, (std::vector<Point>{{10, 20}, {10, 40}}));
  painter_.line({1, 2}, {30, 40}, {});
  EXPECT_EQ(last<Polyline>().points, (std::vector<Point>{{1, 2}, {30, 40}}));
}

TEST_F(PainterTest, OutlineIsCentredOnItsEdge) {
  painter_.outline({10, 10, 20, 20}, {}, 2);
  EXPECT_EQ(last<StrokeRect>().rect, (Rect{9, 9, 22, 22}));
}

TEST_F(PainterTest, ClipsIntersectAndRegionsRememberThem) {
  painter_.push_clip({10, 10, 50, 50});
  painter_.push_clip({40, 40, 100, 100});
  EXPECT_EQ(painter_.clip(), (Rect{40, 40, 20, 20}));
  painter_.region({.id = "inner", .rect = {0, 0, 100, 100}});
  painter_.pop_clip();
  painter_.region({.id = "outer", .rect = {0, 0, 45, 45}});
  painter_.pop_clip();
  painter_.pop_clip();  // one too many is harmless
  EXPECT_EQ(painter_.clip(), drawing_.bounds);
  EXPECT_EQ(region_at(drawing_, {42, 42})->id, "outer");  // the last one wins
  EXPECT_EQ(region_at(drawing_, {50, 50})->id, "inner");
  EXPECT_EQ(region_at(drawing_, {62, 62}), nullptr);  // outside its clip
  EXPECT_EQ(region_at(drawing_, {5, 5}), nullptr);
  EXPECT_EQ(find_region(drawing_, "inner")->clip, (Rect{40, 40, 20, 20}));
  EXPECT_EQ(find_region(drawing_, "none"), nullptr);
}

TEST_F(PainterTest, AlphaFadesEverything) {
  painter_.set_alpha(0.5f);
  painter_.fill({0, 0, 1, 1}, {10, 20, 30, 200});
  EXPECT_EQ(last<FillRect>().color, (Color{10, 20, 30, 100}));
  painter_.text({0, 0}, "x", style_);
  EXPECT_EQ(last<Text>().style.color.a, 127);
  painter_.heat({});
  EXPECT_EQ(last<Heat>().alpha, 0.5f);
  painter_.set_alpha(1);
  painter_.fill({0, 0, 1, 1}, {10, 20, 30, 200});
  EXPECT_EQ(last<FillRect>().color.a, 200);
}

TEST_F(PainterTest, ArrowHeadPointsAlongItsDirection) {
  painter_.arrow_head({50, 50}, {10, 0}, {}, 4);
  const std::vector<Point>& p = last<Polyline>().points;
  ASSERT_EQ(p.size(), 3u);
  EXPECT_EQ(p[1], (Point{50, 50}));
  EXPECT_EQ(p[0].x, 46);
  EXPECT_EQ(p[2].x, 46);
  EXPECT_EQ(p[0].y + p[2].y, 100);
  const std::size_t before = drawing_.commands.size();
  painter_.arrow_head({50, 50}, {0, 0}, {});
  EXPECT_EQ(drawing_.commands.size(), before);
}

}  // namespace
}  // namespace qkv::drawing
