#include "app/documents/progress.h"

#include <gtest/gtest.h>

#include "tests/app/documents/lesson_text.h"

namespace qkv::documents {
namespace {

using testing::write;

class ProgressFile : public ::testing::Test {
 protected:
  std::filesystem::path folder() const { return folder_.path() / "state"; }
  std::filesystem::path file() const { return folder() / "progress.json"; }
  qkv::testing::TempFolder folder_;
};

TEST_F(ProgressFile, ComesBackAsItWas) {
  Progress p;
  p.answers["05-key.md/A key is an advertisement"] = {2, 3, true, false};
  p.answers["mine.md/Ünïcode \"quoted\""] = {-1, 0, false, true};
  p.reached["05-key.md"] = 4;
  p.lesson = "05-key.md";
  p.step = 2;
  p.quiz = {77, {{"05-key.md/A key is an advertisement", {1, 1, true, false}}}, 1};
  save_progress(folder(), p);
  EXPECT_EQ(load_progress(folder()), p);
  save_progress(folder(), {});
  EXPECT_EQ(load_progress(folder()), Progress{});
}

TEST_F(ProgressFile, MissingIsNone) {
  EXPECT_EQ(load_progress(folder()), Progress{});
  EXPECT_EQ(load_progress({}), Progress{});
  save_progress({}, {});
}

TEST_F(ProgressFile, ADamagedOneIsKeptAside) {
  for (const char* text : {"{", "[]", "{\"answers\": 3}", "{\"answers\": {\"a\": {}}, \"reached\": {}, \"lesson\": \"\", \"step\": 0}", "\xff"}) {
    write(file(), text);
    EXPECT_EQ(load_progress(folder()), Progress{}) << text;
    EXPECT_FALSE(std::filesystem::exists(file()));
    EXPECT_TRUE(std::filesystem::exists(folder() / "progress.damaged.json"));
    save_progress(folder(), {});
    EXPECT_EQ(load_progress(folder()), Progress{});
  }
}

TEST_F(ProgressFile, NumbersOutOfRangeAreBrought) {
  write(file(), R"({"answers": {"a": {"chosen": -7, "tries": -1, "right": false, "revealed": false}}, "reached": {"b": -3}, "lesson": "b",
                    "step": -9, "quiz": {"seed": 1, "at": 99, "items": []}})");
  const Progress p = load_progress(folder());
  EXPECT_EQ(p.answers.at("a").chosen, -1);
  EXPECT_EQ(p.answers.at("a").tries, 0);
  EXPECT_EQ(p.reached.at("b"), 0);
  EXPECT_EQ(p.step, 0);
  EXPECT_EQ(p.quiz.at, 0);
}

}  // namespace
}  // namespace qkv::documents
