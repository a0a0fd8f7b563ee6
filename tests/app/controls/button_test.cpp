#include <gtest/gtest.h>

#include "tests/app/controls/bench.h"

namespace qkv::controls {
namespace {

constexpr Rect kFirst{10, 10, 100, 28}, kSecond{120, 10, 100, 28};

struct Buttons {
  int first = 0, second = 0;
  bool second_enabled = true;
  Bench bench{[this](Ui& ui) {
    first += button(ui, "first", kFirst, "Open");
    second += button(ui, "second", kSecond, "Save", {.enabled = second_enabled});
  }};
};

TEST(Button, ClickIsPressAndReleaseOnIt) {
  Buttons b;
  b.bench.click("first");
  EXPECT_EQ(b.first, 1);
  b.bench.press(kFirst.center());
  EXPECT_EQ(b.first, 1);
  b.bench.move(kSecond.center());
  EXPECT_EQ(b.bench.in.hot, "");  // the pressed button keeps the pointer
  b.bench.release(kSecond.center());
  EXPECT_EQ(b.first, 1);
  EXPECT_EQ(b.second, 0);
  EXPECT_EQ(b.bench.in.active, "");
}

TEST(Button, OnlyTheLeftButtonClicks) {
  Buttons b;
  b.bench.press(kFirst.center(), 1, Button::right);
  b.bench.release(kFirst.center(), Button::right);
  EXPECT_EQ(b.first, 0);
}

TEST(Button, SecondMouseButtonDoesNotDisturbTheGesture) {
  Buttons b;
  b.bench.press(kFirst.center());
  b.bench.press(kFirst.center(), 1, Button::right);
  b.bench.release(kFirst.center(), Button::right);
  EXPECT_EQ(b.bench.in.active, "first");
  b.bench.release(kFirst.center());
  EXPECT_EQ(b.first, 1);
}

TEST(Button, EnterAndSpaceClickTheFocusedOne) {
  Buttons b;
  b.bench.key(Key::enter);
  EXPECT_EQ(b.first + b.second, 0);
  b.bench.key(Key::tab);
  b.bench.key(Key::enter);
  b.bench.key(Key::space);
  EXPECT_EQ(b.first, 2);
  b.bench.send(KeyPress{Key::enter, {}, true});  // a held key clicks once
  EXPECT_EQ(b.first, 2);
  b.bench.key(Key::enter, {.ctrl = true});
  EXPECT_EQ(b.first, 2);
}

TEST(Button, DisabledOneTakesNeitherClicksNorFocus) {
  Buttons b;
  b.second_enabled = false;
  b.bench.wait(0);
  b.bench.click("second");
  EXPECT_EQ(b.second, 0);
  EXPECT_EQ(b.bench.in.focus, "");
  b.bench.key(Key::tab);
  b.bench.key(Key::tab);
  EXPECT_EQ(b.bench.in.focus, "first");
}

TEST(Button, FocusRingOnlyAfterTheKeyboard) {
  Buttons b;
  const auto rings = [&] {
    return std::count_if(b.bench.frame.commands.begin(), b.bench.frame.commands.end(), [](const auto& c) {
      const auto* s = std::get_if<drawing::StrokeRect>(&c);
      return s && s->width == 2 && s->color == drawing::built_in_theme(false).selected;
    });
  };
  b.bench.click("first");
  EXPECT_EQ(b.bench.in.focus, "first");
  EXPECT_EQ(rings(), 0);
  b.bench.key(Key::tab);
  EXPECT_EQ(b.bench.in.focus, "second");
  EXPECT_EQ(rings(), 1);
}

TEST(Button, IconButtonIsNamedByItsHint) {
  Bench bench([](Ui& ui) {
    button(ui, "undo", {10, 10, 28, 28}, "", {.icon = "undo", .hint = "Undo\nCtrl+Z"});
  });
  EXPECT_EQ(bench.region("undo").label, "Undo");
  EXPECT_EQ(bench.region("undo").hint, "Ctrl+Z");
}

TEST(Button, ItsOwnWidthHoldsTheLabel) {
  const ButtonStyle style{.drop_down = true, .icon = "export"};
  Bench bench([&](Ui& ui) {
    button(ui, "b", {10, 10, button_width(ui, "Export the figure", style), 28}, "Export the figure", style);
  });
  EXPECT_TRUE(bench.shows("Export the figure"));
}

TEST(Button, LongLabelIsElided) {
  Bench bench([](Ui& ui) { button(ui, "b", {10, 10, 60, 28}, "A label much wider than the button"); });
  EXPECT_FALSE(bench.shows("A label much wider than the button"));
  for (const auto& c : bench.frame.commands) {
    if (const auto* t = std::get_if<drawing::Text>(&c)) {
      EXPECT_LE(t->box.right(), 70);
    }
  }
}

}  // namespace
}  // namespace qkv::controls
