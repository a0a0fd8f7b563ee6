#include <gmock/gmock.h>

#include <set>

#include "tests/app/shell/chrome/desk.h"

namespace qkv::shell {
namespace {

struct Help : Desk {
  explicit Help(Rect screen = {0, 0, 1280, 800}) : Desk(screen) {
    run_action(session, "help.keys");
    build();
  }
  /// Every whole text that shows while scrolling from the top to the end.
  std::set<std::string> all_texts() {
    std::set<std::string> all;
    for (float before = -1; session.help_scroll > before;) {
      before = session.help_scroll;
      for (const auto& t : support::texts(frame)) all.insert(t.text->text);
      key(Key::down);
    }
    return all;
  }
};

TEST(Help, ShowsEveryActionWithItsKeys) {
  for (const Workspace workspace : {Workspace::lab, Workspace::model}) {
    for (const Rect& screen : kScreens) {
      Help h(screen);
      h.session.workspace = workspace;
      h.build();
      const std::set<std::string> all = h.all_texts();
      for (const Action& a : actions()) {
        if (!is_here(a, h.session)) continue;
        EXPECT_TRUE(all.count(a.title)) << a.title << " at " << screen.w;
        EXPECT_TRUE(all.count(a.menu)) << a.menu;
        for (const Shortcut& k : a.shortcuts) EXPECT_TRUE(all.count(shortcut_text({k.key, {}}))) << a.title;
      }
      if (workspace == Workspace::model) continue;
      for (const char* cap :
           {"Ctrl", "Shift", "Alt", "drag ↕", "double-click", "right-click", "wheel", "middle-drag"}) {
        EXPECT_TRUE(all.count(cap)) << cap;
      }
    }
  }
}

TEST(Help, FitsALaptopWithoutScrolling) {
  Help h;
  h.key(Key::down);
  EXPECT_EQ(h.session.help_scroll, 0);
}

TEST(Help, NothingOverlapsOrIsCut) {
  for (const Rect& screen : kScreens) {
    for (bool dark : {false, true}) {
      Help h(screen);
      h.dark = dark;
      for (float before = -1; h.session.help_scroll > before;) {
        before = h.session.help_scroll;
        EXPECT_THAT(support::overlaps(h.frame), testing::IsEmpty());
        // A scrolled list is cut at its edges; nothing else may be, nor anything at the sides.
        for (const auto& t : support::clipped(h.frame)) {
          EXPECT_GE(t.text->box.x, t.clip.x);
          EXPECT_LE(t.text->box.right(), t.clip.right());
          EXPECT_LT(t.clip.h, screen.h) << t.text->text;
        }
        h.key(Key::page_down);
      }
      const Rect panel = h.region("help/panel").rect;
      EXPECT_EQ(panel.intersection(h.bounds), panel);
    }
  }
}

TEST(Help, BeginsWithTheFirstMenu) {
  for (const Rect& screen : kScreens) {
    Help h(screen);
    const Rect first = support::find_text(h.frame, actions().front().menu)->box;
    for (const auto& t : support::texts(h.frame)) {
      const bool heading = t.text->style.weight == 600 && t.text->style.size == 12;
      EXPECT_TRUE(!heading || t.text->box.x >= first.x) << t.text->text;
    }
  }
}

TEST(Help, ScrollsByWheelAndKeys) {
  Help h({0, 0, 853, 533});
  h.scroll({400, 300}, -2);
  EXPECT_GT(h.session.help_scroll, 0);
  h.key(Key::page_up);
  EXPECT_EQ(h.session.help_scroll, 0);
}

TEST(Help, SaysVersionAndOrigin) {
  Help h;
  EXPECT_TRUE(h.shows_part("QKV Lab 0."));
  EXPECT_TRUE(h.shows_part("set by hand, not trained"));
  experiment::Experiment e = experiment::default_experiment();
  e.layers[0].heads[0].w_q.origin = experiment::Origin::trained;
  h.session.lab.replace(e, {});
  h.build();
  EXPECT_TRUE(h.shows_part("partly set by hand, partly trained."));
}

TEST(Help, Closes) {
  Help h;
  h.key(Key::escape);
  EXPECT_FALSE(h.open("help"));
  run_action(h.session, "help.keys");
  h.build();
  h.key(Key::f1);
  EXPECT_FALSE(h.open("help"));
  run_action(h.session, "help.keys");
  h.build();
  h.click("help/close");
  EXPECT_FALSE(h.open("help"));
}

}  // namespace
}  // namespace qkv::shell
