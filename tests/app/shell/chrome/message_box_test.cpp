#include <gmock/gmock.h>

#include "tests/app/shell/chrome/desk.h"

namespace qkv::shell {
namespace {

struct Box : Desk {
  explicit Box(Rect screen = {0, 0, 1280, 800}) : Desk(screen) { ask(); }
  void ask(std::string text = "'The cat sat down' has changes.") {
    chosen = -1;
    session.message = Message{.title = "Save the changes?",
                              .text = std::move(text),
                              .buttons = {"Save", "Discard", "Cancel"},
                              .answered = [this](Session& s, int i) {
                                chosen = i;
                                EXPECT_FALSE(s.message);
                                EXPECT_FALSE(controls::popup_open(s.in, "message"));
                              }};
    controls::open_popup(session.in, "message");
    build();
  }
  int chosen = -1;
};

TEST(MessageBox, ShowsTitleTextAndButtons) {
  Box b;
  EXPECT_TRUE(b.shows("Save the changes?"));
  EXPECT_TRUE(b.shows("'The cat sat down' has changes."));
  for (const char* label : {"Save", "Discard", "Cancel"}) EXPECT_TRUE(b.shows(label));
  EXPECT_GT(b.region("message/0").rect.x, b.region("message/2").rect.x);  // the primary one is rightmost
}

TEST(MessageBox, EachButtonAnswers) {
  Box b;
  for (int i = 0; i < 3; ++i) {
    b.ask();
    b.click("message/" + std::to_string(i));
    EXPECT_EQ(b.chosen, i);
    EXPECT_FALSE(b.open("message"));
  }
}

TEST(MessageBox, EnterIsTheFirstAndEscapeTheLast) {
  Box b;
  b.key(Key::enter);
  EXPECT_EQ(b.chosen, 0);
  b.ask();
  b.key(Key::escape);
  EXPECT_EQ(b.chosen, 2);
}

TEST(MessageBox, TabReachesTheOthers) {
  Box b;
  b.key(Key::tab);
  b.key(Key::tab);
  b.key(Key::enter);
  EXPECT_EQ(b.chosen, 1);
}

TEST(MessageBox, EnterHeldDownAndPressesBesideItAreNoAnswer) {
  Box b;
  b.key(Key::enter, {}, true);
  b.click({5, 5});
  EXPECT_TRUE(b.open("message"));
  EXPECT_EQ(b.chosen, -1);
}

TEST(MessageBox, AnswersMayAskAgain) {
  Box b;
  b.session.message->answered = [](Session& s, int) { show_message(s, "Second", "text"); };
  b.key(Key::enter);
  EXPECT_TRUE(b.open("message"));
  EXPECT_TRUE(b.shows("Second"));
  b.key(Key::escape);
  EXPECT_FALSE(b.open("message"));
}

TEST(MessageBox, LongTextsWrapAndEnd) {
  for (const Rect& screen : kScreens) {
    Box b(screen);
    for (const std::string& text : {std::string(500, 'x'), std::string(6000, 'x'), std::string("a\n\nb")}) {
      std::string words = text;
      for (std::size_t i = 7; i < words.size(); i += 9) words[i] = ' ';
      b.ask(words);
      const Rect panel = b.region("message/panel").rect;
      EXPECT_LE(panel.h, 0.6f * screen.h + 1);
      EXPECT_EQ(panel.intersection(screen), panel);
      EXPECT_THAT(support::overlaps(b.frame), testing::IsEmpty());
      EXPECT_THAT(support::clipped(b.frame), testing::IsEmpty());
      EXPECT_EQ(b.shows_part("…"), text.size() > 1000);
    }
  }
}

}  // namespace
}  // namespace qkv::shell
