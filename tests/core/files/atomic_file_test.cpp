#include "core/files/atomic_file.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "tests/core/folder_test.h"

// A file that is being written when the program is killed.
namespace qkv::files {
namespace {

class AtomicFileTest : public FolderTest {
 protected:
  std::ptrdiff_t entries() const { return std::distance(std::filesystem::directory_iterator(folder_), std::filesystem::directory_iterator()); }
};

TEST_F(AtomicFileTest, KilledWhileItWritesItLeavesTheOldFileAlone) {
  put("a.txt", "old");
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGTERM, [](int) {
      remove_unfinished();
      ::_exit(7);
    });
    AtomicFile first(folder_ / "a.txt"), second(folder_ / "b.txt");
    first.write("half");
    ::raise(SIGTERM);
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_EQ(get("a.txt"), "old");
  EXPECT_EQ(entries(), 1);
}

TEST_F(AtomicFileTest, WhatIsInPlaceStays) {
  for (int i = 0; i < 40; ++i) {  // more than are listed at once, one after another
    AtomicFile file(folder_ / ("f" + std::to_string(i)));
    file.write("whole");
    file.commit();
  }
  remove_unfinished();
  EXPECT_EQ(entries(), 40);
}

}  // namespace
}  // namespace qkv::files
