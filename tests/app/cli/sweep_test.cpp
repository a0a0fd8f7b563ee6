#include <sys/stat.h>

#include "tests/app/cli/program.h"

namespace qkv::testing {
namespace {

class Sweep : public Program {
 protected:
  /// An ffmpeg that keeps what it was called with and writes its output as `body` says.
  void fake_ffmpeg(const std::string& body) {
    std::filesystem::create_directories(file("bin"));
    put("bin/ffmpeg", "#!/bin/sh\nprintf '%s\\n' \"$@\" > '" + file("asked.txt").string() + "'\nfor last; do :; done\n" + body + "\n");
    ::chmod(file("bin/ffmpeg").c_str(), 0755);
  }
  std::string with_fake() const { return "export PATH='" + file("bin").string() + "':\"$PATH\""; }
  static constexpr const char* kSmall = "--size 400x320 ";
};

TEST_F(Sweep, NumbersItsPictures) {
  std::filesystem::create_directories(file("frames"));
  const Outcome outcome = run(std::string("render --sweep d_k=2..4 --figure weights --out frames/%03d.png ") + kSmall);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  for (const char* name : {"frames/001.png", "frames/002.png", "frames/003.png"}) EXPECT_TRUE(contents(file(name)).starts_with("\x89PNG")) << name;
  EXPECT_FALSE(exists("frames/004.png"));
}

TEST_F(Sweep, AVideoGoesThroughFfmpeg) {
  fake_ffmpeg("echo video > \"$last\"");
  const Outcome outcome = run(std::string("render --sweep 'temperature=1..2' --frames 3 --fps 7 --figure weights --out \"a 'b'.mp4\" ") + kSmall, with_fake());
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(contents(file("a 'b'.mp4")), "video\n");
  EXPECT_NE(contents(file("asked.txt")).find("-framerate\n7\n"), std::string::npos);
}

TEST_F(Sweep, ATalkIsAVideoToo) {
  fake_ffmpeg("cp \"$(dirname \"$last\")/0001.png\" first.png; ls \"$(dirname \"$last\")\" > frames.txt; echo video > \"$last\"");
  const std::string talk = "render --workspace present --figure step --out talk.mp4 ";
  const Outcome outcome = run(talk + kSmall + "--seconds 4", with_fake());
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(contents(file("talk.mp4")), "video\n");
  EXPECT_TRUE(contents(file("first.png")).starts_with("\x89PNG"));
  EXPECT_NE(contents(file("asked.txt")).find("-framerate\n0.25\n"), std::string::npos);
  EXPECT_NE(contents(file("frames.txt")).find("0014.png"), std::string::npos) << "eight steps, six of which hide something first";
  EXPECT_EQ(contents(file("frames.txt")).find("0015.png"), std::string::npos);
  expect_refused(talk + "--step 2", 2, ".pdf");
  expect_refused("render --out a.mp4", 2, ".pdf");
  expect_refused("render --workspace present --seconds 3 --out a.pdf", 1, "--seconds");
}

TEST_F(Sweep, RefusesWithASentence) {
  const std::string start = std::string("render ") + kSmall;
  expect_refused(start + "--sweep d_k=2..4 --out a.png", 2, "%04d");
  expect_refused(start + "--sweep d_k --out a%d.png", 2, "NAME=FROM..TO");
  expect_refused(start + "--sweep d_k=0..4 --out a%d.png", 1, "from 1 to 512");
  expect_refused(start + "--sweep d_k=1..4 --out nowhere/a%d.png", 1, "no such folder");
  expect_refused(start + "'" QKV_SOURCE_DIR "/assets/models/pronouns' --sweep d_k=1..4 --out a%d.png", 1, "experiment");
}

TEST_F(Sweep, WithoutFfmpegOrWithAFailingOneThereIsASentence) {
  const std::string start = std::string("render --figure weights --sweep d_k=2..3 --out a.mp4 ") + kSmall;
  std::filesystem::create_directories(file("bin"));
  std::filesystem::create_symlink("/usr/bin/env", file("bin/env"));
  const Outcome missing = run(start, "export PATH='" + file("bin").string() + "'");
  EXPECT_EQ(missing.status, 1);
  EXPECT_NE(missing.err.find("apt install ffmpeg"), std::string::npos) << missing.err;
  put("a.mp4", "before");
  fake_ffmpeg("echo 'Unknown encoder' >&2; exit 1");
  const Outcome failing = run(start, with_fake());
  EXPECT_EQ(failing.status, 1);
  EXPECT_NE(failing.err.find("Unknown encoder"), std::string::npos) << failing.err;
  EXPECT_EQ(contents(file("a.mp4")), "before");
}

TEST_F(Sweep, AnInterruptLeavesNoFrames) {
  std::filesystem::create_directories(file("frames"));
  const std::string command = "cd '" + folder_.path().string() + "' && timeout -s TERM 4 '" QKV_BINARY_DIR
                              "/bin/qkvlab' render --sweep temperature=1..9 --frames 900 --out frames/%04d.png 2>err.txt";
  const int status = std::system(command.c_str());
  ASSERT_EQ(WEXITSTATUS(status), 124) << "it was not done before";
  EXPECT_NE(contents(file("err.txt")).find("cancelled"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_empty(file("frames")));
}

}  // namespace
}  // namespace qkv::testing
