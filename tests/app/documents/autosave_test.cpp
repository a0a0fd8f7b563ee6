#include "app/documents/autosave.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <new>

#include "core/experiment/json.h"
#include "tests/app/support/temp_folder.h"

namespace qkv::documents {
namespace {

namespace fs = std::filesystem;
using experiment::Experiment;

std::shared_ptr<const Experiment> titled(const std::string& title) {
  Experiment e = experiment::default_experiment();
  e.title = title;
  return std::make_shared<const Experiment>(std::move(e));
}

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

/// Another program that keeps `title` and is then killed.
void leave_behind(const fs::path& folder, const std::string& title, const fs::path& path) {
  const pid_t child = fork();
  if (child == 0) {
    Autosave autosave(folder);
    autosave.keep(titled(title), path);
    autosave.wait();
    raise(SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
}

TEST(Autosave, ACleanEndLeavesNothing) {
  const testing::TempFolder folder;
  {
    Autosave autosave(folder.path());
    autosave.keep(titled("work"), {});
    autosave.wait();
    EXPECT_EQ(files_in(folder.path()), 2u);
  }
  EXPECT_EQ(files_in(folder.path()), 0u);
}

TEST(Autosave, AnEndByAnExceptionLeavesTheWork) {
  const testing::TempFolder folder;
  EXPECT_THROW(
      {
        Autosave autosave(folder.path());
        autosave.keep(titled("work"), {});
        throw std::bad_alloc();
      },
      std::bad_alloc);
  EXPECT_EQ(Autosave(folder.path()).find_lost().size(), 1u);
}

TEST(Autosave, AKilledProgramsWorkIsFoundWhole) {
  const testing::TempFolder folder;
  leave_behind(folder.path(), "the lost \"one\" ünïcode", "/home/me/x.json");
  Autosave autosave(folder.path());
  auto lost = autosave.find_lost();
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_EQ(lost[0].path, "/home/me/x.json");
  EXPECT_EQ(experiment::to_json(lost[0].experiment),
            experiment::to_json(*titled("the lost \"one\" ünïcode")));
  autosave.forget(lost[0]);
  lost.clear();
  EXPECT_TRUE(autosave.find_lost().empty());
}

TEST(Autosave, WhatIsNotForgottenIsOfferedAgain) {
  const testing::TempFolder folder;
  leave_behind(folder.path(), "a", {});
  { EXPECT_EQ(Autosave(folder.path()).find_lost().size(), 1u); }
  EXPECT_EQ(Autosave(folder.path()).find_lost().size(), 1u);
}

TEST(Autosave, OnlyOneProgramIsOfferedIt) {
  const testing::TempFolder folder;
  leave_behind(folder.path(), "a", {});
  Autosave first(folder.path()), second(folder.path());
  const auto claimed = first.find_lost();
  EXPECT_EQ(claimed.size(), 1u);
  EXPECT_TRUE(second.find_lost().empty());
}

TEST(Autosave, TheWorkOfALivingProgramIsNotOffered) {
  const testing::TempFolder folder;
  Autosave working(folder.path()), other(folder.path());
  working.keep(titled("in progress"), {});
  working.wait();
  EXPECT_TRUE(other.find_lost().empty());
  EXPECT_TRUE(working.find_lost().empty());
}

TEST(Autosave, SavedWorkIsNotOffered) {
  const testing::TempFolder folder;
  Autosave autosave(folder.path());
  autosave.keep(titled("a"), {});
  autosave.discard();
  autosave.wait();
  EXPECT_EQ(files_in(folder.path()), 1u);  // the lock
}

TEST(Autosave, DamagedFilesAreLeftAlone) {
  const testing::TempFolder folder;
  for (const char* text : {"", "{", "{\"path\": \"\"}", "{\"path\": \"\", \"experiment\": {}}", "[1]"}) {
    std::ofstream(folder.path() / "autosave-1.json") << text;
    EXPECT_TRUE(Autosave(folder.path()).find_lost().empty()) << text;
    EXPECT_TRUE(fs::exists(folder.path() / "autosave-1.json"));
  }
}

TEST(Autosave, AFolderThatCannotBeWrittenIsToldOnce) {
  const testing::TempFolder folder;
  std::ofstream(folder.path() / "file") << "";
  Autosave autosave(folder.path() / "file" / "below");
  autosave.keep(titled("a"), {});
  autosave.wait();
  EXPECT_THAT(autosave.take_error(), ::testing::HasSubstr("not kept safe"));
  EXPECT_EQ(autosave.take_error(), "");
  EXPECT_TRUE(autosave.find_lost().empty());
}

TEST(Autosave, WithoutAFolderNothingIsKept) {
  Autosave autosave({});
  autosave.keep(titled("a"), {});
  autosave.wait();
  EXPECT_EQ(autosave.take_error(), "");
  EXPECT_TRUE(autosave.find_lost().empty());
}

}  // namespace
}  // namespace qkv::documents
