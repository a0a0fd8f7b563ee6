#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/app/support/temp_folder.h"

namespace qkv::testing {

struct Outcome {
  int status = -1;
  std::string out, err;
};

inline std::string contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Runs the built program without a display, its settings and state in a folder of its own.
class Program : public ::testing::Test {
 protected:
  /// `arguments` are read by the shell; `before` is run by it first; `input` is the file on standard input.
  Outcome run(const std::string& arguments, const std::string& before = "true",
              const std::string& input = "/dev/null") const {
    const std::string folder = folder_.path().string();
    const std::string command =
        "cd '" + folder + "' && " + before + " && env -u DISPLAY -u WAYLAND_DISPLAY HOME='" + folder +
        "' XDG_CONFIG_HOME='" + folder + "/config' XDG_STATE_HOME='" + folder +
        "/state' '" QKV_BINARY_DIR "/bin/qkvlab' " + arguments + " >out.txt 2>err.txt <" + input;
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, contents(file("out.txt")),
            contents(file("err.txt"))};
  }

  /// Expects one sentence of at most 500 characters on standard error and this status.
  void expect_refused(const std::string& arguments, int status, const std::string& mentions) const {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.status, status) << arguments << '\n' << outcome.err;
    EXPECT_EQ(outcome.out, "") << arguments;
    EXPECT_NE(outcome.err.find(mentions), std::string::npos) << arguments << '\n' << outcome.err;
    EXPECT_LE(outcome.err.size(), 501u) << arguments;
    EXPECT_EQ(outcome.err.find('\n'), outcome.err.size() - 1) << arguments << '\n' << outcome.err;
  }

  std::filesystem::path file(const std::string& name) const { return folder_.path() / name; }
  void put(const std::string& name, const std::string& bytes) const { std::ofstream(file(name)) << bytes; }
  bool exists(const std::string& name) const { return std::filesystem::exists(file(name)); }

  TempFolder folder_;
};

}  // namespace qkv::testing
