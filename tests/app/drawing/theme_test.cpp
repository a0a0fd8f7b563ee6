#include "app/drawing/theme.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

#include "core/error.h"

namespace qkv::drawing {
namespace {

double luminance(Color c) {
  const auto linear = [](double v) {
    return v / 255 <= 0.04045 ? v / 255 / 12.92 : std::pow((v / 255 + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
}

double contrast(Color a, Color b) {
  const double x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

std::string tokens() {
  std::ifstream in(QKV_SOURCE_DIR "/assets/theme/tokens.json");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

class ThemeFile : public testing::Test {
 protected:
  void write(const std::string& text) { std::ofstream(path_) << text; }
  std::string error_of(const std::string& text) {
    write(text);
    try {
      load_theme(path_, false);
    } catch (const Error& e) {
      return e.what();
    }
    return "";
  }
  std::string replaced(const std::string& from, const std::string& to) {
    std::string text = tokens();
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos);
    return text.replace(at, from.size(), to);
  }
  void TearDown() override { std::filesystem::remove(path_); }
  const std::filesystem::path path_ = std::filesystem::path(testing::TempDir()) / "qkv_theme_test.json";
};

TEST(Theme, BuiltInCopyIsTheFile) {
  for (const bool dark : {false, true}) {
    const Theme file = load_theme(QKV_SOURCE_DIR "/assets/theme/tokens.json", dark);
    const Theme& built_in = built_in_theme(dark);
    EXPECT_EQ(file.dark, dark);
    EXPECT_EQ(built_in.dark, dark);
    EXPECT_EQ(file.bg, built_in.bg);
    EXPECT_EQ(file.cell_gap, built_in.cell_gap);
    EXPECT_EQ(file.diverging, built_in.diverging);
    EXPECT_EQ(file.tint, built_in.tint);
  }
  EXPECT_EQ(built_in_theme(false).query, (Color{0x1f, 0x5f, 0xc4}));
  EXPECT_EQ(built_in_theme(true).query, (Color{0x74, 0xaa, 0xff}));
}

TEST_F(ThemeFile, ErrorsNameFileAndField) {
  EXPECT_NE(error_of("{").find(path_.string()), std::string::npos);
  EXPECT_NE(error_of("{}").find("light/bg is missing"), std::string::npos);
  EXPECT_NE(error_of("[]").find("light/bg is missing"), std::string::npos);
  EXPECT_NE(error_of(replaced("\"#1f5fc4\"", "\"blue\"")).find("light/query"), std::string::npos);
  EXPECT_NE(error_of(replaced("\"#1f5fc4\"", "\"#1f5fcg\"")).find("light/query"), std::string::npos);
  EXPECT_NE(error_of(replaced("\"#1f5fc4\"", "7")).find("found 7"), std::string::npos);
  EXPECT_NE(error_of(replaced("\"#14559e\",", "")).find("list of 9 colours, found 8"), std::string::npos);
  EXPECT_NE(error_of(replaced("\"#1f5fc4\"", "\"\xff\xfe\"")), "");
  EXPECT_LT(error_of(replaced("\"#1f5fc4\"", "\"" + std::string(5000, 'x') + "\"")).size(), 500u);
  EXPECT_THROW(load_theme("/nowhere/tokens.json", true), Error);
}

TEST(Theme, StopsAreHitExactlyAndValuesClamped) {
  for (const bool dark : {false, true}) {
    const Theme& theme = built_in_theme(dark);
    for (std::size_t i = 0; i < 9; ++i) {
      EXPECT_EQ(colour_at(theme, Map::diverging, static_cast<float>(i) / 8), theme.diverging[i]);
      EXPECT_EQ(colour_at(theme, Map::sequential, static_cast<float>(i) / 8), theme.sequential[i]);
    }
    for (std::size_t i = 0; i < 5; ++i)
      EXPECT_EQ(colour_at(theme, Map::tint, static_cast<float>(i) / 4), theme.tint[i]);
    EXPECT_EQ(colour_at(theme, Map::diverging, -3), theme.diverging.front());
    EXPECT_EQ(colour_at(theme, Map::diverging, 1e30f), theme.diverging.back());
    EXPECT_EQ(colour_at(theme, Map::diverging, std::nanf("")), theme.canvas);
  }
}

TEST(Theme, ColourOfFollowsTheRange) {
  const Theme& theme = built_in_theme(false);
  Heat heat;
  heat.lo = -3;
  heat.hi = 3;
  EXPECT_EQ(colour_of(theme, heat, 0), theme.diverging[4]);
  EXPECT_EQ(colour_of(theme, heat, -3), theme.diverging[0]);
  heat.map = Map::sequential;
  heat.lo = 1e-4f;
  heat.hi = 1;
  heat.log = true;
  EXPECT_EQ(colour_of(theme, heat, 1e-2f), theme.sequential[4]);
  EXPECT_EQ(colour_of(theme, heat, 1), theme.sequential[8]);
  EXPECT_EQ(colour_of(theme, heat, 0), theme.sequential[0]);
  EXPECT_EQ(colour_of(theme, heat, -1), theme.sequential[0]);
}

TEST(Theme, EmptyAndOddRangesAreUsable) {
  const Theme& theme = built_in_theme(false);
  Heat heat;
  heat.lo = heat.hi = 0;
  EXPECT_EQ(colour_of(theme, heat, 0), theme.diverging[4]);  // a matrix of zeros is neutral
  heat.map = Map::sequential;
  EXPECT_EQ(colour_of(theme, heat, 0), theme.sequential[0]);
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float odd : {-infinity, -1e38f, -1.f, 0.f, 1e30f, 3e38f, infinity, std::nanf("")}) {
    for (const bool log : {false, true}) {
      heat.log = log;
      heat.lo = odd;
      heat.hi = odd < 0 ? -odd : odd;
      const ColourRange range = colour_range(heat);
      EXPECT_LT(range.lo, range.hi);
      EXPECT_TRUE(std::isfinite(range.hi - range.lo)) << odd;
      EXPECT_TRUE(!log || range.lo > 0);
    }
  }
}

TEST(Theme, NonFiniteValuesHaveNoMapColour) {
  const Theme& theme = built_in_theme(false);
  const float infinity = std::numeric_limits<float>::infinity();
  const Color nan = colour_of(theme, Heat{}, std::nanf(""));
  EXPECT_EQ(nan, colour_of(theme, Heat{}, infinity));
  EXPECT_EQ(nan, colour_of(theme, Heat{}, -infinity));
  for (int i = 0; i <= 1000; ++i)
    EXPECT_NE(nan, colour_at(theme, Map::diverging, static_cast<float>(i) / 1000));
}

TEST(Theme, InkIsLegibleOnEveryFill) {
  for (const bool dark : {false, true}) {
    const Theme& theme = built_in_theme(dark);
    for (const Map map : {Map::diverging, Map::sequential, Map::tint}) {
      for (int i = 0; i <= 1000; ++i) {
        const Color fill = colour_at(theme, map, static_cast<float>(i) / 1000);
        EXPECT_GE(contrast(ink_on(theme, fill), fill), 4.4);
      }
    }
    EXPECT_EQ(ink_on(theme, {255, 255, 255}), theme.ink_dark);
    EXPECT_EQ(ink_on(theme, {0, 0, 0}), theme.ink_light);
  }
}

}  // namespace
}  // namespace qkv::drawing
