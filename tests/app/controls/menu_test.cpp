#include <gtest/gtest.h>

#include "tests/app/controls/bench.h"

namespace qkv::controls {
namespace {

struct Menu {
  std::vector<MenuItem> items{
      {.id = "open", .label = "Open…", .shortcut = "Ctrl+O"},
      {.id = "save", .label = "Save", .shortcut = "Ctrl+S", .enabled = false},
      {.id = "copy", .label = "Copy as CSV", .checked = true, .separator_above = true},
      {.id = "cut", .label = "Cut"}};
  Rect anchor{20, 20, 80, 28};
  std::string chosen;
  int below = 0, arrows_below = 0;
  Bench bench{[this](Ui& ui) {
    if (button(ui, "file", anchor, "File", {.drop_down = true})) open_popup(ui.in, "menu");
    below += button(ui, "below", {20, 60, 120, 100}, "Below");
    arrows_below += ui.key(Key::down) + ui.key(Key::escape) + ui.key(Key::enter);
    if (const auto id = menu(ui, "menu", anchor, items)) chosen = *id;
  }};
  bool open() const { return popup_open(bench.in, "menu"); }
};

TEST(Menu, OpensAndChoosesByClick) {
  Menu m;
  m.bench.click("file");
  ASSERT_TRUE(m.open());
  EXPECT_TRUE(m.bench.shows("Ctrl+O"));
  m.bench.click("menu/cut");
  EXPECT_EQ(m.chosen, "cut");
  EXPECT_FALSE(m.open());
  EXPECT_EQ(m.below, 0);
}

TEST(Menu, BlocksWhatLiesBelow) {
  Menu m;
  m.bench.click("file");
  m.bench.click({130, 150});  // on the button below, beside the menu
  EXPECT_EQ(m.below, 0);
  EXPECT_FALSE(m.open());
  m.bench.click({130, 150});
  EXPECT_EQ(m.below, 1);
}

TEST(Menu, ClickOnItsButtonClosesIt) {
  Menu m;
  m.bench.click("file");
  m.bench.click("file");
  EXPECT_FALSE(m.open());
}

TEST(Menu, DisabledItemsAndSeparatorsDoNothing) {
  Menu m;
  m.bench.click("file");
  m.bench.click("menu/save");
  EXPECT_TRUE(m.open());
  const Rect copy = m.bench.region("menu/copy").rect;
  m.bench.click({copy.center().x, copy.y - 4});
  EXPECT_TRUE(m.open());
  EXPECT_EQ(m.chosen, "");
}

TEST(Menu, ArrowsSkipDisabledItemsAndWrap) {
  Menu m;
  m.bench.click("file");
  m.bench.key(Key::down);
  m.bench.key(Key::down);
  m.bench.key(Key::enter);
  EXPECT_EQ(m.chosen, "copy");
  m.bench.click("file");
  m.bench.key(Key::up);
  m.bench.key(Key::enter);
  EXPECT_EQ(m.chosen, "cut");
  m.bench.click("file");
  m.bench.key(Key::up);
  m.bench.key(Key::down);
  m.bench.key(Key::enter);
  EXPECT_EQ(m.chosen, "open");
  EXPECT_EQ(m.arrows_below, 0);
}

TEST(Menu, FromTheKeyboardItStartsAtTheCheckedItem) {
  Menu m;
  m.bench.key(Key::tab);
  m.bench.key(Key::enter);
  ASSERT_TRUE(m.open());
  m.bench.key(Key::enter);
  EXPECT_EQ(m.chosen, "copy");
  EXPECT_EQ(m.bench.in.focus, "file");  // the keyboard returns
}

TEST(Menu, LettersJumpAndGoRound) {
  Menu m;
  m.bench.click("file");
  m.bench.type("C");
  m.bench.key(Key::enter);
  EXPECT_EQ(m.chosen, "copy");
  m.bench.click("file");
  m.bench.type("c");
  m.bench.type("c");
  m.bench.key(Key::enter);
  EXPECT_EQ(m.chosen, "cut");
  m.bench.click("file");
  m.bench.type("é");
  m.bench.key(Key::enter);
  EXPECT_TRUE(m.open());
}

TEST(Menu, EscapeClosesIt) {
  Menu m;
  m.bench.click("file");
  m.bench.key(Key::escape);
  EXPECT_FALSE(m.open());
  EXPECT_EQ(m.arrows_below, 0);
  m.bench.key(Key::escape);
  EXPECT_EQ(m.arrows_below, 1);
}

TEST(Menu, HoverMovesTheHighlight) {
  Menu m;
  m.bench.click("file");
  m.bench.move(m.bench.center("menu/cut"));
  EXPECT_EQ(m.bench.in.popups.back().highlighted, 3);
  m.bench.key(Key::up);
  m.bench.wait(0.1);  // the resting pointer does not take it back
  EXPECT_EQ(m.bench.in.popups.back().highlighted, 2);
}

TEST(Menu, StaysInsideTheBoundsAboveWhereBelowIsNoRoom) {
  Menu m;
  m.anchor = {350, 260, 40, 28};
  m.bench.wait(0);
  m.bench.click("file");
  const Rect panel = m.bench.region("menu/panel").rect;
  EXPECT_LE(panel.bottom(), m.anchor.y);
  EXPECT_LE(panel.right(), 400);
  EXPECT_GE(panel.y, 0);
}

TEST(Menu, LongOnesScroll) {
  Menu m;
  m.items.clear();
  for (int i = 0; i < 60; ++i)
    m.items.push_back({.id = std::to_string(i), .label = "Item " + std::to_string(i)});
  m.bench.wait(0);
  m.bench.click("file");
  const Rect panel = m.bench.region("menu/panel").rect;
  EXPECT_GE(panel.y, 0);
  EXPECT_LE(panel.bottom(), 300);
  EXPECT_FALSE(m.bench.shows("Item 59"));
  m.bench.key(Key::end);
  EXPECT_TRUE(m.bench.shows("Item 59"));
  m.bench.send(Scroll{panel.center(), 0, 100, {}});
  EXPECT_TRUE(m.bench.shows("Item 0"));
  m.bench.key(Key::end);
  m.bench.key(Key::enter);
  EXPECT_EQ(m.chosen, "59");
}

TEST(Menu, AnEmptyOneDrawsNoPanel) {
  Menu m;
  m.items.clear();
  m.bench.wait(0);
  m.bench.click("file");
  EXPECT_FALSE(drawing::find_region(m.bench.frame, "menu/panel"));
  m.bench.key(Key::escape);
  EXPECT_FALSE(m.open());
}

TEST(Popup, VanishedOneGivesTheKeyboardBack) {
  int keys = 0;
  Bench bench([&](Ui& ui) { keys += ui.key(Key::down); });
  open_popup(bench.in, "gone");
  bench.key(Key::down);
  EXPECT_EQ(keys, 0);
  bench.key(Key::down);
  bench.key(Key::down);
  EXPECT_TRUE(bench.in.popups.empty());
  EXPECT_GE(keys, 1);
}

// A dialog with a field, a button and a menu of its own.
struct Dialog {
  int below = 0, ok = 0;
  std::string name, chosen;
  Bench bench{[this](Ui& ui) {
    if (button(ui, "show", {10, 10, 60, 28}, "Show")) open_popup(ui.in, "dialog");
    below += ui.key(Key::right);
    PopupUi popup = begin_popup(ui, "dialog");
    if (!popup.open) return;
    popup_panel(ui.p, {50, 50, 300, 200});
    ui.p.region({.id = "dialog/panel", .rect = {50, 50, 300, 200}});
    const auto result = text_field(popup.ui, "dialog/name", {60, 60, 200, 28}, name);
    if (result.committed) name = *result.committed;
    ok += button(popup.ui, "dialog/ok", {60, 100, 60, 28}, "OK");
    if (button(popup.ui, "dialog/kind", {130, 100, 60, 28}, "Kind")) open_popup(ui.in, "dialog/menu");
    if (const auto id = menu(popup.ui, "dialog/menu", {130, 100, 60, 28}, {{.id = "a", .label = "A"}}))
      chosen = *id;
  }};
};

TEST(Popup, DialogKeepsTheKeyboardInside) {
  Dialog d;
  d.bench.click("show");
  for (const char* stop : {"dialog/name", "dialog/ok", "dialog/kind", "dialog/name"}) {
    d.bench.key(Key::tab);
    EXPECT_EQ(d.bench.in.focus, stop);
  }
  d.bench.key(Key::tab, {.shift = true});
  EXPECT_EQ(d.bench.in.focus, "dialog/kind");
  d.bench.key(Key::right);
  EXPECT_EQ(d.below, 0);
}

TEST(Popup, FieldInADialogIsEdited) {
  Dialog d;
  d.bench.click("show");
  d.bench.click("dialog/name");
  d.bench.type("x");
  d.bench.key(Key::escape);  // ends the editing, not the dialog
  EXPECT_TRUE(popup_open(d.bench.in, "dialog"));
  d.bench.click("dialog/name");
  d.bench.type("y");
  d.bench.click("dialog/ok");
  EXPECT_EQ(d.name, "y");
  EXPECT_EQ(d.ok, 1);
  d.bench.key(Key::escape);
  EXPECT_FALSE(popup_open(d.bench.in, "dialog"));
  EXPECT_EQ(d.bench.in.focus, "show");
}

TEST(Popup, MenuInADialogClosesAlone) {
  Dialog d;
  d.bench.click("show");
  d.bench.click("dialog/kind");
  d.bench.key(Key::escape);
  EXPECT_FALSE(popup_open(d.bench.in, "dialog/menu"));
  EXPECT_TRUE(popup_open(d.bench.in, "dialog"));
  d.bench.click("dialog/kind");
  d.bench.click("dialog/menu/a");
  EXPECT_EQ(d.chosen, "a");
  EXPECT_TRUE(popup_open(d.bench.in, "dialog"));
  d.bench.click("dialog/kind");
  close_popups(d.bench.in);
  EXPECT_TRUE(d.bench.in.popups.empty());
  EXPECT_EQ(d.bench.in.focus, "show");
}

}  // namespace
}  // namespace qkv::controls
