#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

#include "core/files/tensors.h"
#include "tests/core/folder_test.h"

namespace qkv::files {
namespace {

using testing::HasSubstr;

class FileIo : public FolderTest {};

/// No file may grow beyond `bytes` while this lives: a full disk, as far as write() can tell.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST_F(FileIo, AFileIsReplacedWholeAndKeepsItsPermissions) {
  const auto path = put("a.json", "old");
  ::chmod(path.c_str(), 0640);
  write_file_atomically(path, "new");
  EXPECT_EQ(get("a.json"), "new");
  EXPECT_EQ(std::filesystem::status(path).permissions(), static_cast<std::filesystem::perms>(0640));
  write_file_atomically(path, "");
  EXPECT_EQ(get("a.json"), "");
  EXPECT_EQ(file_count(), 1u);
}

TEST_F(FileIo, AFullDiskLeavesTheOldFileAndNothingElse) {
  const auto path = put("a.json", "old");
  const FullDisk full(1000);
  EXPECT_THAT(error_of([&] { write_file_atomically(path, std::string(5000, 'x')); }),
              HasSubstr("cannot be written: File too large"));
  EXPECT_THAT(error_of([&] {
                write_safetensors(path, {{"x", "F32", {5000}, [](void*, std::int64_t, std::int64_t) {}}}, {});
              }),
              HasSubstr("cannot be written"));
  EXPECT_EQ(get("a.json"), "old");
  EXPECT_EQ(file_count(), 1u);
}

TEST_F(FileIo, ADeviceIsWrittenNotReplaced) {
  EXPECT_THAT(error_of([] { write_file_atomically("/dev/full", "x"); }), HasSubstr("No space left"));
  write_file_atomically("/dev/null", "x");
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST_F(FileIo, ALinkIsFollowed) {
  put("real.json", "old");
  std::filesystem::create_symlink("real.json", folder_ / "link.json");
  write_file_atomically(folder_ / "link.json", "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "link.json"));
  EXPECT_EQ(get("real.json"), "new");
}

TEST_F(FileIo, AFolderThatCannotBeWrittenIsSaid) {
  EXPECT_THAT(error_of([&] { write_file_atomically(folder_ / "none" / "a", "x"); }),
              HasSubstr("folder does not exist"));
  EXPECT_THAT(error_of([&] { write_file_atomically(folder_, "x"); }), HasSubstr("is a folder"));
  EXPECT_THAT(error_of([&] { write_file_atomically(put("a", "") / "b", "x"); }),
              HasSubstr("Not a directory"));
  // /proc takes no new files from anybody, root included, as a read-only folder does from others.
  EXPECT_THAT(error_of([] { write_file_atomically("/proc/self/fd/a.json", "x"); }),
              HasSubstr("cannot be written"));
}

TEST_F(FileIo, AReadOnlyFolderKeepsItsFile) {
  const auto path = put("a.json", "old");
  ::chmod(folder_.c_str(), 0500);
  if (::access(folder_.c_str(), W_OK) != 0) {  // nothing is read-only to root
    EXPECT_THAT(error_of([&] { write_file_atomically(path, "x"); }), HasSubstr("Permission denied"));
    EXPECT_EQ(get("a.json"), "old");
  } else {
    write_file_atomically(path, "new");
    EXPECT_EQ(get("a.json"), "new");
  }
  ::chmod(folder_.c_str(), 0700);
}

TEST_F(FileIo, ReadingIsBounded) {
  const auto path = put("a", "12345");
  EXPECT_EQ(read_file(path, 5), "12345");
  EXPECT_THAT(error_of([&] { read_file(path, 4); }), HasSubstr("larger than the 4 bytes"));
  EXPECT_THAT(error_of([&] { read_file(folder_ / "none", 100); }), HasSubstr("no such file"));
  EXPECT_THAT(error_of([&] { read_file(folder_ / std::string(3000, 'n'), 100); }),
              HasSubstr("cannot be read"));
}

TEST_F(FileIo, PipesDevicesAndFoldersAreRefusedAndNeverWaitedFor) {
  for (const char* name : {"a", "a.npy", "a.npz", "a.csv", "a.safetensors"}) {
    const auto path = folder_ / name;
    const bool bytes = path.extension().empty();
    const auto refused = [&] {
      return error_of([&] { bytes ? void(read_file(path, 100)) : void(read_tensors(path)); });
    };
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    EXPECT_THAT(refused(), HasSubstr(std::string(name) + ": is not a regular file but a pipe or a device"));
    std::filesystem::remove(path);
    std::filesystem::create_symlink("/dev/zero", path);
    EXPECT_THAT(refused(), HasSubstr("is not a regular file but a pipe or a device"));
    std::filesystem::remove(path);
    std::filesystem::create_directory(path);
    EXPECT_THAT(refused(), HasSubstr("is a folder, not a file"));
  }
}

TEST_F(FileIo, TheExtensionChoosesTheReader) {
  EXPECT_EQ(read_tensors(put("m.CSV", "1,2")).tensors.at("m").values.size(), 2u);
  EXPECT_THAT(error_of([&] { read_tensors(put("m.doc", "1,2")); }),
              HasSubstr(".safetensors, .npz, .npy or .csv"));
  EXPECT_THAT(error_of([&] { read_tensors(folder_ / "none.doc"); }), HasSubstr("no such file"));
  EXPECT_THAT(error_of([&] { read_tensors(folder_ / std::string(5000, 'n')); }), HasSubstr("no such file"));
  for (const char* name : {"e.csv", "e.npy", "e.npz", "e.safetensors"})
    EXPECT_THAT(error_of([&] { read_tensors(put(name, "")); }), HasSubstr(name));
}

}  // namespace
}  // namespace qkv::files
