#include <gmock/gmock.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "app/documents/autosave.h"
#include "core/experiment/json.h"
#include "tests/app/shell/screen_checks.h"

// Files: save, open, drop, export, quit with unsaved changes, and what is left when the program is killed.
namespace qkv::shell {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

struct DriverFiles : ::testing::Test {
  void edit() {
    d.click(Cell{Stage::w_q, 0, 0, 1, 1});
    d.key(Key::plus);
  }
  void answer(const std::string& path) {
    ASSERT_TRUE(d.has("file/name"));
    d.retype(path);
    d.key(Key::enter);
  }
  fs::path write(const std::string& name, const std::string& bytes) {
    std::ofstream(folder.path() / name, std::ios::binary) << bytes;
    return folder.path() / name;
  }

  const testing::TempFolder folder;
  Driver d{{.state_dir = folder.path() / "state", .settings_dir = folder.path() / "settings"}};
  const experiment::Experiment start = d.experiment();
};

TEST_F(DriverFiles, SaveAsksOnceForAPlaceAndOpenBringsItBack) {
  edit();
  const auto edited = d.experiment();
  const fs::path file = folder.path() / "mine.json";
  EXPECT_TRUE(d.lab().unsaved());
  d.key(Key::s, kCtrl);
  answer(file.string());
  EXPECT_FALSE(d.lab().unsaved());
  EXPECT_TRUE(experiment::same(experiment::load(file), edited));
  edit();
  d.key(Key::s, kCtrl);  // its place is known now
  EXPECT_FALSE(d.has("file/name"));
  EXPECT_TRUE(experiment::same(experiment::load(file), d.experiment()));
  const auto saved = d.experiment();

  d.key(Key::n, kCtrl);
  EXPECT_TRUE(experiment::same(d.experiment(), start));
  d.key(Key::o, kCtrl);
  answer(file.string());
  EXPECT_TRUE(experiment::same(d.experiment(), saved));
  EXPECT_THAT(numbers_unlike_core(d), ::testing::IsEmpty());
  EXPECT_THAT(d.app.title(), HasSubstr("mine.json"));
}

TEST_F(DriverFiles, SaveAsAsksBeforeItReplaces) {
  const fs::path file = write("there.json", "precious");
  d.key(Key::s, kCtrlShift);
  answer(file.string());
  EXPECT_TRUE(d.shows("Replace the file?"));
  d.click("message/1");
  EXPECT_EQ(fs::file_size(file), 8u);
  d.key(Key::escape);
  d.key(Key::s, kCtrlShift);
  answer(file.string());
  d.click("message/0");
  EXPECT_TRUE(experiment::same(experiment::load(file), start));
}

TEST_F(DriverFiles, AShippedExperimentIsNotWrittenOver) {
  const fs::path assets = folder.path() / "assets";
  fs::copy(fs::path(QKV_SOURCE_DIR) / "assets", assets, fs::copy_options::recursive);
  Driver other({.assets_dir = assets});
  const fs::path shipped = assets / "experiments" / "cat_sat_down.json";
  const auto size = fs::file_size(shipped);
  other.app.open(shipped);
  other.click(Cell{Stage::w_q, 0, 0, 1, 1});
  other.key(Key::plus);
  other.key(Key::s, kCtrl);
  EXPECT_TRUE(other.has("file/name")) << "it asks where";
  EXPECT_EQ(fs::file_size(shipped), size);
}

TEST_F(DriverFiles, ADamagedFileIsRefusedInOneSentenceAndNothingIsLost) {
  edit();
  const auto edited = d.experiment();
  const std::string good = experiment::to_json(start);
  for (const auto& [name, bytes] :
       {std::pair<std::string, std::string>{"half.json", good.substr(0, good.size() / 2)},
        {"empty.json", ""},
        {"noise.npz", "PK\3\4"},
        {"ragged.csv", "1,2\n3\n"},
        {"what.txt", "hello"}}) {
    d.app.open(write(name, bytes));
    EXPECT_TRUE(d.shows("This file could not be opened")) << name;
    EXPECT_TRUE(d.shows_with(name)) << support::all_text(d.frame());
    d.key(Key::enter);
    EXPECT_FALSE(d.session().message) << name;
  }
  d.app.open(folder.path() / "missing.json");
  EXPECT_TRUE(d.shows("This file could not be opened"));
  d.key(Key::escape);
  EXPECT_TRUE(experiment::same(d.experiment(), edited));
}

TEST_F(DriverFiles, ADroppedFileOpensAfterAskingForUnsavedChanges) {
  const fs::path red = fs::path(QKV_SOURCE_DIR) / "assets" / "experiments" / "red_ball.json";
  d.send(controls::DropFiles{{red.string()}});
  EXPECT_TRUE(experiment::same(d.experiment(), experiment::load(red)));
  edit();
  const auto edited = d.experiment();
  d.send(controls::DropFiles{{red.string()}});
  ASSERT_TRUE(d.shows("Save the changes?"));
  d.click("message/2");
  EXPECT_TRUE(experiment::same(d.experiment(), edited));
  d.send(controls::DropFiles{{red.string()}});
  d.click("message/1");
  EXPECT_TRUE(experiment::same(d.experiment(), experiment::load(red)));
  d.send(controls::DropFiles{});
}

TEST_F(DriverFiles, WhatIsTypedWhileAFileIsDroppedIsTakenAndShown) {
  d.key(Key::l, kCtrl);
  d.retype("Alone");
  d.send(controls::DropFiles{{(fs::path(QKV_SOURCE_DIR) / "assets" / "experiments" / "red_ball.json").string()}});
  ASSERT_TRUE(d.shows("Save the changes?"));
  EXPECT_EQ(d.experiment().tokens.size(), 1u);
  EXPECT_LT(d.view().query, 1);
  EXPECT_EQ(d.region("stage/weights").rows, 1);
}

TEST_F(DriverFiles, AnImportShowsItsOwnMatrices) {
  d.app.open(write("x.csv", "1,2,3\n4,5,6\n"));
  EXPECT_FALSE(d.session().message) << d.session().message->text;
  EXPECT_EQ(d.lab().trace()->n(), 2);
  EXPECT_THAT(numbers_unlike_core(d), ::testing::IsEmpty());
}

TEST_F(DriverFiles, EveryShippedExperimentOpensSoundly) {
  for (const auto& shipped : shipped_experiments(d.session())) {
    d.app.open(shipped.path);
    EXPECT_FALSE(d.session().message) << shipped.title;
    EXPECT_THAT(numbers_unlike_core(d), ::testing::IsEmpty()) << shipped.title;
    EXPECT_THAT(support::overlaps(d.frame()), ::testing::IsEmpty()) << shipped.title;
    EXPECT_THAT(texts_cut(d), ::testing::IsEmpty()) << shipped.title;
  }
}

TEST_F(DriverFiles, AFolderThatCannotBeWrittenToIsSaid) {
  edit();
  d.key(Key::s, kCtrl);
  answer((folder.path() / "nowhere" / "x.json").string());
  EXPECT_TRUE(d.shows_with("There is no folder")) << support::all_text(d.frame());
  d.key(Key::escape);
  EXPECT_TRUE(d.lab().unsaved());
}

TEST_F(DriverFiles, QuittingAsksOnlyForUnsavedChanges) {
  edit();
  d.app.request_quit();
  EXPECT_FALSE(d.app.quit_requested());
  ASSERT_TRUE(d.shows("Save the changes?"));
  d.click("message/2");
  EXPECT_FALSE(d.app.quit_requested());
  d.key(Key::q, kCtrl);
  d.click("message/0");
  answer((folder.path() / "kept.json").string());
  EXPECT_TRUE(fs::exists(folder.path() / "kept.json"));
  EXPECT_TRUE(d.app.quit_requested()) << "saved, as was asked before quitting";
}

TEST_F(DriverFiles, QuittingWithNothingToLoseQuits) {
  d.app.request_quit();
  EXPECT_TRUE(d.app.quit_requested());
  Driver other;
  other.click(Cell{Stage::w_q, 0, 0, 1, 1});
  other.key(Key::plus);
  other.app.request_quit();
  other.click("message/1");
  EXPECT_TRUE(other.app.quit_requested());
}

TEST_F(DriverFiles, WhatAKillLeavesIsOfferedAtTheNextStart) {
  edit();
  const auto edited = d.experiment();
  const fs::path left = folder.path() / "left";
  const auto kept = [&] {
    fs::remove_all(left);
    fs::create_directories(left);
    for (const auto& entry : fs::directory_iterator(folder.path() / "state"))
      if (entry.path().extension() == ".json") fs::copy(entry.path(), left);  // what a kill would leave
    const auto lost = documents::Autosave(left).find_lost();
    return !lost.empty() && experiment::same(lost.front().experiment, edited);
  };
  for (int i = 0; i < 500 && !kept(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));

  Driver next({.state_dir = left});
  ASSERT_TRUE(next.shows("Restore your work?"));
  EXPECT_TRUE(experiment::same(next.experiment(), start));
  next.click("message/0");
  EXPECT_TRUE(experiment::same(next.experiment(), edited));
  EXPECT_TRUE(next.lab().unsaved());
  EXPECT_THAT(numbers_unlike_core(next), ::testing::IsEmpty());
}

TEST_F(DriverFiles, ALargeOneIsComputedWhileTheWindowGoesOn) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "word" + std::to_string(i) + " ";
  auto e = experiment::with_sentence(experiment::default_experiment(), text);
  e = experiment::with_heads(experiment::with_d_v(experiment::with_d_k(std::move(e), 64), 64), 0, 8);
  e.title = "Large";
  const fs::path path = folder.path() / "large.json";
  experiment::save(e, path);
  d.app.open(path);
  EXPECT_EQ(d.lab().path(), path);
  const bool waits = d.session().opening.has_value();
  EXPECT_TRUE(!waits || d.shows_with("Opening large.json")) << "and the old picture stays";
  EXPECT_TRUE(d.has("stage/weights"));
  d.settle();
  EXPECT_FALSE(d.session().opening);
  EXPECT_TRUE(d.shows_with("Opened large.json"));
  EXPECT_EQ(d.region("stage/weights").rows, 500);
}

}  // namespace
}  // namespace qkv::shell
