#include <gmock/gmock.h>

#include "app/drawing/players.h"
#include "app/shell/render.h"
#include "tests/app/shell/screen_checks.h"

// The screen as a whole: sizes of the window, theme, palette and help, zoom, rest; and that what is exported
// is what is shown.
namespace qkv::shell {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

void expect_sound(Driver& d, const std::string& when) {
  EXPECT_THAT(numbers_unlike_core(d), IsEmpty()) << when;
  EXPECT_THAT(support::overlaps(d.frame()), IsEmpty()) << when;
  EXPECT_THAT(texts_cut(d), IsEmpty()) << when;
}

TEST(DriverScreen, EverySizeOfTheWindow) {
  Driver d;
  for (const auto& [w, h] : {std::pair{1440.f, 900.f},
                             {1920.f, 1080.f},
                             {1280.f, 800.f},
                             {1024.f, 700.f},
                             {853.f, 533.f},
                             {1366.f, 768.f},
                             {2560.f, 1440.f}}) {
    d.resize(w, h);
    const std::string size = std::to_string(static_cast<int>(w)) + "×" + std::to_string(static_cast<int>(h));
    EXPECT_EQ(d.frame().bounds, (Rect{0, 0, w, h}));
    EXPECT_THAT(numbers_unlike_core(d), IsEmpty()) << size;
    EXPECT_THAT(support::overlaps(d.frame()), IsEmpty()) << size;
  }
}

TEST(DriverScreen, EveryCellOfTheFirstExperimentHasItsNumberDownTo1280) {
  Driver d;
  for (const auto& [w, h] : {std::pair{1280.f, 800.f}, {1366.f, 768.f}, {1440.f, 900.f}}) {
    d.resize(w, h);
    for (const Stage stage :
         {Stage::x, Stage::q, Stage::k, Stage::v, Stage::scores, Stage::weights, Stage::output})
      for (int row = 0; row < 4; ++row)
        for (int column = 0; column < d.region("stage/" + std::string(attention::name_of(stage))).columns;
             ++column)
          EXPECT_NE(d.printed({stage, 0, 0, row, column}), "")
              << attention::name_of(stage) << " " << row << "," << column << " at " << w;
  }
}

TEST(DriverScreen, TheTopBarKeepsApartInNarrowWindows) {
  Driver d;
  for (float w = 1100; w >= 320; w -= 20) {
    d.resize(w, 480);
    std::vector<Rect> shown;
    for (const auto& r : d.frame().regions)
      if (r.rect.y < 48 && r.rect.h <= 40 && r.id != "workspace") shown.push_back(r.rect);  // its parts have regions of their own
    for (std::size_t i = 0; i < shown.size(); ++i)
      for (std::size_t j = i + 1; j < shown.size(); ++j) EXPECT_FALSE(shown[i].intersects(shown[j])) << w;
    EXPECT_TRUE(d.has("menu-button")) << "everything is in the menu";
    for (const auto& pair : support::overlaps(d.frame())) EXPECT_GT(pair.first.text->box.y, 48) << w;
  }
}

TEST(DriverScreen, AFigureOfTheDrawerHasNoControls) {
  Driver d;
  const auto figure = d.app.figure("drawer");
  EXPECT_NE(support::find_text(figure, "Why 0.80?"), nullptr);
  EXPECT_EQ(support::find_text(figure, "close"), nullptr);
  EXPECT_EQ(support::find_text(figure, "copy as text"), nullptr);
  EXPECT_EQ(drawing::find_region(figure, "drawer/grip"), nullptr);
  EXPECT_TRUE(d.has("drawer/grip")) << "on the screen it has them";
}

TEST(DriverScreen, TheFormulaLightsForEveryStage) {
  auto e = experiment::with_heads(experiment::default_experiment(), 0, 2);
  Driver d;
  d.lab().replace(e, {});
  d.settle();
  d.resize(1440, 1100);
  d.key(Key::escape);
  const auto lit = [&](const char* id) {
    const Rect r = d.region(std::string("formula/") + id).rect;
    return std::any_of(d.frame().commands.begin(), d.frame().commands.end(), [&](const drawing::Command& c) {
      const auto* fill = std::get_if<drawing::FillRect>(&c);
      return fill && fill->rect == Rect{r.x, r.bottom() - 2, r.w, 2};
    });
  };
  d.move({5, 5});
  EXPECT_FALSE(lit("q") || lit("output") || lit("scaled"));
  d.move(d.at({Stage::x, 0, 0, 1, 1}));
  EXPECT_TRUE(lit("q") && lit("k") && lit("v"));
  d.move(d.at({Stage::w_k, 0, 0, 1, 1}));
  EXPECT_TRUE(lit("k") && !lit("q"));
  for (const Stage stage : {Stage::w_o, Stage::layer_output}) {
    d.move(d.at({stage, 0, 0, 1, 1}));
    EXPECT_TRUE(lit("output")) << attention::name_of(stage);
  }
}

TEST(DriverScreen, SixtyFourTokensUseTheRoom) {
  Driver d;
  std::string text;
  for (int i = 0; i < 16; ++i) text += "the cat sat down ";
  d.lab().replace(experiment::with_sentence(d.experiment(), text), {});
  d.settle();
  d.key(Key::escape);
  EXPECT_GE(d.region("stage/weights").rect.w, 190);
  d.lab().replace(experiment::with_sentence(d.experiment(),
                                            "注意力 機制 很 有趣 注意力 機制 很 有趣 注意力 機制 很 有趣"),
                  {});
  d.settle();
  for (const auto& [w, h] : {std::pair{1280.f, 800.f}, {1440.f, 900.f}, {1920.f, 1080.f}}) {
    d.resize(w, h);
    expect_sound(d, "wide script");
  }
}

TEST(DriverScreen, AWindowTooSmallForAnythingStillAnswers) {
  Driver d;
  for (const auto& [w, h] : {std::pair{320.f, 200.f}, {40.f, 30.f}, {1.f, 1.f}}) {
    d.resize(w, h);
    EXPECT_FALSE(d.frame().commands.empty());
    d.click(Point{w / 2, h / 2});
    d.key(Key::f1);
    d.key(Key::escape);
    d.key(Key::k, kCtrl);
    d.key(Key::escape);
  }
  d.resize(1440, 900);
  expect_sound(d, "large again");
}

TEST(DriverScreen, TheThemeSwitchesAndIsKept) {
  const testing::TempFolder folder;
  Driver d({.settings_dir = folder.path()});
  EXPECT_FALSE(d.app.theme().dark);
  d.click("action/view.theme");
  EXPECT_TRUE(d.app.theme().dark);
  expect_sound(d, "dark");
  Driver next({.settings_dir = folder.path()});
  EXPECT_TRUE(next.app.theme().dark);
}

TEST(DriverScreen, ThePaletteRunsWhatIsTyped) {
  Driver d;
  d.key(Key::k, kCtrl);
  d.type("causal");
  EXPECT_TRUE(d.shows_with("Causal mask"));
  d.key(Key::enter);
  EXPECT_EQ(d.experiment().mask, attention::MaskKind::causal);
  EXPECT_TRUE(d.session().in.popups.empty());
  expect_sound(d, "after the palette");
  d.key(Key::k, kCtrl);
  d.key(Key::escape);
  EXPECT_TRUE(d.session().in.popups.empty());
}

TEST(DriverScreen, HelpListsEveryActionAndCloses) {
  Driver d;
  d.key(Key::f1);
  EXPECT_TRUE(d.shows("Undo"));
  EXPECT_THAT(texts_cut(d), IsEmpty());
  d.key(Key::escape);
  EXPECT_TRUE(d.session().in.popups.empty());
}

TEST(DriverScreen, TheMenusOpenEveryExperiment) {
  Driver d;
  d.click("open-button");
  EXPECT_TRUE(d.has("open-menu/shipped/0"));
  d.click("open-menu/shipped/0");
  EXPECT_FALSE(d.session().message);
  expect_sound(d, "another experiment");
  d.click("menu-button");
  EXPECT_TRUE(d.shows("Undo") || d.shows_with("Edit"));
  d.key(Key::escape);
}

TEST(DriverScreen, TheWheelZoomsAboutThePointerAndFitComesBack) {
  Driver d;
  const Cell cell{Stage::weights, 0, 0, 2, 1};
  const Point at = d.at(cell);
  d.move(at);
  for (int i = 0; i < 5; ++i) d.wheel(at, 1);
  EXPECT_GT(d.view().zoom, 2);
  EXPECT_THAT(numbers_unlike_core(d), IsEmpty());
  EXPECT_THAT(support::overlaps(d.frame()), IsEmpty());
  d.drag({700, 300}, {-100, -50});
  d.key(Key::f);
  EXPECT_EQ(d.view().zoom, 1);
  EXPECT_EQ(d.at(cell), at);
  expect_sound(d, "fit");
}

TEST(DriverScreen, NumbersAndRailAndDrawerHide) {
  Driver d;
  d.key(Key::h);
  EXPECT_EQ(numbers_printed(d), 0);
  d.key(Key::h);
  EXPECT_GT(numbers_printed(d), 100);
  d.key(Key::b, kCtrl);
  EXPECT_FALSE(d.has("rail"));
  expect_sound(d, "no rail");
  d.key(Key::w);
  EXPECT_FALSE(d.has("drawer"));
  expect_sound(d, "no drawer");
}

TEST(DriverScreen, NothingIsDrawnAtRest) {
  Driver d;
  d.frame();
  EXPECT_FALSE(d.app.dirty());
  EXPECT_EQ(d.app.wake_after(), std::numeric_limits<double>::infinity());
  d.wait(100);
  EXPECT_FALSE(d.app.dirty());
}

TEST(DriverScreen, WhatIsExportedSaysWhatIsShown) {
  Driver d;
  d.drag(d.at({Stage::w_q, 0, 0, 1, 2}), {0, -20});
  const auto figure = d.app.figure("pipeline");
  const std::string svg = drawing::to_svg(figure, Driver::engine(), d.app.theme());
  int numbers = 0;
  for (const auto& t : support::texts(figure)) {
    std::string text;
    for (const char c : t.text->text)
      text += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
    EXPECT_THAT(svg, HasSubstr(text));
    numbers += text.find_first_of("0123456789") != std::string::npos;
  }
  EXPECT_GT(numbers, 100);
  EXPECT_THAT(support::overlaps(figure), IsEmpty());
  EXPECT_THAT(support::clipped(figure), IsEmpty());

  // At the size of the canvas it is the canvas, number for number.
  const auto& canvas = d.region("canvas");
  const Rect area = canvas.rect;
  const auto in_canvas = [&](const drawing::Drawing& drawing) {
    std::multiset<std::string> out;
    for (const auto& t : support::texts(drawing))
      if (area.contains(t.text->box.center())) out.insert(t.text->text);
    return out;
  };
  d.resize(1440, 900);
  for (const char* name : {"formula", "drawer"})
    EXPECT_FALSE(support::texts(d.app.figure(name)).empty()) << name;
  EXPECT_FALSE(in_canvas(d.frame()).empty());
  EXPECT_THROW(d.app.figure("nothing"), std::exception);
}

TEST(DriverScreen, TheSamePictureComesFromTheSameInput) {
  const auto picture = [] {
    Driver d;
    d.app.show(RenderRequest{});
    return support::all_text(d.frame());
  };
  EXPECT_EQ(picture(), picture());
}

}  // namespace
}  // namespace qkv::shell
