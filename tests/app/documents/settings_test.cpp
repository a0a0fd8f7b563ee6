#include "app/documents/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "core/error.h"
#include "tests/app/support/temp_folder.h"

namespace qkv::documents {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

TEST(Settings, RoundTrip) {
  const testing::TempFolder folder;
  Settings s;
  s.dark = true;
  s.text_size = 1.5f;
  s.window_width = 1000;
  s.window_height = 700;
  s.maximized = s.welcomed = true;
  s.recent = {"/tmp/größe.json", "/tmp/b.npz"};
  save_settings(s, folder.path() / "not" / "yet" / "there");
  EXPECT_EQ(load_settings(folder.path() / "not" / "yet" / "there"), s);
}

TEST(Settings, AMissingFileIsSilentlyDefault) {
  const testing::TempFolder folder;
  std::string warning;
  EXPECT_EQ(load_settings(folder.path(), &warning), Settings());
  EXPECT_EQ(load_settings({}, &warning), Settings());
  EXPECT_EQ(warning, "");
}

TEST(Settings, ADamagedFileIsDefaultWithAWarning) {
  const testing::TempFolder folder;
  for (const char* damaged :
       {"", "{", "[]x", "\xff\xfe", "{\"text_size\": \"big\"}", "{\"recent\": 3}", "7"}) {
    write(folder.path() / "settings.json", damaged);
    std::string warning;
    EXPECT_EQ(load_settings(folder.path(), &warning), Settings()) << damaged;
    EXPECT_THAT(warning, HasSubstr("settings.json")) << damaged;
    EXPECT_LE(warning.size(), 500u);
  }
}

TEST(Settings, WhatIsOutOfRangeIsBroughtIntoIt) {
  const testing::TempFolder folder;
  write(folder.path() / "settings.json",
        R"({"text_size": 1e9, "window_width": -5, "window_height": 0, "other": 1})");
  const Settings s = load_settings(folder.path());
  EXPECT_EQ(s.text_size, 2.5f);
  EXPECT_EQ(s.window_width, 320);
  EXPECT_EQ(s.window_height, 240);
}

TEST(Settings, WhereNothingCanBeWrittenIsAnError) {
  const testing::TempFolder folder;
  write(folder.path() / "file", "");
  EXPECT_THROW(save_settings({}, folder.path() / "file" / "below"), Error);
  EXPECT_NO_THROW(save_settings({}, {}));
}

TEST(Settings, RecentFilesAreLatestFirstOnceAndFew) {
  Settings s;
  remember_file(s, "/a");
  remember_file(s, "/b");
  remember_file(s, "/x/../a");
  EXPECT_EQ(s.recent, (std::vector<fs::path>{"/a", "/b"}));
  for (int i = 0; i < 30; ++i) remember_file(s, "/f" + std::to_string(i));
  EXPECT_EQ(s.recent.size(), kMaxRecent);
  EXPECT_EQ(s.recent.front(), "/f29");
  remember_file(s, "relative");
  EXPECT_TRUE(s.recent.front().is_absolute());
}

TEST(Settings, FoldersFollowXdg) {
  setenv("XDG_CONFIG_HOME", "/etc/xdg-test", 1);
  EXPECT_EQ(config_folder(), "/etc/xdg-test/qkvlab");
  setenv("XDG_CONFIG_HOME", "relative", 1);
  setenv("HOME", "/home/someone", 1);
  EXPECT_EQ(config_folder(), "/home/someone/.config/qkvlab");
  unsetenv("XDG_STATE_HOME");
  EXPECT_EQ(state_folder(), "/home/someone/.local/state/qkvlab");
}

}  // namespace
}  // namespace qkv::documents
