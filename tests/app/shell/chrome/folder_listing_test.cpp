#include "app/shell/chrome/folder_listing.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "tests/app/support/temp_folder.h"

namespace qkv::shell {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

constexpr std::string_view kJson[] = {".json"};

struct Folder {
  Folder() { ::setenv("HOME", path().c_str(), 1); }
  const fs::path& path() const { return temp.path(); }
  void touch(const std::string& name, std::size_t bytes = 1) const {
    std::ofstream(path() / name) << std::string(bytes, 'x');
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const FolderEntry& e : list_folder(path(), kJson).entries) all.push_back(e.name);
    return all;
  }
  testing::TempFolder temp;
};

TEST(FolderListing, SortsAsPeopleCount) {
  Folder f;
  for (const char* name : {"run10.json", "Run9.json", "run2.json", "apple.json"}) f.touch(name);
  fs::create_directory(f.path() / "zoo");
  EXPECT_THAT(f.names(), ElementsAre("..", "zoo", "apple.json", "run2.json", "Run9.json", "run10.json"));
}

TEST(FolderListing, KeepsToWhatCanBeOpened) {
  Folder f;
  f.touch("a.JSON", 1234);
  f.touch("a.txt");
  f.touch(".a.json");
  ASSERT_EQ(::mkfifo((f.path() / "pipe.json").c_str(), 0600), 0);
  fs::create_symlink(f.path() / "gone", f.path() / "broken.json");
  fs::create_symlink(f.path(), f.path() / "loop");
  EXPECT_THAT(f.names(), ElementsAre("..", "loop", "a.JSON"));
  const FolderListing listing = list_folder(f.path(), kJson);
  EXPECT_EQ(listing.entries.back().size, 1234u);
  EXPECT_TRUE(listing.entries[1].is_folder);
}

TEST(FolderListing, SaysWhyItCannotBeRead) {
  Folder f;
  f.touch("a.json");
  EXPECT_EQ(list_folder(f.path(), kJson).trouble, "");
  EXPECT_THAT(list_folder(f.path() / "gone", kJson).trouble,
              ::testing::StartsWith("This folder cannot be read: "));
  EXPECT_THAT(list_folder(f.path() / "a.json", kJson).trouble,
              ::testing::StartsWith("This folder cannot be read: "));
}

TEST(FolderListing, TypedPaths) {
  const Folder f;
  EXPECT_EQ(typed_path("/a/b", "c.json"), "/a/b/c.json");
  EXPECT_EQ(typed_path("/a/b", "../c/"), "/a/c");
  EXPECT_EQ(typed_path("/a/b", "/c/./d"), "/c/d");
  EXPECT_EQ(typed_path("/a/b", ""), "/a/b");
  EXPECT_EQ(typed_path("/a", ".."), "/");
  EXPECT_EQ(typed_path("/a", "~"), f.path());
  EXPECT_EQ(typed_path("/a", "~/b"), f.path() / "b");
  EXPECT_EQ(typed_path("/a", "~b"), "/a/~b");
}

TEST(FolderListing, CompletesWholeCharactersOnly) {
  Folder f;
  f.touch("wörter.json");
  f.touch("wäre.json");  // ö and ä begin with the same byte
  EXPECT_EQ(completed(f.path(), "w", kJson), "w");
  EXPECT_EQ(completed(f.path(), "wö", kJson), "wörter.json");
  EXPECT_EQ(completed("/", (f.path() / "wä").string(), kJson), (f.path() / "wäre.json").string());
  EXPECT_EQ(completed(f.path(), "x", kJson), "x");
  EXPECT_EQ(completed(f.path(), "gone/x", kJson), "gone/x");
}

TEST(FolderListing, SizesAndDates) {
  EXPECT_EQ(size_text(0), "0 B");
  EXPECT_EQ(size_text(999), "999 B");
  EXPECT_EQ(size_text(1000), "1.0 kB");
  EXPECT_EQ(size_text(9960), "10 kB");
  EXPECT_EQ(size_text(999'600), "1.0 MB");
  EXPECT_EQ(size_text(2'500'000'000), "2.5 GB");
  EXPECT_THAT(date_text(1'700'000'000), ::testing::MatchesRegex("2023-11-1[45] [0-9][0-9]:[0-9][0-9]"));
}

}  // namespace
}  // namespace qkv::shell
