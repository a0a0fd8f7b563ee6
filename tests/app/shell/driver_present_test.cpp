#include <gmock/gmock.h>

#include <fstream>

#include "app/workspaces/present/present.h"
#include "tests/app/shell/driver.h"

// A talk as it is given: from any workspace, with a clicker, a mouse and a pen; saved and opened again.
namespace qkv::shell {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;

struct DriverPresent : ::testing::Test {
  DriverPresent() { d.resize(1920, 1080); }
  documents::TalkSession& talk() { return *d.session().talk; }
  workspaces::PresentView& seen() { return d.session().present_view; }
  bool presents() { return d.session().workspace == Workspace::present; }
  void start() {
    d.key(Key::f5);
    ASSERT_TRUE(presents());
    d.frame();
  }
  /// Rows have come to rest.
  void rest() { d.wait(1); d.frame(); }
  void show(attention::Stage stage) {
    for (int i = 0; i < talk().count(); ++i)
      if (talk().talk().steps[static_cast<std::size_t>(i)].stage->stage == stage) {
        d.key(Key::home);
        for (int k = 0; k < i; ++k) d.key(Key::right);
      }
    rest();
  }
  Driver d;
};

TEST_F(DriverPresent, F5ShowsWhatIsOpenAndEscLeadsBack) {
  start();
  EXPECT_TRUE(d.app.wants_full_screen());
  EXPECT_EQ(talk().count(), 8);
  EXPECT_TRUE(d.shows("1 / 8"));
  EXPECT_FALSE(d.has("menu-button")) << "the chrome is gone";
  d.key(Key::escape);
  EXPECT_EQ(d.session().workspace, Workspace::lab);
  EXPECT_FALSE(d.app.wants_full_screen());
}

TEST_F(DriverPresent, FromLearnItIsTheLessonAtItsStep) {
  shell::go_to(d.session(), Workspace::learn);
  d.session().learn->go_to(3, 1);
  start();
  ASSERT_TRUE(talk().lessons());
  EXPECT_EQ(talk().index(), 1);
  EXPECT_EQ(talk().lessons()->lesson().number, 4);
  d.key(Key::space);
  EXPECT_TRUE(seen().revealed);
  d.key(Key::escape);
  EXPECT_EQ(d.session().workspace, Workspace::learn);
}

TEST_F(DriverPresent, FromAModelItIsTheHeadThatIsShown) {
  shell::go_to(d.session(), Workspace::model);
  d.session().model.wait();
  d.wait(0.01);
  d.frame();
  start();
  ASSERT_TRUE(talk().document());
  EXPECT_EQ(talk().document()->experiment().tokens.size(), d.session().model.run()->tokens.readable.size());
  d.key(Key::escape);
  EXPECT_EQ(d.session().workspace, Workspace::model);
}

TEST_F(DriverPresent, AClickerStepsAndStopsAtTheEnds) {
  start();
  d.key(Key::left);
  EXPECT_EQ(talk().index(), 0);
  d.key(Key::page_down);
  d.key(Key::right);
  EXPECT_EQ(talk().index(), 2);
  d.key(Key::page_up);
  EXPECT_EQ(talk().index(), 1);
  d.key(Key::end);
  EXPECT_EQ(talk().index(), 7);
  d.key(Key::right);
  EXPECT_EQ(talk().index(), 7);
  d.key(Key::home);
  EXPECT_EQ(talk().index(), 0);
  rest();
  d.click("present/strip/weights");
  EXPECT_EQ(talk().step().stage->stage, Stage::weights);
}

TEST_F(DriverPresent, SpaceRevealsAndTheNextStepHidesAgain) {
  start();
  show(Stage::weights);
  EXPECT_TRUE(d.shows("?"));
  d.key(Key::space);
  EXPECT_FALSE(d.shows("?"));
  d.key(Key::left);
  d.key(Key::right);
  EXPECT_FALSE(seen().revealed);
}

TEST_F(DriverPresent, BBlanksAndSIsASpotlight) {
  start();
  d.key(Key::b);
  const auto& last = d.frame().commands.back();
  const auto* black = std::get_if<drawing::FillRect>(&last);
  ASSERT_TRUE(black);
  EXPECT_EQ(black->color, (drawing::Color{0, 0, 0, 255}));
  EXPECT_EQ(black->rect.w, 1920);
  d.key(Key::b);
  const auto times_dark = [&](drawing::Point at) {
    return std::ranges::count_if(d.frame().commands, [&](const auto& c) {
      const auto* fill = std::get_if<drawing::FillRect>(&c);
      return fill && fill->color.a == 150 && fill->rect.contains(at);
    });
  };
  d.move({900, 500});
  EXPECT_EQ(times_dark({900, 500}), 0);
  EXPECT_EQ(times_dark({100, 500}), 0);
  d.key(Key::s);
  EXPECT_EQ(times_dark({900, 500}), 0);
  for (const drawing::Point at : {drawing::Point{100, 500}, {900, 100}, {900, 1000}, {1800, 40}, {1090.5f, 499.5f}, {780.5f, 660.5f}})
    EXPECT_EQ(times_dark(at), 1) << at.x << " " << at.y;
  EXPECT_EQ(times_dark({780.5f, 560.5f}), 0);
}

TEST_F(DriverPresent, APenMarkVanishesWithItsStep) {
  start();
  d.key(Key::p);
  d.drag({400, 400}, {200, 80});
  ASSERT_EQ(seen().strokes.size(), 1u);
  EXPECT_GE(seen().strokes[0].size(), 4u);
  d.key(Key::right);
  d.frame();
  EXPECT_THAT(seen().strokes, IsEmpty());
  d.drag({400, 400}, {200, 80});
  EXPECT_EQ(seen().strokes.size(), 1u);
  d.key(Key::e);
  EXPECT_THAT(seen().strokes, IsEmpty());
}

/// The region of a number of this row and column on the slide that is shown.
std::string region_of(Driver& d, int table, int row, int column) {
  const std::string id = "slide/" + std::to_string(table) + "/" + std::to_string(row) + "/" + std::to_string(column);
  EXPECT_TRUE(d.has(id)) << id;
  return id;
}

TEST_F(DriverPresent, ADraggedNumberChangesWhatFollowsAndIsTakenBack) {
  start();
  const auto weight = [&] { return attention::value(*talk().document()->trace(), {Stage::weights, 0, 0, talk().query(), talk().key()}); };
  show(Stage::scores);
  d.key(Key::space);
  rest();
  const float before = weight();
  d.drag(d.center(region_of(d, 0, 1, 0)), {0, -60});
  EXPECT_NE(weight(), before);
  EXPECT_TRUE(talk().document()->can_undo());
  const float changed = weight();
  d.key(Key::right);
  d.key(Key::right);
  d.key(Key::space);
  rest();
  EXPECT_TRUE(d.shows(figures::number(changed, 2))) << changed;
  d.key(Key::z, kCtrl);
  EXPECT_EQ(weight(), before);
  EXPECT_FALSE(talk().document()->can_undo()) << "a drag is one step";
  EXPECT_EQ(d.lab().experiment().edits.size(), experiment::default_experiment().edits.size()) << "the Lab is as it was";
}

TEST_F(DriverPresent, SavedAndOpenedItIsTheSameTalk) {
  const qkv::testing::TempFolder folder;
  start();
  show(Stage::scores);
  d.drag(d.center(region_of(d, 0, 1, 0)), {0, -60});
  d.key(Key::s, kCtrl);
  ASSERT_FALSE(d.session().in.popups.empty());
  EXPECT_EQ(d.session().file_dialog.purpose, FilePurpose::save_talk);
  use_file(d.session(), FilePurpose::save_talk, folder.path() / "talk.md");
  Driver other;
  other.app.open(folder.path() / "talk.md");
  ASSERT_TRUE(other.session().talk);
  ASSERT_EQ(other.session().talk->count(), talk().count());
  EXPECT_TRUE(experiment::same(other.session().talk->document()->experiment(), talk().document()->experiment()));
}

TEST_F(DriverPresent, AStepThatCannotBeShownSaysSo) {
  const qkv::testing::TempFolder folder;
  std::ofstream(folder.path() / "talk.md") << "---\ntalk: T\n---\n# one\n```step\n```\n\n# two\n```step\nmodel: gone\n```\n";
  d.app.open(folder.path() / "talk.md");
  d.key(Key::right);
  EXPECT_EQ(talk().index(), 0);
  EXPECT_TRUE(d.shows_with("'gone'"));
  EXPECT_THAT(support::clipped(d.frame()), IsEmpty());
}

TEST_F(DriverPresent, NotesTellWhatToSayAndWhatComesNext) {
  d.app.open(fs::path(QKV_SOURCE_DIR) / "assets" / "talks" / "attention.md");
  ASSERT_TRUE(d.session().talk);
  EXPECT_FALSE(d.app.notes_wanted());
  d.key(Key::n);
  EXPECT_TRUE(d.app.notes_wanted());
  for (int i = 0; i < talk().count(); ++i) {
    SCOPED_TRACE(i);
    d.frame();
    const auto notes = d.app.notes(1100, 640);
    EXPECT_THAT(support::clipped(notes), IsEmpty());
    EXPECT_THAT(support::overlaps(notes), IsEmpty());
    EXPECT_TRUE(support::find_text(notes, "Step " + std::to_string(i + 1) + " of " + std::to_string(talk().count())));
    EXPECT_EQ(talk().index(), i) << "looking ahead moves nothing";
    d.key(Key::right);
    talk().wait();
  }
  d.key(Key::escape);
  EXPECT_FALSE(d.app.notes_wanted());
}

TEST_F(DriverPresent, TheExampleTalkShowsEveryStep) {
  d.app.open(fs::path(QKV_SOURCE_DIR) / "assets" / "talks" / "attention.md");
  ASSERT_TRUE(d.session().talk);
  for (int i = 0; i < talk().count(); ++i) {
    SCOPED_TRACE(i);
    talk().wait();
    d.wait(1);
    d.frame();
    EXPECT_EQ(talk().index(), i);
    EXPECT_TRUE(seen().notice.empty()) << seen().notice;
    d.key(Key::space);
    d.wait(1);
    EXPECT_THAT(support::overlaps(d.frame()), IsEmpty());
    EXPECT_THAT(support::clipped(d.frame()), IsEmpty());
    d.key(Key::right);
  }
}

}  // namespace
}  // namespace qkv::shell
