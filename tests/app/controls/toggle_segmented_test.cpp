#include <gtest/gtest.h>

#include "tests/app/controls/bench.h"

namespace qkv::controls {
namespace {

TEST(Toggle, SwitchesByClickAndSpace) {
  bool on = false;
  Bench bench([&](Ui& ui) {
    if (toggle(ui, "scale", {10, 10, 200, 20}, on, "Scale")) on = !on;
  });
  bench.click({20, 20});  // the label belongs to it
  EXPECT_TRUE(on);
  bench.click({200, 20});
  EXPECT_FALSE(on);
  bench.key(Key::space);
  EXPECT_TRUE(on);
}

struct Segments {
  int chosen = 1;
  Bench bench{[this](Ui& ui) {
    chosen = segmented(ui, "mask", {10, 10, 210, 28}, {"None", "Causal", "Window"}, chosen, "",
                       {"", "", "the last few"});
    button(ui, "next", {10, 50, 50, 28}, "Next");
  }};
};

TEST(Segmented, ClickChooses) {
  Segments s;
  s.bench.click("mask/2");
  EXPECT_EQ(s.chosen, 2);
  EXPECT_EQ(s.bench.in.focus, "mask");
  EXPECT_EQ(s.bench.region("mask/2").hint, "the last few");
}

TEST(Segmented, IsOneStopAndMovesWithArrows) {
  Segments s;
  s.bench.key(Key::tab);
  EXPECT_EQ(s.bench.in.focus, "mask");
  s.bench.key(Key::right);
  s.bench.key(Key::right);
  EXPECT_EQ(s.chosen, 2);
  s.bench.key(Key::home);
  EXPECT_EQ(s.chosen, 0);
  s.bench.key(Key::left);
  EXPECT_EQ(s.chosen, 0);
  s.bench.key(Key::end);
  EXPECT_EQ(s.chosen, 2);
  s.bench.key(Key::tab);
  EXPECT_EQ(s.bench.in.focus, "next");
  s.bench.key(Key::right);
  EXPECT_EQ(s.chosen, 2);
}

TEST(Segmented, CellsTouchWithoutGaps) {
  Segments s;
  EXPECT_EQ(s.bench.region("mask/0").rect.right(), s.bench.region("mask/1").rect.x);
  EXPECT_EQ(s.bench.region("mask/2").rect.right(), 220);
}

TEST(Segmented, NothingSelectedAndNoItems) {
  int chosen = -1;
  Bench bench([&](Ui& ui) {
    chosen = segmented(ui, "a", {0, 0, 100, 28}, {"x", "y"}, chosen);
    EXPECT_EQ(segmented(ui, "b", {0, 40, 100, 28}, {}, -1), -1);
  });
  EXPECT_EQ(chosen, -1);
  bench.key(Key::tab);
  bench.key(Key::right);
  EXPECT_EQ(chosen, 0);
}

}  // namespace
}  // namespace qkv::controls
