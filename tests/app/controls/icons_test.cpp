#include <gmock/gmock.h>

#include "tests/app/controls/bench.h"
#include "tests/app/support/layout_checks.h"

namespace qkv::controls {
namespace {

std::vector<Point> points_of(const drawing::Command& command) {
  if (const auto* line = std::get_if<drawing::Polyline>(&command)) return line->points;
  if (const auto* c = std::get_if<drawing::Circle>(&command)) {
    return {{c->center.x - c->radius, c->center.y - c->radius},
            {c->center.x + c->radius, c->center.y + c->radius}};
  }
  const Rect r = std::get<drawing::StrokeRect>(command).rect;
  return {{r.x, r.y}, {r.right(), r.bottom()}};
}

TEST(Icons, EachIsDrawnInItsBox) {
  for (const char* name : {"undo", "redo", "export", "present", "sun", "moon", "dice", "plus", "close",
                           "caret", "check", "menu", "help", "search", "reset"}) {
    Bench bench([&](Ui& ui) { icon(ui.p, name, {100, 50}, {0, 0, 0, 255}); });
    EXPECT_FALSE(bench.frame.commands.empty()) << name;
    for (const auto& command : bench.frame.commands) {
      for (const Point& q : points_of(command)) {
        EXPECT_TRUE(q.x >= 99.9f && q.x <= 114.1f && q.y >= 42.9f && q.y <= 57.1f)
            << name << " " << q.x << "," << q.y;
      }
    }
  }
}

TEST(Icons, UndoAndRedoMirrorEachOther) {
  const auto drawn = [](const char* name) {
    Bench bench([&](Ui& ui) { icon(ui.p, name, {0, 50}, {0, 0, 0, 255}); });
    return bench.frame.commands;
  };
  const auto undo = drawn("undo"), redo = drawn("redo");
  ASSERT_EQ(undo.size(), redo.size());
  for (std::size_t i = 0; i < undo.size(); ++i) {
    const auto a = points_of(undo[i]), b = points_of(redo[i]);
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t k = 0; k < a.size(); ++k) {
      EXPECT_NEAR(a[k].x, 14 - b[k].x, 1e-4);
      EXPECT_NEAR(a[k].y, b[k].y, 1e-4);
    }
  }
}

TEST(Icons, AnUnknownNameDrawsNothing) {
  Bench bench([](Ui& ui) { icon(ui.p, "no such icon", {0, 0}, {0, 0, 0, 255}); });
  EXPECT_TRUE(bench.frame.commands.empty());
}

// Labels that do not fit give way; they neither overlap nor leave their control.
TEST(Controls, FitAnyWidth) {
  for (const float w : {30.f, 60.f, 90.f, 150.f, 300.f}) {
    Bench bench([&](Ui& ui) {
      const auto inside = [&](Rect r, auto draw) {
        ui.p.push_clip(r);
        draw(r);
        ui.p.pop_clip();
      };
      inside({10, 10, w, 28},
             [&](Rect r) { button(ui, "a", r, "Export the figure", {.drop_down = true, .icon = "export"}); });
      inside({10, 50, w, 20}, [&](Rect r) { toggle(ui, "b", r, true, "Positional encoding"); });
      inside({10, 80, w, 28}, [&](Rect r) { segmented(ui, "c", r, {"None", "Causal", "Window"}, 1); });
      inside({10, 120, w, 28}, [&](Rect r) { text_field(ui, "d", r, "The cat sat down on the mat"); });
    });
    EXPECT_THAT(support::overlaps(bench.frame), testing::IsEmpty()) << w;
    EXPECT_THAT(support::clipped(bench.frame), testing::IsEmpty()) << w;
  }
}

}  // namespace
}  // namespace qkv::controls
