#include "app/drawing/window_player.h"

#include <cairo.h>
#include <gtest/gtest.h>
#include <imgui.h>

#include <filesystem>

#include "app/drawing/players.h"
#include "app/shell/surface/offscreen.h"
#include "tests/app/drawing/scene.h"

namespace qkv::drawing {
namespace {

/// The player on an offscreen surface (software OpenGL serves).
class WindowPlayerTest : public ::testing::Test {
 protected:
  void play(const Drawing& drawing, float scale = 1, bool dark = false) {
    scale_ = scale;
    surface_.resize(static_cast<int>(drawing.bounds.w * scale), static_cast<int>(drawing.bounds.h * scale));
    player_.play(drawing, built_in_theme(dark), surface_.width(), surface_.height(), scale);
    pixels_ = surface_.read_rgba();
  }
  Color pixel(int x, int y) const {
    const std::uint8_t* p = &pixels_[(static_cast<std::size_t>(y) * surface_.width() + x) * 4];
    return {p[0], p[1], p[2]};
  }
  Color at(float x, float y) const {
    return pixel(static_cast<int>(x * scale_), static_cast<int>(y * scale_));
  }
  static int distance(Color a, Color b) {
    return std::max({std::abs(a.r - b.r), std::abs(a.g - b.g), std::abs(a.b - b.b)});
  }
  /// How many pixels of a rectangle (logical) are not of the colour.
  int unlike(Color color, Rect r) const {
    int n = 0;
    for (int y = static_cast<int>(r.y * scale_); y < static_cast<int>(r.bottom() * scale_); ++y) {
      for (int x = static_cast<int>(r.x * scale_); x < static_cast<int>(r.right() * scale_); ++x)
        n += pixel(x, y) != color;
    }
    return n;
  }
  static Drawing with(std::vector<Command> commands) {
    Drawing drawing;
    drawing.bounds = {0, 0, 160, 120};
    drawing.commands = std::move(commands);
    return drawing;
  }

  shell::OffscreenSurface surface_{160, 120};
  TextEngine engine_;
  WindowPlayer player_{engine_};
  const Theme& theme_ = built_in_theme(false);
  std::vector<std::uint8_t> pixels_;
  float scale_ = 1;
};

// A context left current is written to after its player is gone, and that corrupts the heap.
TEST_F(WindowPlayerTest, LeavesNoImGuiContextCurrent) {
  EXPECT_EQ(ImGui::GetCurrentContext(), nullptr);
  play(with({}));
  EXPECT_EQ(ImGui::GetCurrentContext(), nullptr);
  { WindowPlayer other(engine_); }
  EXPECT_EQ(ImGui::GetCurrentContext(), nullptr);
  play(with({}));
}

TEST_F(WindowPlayerTest, CellsHaveTheirColours) {
  const Heat heat = testing::example_heat();
  for (const float scale : {1.f, 1.5f, 2.f}) {
    play(with({heat}), scale);
    EXPECT_EQ(at(5, 5), theme_.bg);
    for (const auto& [x, value] : {std::pair{35.f, -3.f}, {65.f, 3.f}, {95.f, 1.5f}, {125.f, -1.5f}}) {
      EXPECT_LE(distance(at(x, 60), colour_of(theme_, heat, value)), 1) << value;
    }
    EXPECT_EQ(at(50.5f, 60), theme_.cell_gap);
    EXPECT_NE(at(49, 60), theme_.cell_gap);
  }
}

TEST_F(WindowPlayerTest, SmallCellsHaveTheSameColours) {
  Heat heat = testing::example_heat();
  heat.masked = nullptr;
  heat.gaps = false;
  auto values = std::make_shared<Matrix>(60, 80);
  for (int i = 0; i < 60; ++i) {
    for (int j = 0; j < 80; ++j) (*values)(i, j) = static_cast<float>((i * 7 + j * 13) % 61) / 10 - 3;
  }
  heat.values = values;
  heat.rect = {10, 10, 80, 60};  // 1 px a cell: the path of one quad
  play(with({heat}));
  for (int i = 0; i < 60; ++i) {
    for (int j = 0; j < 80; ++j)
      ASSERT_LE(distance(pixel(10 + j, 10 + i), colour_of(theme_, heat, (*values)(i, j))), 1);
  }
}

TEST_F(WindowPlayerTest, LogarithmicRangeFollowsColourOf) {
  Heat heat;
  heat.rect = {0, 0, 160, 120};
  heat.values = std::make_shared<Matrix>(Matrix{{1e-5f, 1e-3f, 0.1f, 0}});
  heat.map = Map::sequential;
  heat.lo = 1e-4f;
  heat.hi = 1;
  heat.log = true;
  play(with({heat}));
  for (int i = 0; i < 4; ++i) {
    EXPECT_LE(distance(pixel(20 + 40 * i, 60), colour_of(theme_, heat, (*heat.values)(0, i))), 1) << i;
  }
}

TEST_F(WindowPlayerTest, MaskedAndNonFiniteCellsHaveTheirMarks) {
  const Heat heat = testing::example_heat();
  play(with({heat}));
  const Color tint = colour_of(theme_, heat, NAN);
  const Rect nan{51, 20, 29, 27}, plus{81, 20, 29, 27}, minus{111, 20, 29, 27}, masked{82, 76, 56, 22};
  for (const Rect& r : {nan, plus, minus}) {
    EXPECT_EQ(at(r.x + 1, r.y), theme_.error);  // the outline
    EXPECT_EQ(at(r.x, r.bottom() - 2), theme_.error);
    EXPECT_EQ(at(r.right() - 1, r.y + 4), theme_.error);
  }
  EXPECT_NE(at(65.5f, 33), tint);        // the cross
  EXPECT_EQ(at(plus.x + 10, 33), tint);  // bands: above for +inf, below for -inf
  EXPECT_NE(at(plus.x + 10, 23), tint);
  EXPECT_EQ(at(plus.x + 10, 42), tint);
  EXPECT_NE(at(minus.x + 10, 43), tint);
  EXPECT_EQ(at(minus.x + 10, 24), tint);
  const int other = unlike(theme_.mask_fill, masked);  // hatched: part fill, part lines
  EXPECT_GT(other, 200);
  EXPECT_LT(other, 56 * 22 - 200);
}

TEST_F(WindowPlayerTest, HeatsAreClippedAndFaded) {
  Heat heat = testing::example_heat();
  play(with({PushClip{{0, 0, 60, 60}}, heat, PopClip{}}));
  EXPECT_EQ(at(65, 33), theme_.bg);
  EXPECT_EQ(at(35, 65), theme_.bg);
  EXPECT_NE(at(35, 55), theme_.bg);
  heat.alpha = 0;
  play(with({heat}));
  EXPECT_EQ(unlike(theme_.bg, {0, 0, 160, 120}), 0);
}

TEST_F(WindowPlayerTest, OneFrameDoesNotChangeTheNext) {
  const Drawing all = testing::example_drawing(engine_, theme_);
  play(all);
  const std::vector<std::uint8_t> first = pixels_;
  play(testing::example_drawing(engine_, built_in_theme(true)), 1, true);
  EXPECT_NE(first, pixels_);
  play(all);
  EXPECT_EQ(first, pixels_);
}

TEST_F(WindowPlayerTest, EdgesFallOnWholePixels) {
  for (const float scale : {1.f, 1.25f, 1.5f, 2.f}) {
    play(with({FillRect{{10, 10, 33, 21}, {200, 0, 0}}, StrokeRect{{60, 10, 33, 21}, {0, 0, 200}},
               Polyline{{{10, 60.5f}, {90, 60.5f}}, {0, 120, 0}}}),
         scale);
    for (int y = 0; y < surface_.height(); ++y) {
      for (int x = 0; x < surface_.width(); ++x) {
        const Color c = pixel(x, y);
        ASSERT_TRUE(c == theme_.bg || c == (Color{200, 0, 0}) || c == (Color{0, 0, 200}) ||
                    c == (Color{0, 120, 0}))
            << scale << ": " << x << ", " << y;
      }
    }
  }
}

TEST_F(WindowPlayerTest, TextStaysWithinItsBox) {
  Drawing drawing = with({});
  Painter p(drawing, engine_, theme_);
  p.fill(drawing.bounds, theme_.canvas);
  p.text({20, 60}, "0.31 weights", {.color = theme_.text, .size = 14});
  const Rect box = std::get<Text>(drawing.commands.back()).box.inset(-1);
  for (const float scale : {1.f, 1.5f, 2.f}) {
    play(drawing, scale);
    const int inside = unlike(theme_.canvas, box);
    EXPECT_GT(inside, 100);
    EXPECT_EQ(inside, unlike(theme_.canvas, drawing.bounds));
  }
}

TEST_F(WindowPlayerTest, TextIsCrisp) {
  Drawing drawing = with({});
  Painter p(drawing, engine_, theme_);
  p.fill(drawing.bounds, {255, 255, 255});
  p.text({20, 60}, "1", {.color = {0, 0, 0}, .size = 10, .family = Family::mono});
  play(drawing);
  // The digit stands on the baseline: the row above it is dark, the one below it is white.
  int above = 255, below = 255;
  for (int x = 20; x < 26; ++x) {
    above = std::min<int>(above, pixel(x, 59).r);
    below = std::min<int>(below, pixel(x, 60).r);
  }
  EXPECT_LT(above, 90);
  EXPECT_GT(below, 200);
}

TEST_F(WindowPlayerTest, FramesOfManyVerticesAndGlyphsAreDrawn) {
  Drawing drawing = with({FillRect{{0, 0, 160, 120}, theme_.canvas}});
  Painter p(drawing, engine_, theme_);
  for (int i = 0; i < 20000; ++i) p.fill({static_cast<float>(i % 100), 10, 1, 1}, {200, 0, 0});
  // More glyphs than the atlas first holds: it grows and the frame is built again.
  for (int size = 20; size < 150; size += 2) {
    p.text({200, 200}, "", {});
    p.text({0, 110}, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
           {.color = theme_.text, .size = static_cast<float>(size)});
  }
  p.fill({150, 100, 5, 5}, {0, 200, 0});
  for (int frame = 0; frame < 3; ++frame) {
    play(drawing);
    EXPECT_EQ(at(152, 102), (Color{0, 200, 0}));
    EXPECT_EQ(at(50, 10), (Color{200, 0, 0}));
    EXPECT_GT(unlike(theme_.canvas, {0, 20, 160, 80}), 500);
  }
}

TEST_F(WindowPlayerTest, FigurePngLooksTheSame) {
  const Drawing drawing = testing::example_drawing(engine_, theme_);
  const std::filesystem::path path =
      std::filesystem::path(::testing::TempDir()) / "qkv_window_player_test.png";
  for (const float scale : {1.f, 2.f}) {
    play(drawing, scale);
    write_figure_png(drawing, engine_, theme_, scale, path);
    cairo_surface_t* png = cairo_image_surface_create_from_png(path.c_str());
    ASSERT_EQ(cairo_surface_status(png), CAIRO_STATUS_SUCCESS);
    int different = 0;
    for (int y = 0; y < surface_.height(); ++y) {
      const unsigned char* row = cairo_image_surface_get_data(png) + y * cairo_image_surface_get_stride(png);
      for (int x = 0; x < surface_.width(); ++x) {
        different += distance(pixel(x, y), {row[x * 4 + 2], row[x * 4 + 1], row[x * 4]}) > 48;
      }
    }
    EXPECT_LT(different, surface_.width() * surface_.height() / 150);
    cairo_surface_destroy(png);
  }
  std::filesystem::remove(path);
}

TEST_F(WindowPlayerTest, OddDrawingsAreDrawn) {
  Heat mismatched = testing::example_heat();
  mismatched.masked = std::make_shared<std::vector<std::uint8_t>>(3, std::uint8_t{1});
  Heat empty = testing::example_heat();
  empty.values = std::make_shared<Matrix>(0, 4);
  play(with({PopClip{}, Heat{}, empty, mismatched, Polyline{}, Polygon{}, Text{}, Hatch{{0, 0, 5, 5}, {}, 0},
             FillRect{{-50, -50, 10, 10}, {}}, FillRect{{NAN, 0, 1e30f, 5}, {}},
             Hatch{{-1e30f, 0, 2e30f, NAN}, {1, 1, 1, 1}}, Text{{NAN, 1e30f}, "far", {}, Align::left, 0, {}},
             Text{{NAN, 5}, "far", {}, Align::left, 45, {}}, FillRect{{10, 10, -5, 5}, {}},
             PushClip{{500, 500, 10, 10}}, testing::example_heat(), PushClip{{0, 0, 5, 5}}}));
  EXPECT_LE(distance(at(35, 60), colour_of(theme_, mismatched, -3)), 1);
  player_.play(with({}), theme_, 0, 0, 1);
}

}  // namespace
}  // namespace qkv::drawing
