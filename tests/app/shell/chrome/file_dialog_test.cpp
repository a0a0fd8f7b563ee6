#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

#include "core/experiment/json.h"
#include "tests/app/shell/chrome/desk.h"
#include "tests/app/support/temp_folder.h"

namespace qkv::shell {
namespace {

namespace fs = std::filesystem;

struct Dialog : Desk {
  explicit Dialog(Rect screen = {0, 0, 1280, 800}) : Desk(screen) {
    fs::create_directories(root() / "inner" / "deep");
    touch("notes.txt");
    touch(".hidden.json");
    experiment::save(experiment::default_experiment(), root() / "alpha.json");
    experiment::save(experiment::default_experiment(), root() / "beta.json");
    session.export_file = [this](const fs::path& path) { exported = path; };
  }
  const fs::path& root() const { return folder.path(); }
  void touch(const std::string& name) const { std::ofstream(root() / name) << "x"; }
  void show(FilePurpose purpose, std::string name = "") {
    session.file_dialog = {.purpose = purpose, .folder = root(), .name = std::move(name), .extension = extension};
    controls::open_popup(session.in, "file");
    build();
    build();
  }
  void replace_name(const std::string& text) {
    key(Key::a, {.ctrl = true});
    type(text);
  }
  const std::string& name() const { return session.file_dialog.name; }
  std::vector<std::string> rows() const {
    std::vector<std::string> names;
    for (const drawing::Region& r : frame.regions) {
      if (r.id.starts_with("file/row/")) names.push_back(r.label);
    }
    return names;
  }

  testing::TempFolder folder;
  fs::path exported;
  std::string extension = ".png";  // of what is exported
};

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(FileDialog, ListsFoldersThenWhatThePurposeCanUse) {
  Dialog d;
  d.touch("picture.PNG");
  d.touch("matrix.npy");
  d.show(FilePurpose::open);
  EXPECT_THAT(d.rows(), ElementsAre("..", "inner", "alpha.json", "beta.json", "matrix.npy"));
  d.key(Key::escape);
  EXPECT_FALSE(d.open("file"));
  d.show(FilePurpose::save);
  EXPECT_THAT(d.rows(), ElementsAre("..", "inner", "alpha.json", "beta.json"));
  d.key(Key::escape);
  d.show(FilePurpose::export_file);
  EXPECT_THAT(d.rows(), ElementsAre("..", "inner", "picture.PNG"));
}

TEST(FileDialog, OpensByDoubleClickEnterAndTyping) {
  Dialog d;
  d.show(FilePurpose::open);
  d.click("file/row/2", 2);
  EXPECT_EQ(d.session.lab.path(), d.root() / "alpha.json");
  EXPECT_FALSE(d.open("file"));
  EXPECT_FALSE(d.session.in.editing());
  d.show(FilePurpose::open);
  d.key(Key::down);
  d.key(Key::end);  // moves the caret, not the highlight
  d.key(Key::page_down);
  d.key(Key::enter);
  EXPECT_EQ(d.session.lab.path(), d.root() / "beta.json");
  d.show(FilePurpose::open);
  d.type("al");
  EXPECT_EQ(d.session.file_dialog.highlighted, 2);
  d.key(Key::enter);
  EXPECT_EQ(d.session.lab.path(), d.root() / "alpha.json");
  d.show(FilePurpose::open);
  d.click("file/row/3");
  d.click("file/accept");
  EXPECT_EQ(d.session.lab.path(), d.root() / "beta.json");
}

TEST(FileDialog, WalksThroughFolders) {
  Dialog d;
  d.show(FilePurpose::open);
  d.click("file/row/1", 2);
  EXPECT_EQ(d.session.file_dialog.folder, d.root() / "inner");
  EXPECT_THAT(d.rows(), ElementsAre("..", "deep"));
  d.key(Key::down);
  d.key(Key::down);
  d.key(Key::enter);
  EXPECT_EQ(d.session.file_dialog.folder, d.root() / "inner" / "deep");
  d.key(Key::backspace);
  EXPECT_EQ(d.session.file_dialog.folder, d.root() / "inner");
  EXPECT_EQ(d.session.file_dialog.highlighted, 1);  // where one came from
  d.key(Key::up, {.alt = true});
  EXPECT_EQ(d.session.file_dialog.folder, d.root());
  d.type("inner/deep");
  d.key(Key::enter);
  EXPECT_EQ(d.session.file_dialog.folder, d.root() / "inner" / "deep");
  d.click("file/row/0", 2);
  EXPECT_EQ(d.session.file_dialog.folder, d.root() / "inner");
  EXPECT_EQ(d.name(), "");
}

TEST(FileDialog, ThePathLeadsBack) {
  Dialog d;
  d.show(FilePurpose::open);
  EXPECT_TRUE(d.shows(d.root().filename().string()));
  d.click("file/crumb/0");
  EXPECT_EQ(d.session.file_dialog.folder, "/");
  EXPECT_NE(d.rows().front(), "..");
}

TEST(FileDialog, PathsMayBeTyped) {
  Dialog d;
  d.show(FilePurpose::open);
  d.type((d.root() / "inner").string() + "/");
  d.key(Key::enter);
  EXPECT_EQ(d.session.file_dialog.folder, d.root() / "inner");
  d.type("../alpha");  // the extension goes without saying
  d.key(Key::enter);
  EXPECT_EQ(d.session.lab.path(), d.root() / "alpha.json");
  ::setenv("HOME", d.root().c_str(), 1);
  d.show(FilePurpose::open);
  d.type("~/inner");
  d.key(Key::enter);
  EXPECT_EQ(d.session.file_dialog.folder, d.root() / "inner");
}

TEST(FileDialog, TabCompletes) {
  Dialog d;
  d.touch("alphabet.json");
  d.show(FilePurpose::save);
  d.replace_name("al");
  d.key(Key::tab);
  EXPECT_EQ(d.name(), "alpha");
  d.type("b");
  d.key(Key::tab);
  EXPECT_EQ(d.name(), "alphabet.json");
  d.replace_name("in");
  d.key(Key::tab);
  d.key(Key::tab);
  EXPECT_EQ(d.name(), "inner/deep/");
  d.key(Key::tab);  // nothing to complete: on to the buttons
  EXPECT_FALSE(d.session.in.editing());
  d.key(Key::tab);
  d.key(Key::enter);
  EXPECT_FALSE(d.open("file"));
}

TEST(FileDialog, SavesWithTheMissingExtension) {
  Dialog d;
  d.show(FilePurpose::save, "experiment.json");
  d.replace_name("my words");
  d.key(Key::enter);
  EXPECT_TRUE(fs::exists(d.root() / "my words.json"));
  EXPECT_FALSE(d.open("file"));
  EXPECT_FALSE(d.session.lab.unsaved());
}

TEST(FileDialog, TypingReplacesTheSuggestedNameAndKeepsItsExtension) {
  Dialog d;
  d.show(FilePurpose::save, "experiment.json");
  d.type("mine");
  EXPECT_EQ(d.name(), "mine.json");
  d.click("file/row/2");
  EXPECT_EQ(d.name(), "alpha.json");
  d.type("gamma");
  EXPECT_EQ(d.name(), "gamma.json");
}

TEST(FileDialog, AsksBeforeReplacing) {
  Dialog d;
  d.touch("old.json");
  d.show(FilePurpose::save, "old");
  d.key(Key::enter);
  ASSERT_TRUE(d.open("message"));
  EXPECT_TRUE(d.shows_part("old.json"));
  d.key(Key::enter, {}, true);  // still held
  ASSERT_TRUE(d.open("message"));
  d.key(Key::escape);
  EXPECT_TRUE(d.open("file"));
  EXPECT_EQ(fs::file_size(d.root() / "old.json"), 1u);
  d.type("old");  // the keyboard is back in the field
  EXPECT_EQ(d.name(), "old");
  d.key(Key::enter);
  d.key(Key::enter);
  EXPECT_FALSE(d.open("message"));
  EXPECT_FALSE(d.open("file"));
  EXPECT_GT(fs::file_size(d.root() / "old.json"), 1u);
}

TEST(FileDialog, AFolderChosenKeepsTheNameToSave) {
  Dialog d;
  d.show(FilePurpose::save, "keep.json");
  d.click("file/row/1", 2);
  EXPECT_EQ(d.name(), "keep.json");
  d.key(Key::enter);
  EXPECT_TRUE(fs::exists(d.root() / "inner" / "keep.json"));
}

TEST(FileDialog, OnTheWayOutEnterSavesHere) {
  Dialog d;
  d.show(FilePurpose::save, "out.json");
  d.click("file/row/1", 2);
  d.click("file/row/0", 2);
  d.key(Key::enter);
  EXPECT_TRUE(fs::exists(d.root() / "out.json"));
}

TEST(FileDialog, BackspaceHeldDownStopsAtTheEmptyName) {
  Dialog d;
  d.show(FilePurpose::open);
  d.type("q");
  d.key(Key::backspace);
  d.key(Key::backspace, {}, true);
  EXPECT_EQ(d.session.file_dialog.folder, d.root());
  d.key(Key::backspace);
  EXPECT_EQ(d.session.file_dialog.folder, d.root().parent_path());
}

TEST(FileDialog, AnExportHasTheExtensionOfItsFormat) {
  Dialog d;
  d.session.exporting.format[0] = 2;
  open_file_dialog(d.session, FilePurpose::export_file);
  EXPECT_EQ(d.name(), "lab.pdf");
  d.key(Key::escape);
  d.extension = ".pdf";
  d.show(FilePurpose::export_file, "lab.pdf");
  d.key(Key::enter);
  EXPECT_EQ(d.exported, d.root() / "lab.pdf");
  d.show(FilePurpose::export_file, "lab.pdf");
  d.replace_name("fig.2");
  d.key(Key::enter);
  EXPECT_EQ(d.exported, d.root() / "fig.2.pdf");
}

TEST(FileDialog, SaysWhatIsWrong) {
  Dialog d;
  d.show(FilePurpose::open);
  d.type("zebra");
  d.key(Key::enter);
  EXPECT_TRUE(d.shows("There is no file 'zebra'."));
  d.type("s");
  EXPECT_FALSE(d.shows_part("There is no file"));
  d.key(Key::escape);
  d.show(FilePurpose::save, "nowhere/a.json");
  d.key(Key::enter);
  EXPECT_TRUE(d.shows_part("There is no folder"));
  EXPECT_TRUE(d.open("file"));
  d.key(Key::escape);
  fs::create_directory(d.root() / "shut.json");
  d.show(FilePurpose::save, "shut");
  d.key(Key::enter);
  EXPECT_TRUE(d.shows("'shut.json' is a folder."));
}

TEST(FileDialog, SaysWhenAFolderCannotBeRead) {
  Dialog d;
  d.show(FilePurpose::open);
  fs::remove_all(d.root() / "inner");
  d.session.file_dialog.listing = {};
  d.session.file_dialog.folder = d.root() / "inner";
  d.build();
  EXPECT_TRUE(d.shows_part("This folder cannot be read: "));
  d.click("file/row/0", 2);  // '..' still leads out
  EXPECT_EQ(d.session.file_dialog.folder, d.root());
  EXPECT_FALSE(d.shows_part("cannot be read"));
}

TEST(FileDialog, ManyFilesAreDrawnOnlyWhereTheyShow) {
  Dialog d;
  for (int i = 0; i < 5000; ++i) d.touch("file" + std::to_string(10000 + i) + ".json");
  d.show(FilePurpose::open);
  EXPECT_EQ(d.session.file_dialog.listing.entries.size(), 5004u);
  EXPECT_LT(d.rows().size(), 40u);
  EXPECT_LT(d.frame.commands.size(), 300u);
  d.scroll(d.region("file/row/3").rect.center(), -10000);
  EXPECT_EQ(d.rows().back(), "file14999.json");
  d.replace_name("file12345");
  EXPECT_THAT(d.rows(), ::testing::Contains("file12345.json"));
  d.key(Key::down);
  EXPECT_EQ(d.name(), "file12346.json");
  EXPECT_THAT(support::overlaps(d.frame), IsEmpty());
}

TEST(FileDialog, BearsEveryName) {
  Dialog d;
  const std::string broken = "bro\xffken.json", lines = "two\nlines.json";
  for (const std::string& name :
       {broken, lines, std::string(200, 'w') + ".json", std::string("注意🙂.json")}) {
    experiment::save(experiment::default_experiment(), d.root() / name);
  }
  d.show(FilePurpose::open);
  EXPECT_THAT(d.rows(), ::testing::Contains("two lines.json"));
  for (std::size_t i = 0; i < d.session.file_dialog.listing.entries.size(); ++i) {
    if (d.session.file_dialog.listing.entries[i].name != broken) continue;
    d.click("file/row/" + std::to_string(i), 2);  // opened by what the file system calls it
    break;
  }
  EXPECT_EQ(d.session.lab.path(), d.root() / broken);
}

TEST(FileDialog, NothingOverlapsOrIsCut) {
  for (const Rect& screen : kScreens) {
    for (const FilePurpose purpose : {FilePurpose::open, FilePurpose::save, FilePurpose::export_file}) {
      Dialog d(screen);
      const std::string part(60, 'w');
      fs::create_directories(d.root() / part / part / part / part);
      d.touch(part + part + ".json");
      d.show(purpose, "experiment");
      for (int level = 0; level < 5; ++level) {
        EXPECT_THAT(support::overlaps(d.frame), IsEmpty());
        EXPECT_THAT(support::clipped(d.frame), IsEmpty());
        const Rect panel = d.region("file/panel").rect;
        EXPECT_EQ(panel.intersection(screen), panel);
        for (const drawing::Region& r : d.frame.regions) {
          EXPECT_TRUE(r.id == "file" || r.rect.intersection(panel) == r.rect) << r.id;
        }
        const auto rows = d.rows();
        for (std::size_t i = 0; i < rows.size(); ++i) {
          if (rows[i] == part) d.click("file/row/" + std::to_string(i), 2);
        }
      }
    }
  }
}

}  // namespace
}  // namespace qkv::shell
