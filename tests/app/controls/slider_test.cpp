#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/app/controls/bench.h"

namespace qkv::controls {
namespace {

// The knob's way is the rectangle less 6.5 px at both ends: here 200 px from x = 10.
constexpr Rect kRect{3.5f, 10, 213, 24};
constexpr float kLeft = 10, kMiddle = 22;

struct Slider {
  float value = 0.5f, low = 0, high = 1;
  SliderStyle style;
  int changes = 0, finishes = 0;
  Bench bench{[this](Ui& ui) {
    const Change c = slider(ui, "s", kRect, value, low, high, style);
    changes += c.changed;
    finishes += c.finished;
  }};
};

TEST(Slider, PressJumpsThenDragsAndFinishesOnce) {
  Slider s;
  s.bench.move({kLeft + 50, kMiddle});
  s.bench.press({kLeft + 50, kMiddle});
  EXPECT_NEAR(s.value, 0.25f, 1e-5f);
  s.bench.move({kLeft + 80, kMiddle + 200});  // the pressed slider keeps the pointer
  EXPECT_NEAR(s.value, 0.4f, 1e-5f);
  EXPECT_EQ(s.finishes, 0);
  s.bench.release({kLeft + 80, kMiddle});
  EXPECT_EQ(s.finishes, 1);
  EXPECT_EQ(s.changes, 2);
}

TEST(Slider, KnobDoesNotJumpWhenGrabbedOffCentre) {
  Slider s;
  s.bench.press({kLeft + 104, kMiddle});
  EXPECT_EQ(s.value, 0.5f);
  s.bench.move({kLeft + 124, kMiddle});
  EXPECT_NEAR(s.value, 0.6f, 1e-5f);
}

TEST(Slider, WaitsForThePointerBeyondItsEnd) {
  Slider s;
  s.bench.press({kLeft + 100, kMiddle});
  s.bench.move({kLeft + 300, kMiddle});
  EXPECT_EQ(s.value, 1);
  s.bench.move({kLeft + 220, kMiddle});
  EXPECT_EQ(s.value, 1);
  s.bench.move({kLeft + 180, kMiddle});
  EXPECT_NEAR(s.value, 0.9f, 1e-5f);
}

TEST(Slider, ShiftDragsTenTimesFiner) {
  Slider s;
  s.bench.drag({kLeft + 100, kMiddle}, {kLeft + 140, kMiddle}, {.shift = true});
  EXPECT_NEAR(s.value, 0.52f, 1e-5f);
}

TEST(Slider, ArrowsStepFineAndCoarse) {
  Slider s;
  s.style.step = 0.1f;
  s.bench.key(Key::tab);
  s.bench.key(Key::right);
  EXPECT_FLOAT_EQ(s.value, 0.6f);
  s.bench.key(Key::down);
  EXPECT_FLOAT_EQ(s.value, 0.5f);
  s.bench.key(Key::up, {.shift = true});
  EXPECT_FLOAT_EQ(s.value, 0.51f);
  s.bench.key(Key::right, {.ctrl = true});
  EXPECT_EQ(s.value, 1);
  s.bench.key(Key::home);
  EXPECT_EQ(s.value, 0);
  s.bench.key(Key::end);
  EXPECT_EQ(s.value, 1);
  EXPECT_EQ(s.finishes, s.changes);  // each key is a gesture of its own
}

TEST(Slider, KeysNeedTheFocus) {
  Slider s;
  s.bench.key(Key::right);
  EXPECT_EQ(s.value, 0.5f);
}

TEST(Slider, LogarithmicIntegersReachEveryValue) {
  Slider s;
  s.value = 1, s.low = 1, s.high = 512;
  s.style.logarithmic = s.style.integer = true;
  s.bench.key(Key::tab);
  float previous = s.value;
  for (int i = 0; i < 5; ++i) {
    s.bench.key(Key::right);
    EXPECT_EQ(s.value, previous + 1);
    previous = s.value;
  }
  s.bench.press({kLeft + 200.f * 6 / 9, kMiddle});
  EXPECT_EQ(s.value, 64);  // 2^6 of 2^9
  for (const Key k : {Key::page_up, Key::page_up, Key::page_down}) {
    s.bench.key(k);
    EXPECT_EQ(s.value, std::round(s.value));
  }
}

TEST(Slider, KeysAfterTheEndChangeNothing) {
  Slider s;
  s.value = 1;
  s.bench.key(Key::tab);
  s.bench.key(Key::right);
  EXPECT_EQ(s.changes, 0);
}

TEST(Slider, SurvivesNaNAndAnEmptyRange) {
  Slider s;
  s.value = std::numeric_limits<float>::quiet_NaN();
  s.low = s.high = 3;
  s.bench.press({kLeft + 50, kMiddle});
  EXPECT_EQ(s.value, 3);
}

TEST(Slider, IgnoresTheWheelAndOtherButtons) {
  Slider s;
  s.bench.move({kLeft + 20, kMiddle});
  s.bench.send(Scroll{{kLeft + 20, kMiddle}, 0, 1, {}});
  s.bench.press({kLeft + 20, kMiddle}, 1, Button::middle);
  s.bench.move({kLeft + 60, kMiddle});
  EXPECT_EQ(s.value, 0.5f);
}

}  // namespace
}  // namespace qkv::controls
