#include "app/shell/screens.h"

#include <gtest/gtest.h>

namespace qkv::shell {
namespace {

Screen screen(int x, int y, int width, int height) { return {{x, y, width, height}, {x, y + 30, width, height - 30}}; }
constexpr Area kSmall{100, 100, 900, 600};

TEST(Screens, WithoutAnyNothingIsMoved) {
  EXPECT_EQ(screen_of({}, kSmall), -1);
  EXPECT_EQ(stage_screen({}, kSmall, false), -1);
  EXPECT_EQ(stage_screen({}, kSmall, true), -1);
  EXPECT_EQ(notes_screen({}, -1), -1);
  EXPECT_EQ(restored({}, kSmall), kSmall);
}

TEST(Screens, OneHoldsTheStageAndTheNotesHaveNoOther) {
  const std::vector one{screen(0, 0, 1920, 1080)};
  EXPECT_EQ(stage_screen(one, kSmall, false), 0);
  EXPECT_EQ(stage_screen(one, kSmall, true), 0) << "there is nothing to swap with";
  EXPECT_EQ(notes_screen(one, 0), -1);
}

TEST(Screens, OfTwoTheStageIsWhereTheWindowWasAndTheNotesAreOnTheOther) {
  const std::vector two{screen(0, 0, 1920, 1080), screen(1920, 0, 1280, 800)};
  EXPECT_EQ(stage_screen(two, kSmall, false), 0);
  EXPECT_EQ(notes_screen(two, 0), 1);
  const Area right{2000, 50, 900, 600};
  EXPECT_EQ(stage_screen(two, right, false), 1);
  EXPECT_EQ(notes_screen(two, 1), 0);
  EXPECT_EQ(stage_screen(two, kSmall, true), 1);
  EXPECT_EQ(stage_screen(two, right, true), 0);
}

TEST(Screens, AWindowAcrossTwoIsWhereMostOfItIs) {
  const std::vector two{screen(0, 0, 1920, 1080), screen(1920, 0, 1920, 1080)};
  EXPECT_EQ(screen_of(two, {1400, 100, 900, 600}), 0);
  EXPECT_EQ(screen_of(two, {1600, 100, 900, 600}), 1);
}

TEST(Screens, AtNegativeCoordinates) {
  const std::vector two{screen(0, 0, 1920, 1080), screen(-2560, -200, 2560, 1440)};
  const Area left{-1200, 100, 900, 600};
  EXPECT_EQ(stage_screen(two, left, false), 1);
  EXPECT_EQ(notes_screen(two, 1), 0);
  EXPECT_EQ(centred(two[1], 1100, 640), (Area{-1830, 215, 1100, 640}));
  EXPECT_EQ(restored(two, left), left);
}

TEST(Screens, OfThreeTheNotesPreferThePrimaryOne) {
  const std::vector three{screen(0, 0, 1920, 1080), screen(1920, 0, 1920, 1080), screen(-1920, 0, 1920, 1080)};
  EXPECT_EQ(notes_screen(three, 0), 1);
  EXPECT_EQ(notes_screen(three, 1), 0);
  EXPECT_EQ(notes_screen(three, 2), 0);
  EXPECT_EQ(stage_screen(three, {-1500, 0, 900, 600}, false), 2);
}

TEST(Screens, OneThatIsUnpluggedLeavesTheWindowOnTheNearest) {
  const Area right{2000, 50, 900, 600};
  const std::vector left{screen(0, 0, 1920, 1080)};
  EXPECT_EQ(screen_of(left, right), 0);
  EXPECT_EQ(stage_screen(left, right, false), 0);
  EXPECT_EQ(restored(left, right), (Area{510, 255, 900, 600}));
  const std::vector far_ones{screen(0, 0, 1000, 800), screen(1000, 0, 1000, 800)};
  EXPECT_EQ(screen_of(far_ones, {5000, 5000, 10, 10}), 1);
}

TEST(Screens, OfDifferentScaleTheNotesFitWhatIsFree) {
  // A dense laptop at twice the scale beside a projector: a window made for the first is larger than the second.
  const std::vector two{screen(0, 0, 2880, 1800), screen(2880, 0, 1024, 768)};
  EXPECT_EQ(centred(two[1], 2200, 1280), (Area{2880, 30, 1024, 738}));
  EXPECT_EQ(centred(two[0], 2200, 1280), (Area{340, 275, 2200, 1280}));
  EXPECT_EQ(centred({{0, 0, 800, 600}, {}}, 400, 300), (Area{200, 150, 400, 300})) << "what is free is not always known";
}

}  // namespace
}  // namespace qkv::shell
