#include <gtest/gtest.h>

#include "app/controls/text_layout.h"
#include "tests/app/controls/bench.h"

namespace qkv::controls {
namespace {

struct Hints {
  std::string hint = "Divides the scores by √d_k, so that softmax does not saturate when keys are long.";
  Rect rect{10, 10, 100, 28};
  Bench bench{[this](Ui& ui) {
    button(ui, "a", rect, "Scale", {.hint = hint});
    button(ui, "plain", {200, 10, 100, 28}, "Plain");
    tooltip(ui);
  }};
  // The panel: the last filled rectangle that is drawn after the controls.
  Rect panel() const {
    Rect r{};
    for (const auto& c : bench.frame.commands) {
      if (const auto* f = std::get_if<drawing::FillRect>(&c)) r = f->rect;
    }
    return r;
  }
};

std::size_t texts(const drawing::Drawing& d) {
  return static_cast<std::size_t>(std::count_if(d.commands.begin(), d.commands.end(), [](const auto& c) {
    return std::holds_alternative<drawing::Text>(c);
  }));
}

TEST(Tooltip, AppearsAfterARestAndGoesWithThePointer) {
  Hints h;
  const std::size_t before = texts(h.bench.frame);
  h.bench.move({20, 20});
  ASSERT_TRUE(h.bench.in.next_change());
  EXPECT_NEAR(*h.bench.in.next_change(), 0.25, 1e-9);
  h.bench.wait(0.2);
  EXPECT_EQ(texts(h.bench.frame), before);
  h.bench.move({21, 20});  // still moving
  h.bench.wait(0.2);
  EXPECT_EQ(texts(h.bench.frame), before);
  h.bench.wait(0.06);
  EXPECT_GE(texts(h.bench.frame), before + 2);
  h.bench.move({30, 22});  // within the region it stays
  EXPECT_GE(texts(h.bench.frame), before + 2);
  h.bench.move({150, 200});
  EXPECT_EQ(texts(h.bench.frame), before);
  EXPECT_FALSE(h.bench.in.next_change());
}

TEST(Tooltip, AppearsForTheControlTabCameTo) {
  Hints h;
  const std::size_t before = texts(h.bench.frame);
  h.bench.key(Key::tab);
  ASSERT_EQ(h.bench.in.focus, "a");
  ASSERT_TRUE(h.bench.in.next_change());
  EXPECT_NEAR(*h.bench.in.next_change(), 0.25, 1e-9);
  EXPECT_EQ(texts(h.bench.frame), before);
  h.bench.wait(0.3);
  EXPECT_GE(texts(h.bench.frame), before + 2);
  EXPECT_TRUE(h.panel().x < 110 && h.panel().y >= 38) << "below its control, wherever the pointer is";
  EXPECT_FALSE(h.bench.in.next_change());
  h.bench.key(Key::tab);  // to one that says nothing more than it shows
  h.bench.wait(0.3);
  EXPECT_EQ(texts(h.bench.frame), before);
  h.bench.key(Key::tab);
  h.bench.wait(0.3);
  EXPECT_GE(texts(h.bench.frame), before + 2);
  h.bench.key(Key::down);
  h.bench.wait(1);
  EXPECT_EQ(texts(h.bench.frame), before) << "a key sends it away";
}

TEST(Tooltip, APressSendsItAway) {
  Hints h;
  const std::size_t before = texts(h.bench.frame);
  h.bench.click({20, 20});
  h.bench.wait(1);
  EXPECT_EQ(texts(h.bench.frame), before);
}

TEST(Tooltip, RepeatsNoLabelThatCanBeRead) {
  Hints h;
  const std::size_t before = texts(h.bench.frame);
  h.bench.move({250, 20});
  h.bench.wait(1);
  EXPECT_EQ(texts(h.bench.frame), before);
}

TEST(Tooltip, StaysInsideAndOffThePointer) {
  for (const Rect r : {Rect{10, 10, 60, 28}, Rect{330, 10, 60, 28}, Rect{330, 262, 60, 28},
                       Rect{10, 262, 60, 28}, Rect{0, 0, 400, 300}}) {
    Hints h;
    h.rect = r;
    h.hint += " " + h.hint + " " + h.hint;
    h.bench.wait(0);
    h.bench.move(r.center());
    h.bench.wait(1);
    const Rect panel = h.panel();
    EXPECT_GT(panel.h, 60);
    EXPECT_GE(panel.x, 0);
    EXPECT_GE(panel.y, 0);
    EXPECT_LE(panel.right(), 400);
    EXPECT_LE(panel.bottom(), 300);
    EXPECT_FALSE(panel.contains(r.center()));
    EXPECT_LE(panel.w, 300);
  }
}

TEST(Tooltip, StandsBesideThePointerWhereNeitherAboveNorBelowIsRoom) {
  for (const float x : {60.f, 740.f}) {
    Bench bench(
        [](Ui& ui) {
          ui.p.region({.id = "all",
                       .rect = ui.p.drawing().bounds,
                       .label = "A label",
                       .hint = "One line.\nAnother line."});
          tooltip(ui);
        },
        {0, 0, 800, 80});
    bench.move({x, 40});
    bench.wait(1);
    const auto* panel = std::get_if<drawing::StrokeRect>(&bench.frame.commands.at(7));
    ASSERT_TRUE(panel);
    EXPECT_FALSE(panel->rect.contains({x, 40}));
    EXPECT_GE(panel->rect.x, 0);
    EXPECT_LE(panel->rect.right(), 800);
  }
}

struct Scrolled {
  float offset = 0, content = 1000;
  Change last;
  bool popup = false;
  Bench bench{[this](Ui& ui) {
    last = scrollbar(ui, "bar", {100, 50, 200, 200}, content, offset);
    if (popup) begin_popup(ui, "dialog");
  }};
};

TEST(Scrollbar, AnswersTheWheelOverItsAreaAndClamps) {
  Scrolled s;
  s.bench.send(Scroll{{150, 100}, 0, -1, {}});
  EXPECT_EQ(s.offset, 48);
  EXPECT_TRUE(s.last);
  s.bench.send(Scroll{{20, 100}, 0, -1, {}});
  EXPECT_EQ(s.offset, 48);
  s.bench.send(Scroll{{150, 100}, 0, -1000, {}});
  EXPECT_EQ(s.offset, 800);
  s.bench.send(Scroll{{150, 100}, 0, -1, {}});
  EXPECT_FALSE(s.last);
  s.bench.send(Scroll{{150, 100}, 0, 1000, {}});
  EXPECT_EQ(s.offset, 0);
}

TEST(Scrollbar, Drags) {
  Scrolled s;
  s.bench.drag({295, 60}, {295, 140});  // the thumb is 40 px of 200: 160 px for 800
  EXPECT_NEAR(s.offset, 400, 1);
  s.bench.press({295, 140});
  s.bench.move({295, 1000});
  EXPECT_EQ(s.offset, 800);
  s.bench.move({295, 300});  // the thumb waits for the pointer
  EXPECT_EQ(s.offset, 800);
  s.bench.release({295, 300});
  EXPECT_TRUE(s.last.finished);
  s.bench.click({295, 55});  // on the track: jumps
  EXPECT_EQ(s.offset, 0);
}

TEST(Scrollbar, HidesWhenAllFitsAndFollowsShrinkingContent) {
  Scrolled s;
  s.offset = 700;
  s.content = 500;
  s.bench.wait(0);
  EXPECT_EQ(s.offset, 300);
  s.content = 100;
  s.bench.wait(0);
  EXPECT_EQ(s.offset, 0);
  EXPECT_FALSE(drawing::find_region(s.bench.frame, "bar"));
}

TEST(Scrollbar, DoesNotMoveBelowAPopup) {
  Scrolled s;
  s.popup = true;
  open_popup(s.bench.in, "dialog");
  s.bench.send(Scroll{{150, 100}, 0, -1, {}});
  EXPECT_EQ(s.offset, 0);
}

TEST(TextLayout, ParagraphDrawsAsHighAsItSays) {
  const std::string text =
      "Queries ask, keys answer, and values are what is passed on to the token that asked.";
  const drawing::TextStyle style;
  float drawn = 0;
  Bench bench([&](Ui& ui) { drawn = paragraph(ui.p, {10, 10}, 150, text, style); });
  EXPECT_EQ(drawn, paragraph_height(Bench::engine(), text, style, 150));
  EXPECT_GE(texts(bench.frame), 3u);
  for (const auto& c : bench.frame.commands) {
    const Rect box = std::get<drawing::Text>(c).box;
    EXPECT_GE(box.y, 9);
    EXPECT_LE(box.bottom(), 11 + drawn);
    EXPECT_LE(box.right(), 160);
  }
}

}  // namespace
}  // namespace qkv::controls
