#include <gmock/gmock.h>

#include "tests/app/cli/program.h"

namespace qkv::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kCat = QKV_SOURCE_DIR "/assets/experiments/cat_sat_down.json";

class Usage : public Program {};

TEST_F(Usage, HelpAndVersionNeedNoDisplay) {
  const Outcome help = run("--help");
  EXPECT_EQ(help.status, 0);
  EXPECT_THAT(help.out, ::testing::AllOf(HasSubstr("render"), HasSubstr("trace"), HasSubstr("tokenize"), HasSubstr("PATH")));
  EXPECT_EQ(run("render --help").status, 0);
  EXPECT_EQ(run("trace --help").status, 0);
  const Outcome version = run("--version");
  EXPECT_EQ(version.status, 0);
  EXPECT_THAT(version.out, ::testing::MatchesRegex("qkvlab [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST_F(Usage, WrongUsageIsTwo) {
  expect_refused("--bogus", 2, "--bogus");
  expect_refused("render", 2, "--out");
  expect_refused("render --out picture.gif", 2, ".png, .svg, .pdf");
  expect_refused("render --out a.png --size 1440", 2, "1440x900");
  expect_refused("render --out a.png --size 1440x900x3", 2, "1440x900");
  expect_refused("render --out a.png --size 1x1", 2, "320");
  expect_refused("render --out a.png --size 99999999999x900", 2, "16384");
  expect_refused("render --out a.png --scale 0", 2, "--scale");
  expect_refused("render --out a.png --scale nan", 2, "--scale");
  expect_refused("render --out a.png --theme pink", 2, "--theme");
  expect_refused("render --out a.png --head 1", 2, "LAYER.HEAD");
  expect_refused("render --out a.png --head -1.0", 2, "LAYER.HEAD");
  expect_refused("render --out a.png --select weights", 2, "weights[2,1]");
  expect_refused("render --out a.png --select nothing[0,0]", 2, "STAGE");
  expect_refused("render --out a.png --workspace kitchen", 2, "--workspace");
  expect_refused("render a.json b.json --out a.png", 2, "b.json");
  expect_refused("trace", 2, "PATH");
  expect_refused("trace x.json", 2, "--out");
  expect_refused("trace x.json --out a.npz", 2, ".safetensors");
  expect_refused("trace x.json --out a.safetensors --parts q,u", 2, "'u'");
  expect_refused("trace x.json --out a.safetensors --parts ''", 2, "part");
  expect_refused("trace x --out a.safetensors --text a --ids 1", 2, "--ids");
}

TEST_F(Usage, WithoutADisplayTheWindowIsRefused) {
  expect_refused("", 1, "display");
  expect_refused(kCat, 1, "display");
}

TEST_F(Usage, WithoutOpenGl33ThereIsASentenceAndFiguresStillWork) {
  const std::string old_driver = "export MESA_GL_VERSION_OVERRIDE=3.0 LIBGL_ALWAYS_SOFTWARE=1";
  const Outcome png = run("render --out a.png", old_driver);
  EXPECT_EQ(png.status, 1);
  EXPECT_THAT(png.err, HasSubstr("OpenGL 3.3"));
  EXPECT_EQ(run("render --out a.svg", old_driver).status, 0);
  EXPECT_EQ(run("render --out a.pdf", old_driver).status, 0);
}

TEST_F(Usage, WithoutADisplayAPictureMayStandIn) {
  const Outcome outcome = run("--without-display lab.png");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("display"));
  EXPECT_EQ(outcome.out, "lab.png\n");
  EXPECT_EQ(contents(file("lab.png")).substr(1, 3), "PNG");
  EXPECT_EQ(run("--without-display lab.png --version").status, 0);
}

TEST_F(Usage, APathThatIsNotThereIsOne) {
  expect_refused("nowhere.json", 1, "nowhere.json");
  expect_refused("render nowhere.json --out a.png", 1, "nowhere.json");
  expect_refused("trace nowhere.json --out a.safetensors", 1, "nowhere.json");
  expect_refused("trace nowhere.json --out a.safetensors --parts q", 1, "nowhere.json");
  expect_refused("render " + std::string(3000, 'x') + " --out a.png", 1, "xxx");
  EXPECT_FALSE(exists("a.png"));
  EXPECT_FALSE(exists("a.safetensors"));
}

TEST_F(Usage, BadFilesAreOne) {
  const std::string cat = contents(kCat);
  put("empty.json", "");
  put("truncated.json", cat.substr(0, cat.size() / 2));
  put("other.json", "{\"hello\": 1}");
  put("list.json", "[1, 2]");
  put("garbage.npz", "\x50\x4b\x03\x04nothing");
  put("garbage.safetensors", std::string(8, '\xff'));
  put("words.csv", "a,b\nc,d\n");
  put("what.xyz", "?");
  std::filesystem::create_directory(file("folder"));
  for (const char* bad : {"empty.json", "truncated.json", "other.json", "list.json", "garbage.npz",
                          "garbage.safetensors", "words.csv", "what.xyz", "folder"}) {
    expect_refused(std::string("render ") + bad + " --out a.png", 1, bad);
    expect_refused(std::string("trace ") + bad + " --out a.safetensors", 1, bad);
  }
}

TEST_F(Usage, WhatCannotBeWrittenIsOne) {
  put("file", "");
  for (const char* out :
       {"file/below.png", "missing/a.png", "/proc/a.png", "missing/a.svg", "missing/a.pdf"}) {
    expect_refused(std::string("render --out ") + out, 1, out);
  }
  expect_refused(std::string("trace ") + kCat + " --out missing/a.safetensors", 1, "missing/a.safetensors");
}

TEST_F(Usage, AFullDiskLeavesTheOldFileWhole) {
  const std::string no_room = "trap '' XFSZ && ulimit -f 1";  // no file may grow past 512 bytes
  for (const char* arguments : {"render --out a.png", "render --out a.svg", "render --out a.pdf"}) {
    const std::string name = std::string("a.") + (arguments + std::string_view(arguments).rfind('.') + 1);
    put(name, "old");
    EXPECT_EQ(run(arguments, no_room).status, 1) << arguments;
    EXPECT_EQ(contents(file(name)), "old") << arguments;
  }
  put("a.safetensors", "old");
  EXPECT_EQ(run(std::string("trace ") + kCat + " --out a.safetensors", no_room).status, 1);
  EXPECT_EQ(contents(file("a.safetensors")), "old");
}

TEST_F(Usage, WhatIsForModelsIsRefusedForOthers) {
  expect_refused(std::string("trace ") + kCat + " --out a.safetensors --text hello", 1, "--text");
  expect_refused(std::string("trace ") + kCat + " --out a.safetensors --ids 1,2", 1, "--ids");
  expect_refused(std::string("trace ") + kCat + " --out a.safetensors --parts logits", 1, "logits");
  expect_refused(std::string("render ") + kCat + " --out a.png --workspace model", 1, "--workspace");
  expect_refused("render --out a.png --workspace lab --lesson 3", 1, "--lesson");
  expect_refused("render --out a.png --lesson 99", 1, "there is no such lesson");
  expect_refused("render --out a.png --lesson 3 --step 99", 1, "counted from 1");
  expect_refused("render --out a.png --workspace learn --text hello", 1, "own experiment");
  expect_refused("render --out a.png --workspace present --step 99", 1, "counted from 1");
}

}  // namespace
}  // namespace qkv::testing
