#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "app/drawing/players.h"
#include "app/shell/export_sweep.h"
#include "app/workspaces/lab/commands.h"
#include "core/files/tensors.h"
#include "tests/app/shell/screen_checks.h"

// The export panel: what is taken along, in every form, and what is said when it cannot be.
namespace qkv::shell {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct DriverExport : ::testing::Test {
  /// Opens the panel and chooses a kind and a format by their place.
  void choose(ExportKind kind, int format = 0) {
    d.key(Key::e, kCtrl);
    ASSERT_TRUE(d.has("export/kind"));
    d.click("export/kind/" + std::to_string(static_cast<int>(kind)));
    if (d.has("export/format")) d.click("export/format/" + std::to_string(format));
  }
  /// Saves under a name in the folder and waits until it is written.
  fs::path save(const std::string& name) {
    d.click("export/save");
    EXPECT_TRUE(d.has("file/name")) << support::all_text(d.frame());
    d.retype((folder.path() / name).string());
    d.key(Key::enter);
    finish();
    return folder.path() / name;
  }
  void finish() {
    d.app.session().export_job.wait();
    d.wait(0.01);
  }
  static std::string bytes(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const testing::TempFolder folder;
  Driver d{{.state_dir = folder.path() / "state", .settings_dir = folder.path() / "settings"}};
};

TEST_F(DriverExport, APictureInEveryFormat) {
  int format = 0;
  for (const auto& [name, begins] : {std::pair{"lab.png", "\x89PNG"}, {"lab.svg", "<"}, {"lab.pdf", "%PDF"}}) {
    choose(ExportKind::picture, format++);
    const std::string written = bytes(save(name));
    EXPECT_GT(written.size(), 2000u) << name;
    EXPECT_THAT(written, StartsWith(begins)) << name;
    EXPECT_THAT(d.app.session().view.notice, HasSubstr(name));
  }
}

TEST_F(DriverExport, TheSvgOfTheWindowSaysWhatTheWindowSays) {
  const std::string shown = drawing::to_svg(d.frame(), Driver::engine(), d.app.theme());
  choose(ExportKind::picture, 1);
  EXPECT_EQ(bytes(save("lab.svg")), shown);
}

TEST_F(DriverExport, OneFigureInTheOtherThemeWithoutAGround) {
  const drawing::Theme dark = drawing::built_in_theme(true);
  choose(ExportKind::picture, 1);
  d.click("export/figures/button");
  for (int i = 0; i < 3; ++i) d.key(Key::down);  // the window, the pipeline, the formula
  d.key(Key::enter);
  EXPECT_EQ(d.app.session().exporting.figure, "formula");
  d.click("export/theme/2");
  d.click("export/background/1");
  const std::string svg = bytes(save("formula.svg"));
  EXPECT_FALSE(d.app.session().settings.dark) << "the screen stays as it was";
  EXPECT_THAT(svg, HasSubstr("softmax"));
  d.app.session().settings.dark = true;
  const drawing::Drawing figure = d.app.figure("formula");
  EXPECT_EQ(svg, drawing::to_svg(figure, Driver::engine(), dark, drawing::Ground::none));
}

TEST_F(DriverExport, TheDerivationIsCopiedInEveryForm) {
  d.click(Cell{Stage::weights, 0, 0, 2, 1});
  for (const auto& [format, says] : {std::pair{0, "\\begin{align*}"}, {1, "1. **A"}, {2, "A[sat, cat] = exp("}}) {
    choose(ExportKind::derivation, format);
    EXPECT_TRUE(d.shows_with("A[sat, cat] = 0.80")) << support::all_text(d.frame());
    d.click("export/copy");
    EXPECT_THAT(d.clipboard.text, HasSubstr(says));
    EXPECT_FALSE(d.has("export/kind"));
  }
}

TEST_F(DriverExport, TheMatrixIsCopiedAndSaved) {
  d.click(Cell{Stage::k, 0, 0, 0, 0});
  choose(ExportKind::matrix, 1);
  d.click("export/copy");
  EXPECT_THAT(d.clipboard.text, StartsWith("0.5,-0.75,"));
  choose(ExportKind::matrix, 3);
  EXPECT_FALSE(d.has("export/copy"));
  const auto read = files::read_npy(save("k.npy")).tensors.at("k").matrix("k");
  EXPECT_TRUE((read.array() == d.lab().trace()->layers[0].heads[0].k.array()).all());
}

TEST_F(DriverExport, ScriptAndCapture) {
  choose(ExportKind::script, 1);
  EXPECT_THAT(bytes(save("cat.py")), HasSubstr("import torch"));
  choose(ExportKind::capture);
  EXPECT_TRUE(files::read_safetensors(save("cat.safetensors")).tensors.contains("blocks.0.pattern"));
}

TEST_F(DriverExport, ASweepAsNumberedPictures) {
  d.resize(900, 600);
  choose(ExportKind::sweep);
  d.double_click(d.center("export/to"));
  d.retype("3");
  d.key(Key::enter);
  EXPECT_TRUE(d.shows("3 frames")) << support::all_text(d.frame());
  d.click("export/save");
  d.retype((folder.path() / "f-%02d.png").string());
  d.key(Key::enter);
  finish();
  for (const char* name : {"f-01.png", "f-02.png", "f-03.png"}) EXPECT_THAT(bytes(folder.path() / name), StartsWith("\x89PNG")) << name;
  EXPECT_FALSE(fs::exists(folder.path() / "f-04.png"));
  EXPECT_NE(bytes(folder.path() / "f-01.png"), bytes(folder.path() / "f-03.png"));
}

TEST_F(DriverExport, ATalkAsPagesAndAsPictures) {
  d.key(Key::f5);
  const float before = attention::value(*d.session().talk->document()->trace(), {Stage::x, 0, 0, 0, 0});
  workspaces::set_value(*d.session().talk->document(), {Stage::embedding, 0, 0, 0, 0}, before + 7.25f);
  choose(ExportKind::talk, 0);
  EXPECT_TRUE(d.shows_with(", 8 steps")) << support::all_text(d.frame());
  EXPECT_THAT(bytes(save("talk.pdf")), StartsWith("%PDF"));
  EXPECT_THAT(d.session().present_view.notice, HasSubstr("talk.pdf"));
  choose(ExportKind::talk, 1);
  save("talk.png");
  for (int i = 1; i <= 8; ++i) EXPECT_THAT(bytes(folder.path() / ("talk-000" + std::to_string(i) + ".png")), StartsWith("\x89PNG")) << i;
  EXPECT_FALSE(fs::exists(folder.path() / "talk-0009.png"));
  EXPECT_EQ(d.session().talk->index(), 0) << "the room sees nothing of it";
  d.key(Key::escape);
  choose(ExportKind::talk, 1);
  save("lab-%d.png");
  EXPECT_NE(bytes(folder.path() / "lab-1.png"), bytes(folder.path() / "talk-0001.png")) << "the talk has the numbers as they were changed";
}

TEST_F(DriverExport, ATalkThatIsCancelledOrCannotBeWrittenLeavesNothing) {
  d.key(Key::f5);
  choose(ExportKind::talk, 1);
  d.click("export/save");
  d.retype((folder.path() / "t-%d.png").string());
  d.key(Key::enter);
  d.frame();
  ASSERT_TRUE(d.session().export_job.busy());
  ASSERT_TRUE(d.has("export/stop"));
  d.click("export/stop");
  finish();
  EXPECT_FALSE(fs::exists(folder.path() / "t-1.png"));
  EXPECT_THAT(d.session().present_view.notice, HasSubstr("cancelled"));
  choose(ExportKind::talk, 0);
  d.click("export/save");
  d.retype("/proc/talk.pdf");
  d.key(Key::enter);
  finish();
  EXPECT_TRUE(d.shows_with("could not be exported")) << support::all_text(d.frame());
}

TEST_F(DriverExport, WithoutFfmpegTheVideoSaysHowToGetIt) {
  const std::string path = getenv("PATH");
  for (const auto& [kind, format] : {std::pair{ExportKind::sweep, 1}, {ExportKind::talk, 2}}) {
    setenv("PATH", "/nowhere", 1);
    choose(kind, format);
    setenv("PATH", path.c_str(), 1);
    EXPECT_TRUE(d.shows_with("apt install ffmpeg")) << support::all_text(d.frame());
    d.click("export/save");
    EXPECT_FALSE(d.has("file/name"));
    d.key(Key::escape);
  }
}

TEST_F(DriverExport, WhatCannotBeWrittenIsSaid) {
  choose(ExportKind::picture);
  d.click("export/save");
  d.retype("/proc/lab.png");  // a folder where no file can be made
  d.key(Key::enter);
  finish();
  EXPECT_TRUE(d.shows_with("could not be exported")) << support::all_text(d.frame());
}

TEST_F(DriverExport, ThePanelFitsEveryWindow) {
  for (const auto& [w, h] : {std::pair{853.f, 533.f}, {1280.f, 800.f}, {1920.f, 1080.f}}) {
    d.resize(w, h);
    for (int kind = 0; kind < kExportKinds; ++kind) {
      choose(static_cast<ExportKind>(kind));
      SCOPED_TRACE(std::to_string(kind) + " at " + std::to_string(w));
      const drawing::Rect panel = d.region("export/panel").rect;
      EXPECT_GE(panel.x, 0);
      EXPECT_LE(panel.bottom(), h);
      for (const auto& r : d.frame().regions) {
        if (!r.id.starts_with("export/") || r.id == "export/panel") continue;
        EXPECT_LE(r.rect.right(), panel.right()) << r.id;
        EXPECT_LE(r.rect.bottom(), panel.bottom()) << r.id;
      }
      d.key(Key::escape);
      EXPECT_FALSE(d.has("export/kind"));
    }
  }
}

}  // namespace
}  // namespace qkv::shell
