#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "app/controls/no_clipboard.h"
#include "app/figures/prose_pages.h"
#include "app/workspaces/present/present.h"
#include "tests/app/support/layout_checks.h"
#include "tests/app/support/temp_folder.h"

// Words that are too many for the stage: every one of them can be read, on as many screens as that takes.
namespace qkv::workspaces {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;

drawing::TextEngine& engine() {
  static drawing::TextEngine shared;
  return shared;
}

std::string many_words(int count) {
  std::string text;
  for (int i = 1; i <= count; ++i) text += "word" + std::to_string(i) + (i % 40 == 0 ? ".\n\n" : i % 9 == 0 ? ", and *so* on with " : " ");
  return text;
}

struct Stage {
  drawing::Drawing show(documents::TalkSession& talk, drawing::Rect screen) {
    drawing::Drawing out;
    out.bounds = screen;
    drawing::Painter painter(out, engine(), drawing::built_in_theme(false));
    controls::Interaction nobody;
    controls::NoClipboard clipboard;
    controls::Ui ui{painter, nobody, clipboard};
    view.learn.studies = studies;
    present(ui, talk, view, screen, true);
    return out;
  }
  std::shared_ptr<documents::LearnStudies> studies = std::make_shared<documents::LearnStudies>();
  PresentView view;
};

/// Walks all its screens; what they say together.
std::string read_all(documents::TalkSession& talk, drawing::Rect screen, int& screens) {
  Stage stage;
  std::string all;
  screens = 0;
  const int step = talk.index();
  do {
    const drawing::Drawing shown = stage.show(talk, screen);
    EXPECT_THAT(support::clipped(shown), IsEmpty());
    EXPECT_THAT(support::overlaps(shown), IsEmpty());
    const float unit = std::min(screen.w / 1920, screen.h / 1080);
    for (const auto& t : support::texts(shown)) {
      EXPECT_GE(t.text->style.size, 28 * unit - 0.01f) << t.text->text;
      EXPECT_LE(t.text->box.bottom(), screen.h) << t.text->text;
    }
    if (stage.view.parts > 1) {
      EXPECT_TRUE(support::find_text(shown, std::to_string(screens + 1) + " of " + std::to_string(stage.view.parts)));
    }
    // Nothing of the step runs into the footer.
    for (const auto& t : support::texts(shown)) {
      if (t.text->text.find("word") == std::string::npos) continue;
      EXPECT_LE(t.text->box.bottom(), screen.h - 108 * unit) << t.text->text;
    }
    all += support::all_text(shown);
    ++screens;
    walk_talk(talk, stage.view, 1);
  } while (screens < 100 && talk.index() == step && stage.view.part == screens);
  return all;
}

constexpr drawing::Rect kScreens[] = {{0, 0, 1920, 1080}, {0, 0, 1280, 800}};

void expect_every_word(documents::TalkSession& talk, int count, int least_screens) {
  for (const drawing::Rect screen : kScreens) {
    SCOPED_TRACE(static_cast<int>(screen.w));
    int screens = 0;
    const std::string all = read_all(talk, screen, screens) + " ";
    EXPECT_GE(screens, least_screens);
    int missing = 0;
    for (int i = 1; i <= count; ++i) {
      const std::string word = "word" + std::to_string(i);
      bool there = false;
      for (std::size_t at = all.find(word); at != all.npos && !there; at = all.find(word, at + 1)) there = !std::isdigit(static_cast<unsigned char>(all[at + word.size()]));
      missing += there ? 0 : 1;
    }
    EXPECT_EQ(missing, 0);
  }
}

TEST(LongWords, OfATextStepAreAllRead) {
  documents::TalkSession talk(documents::talk_from("---\ntalk: t\n---\n\n# Long\n\n```step\n```\n\n" + many_words(2000), "talk.md"), {}, {});
  expect_every_word(talk, 2000, 5);
}

TEST(LongWords, OfAStageStepAreReadBeforeItsSlide) {
  const fs::path assets = fs::path(QKV_SOURCE_DIR) / "assets";
  documents::TalkSession talk(documents::talk_from("---\ntalk: t\n---\n\n# Long\n\n```step\nexperiment: it_dog\nstage: weights\n```\n\n" + many_words(600), "talk.md"), assets, {});
  expect_every_word(talk, 600, 3);
  Stage stage;
  (void)stage.show(talk, kScreens[0]);
  stage.view.part = stage.view.parts - 1;
  const auto slide = stage.show(talk, kScreens[0]);
  EXPECT_TRUE(std::ranges::any_of(slide.regions, [](const auto& region) { return region.id.starts_with("slide/0/"); })) << "the slide stands behind the words";
}

TEST(LongWords, OfALessonAreReadBeforeItsFigure) {
  const testing::TempFolder folder;
  std::ofstream(folder.path() / "99-long.md") << "---\nlesson: 99\ntitle: Long\noutcome: You read much.\n---\n\n# Words\n\n```step\nexperiment: cat_sat_down\nfigure: weights\nspotlight: weights[sat,*]\n```\n\n" << many_words(900);
  documents::Talk talk = documents::talk_of(documents::read_lessons({folder.path()}).lessons.at(0));
  documents::TalkSession session(talk, fs::path(QKV_SOURCE_DIR) / "assets", folder.path());
  expect_every_word(session, 900, 4);
  Stage stage;
  (void)stage.show(session, kScreens[0]);
  stage.view.part = stage.view.parts - 1;
  EXPECT_TRUE(support::find_text_with(stage.show(session, kScreens[0]), "sat")) << "the figure stands behind the words";
}

TEST(LongWords, OfTheLecturerAreReadBeforeALessonOrAModel) {
  const fs::path assets = fs::path(QKV_SOURCE_DIR) / "assets";
  for (const char* what : {"lesson: 5.2", "model: pronouns"}) {
    SCOPED_TRACE(what);
    documents::TalkSession talk(documents::talk_from("---\ntalk: t\n---\n\n# Long\n\n```step\n" + std::string(what) + "\n```\n\n" + many_words(600), "talk.md"), assets, {});
    talk.wait();
    expect_every_word(talk, 600, 3);
    Stage stage;
    (void)stage.show(talk, kScreens[0]);
    stage.view.part = stage.view.parts - 1;
    const auto last = stage.show(talk, kScreens[0]);
    EXPECT_TRUE(std::ranges::any_of(last.commands, [](const auto& command) { return std::holds_alternative<drawing::Heat>(command); })) << "what is shown stands behind the words";
  }
}

TEST(LongWords, BackLeadsToTheLastScreenOfTheStepBefore) {
  const std::string step = "\n# Long\n\n```step\n```\n\n" + many_words(700);
  documents::TalkSession talk(documents::talk_from("---\ntalk: t\n---\n" + step + step, "talk.md"), {}, {}, 1);
  Stage stage;
  (void)stage.show(talk, kScreens[0]);
  EXPECT_GT(stage.view.parts, 1);
  EXPECT_EQ(stage.view.part, 0);
  walk_talk(talk, stage.view, -1);
  EXPECT_EQ(talk.index(), 0);
  (void)stage.show(talk, kScreens[0]);
  EXPECT_EQ(stage.view.part, stage.view.parts - 1);
  walk_talk(talk, stage.view, 1);
  (void)stage.show(talk, kScreens[0]);
  EXPECT_EQ(talk.index(), 1);
  EXPECT_EQ(stage.view.part, 0);
}

TEST(LongWords, EveryKindOfBlockIsBroken) {
  std::string markdown = "# A heading\n\n1. " + many_words(300) + "\n\n```text\n";
  for (int i = 0; i < 90; ++i) markdown += "line " + std::to_string(i) + "\n";
  markdown += "```\n\n| a | b |\n|---|---|\n";
  for (int i = 0; i < 60; ++i) markdown += "| row" + std::to_string(i) + " | x |\n";
  markdown += "\n$$a = \\frac{b}{c}$$\n\n" + std::string(6000, 'm') + "\n";
  const prose::Text text = prose::parse(markdown, "t.md");
  drawing::Drawing out;
  out.bounds = {0, 0, 1000, 400};
  drawing::Painter painter(out, engine(), drawing::built_in_theme(false));
  const figures::ProseStyle style{.size = 28, .line_height = 1.4f, .live = {}};
  const auto pages = figures::prose_pages(painter, 1000, text, style, 400);
  std::string said;
  for (const prose::Text& page : pages) {
    EXPECT_LE(figures::prose_height(painter, 1000, page, style), 400);
    EXPECT_FALSE(page.empty());
    said += prose::plain(page);
  }
  for (int i = 0; i < 90; ++i) EXPECT_NE(said.find("line " + std::to_string(i)), said.npos) << i;
  for (int i = 0; i < 60; ++i) EXPECT_NE(said.find("row" + std::to_string(i)), said.npos) << i;
  EXPECT_EQ(std::ranges::count(said, 'm'), 6000);
}

}  // namespace
}  // namespace qkv::workspaces
