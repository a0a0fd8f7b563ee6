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
  expect_refused("render --width 10 --height 10 --out a.png", 2, "There is no option --width; qkvlab render --help");
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
  expect_refused("render --out a.png --select 'wieghts[1,1]'", 2, "STAGE is one of embedding, positions,");
  expect_refused("render --out a.png --select '" + std::string(900, 'w') + "[1,1]'", 2, "weights, output, w_o, b_o, layer_output");
  EXPECT_EQ(run("render --out a.png --select '0.1:weights[1]'").err.find("one of"), std::string::npos) << "the stage is right";
  expect_refused("render --out a.png --workspace kitchen", 2, "--workspace");
  expect_refused("render a.json b.json --out a.png", 2, "'b.json' is one word too many");
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
  expect_refused("render --out missing/a.png", 1, "its folder does not exist");
  expect_refused("render --out /proc/a.png", 1, "takes no new files");
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

TEST_F(Usage, AnOptionWithoutEffectIsRefused) {
  const std::string talk = "'" QKV_SOURCE_DIR "/assets/talks/attention.md' ", model = "'" QKV_SOURCE_DIR "/assets/models/pronouns' ";
  const std::string lesson = "--lesson 9 --step 1 ", cat = std::string(kCat) + " ";
  const struct {
    std::string shown, option, says;
  } wrong[] = {
      {lesson, "--sweep d_k=1..4", "--sweep"},          {talk, "--sweep d_k=1..4", "--sweep"},
      {"--workspace learn ", "--sweep d_k=1..4", "--sweep"}, {cat + "--workspace present ", "--sweep d_k=1..4", "--sweep"},
      {model, "--sweep d_k=1..4", "--sweep"},           {lesson, "--select 'weights[99,99]'", "--select"},
      {talk, "--select 'weights[0,0]'", "--select"},    {talk, "--head 9.9", "--head"},
      {talk, "--text hello", "--text"},                 {lesson + "--workspace present ", "--head 0.0", "--head"},
      {cat, "--frames 3", "--frames"},                  {"", "--fps 3", "--fps"},
      {lesson, "--frames 3", "--frames"},               {model, "--fps 12", "--fps"},
  };
  for (const auto& [shown, option, says] : wrong) {
    const bool sweep = says == "--sweep";
    expect_refused("render " + shown + option + " --out " + (sweep ? "s%02d.png" : "s.png"), 1, says + " ");
    EXPECT_FALSE(exists("s.png") || exists("s%02d.png") || exists("s01.png")) << shown << option;
  }
  EXPECT_EQ(run(std::string("trace ") + kCat + " --out c.safetensors").status, 0);
  expect_refused("render c.safetensors --text hello --out s.png", 1, "a capture");
  const std::string small = " --size 480x320 --out s.svg";
  for (const std::string& right : {cat + "--text 'the dog' --head 0.0 --select 'weights[1,0]'", cat + "--workspace present --step 2 --head 0.0 --select 'weights[1,0]'",
                                   model + "--text 'the dog' --head 0.1 --select 'weights[1,0]'", std::string("c.safetensors --head 0.0 --select 'weights[1,0]'")})
    EXPECT_EQ(run("render " + right + small).err, "") << right;
}

}  // namespace
}  // namespace qkv::testing
