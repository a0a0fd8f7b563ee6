// The comparison itself: what must count as the same picture, and what must not.
#include "tests/screens/picture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "app/drawing/window_player.h"
#include "app/shell/app.h"
#include "app/shell/surface/offscreen.h"
#include "core/error.h"
#include "tests/app/support/temp_folder.h"

namespace qkv::screens {
namespace {

using drawing::Drawing;
using drawing::Text;

constexpr int kWidth = 1440, kHeight = 900;

class Comparison : public ::testing::TestWithParam<bool> {
 protected:
  static void SetUpTestSuite() { setenv("LIBGL_ALWAYS_SOFTWARE", "1", 1); }

  Picture play(const Drawing& drawing) {
    player_.play(drawing, app_.theme(), kWidth, kHeight, 1);
    return {.width = kWidth, .height = kHeight, .rgba = surface_.read_rgba()};
  }

  Picture before() { return play(app_.frame()); }
  const bool dark_ = GetParam();
  shell::OffscreenSurface surface_{kWidth, kHeight};
  drawing::TextEngine text_;
  drawing::WindowPlayer player_{text_};
  shell::App app_{{.dark = dark_, .state_dir = {}, .assets_dir = {}, .text = &text_}};
};

/// Every pixel with a share of its right neighbour: all letters and lines moved by that share of a pixel.
Picture moved_right(const Picture& p, double share) {
  Picture out = p;
  for (std::size_t i = 0; i + 7 < p.rgba.size(); ++i)
    out.rgba[i] = static_cast<std::uint8_t>(p.rgba[i] * (1 - share) + p.rgba[i + 4] * share);
  return out;
}

/// Edges of letters lighter or darker, as with another gamma; full ink and paper stay.
Picture other_gamma(const Picture& p, double exponent) {
  Picture out = p;
  for (std::uint8_t& v : out.rgba) v = static_cast<std::uint8_t>(255 * std::pow(v / 255., exponent) + 0.5);
  return out;
}

TEST_P(Comparison, APictureIsLikeItself) {
  const Picture p = before();
  const Difference d = compare(p, p);
  EXPECT_TRUE(d.alike());
  EXPECT_EQ(d.largest, 0);
}

TEST_P(Comparison, EdgesDrawnOtherwiseAreForgiven) {
  const Picture p = before();
  EXPECT_LT(compare(p, moved_right(p, 0.25)).largest, 12);
  EXPECT_LT(compare(p, other_gamma(p, 1.1)).largest, 12);
}

TEST_P(Comparison, AMissingNumberIsSeen) {
  const Picture p = before();
  Drawing frame = app_.frame();
  int numbers = 0;
  for (drawing::Command& command : frame.commands) {
    auto* text = std::get_if<Text>(&command);
    if (!text || text->style.family != drawing::Family::mono || text->text.find('.') == std::string::npos)
      continue;
    if (++numbers % 16 != 0) continue;  // some are enough, and quick
    const std::string kept = std::exchange(text->text, "");
    const Difference d = compare(p, play(frame));
    EXPECT_FALSE(d.alike()) << kept << " is missing, which differs by " << d.largest;
    text->text = kept;
  }
  EXPECT_GT(numbers, 100);
}

TEST_P(Comparison, AMovedPanelIsSeen) {
  const Picture p = before();
  Drawing frame = app_.frame();
  for (drawing::Command& command : frame.commands) {
    auto* heat = std::get_if<drawing::Heat>(&command);
    if (!heat) continue;
    const drawing::Rect kept = heat->rect;
    heat->rect.x += 4;
    const Difference d = compare(p, play(frame));
    EXPECT_FALSE(d.alike()) << "the panel at " << kept.x << ", " << kept.y << ": " << d.largest;
    heat->rect = kept;
  }
}

INSTANTIATE_TEST_SUITE_P(Themes, Comparison, ::testing::Bool(),
                         [](const auto& dark) { return dark.param ? "dark" : "light"; });

Picture plain(int width, int height, std::uint8_t value) {
  return {.width = width,
          .height = height,
          .rgba = std::vector<std::uint8_t>(
              static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4, value)};
}

TEST(Pictures, OfAnotherSizeDiffer) { EXPECT_FALSE(compare(plain(20, 10, 0), plain(10, 20, 0)).alike()); }

TEST(Pictures, SayWhereTheyDiffer) {
  const Picture a = plain(37, 21, 200);
  Picture b = a;
  for (int y = 15; y < 21; ++y)
    for (int x = 31; x < 37; ++x)
      for (std::size_t c = 0; c < 3; ++c) b.rgba[static_cast<std::size_t>(y * 37 + x) * 4 + c] = 0;
  const Difference d = compare(a, b);
  EXPECT_FALSE(d.alike());
  EXPECT_EQ(d.x, 28);
  EXPECT_EQ(d.y, 12);
  EXPECT_GT(d.image.rgba[static_cast<std::size_t>(20 * 37 + 36) * 4],
            d.image.rgba[static_cast<std::size_t>(20 * 37 + 36) * 4 + 1]);
  EXPECT_EQ(d.image.rgba[0], d.image.rgba[1]);
}

TEST(Pictures, AreTheSameAfterAFile) {
  const testing::TempFolder folder;
  Picture p = plain(5, 3, 7);
  for (std::size_t i = 0; i < p.rgba.size(); ++i)
    p.rgba[i] = i % 4 == 3 ? 255 : static_cast<std::uint8_t>(i * 4);
  write_png(folder.path() / "a.png", p);
  EXPECT_EQ(read_png(folder.path() / "a.png").rgba, p.rgba);
  EXPECT_THROW(read_png(folder.path() / "b.png"), Error);
}

}  // namespace
}  // namespace qkv::screens
