#include "app/shell/chrome/fuzzy.h"

#include <gtest/gtest.h>

namespace qkv::shell {
namespace {

int score(std::string_view query, std::string_view title, std::string_view hint = "") {
  return fuzzy_score(query, "Menu", title, hint).value_or(-1);
}

TEST(Fuzzy, FindsLettersInTheirOrder) {
  EXPECT_GT(score("rst", "Reset"), 0);
  EXPECT_EQ(score("tsr", "Reset"), -1);
  EXPECT_EQ(score("resett", "Reset"), -1);
  EXPECT_EQ(score("x", "Reset"), -1);
}

TEST(Fuzzy, AnEmptyQueryFindsEverything) {
  EXPECT_EQ(score("", "Reset"), 0);
  EXPECT_EQ(score("  ", "Reset"), 0);
}

TEST(Fuzzy, PrefersBeginningsOfWords) {
  EXPECT_GT(score("row", "Reset the row"), score("row", "Reset the arrow"));
  EXPECT_GT(score("rr", "Reset the row"), score("rr", "Mirror"));
}

TEST(Fuzzy, PrefersRuns) { EXPECT_GT(score("mask", "unmask"), score("mask", "umaxsxk")); }

TEST(Fuzzy, PrefersTheTitle) {
  EXPECT_GT(score("undo", "Undo", "Takes back"), score("undo", "Takes back", "Undo"));
  EXPECT_GT(score("undo", "Takes back", "Undo"), 0);
  EXPECT_GT(fuzzy_score("filesave", "File", "Save", "").value_or(-1), 0);
}

// "ab" is found at the end as a run, though an 'a' comes before: the first one found is not the best.
TEST(Fuzzy, FindsTheBestPlaceNotTheFirst) { EXPECT_EQ(score("ab", "a ab"), score("ab", "x ab")); }

TEST(Fuzzy, IgnoresCaseAccentsAndSpaces) {
  EXPECT_EQ(score("RESET THE", "Reset the row"), score("resetthe", "Reset the row"));
  EXPECT_GT(score("apfel", "Äpfel"), 0);
  EXPECT_GT(score("слово", "Слово"), 0);
  EXPECT_GT(score("注意", "注意力"), 0);
}

TEST(Fuzzy, BearsBrokenAndEndlessText) {
  EXPECT_EQ(score("\xff\xfe", "Reset"), 0);  // no letters: as if nothing was typed
  EXPECT_EQ(score("a", "\xff"), -1);
  EXPECT_EQ(score(std::string(100000, 'a'), "aaaa"), -1);
  EXPECT_GT(score("a", std::string(100000, 'a')), 0);
}

}  // namespace
}  // namespace qkv::shell
