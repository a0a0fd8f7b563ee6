#include <gmock/gmock.h>

#include "tests/app/shell/screen_checks.h"

// The token strip and the sentence: the user's own words, in any script.
namespace qkv::shell {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct DriverTokens : ::testing::Test {
  std::vector<std::string> tokens() {
    std::vector<std::string> out;
    for (const auto& t : d.experiment().tokens) out.push_back(t.text);
    return out;
  }
  void sentence(const std::string& text) {
    d.key(Key::l, kCtrl);
    ASSERT_TRUE(d.has("sentence"));
    d.retype(text);
    d.key(Key::enter);
    d.settle();
    ASSERT_FALSE(d.has("sentence"));
  }
  void expect_sound(const std::string& after) {
    EXPECT_THAT(numbers_unlike_core(d), IsEmpty()) << after;
    EXPECT_THAT(support::overlaps(d.frame()), IsEmpty()) << after;
    EXPECT_THAT(texts_cut(d), IsEmpty()) << after;
  }

  Driver d;
  const experiment::Experiment start = d.experiment();
};

TEST_F(DriverTokens, AClickEditsAToken) {
  d.click("token/1");
  ASSERT_TRUE(d.has("token/1/field"));
  d.retype("dog");
  d.key(Key::enter);
  EXPECT_THAT(tokens(), ElementsAre("The", "dog", "sat", "down"));
  expect_sound("editing a token");
  d.click("token/1");
  d.retype("");
  d.key(Key::backspace);
  d.key(Key::enter);
  EXPECT_THAT(tokens(), ElementsAre("The", "sat", "down"));
  EXPECT_EQ(d.undo_all(), 2);
  EXPECT_TRUE(experiment::same(d.experiment(), start));
}

TEST_F(DriverTokens, ADragReorders) {
  const Point from = d.center("token/0"), to = d.center("token/2");
  d.drag(from, {to.x - from.x + 10, 0});
  EXPECT_THAT(tokens(), ElementsAre("cat", "sat", "The", "down"));
  EXPECT_FALSE(d.session().in.editing());
  expect_sound("reordering");
  d.drag(d.center("token/3"), {-700, 0});
  EXPECT_THAT(tokens(), ElementsAre("down", "cat", "sat", "The"));
  EXPECT_EQ(d.undo_all(), 2);
  EXPECT_TRUE(experiment::same(d.experiment(), start));
}

TEST_F(DriverTokens, TokensAreAddedAndTyped) {
  d.click("token/add");
  ASSERT_TRUE(d.has("token/4/field"));
  d.retype("slowly");
  d.key(Key::enter);
  EXPECT_THAT(tokens(), ElementsAre("The", "cat", "sat", "down", "slowly"));
  expect_sound("adding");
  d.undo_all();
  EXPECT_TRUE(experiment::same(d.experiment(), start));
}

TEST_F(DriverTokens, TheMenuMovesPadsInsertsAndRemoves) {
  const auto choose = [&](int token, const std::string& item) {
    d.right_click(d.center("token/" + std::to_string(token)));
    d.click("token-menu/" + std::to_string(token) + "/" + item);
  };
  choose(1, "right");
  EXPECT_THAT(tokens(), ElementsAre("The", "sat", "cat", "down"));
  choose(2, "left");
  choose(0, "padding");
  EXPECT_TRUE(d.experiment().tokens[0].padding);
  EXPECT_EQ(d.core({Stage::weights, 0, 0, 2, 0}), 0.f);
  expect_sound("padding");
  choose(3, "remove");
  EXPECT_THAT(tokens(), ElementsAre("The", "cat", "sat"));
  choose(0, "before");
  d.retype("Look");
  d.key(Key::enter);
  EXPECT_THAT(tokens(), ElementsAre("Look", "The", "cat", "sat"));
  EXPECT_TRUE(d.experiment().tokens[1].padding) << "it went with its token";
  expect_sound("all of it");
  d.undo_all();
  EXPECT_TRUE(experiment::same(d.experiment(), start));
}

TEST_F(DriverTokens, EveryKeyPaddedShowsZeros) {
  for (int token = 0; token < 4; ++token) {
    d.right_click(d.center("token/" + std::to_string(token)));
    d.click("token-menu/" + std::to_string(token) + "/padding");
  }
  EXPECT_EQ(d.core({Stage::weights, 0, 0, 1, 1}), 0.f);
  d.click(Cell{Stage::weights, 0, 0, 1, 1});
  EXPECT_TRUE(d.shows_with("masked"));
  expect_sound("a row without keys");
}

TEST_F(DriverTokens, ASentenceOfOnesOwn) {
  sentence("A dog barks, loudly!");
  EXPECT_THAT(tokens(), ElementsAre("A", "dog", "barks", ",", "loudly", "!"));
  expect_sound("a sentence");
  d.undo_all();
  EXPECT_TRUE(experiment::same(d.experiment(), start));
}

TEST_F(DriverTokens, EscapeLeavesTheSentence) {
  d.key(Key::l, kCtrl);
  d.retype("Something else");
  d.key(Key::escape);
  EXPECT_FALSE(d.has("sentence"));
  EXPECT_TRUE(experiment::same(d.experiment(), start));
}

TEST_F(DriverTokens, EveryScriptArrivesIntact) {
  for (const auto& [text, first] : {std::pair{"猫坐下了", "猫"},
                                    {"القطة جلست هنا", "القطة"},
                                    {"кошка села", "кошка"},
                                    {"नमस्ते दुनिया", "नमस्ते"},
                                    {"👩‍👩‍👧 🇸🇪 😀", "👩‍👩‍👧"},
                                    {"café née", "café"}}) {
    sentence(text);
    ASSERT_GE(tokens().size(), 2u) << text;
    EXPECT_EQ(tokens()[0], first);
    EXPECT_TRUE(d.shows(first)) << text;
    expect_sound(text);
  }
}

TEST_F(DriverTokens, AnEmptySentenceIsRefusedAndSaid) {
  sentence(" ");
  EXPECT_TRUE(experiment::same(d.experiment(), start));
  EXPECT_TRUE(d.shows_with("The sentence is empty")) << d.view().notice;
}

TEST_F(DriverTokens, OneTokenIsAPictureToo) {
  sentence("Alone");
  EXPECT_EQ(d.core({Stage::weights, 0, 0, 0, 0}), 1.f);
  expect_sound("one token");
}

TEST_F(DriverTokens, TenThousandTokensAreCutAndSaid) {
  std::string text;
  for (int i = 0; i < 10000; ++i) text += "word ";
  sentence(text);
  EXPECT_EQ(d.experiment().tokens.size(), 512u);
  EXPECT_TRUE(d.shows_with("9488 tokens")) << d.view().notice;
  EXPECT_THAT(support::overlaps(d.frame()), IsEmpty());
  d.undo_all();
  d.settle();
  EXPECT_TRUE(experiment::same(d.experiment(), start));
  expect_sound("back from many");
}

TEST_F(DriverTokens, SentencesOfTheExperimentAreOfferedAndShowWhatTheyClaim) {
  ASSERT_TRUE(d.has("sentence/0") || d.has("sentence/1"));
  d.click(d.has("sentence/0") ? "sentence/0" : "sentence/1");
  EXPECT_FALSE(experiment::same(d.experiment(), start));
  expect_sound("another sentence");
  d.key(Key::z, kCtrl);
  EXPECT_TRUE(experiment::same(d.experiment(), start));
}

TEST_F(DriverTokens, OwnWordsAreMarkedAsRandomWhereverTheyAreShown) {
  EXPECT_FALSE(d.shows_with("random"));
  sentence("the zebra sat quickly");
  EXPECT_TRUE(d.shows("zebra*"));
  EXPECT_TRUE(d.shows("quickly*"));
  EXPECT_FALSE(d.shows("sat*"));
  EXPECT_TRUE(d.shows("* random, seed 1"));
  EXPECT_TRUE(d.shows_with("x of 'zebra' and 'quickly' is random (seed 1); the weights are hand-set"));
  EXPECT_TRUE(d.shows("Own sentence: the zebra sat quickly")) << "no longer the shipped title";
  EXPECT_THAT(d.app.title(), ::testing::HasSubstr("zebra"));
  d.move(d.at({Stage::x, 0, 0, 1, 2}));
  EXPECT_THAT(d.region("stage/x").hint, ::testing::HasSubstr("Given: random, seed 1."));
  d.move(d.at({Stage::w_q, 0, 0, 1, 2}));
  EXPECT_THAT(d.region("stage/w_q").hint, ::testing::HasSubstr("Given: set by hand."));
  d.click(Cell{Stage::x, 0, 0, 1, 2});
  EXPECT_TRUE(d.shows("What is " + figures::number(d.core({Stage::x, 0, 0, 1, 2}), 2) + "?"));
  d.click("drawer/copy");
  EXPECT_THAT(d.clipboard.text, ::testing::HasSubstr("Given: random, seed 1."));
  d.click(Cell{Stage::w_q, 0, 0, 2, 4});
  EXPECT_TRUE(d.shows_with("W_Q is given, not computed: set by hand."));
  d.resize(1280, 800);
  EXPECT_TRUE(d.shows("* random, seed 1")) << "in a smaller window too";
  expect_sound("own words");
  d.undo_all();
  EXPECT_FALSE(d.shows_with("random"));
  EXPECT_TRUE(d.shows("The cat sat down"));
}

}  // namespace
}  // namespace qkv::shell
