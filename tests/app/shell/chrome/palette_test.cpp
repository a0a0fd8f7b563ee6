#include <gmock/gmock.h>

#include "tests/app/shell/chrome/desk.h"

namespace qkv::shell {
namespace {

struct Palette : Desk {
  explicit Palette(Rect screen = {0, 0, 1280, 800}) : Desk(screen) { open_it(); }
  void open_it() {
    run_action(session, "view.palette");
    build();
  }
  void search(const std::string& text) {
    key(Key::a, {.ctrl = true});
    key(Key::backspace);
    type(text);
  }
  std::string first() const { return region("palette/row/0").label; }
};

TEST(Palette, FindsEveryActionByItsTitle) {
  for (const Workspace workspace : {Workspace::lab, Workspace::model}) {
    Palette p;
    p.session.workspace = workspace;
    for (const Action& a : actions()) {
      if (!is_here(a, p.session)) continue;
      p.search(a.title);
      EXPECT_EQ(p.first(), a.title);
    }
  }
}

TEST(Palette, SaysWhenNothingIsFound) {
  Palette p;
  EXPECT_FALSE(p.shows("Nothing found"));
  p.search("zqzqzq");
  EXPECT_TRUE(p.shows("Nothing found"));
  p.key(Key::enter);
  p.key(Key::down);
  EXPECT_TRUE(p.open("palette"));
}

TEST(Palette, EnterClosesFirstAndThenRuns) {
  Palette p;
  p.search("larger");
  p.key(Key::enter);
  EXPECT_FALSE(p.open("palette"));
  EXPECT_FALSE(p.session.in.editing());
  EXPECT_FLOAT_EQ(p.session.settings.text_size, 1.125f);
  p.open_it();
  p.search("Save as");
  p.key(Key::enter);
  EXPECT_TRUE(p.open("file"));  // opened by the action, not closed with the palette
}

TEST(Palette, ClickRuns) {
  Palette p;
  p.search("smaller");
  p.click("palette/row/0");
  EXPECT_FALSE(p.open("palette"));
  EXPECT_FLOAT_EQ(p.session.settings.text_size, 0.875f);
}

TEST(Palette, ArrowsMoveTheHighlightRoundTheEnds) {
  Palette p;
  p.search("mask");
  p.key(Key::down);
  EXPECT_EQ(p.session.palette.highlighted, 1);
  p.key(Key::up);
  p.key(Key::up);
  EXPECT_GT(p.session.palette.highlighted, 1);
  p.key(Key::down);
  EXPECT_EQ(p.session.palette.highlighted, 0);
}

TEST(Palette, TheHighlightStaysInSight) {
  Palette p;
  for (int i = 0; i < 40; ++i) p.key(Key::down);
  const Rect row = p.region("palette/row/40").rect;
  EXPECT_GT(p.session.palette.scroll, 0);
  EXPECT_LE(row.bottom(), p.region("palette/panel").rect.bottom());
  p.key(Key::up);
  p.type("a");
  EXPECT_EQ(p.session.palette.highlighted, 0);
  EXPECT_EQ(p.session.palette.scroll, 0);
}

TEST(Palette, DisabledActionsDoNotRun) {
  Palette p;
  p.search("undo");
  EXPECT_EQ(p.first(), "Undo");
  EXPECT_EQ(support::find_text(p.frame, "Undo")->style.color, drawing::built_in_theme(false).text_disabled);
  p.key(Key::enter);
  p.click("palette/row/0");
  EXPECT_TRUE(p.open("palette"));
}

TEST(Palette, SaysWhatToTypeUntilSomethingIsTyped) {
  Palette p;
  EXPECT_TRUE(p.shows("A few letters of what you want to do"));
  p.type("a");
  EXPECT_FALSE(p.shows("A few letters of what you want to do"));
}

TEST(Palette, LeavesOutWhatIsFoundFarWorse) {
  Palette p;
  p.search("undo");  // scattered, its letters are in many a hint
  EXPECT_FALSE(drawing::find_region(p.frame, "palette/row/4"));
}

TEST(Palette, IsAsTallAsWhatIsFound) {
  Palette p;
  const float tall = p.region("palette/panel").rect.h;
  p.search("Sinusoidal");
  EXPECT_LT(p.region("palette/panel").rect.h, tall / 2);
}

TEST(Palette, ShowsShortcutsAndChecks) {
  Palette p;
  p.search("Redo");
  EXPECT_TRUE(p.shows("Ctrl+Shift+Z"));
  p.search("Dark theme");
  const std::size_t unchecked = p.frame.commands.size();
  p.session.settings.dark = true;
  p.build();
  EXPECT_GT(p.frame.commands.size(), unchecked);
}

TEST(Palette, OffersWhatIsShippedAndRecent) {
  Palette p;
  p.session.assets = QKV_SOURCE_DIR "/assets";
  p.session.settings.recent = {"/home/ann/my words.json"};
  for (const Shipped& e : shipped_experiments(p.session)) {
    p.search("Open: " + e.title);
    EXPECT_EQ(p.first(), "Open: " + e.title);
  }
  p.key(Key::enter);
  EXPECT_FALSE(p.session.lab.path().empty());
  p.open_it();
  p.search("my words");
  EXPECT_EQ(p.first(), "Open: my words.json");
}

TEST(Palette, TakesTextOfAnyScript) {
  Palette p;
  p.type("注意🙂");
  EXPECT_EQ(p.session.palette.query, "注意🙂");
  EXPECT_TRUE(p.shows("Nothing found"));
  p.key(Key::backspace);
  EXPECT_EQ(p.session.palette.query, "注意");
}

TEST(Palette, EscapeItsShortcutAndAPressBesideItCloseIt) {
  Palette p;
  p.key(Key::escape);
  EXPECT_FALSE(p.open("palette"));
  EXPECT_FALSE(p.session.in.editing());
  p.open_it();
  p.key(Key::k, {.ctrl = true});
  EXPECT_FALSE(p.open("palette"));
  p.open_it();
  p.click({20, 700});
  EXPECT_FALSE(p.open("palette"));
  EXPECT_FALSE(p.session.in.editing());
}

TEST(Palette, KeepsTheKeyboardAfterAPressOnItsPanel) {
  Palette p;
  p.type("ma");
  const Rect panel = p.region("palette/panel").rect;
  p.click({panel.x + 2, panel.y + 2});
  p.type("sk");
  EXPECT_EQ(p.session.palette.query, "mask");
}

TEST(Palette, NothingOverlapsOrIsCut) {
  for (const Rect& screen : kScreens) {
    Palette p(screen);
    p.session.assets = QKV_SOURCE_DIR "/assets";
    p.build();
    EXPECT_THAT(support::overlaps(p.frame), testing::IsEmpty());
    p.search("the");
    EXPECT_THAT(support::overlaps(p.frame), testing::IsEmpty());
    EXPECT_THAT(support::clipped(p.frame), testing::IsEmpty());
    const Rect panel = p.region("palette/panel").rect;
    EXPECT_EQ(panel.intersection(p.bounds), panel);
  }
}

}  // namespace
}  // namespace qkv::shell
