#include <gtest/gtest.h>

#include "app/controls/text_editing.h"
#include "tests/app/controls/bench.h"
#include "tests/app/support/layout_checks.h"

namespace qkv::controls {
namespace {

constexpr Rect kRect{10, 10, 200, 28};
constexpr Mods kShift{.shift = true}, kCtrl{.ctrl = true};

struct Field {
  explicit Field(std::string initial = "hello world") : text(std::move(initial)) {}

  std::string text;
  TextFieldStyle style;
  TextFieldResult last;
  int cancels = 0, commits = 0, tabs = 0, global_keys = 0;
  Bench bench{[this](Ui& ui) {
    // Asked before the field on purpose: what the field needs is not for others in any order.
    global_keys += ui.key(Key::right) + ui.key(Key::del) + ui.key(Key::z, kCtrl) + ui.key(Key::h);
    last = text_field(ui, "field", kRect, text, style);
    if (last.committed) text = *last.committed;
    commits += last.committed.has_value();
    cancels += last.cancelled;
    tabs += last.tabbed;
    global_keys += 100 * (ui.key(Key::s, kCtrl) + ui.key(Key::f1));
    button(ui, "other", {10, 60, 80, 28}, "Other");
  }};

  const TextEdit& edit() const { return bench.in.edit; }
  std::string selected() const { return std::string(selection(edit())); }
  void open() { bench.click("field"); }
  // The middle of the pixel column before byte `index`.
  Point at(std::size_t index) {
    const drawing::TextStyle shown{.size = style.text_size};
    return {kRect.x + 8 + Bench::engine().caret_x(text, shown, index) + 0.5f, 24};
  }
};

TEST(TextField, ClickSelectsAllAndTypingReplaces) {
  Field f;
  f.open();
  EXPECT_TRUE(f.last.editing);
  EXPECT_EQ(f.selected(), "hello world");
  f.bench.type("a");
  f.bench.type("b");
  EXPECT_EQ(f.text, "hello world");  // not before Enter
  f.bench.key(Key::enter);
  EXPECT_EQ(f.text, "ab");
  EXPECT_FALSE(f.last.editing);
}

TEST(TextField, EscapeCancels) {
  Field f;
  f.open();
  f.bench.type("x");
  f.bench.key(Key::escape);
  EXPECT_EQ(f.cancels, 1);
  EXPECT_EQ(f.commits, 0);
  EXPECT_EQ(f.text, "hello world");
  EXPECT_FALSE(f.bench.in.editing());
}

TEST(TextField, TabCommitsAndMovesOn) {
  Field f;
  f.open();
  f.bench.type("x");
  f.bench.key(Key::tab);
  EXPECT_EQ(f.text, "x");
  EXPECT_EQ(f.tabs, 1);
  EXPECT_EQ(f.bench.in.focus, "other");
}

TEST(TextField, PressElsewhereCommits) {
  Field f;
  f.open();
  f.bench.type("x");
  f.bench.click({300, 200});
  EXPECT_EQ(f.text, "x");
  EXPECT_EQ(f.tabs, 0);
}

TEST(TextField, EnterOpensTheFocusedOne) {
  Field f;
  f.bench.key(Key::tab);
  EXPECT_FALSE(f.bench.in.editing());
  f.bench.key(Key::enter);
  EXPECT_TRUE(f.bench.in.editing());
}

TEST(TextField, OpensFromOutside) {
  Field f;
  begin_editing(f.bench.in, "field", "seed");
  f.bench.key(Key::end);
  f.bench.type("s");
  f.bench.key(Key::enter);
  EXPECT_EQ(f.text, "seeds");
}

TEST(TextField, VanishedFieldGivesTheKeyboardBack) {
  Field f;
  begin_editing(f.bench.in, "gone", "text");
  f.bench.wait(0);
  f.bench.wait(0);
  f.bench.wait(0);
  EXPECT_FALSE(f.bench.in.editing());
  f.bench.key(Key::right);
  EXPECT_EQ(f.global_keys, 1);
}

TEST(TextField, KeepsItsKeysAndLeavesTheOthers) {
  Field f;
  f.open();
  f.bench.key(Key::right);
  f.bench.key(Key::del);
  f.bench.key(Key::z, kCtrl);
  f.bench.key(Key::h);
  EXPECT_EQ(f.global_keys, 0);
  f.bench.key(Key::s, kCtrl);
  f.bench.key(Key::f1);
  EXPECT_EQ(f.global_keys, 200);
}

TEST(TextField, ArrowsMoveAndSelect) {
  Field f;
  f.open();
  f.bench.key(Key::left);  // a selection collapses to its start
  EXPECT_EQ(f.edit().caret, 0u);
  f.bench.key(Key::right, kShift);
  f.bench.key(Key::right, kShift);
  EXPECT_EQ(f.selected(), "he");
  f.bench.key(Key::right, {.shift = true, .ctrl = true});
  EXPECT_EQ(f.selected(), "hello ");
  f.bench.key(Key::right);
  EXPECT_EQ(f.edit().caret, 6u);
  f.bench.key(Key::end);
  f.bench.key(Key::left, kCtrl);
  EXPECT_EQ(f.edit().caret, 6u);
  f.bench.key(Key::home, kShift);
  EXPECT_EQ(f.selected(), "hello ");
  f.bench.key(Key::a, kCtrl);
  EXPECT_EQ(f.selected(), "hello world");
}

TEST(TextField, DeletesCharactersAndWords) {
  Field f;
  f.open();
  f.bench.key(Key::end);
  f.bench.key(Key::backspace);
  EXPECT_EQ(f.edit().text, "hello worl");
  f.bench.key(Key::backspace, kCtrl);
  EXPECT_EQ(f.edit().text, "hello ");
  f.bench.key(Key::home);
  f.bench.key(Key::del);
  EXPECT_EQ(f.edit().text, "ello ");
  f.bench.key(Key::del, kCtrl);
  EXPECT_EQ(f.edit().text, "");
  f.bench.key(Key::backspace);
  f.bench.key(Key::del);
  EXPECT_EQ(f.edit().text, "");
}

TEST(TextField, MouseSetsTheCaretAndSelects) {
  Field f;
  f.open();
  f.bench.click(f.at(3));
  EXPECT_EQ(f.edit().caret, 3u);
  EXPECT_EQ(f.selected(), "");
  f.bench.drag(f.at(1), f.at(4));
  EXPECT_EQ(f.selected(), "ell");
  f.bench.click(f.at(8), 2);
  EXPECT_EQ(f.selected(), "world");
  f.bench.click(f.at(8), 3);
  EXPECT_EQ(f.selected(), "hello world");
  f.bench.click(f.at(2));
  f.bench.press(f.at(5), 1, Button::left, kShift);
  EXPECT_EQ(f.selected(), "llo");
}

TEST(TextField, DragOfTheOpeningPressSelects) {
  Field f;
  f.bench.drag(f.at(6), f.at(9));
  EXPECT_EQ(f.selected(), "wor");
}

TEST(TextField, CopyCutPasteUndo) {
  Field f;
  f.open();
  f.bench.key(Key::c, kCtrl);
  EXPECT_EQ(f.bench.clipboard.text, "hello world");
  f.bench.key(Key::end);
  f.bench.key(Key::v, kCtrl);
  EXPECT_EQ(f.edit().text, "hello worldhello world");
  f.bench.key(Key::a, kCtrl);
  f.bench.key(Key::x, kCtrl);
  EXPECT_EQ(f.edit().text, "");
  f.bench.key(Key::z, kCtrl);
  f.bench.key(Key::z, kCtrl);
  EXPECT_EQ(f.edit().text, "hello world");
  f.bench.key(Key::z, kCtrl);  // nothing left
  EXPECT_EQ(f.edit().text, "hello world");
  f.bench.key(Key::y, kCtrl);
  EXPECT_EQ(f.edit().text, "hello worldhello world");
  f.bench.key(Key::z, {.shift = true, .ctrl = true});
  EXPECT_EQ(f.edit().text, "");
  f.bench.key(Key::z, kCtrl);
  f.bench.type("!");  // a change forgets what was undone
  f.bench.key(Key::y, kCtrl);
  EXPECT_EQ(f.edit().text, "!");
}

TEST(TextField, UndoTakesBackAWordOfTyping) {
  Field f("");
  f.open();
  for (const char* c : {"a", "b", " ", "c", "d"}) f.bench.type(c);
  f.bench.key(Key::z, kCtrl);
  EXPECT_EQ(f.edit().text, "ab");
  f.bench.key(Key::z, kCtrl);
  EXPECT_EQ(f.edit().text, "");
}

TEST(TextField, CopyOfNothingKeepsTheClipboard) {
  Field f;
  f.bench.clipboard.text = "kept";
  f.open();
  f.bench.key(Key::end);
  f.bench.key(Key::c, kCtrl);
  f.bench.key(Key::x, kCtrl);
  EXPECT_EQ(f.bench.clipboard.text, "kept");
}

TEST(TextField, EmojiAreOneStep) {
  const std::string family = "👩‍👩‍👧", flag = "🇫🇷";
  Field f("");
  f.open();
  f.bench.type(family);
  f.bench.type("é");  // as e and a combining accent
  f.bench.type(flag);
  f.bench.key(Key::left);
  EXPECT_EQ(f.edit().caret, f.edit().text.size() - flag.size());
  f.bench.key(Key::left);
  f.bench.key(Key::left);
  EXPECT_EQ(f.edit().caret, 0u);
  f.bench.key(Key::right, kShift);
  EXPECT_EQ(f.selected(), family);
  f.bench.key(Key::end);
  f.bench.key(Key::backspace);
  f.bench.key(Key::backspace);
  EXPECT_EQ(f.edit().text, family);
  f.bench.key(Key::backspace);
  EXPECT_EQ(f.edit().text, "");
}

TEST(TextField, CaretLeavesAGraphemeThatTypingJoins) {
  Field f("👩👧");
  f.open();
  f.bench.key(Key::left);
  f.bench.key(Key::right);
  f.bench.type("\u200d");  // joins the two into one family
  EXPECT_EQ(f.edit().caret, f.edit().text.size());
  EXPECT_EQ(f.edit().anchor, f.edit().text.size());
  f.bench.key(Key::backspace);
  EXPECT_EQ(f.edit().text, "");
}

TEST(TextField, ArabicIsEditedInReadingOrder) {
  Field f("");
  f.open();
  f.bench.type("مرحبا");
  f.bench.type(" ");
  f.bench.type("عالم");
  f.bench.key(Key::left, {.shift = true, .ctrl = true});
  EXPECT_EQ(f.selected(), "عالم");
  f.bench.type("بك");
  f.bench.key(Key::enter);
  EXPECT_EQ(f.text, "مرحبا بك");
  f.open();
  f.bench.key(Key::home);  // the start of right-to-left text is at its right
  const drawing::TextStyle style;
  EXPECT_GT(Bench::engine().caret_x(f.text, style, 0), Bench::engine().caret_x(f.text, style, f.text.size()));
}

TEST(TextField, PasteBecomesOneCleanLine) {
  EXPECT_EQ(one_line("a\nb\r\nc\rd\te\n"), "a b c d e");
  EXPECT_EQ(one_line("a\x01\x7f b"), "a b");
  EXPECT_EQ(one_line("a\xff\xc3(b"), "a\uFFFD\uFFFD(b");
  EXPECT_EQ(one_line("x\u2028y"), "x y");
  EXPECT_EQ(one_line("\n"), "");
  Field f("");
  f.open();
  f.bench.clipboard.text = "The cat\nsat\xff";
  f.bench.key(Key::v, kCtrl);
  f.bench.key(Key::enter);
  EXPECT_EQ(f.text, "The cat sat\uFFFD");
}

TEST(TextField, KeepsLinesWhereTheyArePartOfTheText) {
  Field f("The cat\nsat\t.");
  f.style.keeps_lines = true;
  f.bench.send(Tick{});
  const auto shows = [&](const std::string& text) { return support::find_text(f.bench.frame, text) != nullptr; };
  EXPECT_TRUE(shows("The cat↵sat⇥."));
  f.open();
  EXPECT_TRUE(shows("The cat↵sat⇥."));
  f.bench.key(Key::c, kCtrl);
  EXPECT_EQ(f.bench.clipboard.text, "The cat\nsat\t.");
  f.bench.key(Key::end);
  f.bench.key(Key::v, kCtrl);
  f.bench.key(Key::enter);
  EXPECT_EQ(f.text, "The cat\nsat\t.The cat\nsat\t.");
}

TEST(TextField, LongTextScrollsWithTheCaret) {
  Field f(std::string(100, 'w'));
  f.open();
  EXPECT_GT(f.edit().scroll, 500);
  f.bench.key(Key::home);
  EXPECT_EQ(f.edit().scroll, 0);
  f.bench.key(Key::end);
  f.bench.key(Key::a, kCtrl);
  f.bench.type("w");
  EXPECT_EQ(f.edit().scroll, 0);
}

TEST(TextField, CaretBlinksAndAsksForTheTime) {
  Field f;
  EXPECT_FALSE(f.bench.in.next_change());
  EXPECT_FALSE(f.bench.in.caret_visible());
  f.bench.key(Key::tab);
  f.bench.key(Key::enter);
  ASSERT_TRUE(f.bench.in.next_change());
  EXPECT_TRUE(f.bench.in.caret_visible());
  f.bench.wait(*f.bench.in.next_change() + 0.01);
  EXPECT_FALSE(f.bench.in.caret_visible());
  f.bench.type("x");
  EXPECT_TRUE(f.bench.in.caret_visible());
}

TEST(TextField, PlaceholderShowsWhileEmpty) {
  Field f("");
  f.style.placeholder = "a sentence";
  f.bench.wait(0);
  EXPECT_TRUE(f.bench.shows("a sentence"));
  f.open();
  EXPECT_FALSE(f.bench.shows("a sentence"));
}

TEST(TextField, DoubleClickOnPunctuationAndAtTheEnd) {
  TextEdit edit;
  edit.text = "don't, stop";
  select_word(edit, Bench::engine(), 5);
  EXPECT_EQ(selection(edit), ",");
  select_word(edit, Bench::engine(), edit.text.size());
  EXPECT_EQ(selection(edit), "stop");
  edit = {};
  select_word(edit, Bench::engine(), 0);
  EXPECT_EQ(selection(edit), "");
}

}  // namespace
}  // namespace qkv::controls
