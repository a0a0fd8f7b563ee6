#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/app/cli/program.h"

namespace qkv::testing {
namespace {

using ::testing::HasSubstr;

const char* const kGood = "---\nlesson: 3\ntitle: Mine\n---\n\n# A step\n\n```step\nexperiment: cat_sat_down\nfigure: weights\n"
                          "claim: weights[sat,cat] > 0.7\n```\n\nText.\n";

class Lessons : public Program {
 protected:
  void SetUp() override { std::filesystem::create_directories(file("mine")); }
};

TEST_F(Lessons, OfTheProgramAreListedAndNothingIsWrong) {
  const Outcome outcome = run("lessons");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out, HasSubstr("     5      4 "));
  EXPECT_THAT(outcome.out, HasSubstr("Key: what do I offer?"));
}

TEST_F(Lessons, OfAFolderAsJson) {
  put("mine/a.md", kGood);
  const Outcome outcome = run("lessons mine --json");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const auto list = nlohmann::json::parse(outcome.out);
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0]["title"], "Mine");
  EXPECT_EQ(list[0]["steps"], 1);
  EXPECT_EQ(list[0]["path"], "mine/a.md");
  EXPECT_TRUE(list[0]["mistakes"].empty());
}

TEST_F(Lessons, OfOnesOwnJoinThoseOfTheProgram) {
  std::filesystem::create_directories(file("data/qkvlab/lessons"));
  put("data/qkvlab/lessons/mine.md", kGood);
  const Outcome outcome = run("lessons", "export XDG_DATA_HOME=\"$PWD/data\"");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("  Mine\n"));
}

TEST_F(Lessons, MistakesAreToldWithFileAndLine) {
  std::string wrong = kGood;
  wrong.replace(wrong.find("0.7"), 3, "0.9");
  put("mine/a.md", wrong);
  put("mine/b.md", "nothing");
  const Outcome outcome = run("lessons mine");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err,
            "mine/b.md:1: a lesson begins with a line --- and its number and title, then --- again.\n"
            "mine/a.md:11: this claim does not hold: weights[sat,cat] is 0.80.\nThere are 2 mistakes.\n");
  EXPECT_THAT(outcome.out, HasSubstr("Mine")) << "what could be read is listed all the same";
}

TEST_F(Lessons, RefusesWhatIsNoFolderOfLessons) {
  expect_refused("lessons nowhere", 1, "nowhere: this is no folder");
  const Outcome outcome = run("lessons mine");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "There is no lesson in mine.\n");
}

}  // namespace
}  // namespace qkv::testing
