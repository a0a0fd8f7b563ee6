#include <gtest/gtest.h>

#include "tests/app/controls/bench.h"

namespace qkv::controls {
namespace {

// Three boxes as regions, the last over the second; only the first two are focusable.
struct Boxes {
  std::optional<Point> dragged;
  int doubles = 0, presses = 0, releases = 0, keys = 0;
  Bench bench{[this](Ui& ui) {
    ui.p.region({.id = "a", .rect = {0, 0, 100, 100}, .focusable = true});
    ui.p.region({.id = "b", .rect = {100, 0, 100, 100}, .focusable = true});
    ui.p.region({.id = "over", .rect = {150, 0, 50, 50}});
    dragged = ui.dragged("a");
    presses += ui.pressed("a");
    releases += ui.released("a");
    doubles += ui.double_clicked("a");
    keys += ui.key(Key::s, {.ctrl = true});
    keys += ui.key(Key::s, {.ctrl = true});  // taken by the first
  }};
};

TEST(Interaction, TheTopmostRegionIsHot) {
  Boxes x;
  x.bench.move({160, 10});
  EXPECT_EQ(x.bench.in.hot, "over");
  x.bench.move({160, 60});
  EXPECT_EQ(x.bench.in.hot, "b");
  x.bench.move({160, 200});
  EXPECT_EQ(x.bench.in.hot, "");
  x.bench.move({10, 10});
  x.bench.send(PointerLeave{});
  EXPECT_EQ(x.bench.in.hot, "");
}

TEST(Interaction, DragBeginsBeyondThreePixels) {
  Boxes x;
  x.bench.press({50, 50});
  x.bench.move({52, 52});
  EXPECT_FALSE(x.dragged);
  x.bench.move({54, 50});
  ASSERT_TRUE(x.dragged);
  EXPECT_EQ(*x.dragged, (Point{4, 0}));
  x.bench.move({50, 50});  // once begun it stays one
  EXPECT_TRUE(x.dragged);
  x.bench.move({300, 20});
  EXPECT_EQ(*x.dragged, (Point{250, -30}));
  x.bench.send(PointerLeave{});
  EXPECT_EQ(*x.dragged, (Point{250, -30}));  // leaving the window does not end it
  x.bench.release({300, 20});
  EXPECT_EQ(x.releases, 1);
  x.bench.move({50, 50});
  EXPECT_FALSE(x.dragged);
}

TEST(Interaction, DoubleClickIsTheSecondPress) {
  Boxes x;
  x.bench.click({50, 50}, 1);
  EXPECT_EQ(x.doubles, 0);
  x.bench.click({50, 50}, 2);
  EXPECT_EQ(x.doubles, 1);
  x.bench.click({50, 50}, 3);
  EXPECT_EQ(x.doubles, 1);
  EXPECT_EQ(x.presses, 3);
}

TEST(Interaction, FocusFollowsPressAndTab) {
  Boxes x;
  x.bench.key(Key::tab, {.shift = true});
  EXPECT_EQ(x.bench.in.focus, "b");
  EXPECT_TRUE(x.bench.in.focus_visible);
  x.bench.key(Key::tab);
  EXPECT_EQ(x.bench.in.focus, "a");
  x.bench.key(Key::tab, {.ctrl = true});
  EXPECT_EQ(x.bench.in.focus, "a");
  x.bench.click({110, 60});
  EXPECT_EQ(x.bench.in.focus, "b");
  EXPECT_FALSE(x.bench.in.focus_visible);
  x.bench.click({160, 10});  // not focusable
  EXPECT_EQ(x.bench.in.focus, "");
}

TEST(Interaction, AKeyIsTakenOnceAndNeedsItsModifiers) {
  Boxes x;
  x.bench.key(Key::s, {.ctrl = true});
  EXPECT_EQ(x.keys, 1);
  x.bench.key(Key::s);
  x.bench.key(Key::s, {.shift = true, .ctrl = true});
  EXPECT_EQ(x.keys, 1);
}

TEST(Interaction, ADisabledUiAnswersNothing) {
  bool enabled = true;
  float value = 0.5f;
  int answers = 0;
  Bench bench([&](Ui& ui) {
    ui.enabled = enabled;
    answers += button(ui, "button", {10, 10, 80, 28}, "Button");
    answers += toggle(ui, "toggle", {10, 50, 80, 20}, false, "Toggle");
    answers += segmented(ui, "segmented", {10, 80, 80, 28}, {"a", "b"}, 0) != 0;
    answers += slider(ui, "slider", {10, 120, 80, 24}, value, 0, 1).changed;
    answers += text_field(ui, "field", {10, 150, 80, 28}, "text").editing;
  });
  const auto play = [&] {
    answers = 0;
    for (const char* id : {"button", "toggle", "segmented/1", "slider", "field"}) {
      const Rect r = bench.region(id).rect;
      bench.click({r.right() - 10, r.center().y});
      bench.key(Key::tab);
      bench.key(Key::right);
      bench.key(Key::enter);
    }
    return answers;
  };
  EXPECT_GT(play(), 5);
  bench.key(Key::escape);
  enabled = false;
  bench.wait(0);
  EXPECT_EQ(play(), 0);
  for (const drawing::Region& r : bench.frame.regions) EXPECT_FALSE(r.focusable) << r.id;
  EXPECT_FALSE(bench.in.editing());
}

TEST(Interaction, ALostReleaseDoesNotLockThePointer) {
  Boxes x;
  x.bench.press({50, 50});
  x.bench.press({110, 60});  // the release went to another window
  EXPECT_EQ(x.bench.in.active, "");
  x.bench.release({110, 60});
  x.bench.press({110, 60});
  EXPECT_EQ(x.bench.in.active, "b");
}

TEST(Interaction, ModifiersAndTimeAreKept) {
  Boxes x;
  x.bench.move({1, 1}, {.shift = true});
  EXPECT_TRUE(x.bench.in.mods.shift);
  x.bench.key(Key::a);
  EXPECT_FALSE(x.bench.in.mods.shift);
  x.bench.wait(0.5);
  x.bench.wait(0.25);
  EXPECT_DOUBLE_EQ(x.bench.in.now, 0.75);
}

}  // namespace
}  // namespace qkv::controls
