// What is on screen is what is exported: the SVG says what the Drawing says, and Cairo draws what the window
// does.
#include <glib.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "app/drawing/players.h"
#include "app/drawing/window_player.h"
#include "app/figures/numbers.h"
#include "app/shell/app.h"
#include "app/shell/chrome/session.h"
#include "app/shell/surface/offscreen.h"
#include "tests/app/support/temp_folder.h"
#include "tests/screens/cases.h"
#include "tests/screens/picture.h"

namespace qkv::screens {
namespace {

using Strings = std::vector<std::string>;

/// The contents of the <text> elements of an SVG; a failure when it is no well-formed XML.
Strings texts_of(const std::string& svg) {
  Strings texts;
  GMarkupParser parser{};
  parser.start_element = [](GMarkupParseContext*, const char* name, const char**, const char**, void* out,
                            GError**) {
    if (std::string_view(name) == "text") static_cast<Strings*>(out)->emplace_back();
  };
  parser.text = [](GMarkupParseContext* context, const char* text, gsize length, void* out, GError**) {
    if (std::string_view(g_markup_parse_context_get_element(context)) == "text")
      static_cast<Strings*>(out)->back().append(text, length);
  };
  const std::unique_ptr<GMarkupParseContext, decltype(&g_markup_parse_context_free)> context(
      g_markup_parse_context_new(&parser, G_MARKUP_DEFAULT_FLAGS, &texts, nullptr),
      &g_markup_parse_context_free);
  EXPECT_TRUE(
      g_markup_parse_context_parse(context.get(), svg.data(), static_cast<gssize>(svg.size()), nullptr) &&
      g_markup_parse_context_end_parse(context.get(), nullptr))
      << svg.substr(0, 200);
  return texts;
}

Strings texts_of(const drawing::Drawing& drawing) {
  Strings texts;
  for (const auto& command : drawing.commands) {
    const auto* text = std::get_if<drawing::Text>(&command);
    if (text && !text->text.empty() && text->style.color.a > 0) texts.push_back(text->text);
  }
  return texts;
}

class Export : public ::testing::TestWithParam<Case> {
 protected:
  static void SetUpTestSuite() { setenv("LIBGL_ALWAYS_SOFTWARE", "1", 1); }
  Export() { app_.show(request_); }

  const shell::RenderRequest request_ = GetParam().request;
  drawing::TextEngine text_;
  shell::App app_{{.width = static_cast<float>(request_.width),
                   .height = static_cast<float>(request_.height),
                   .dark = request_.dark,
                   .state_dir = {},
                   .assets_dir = std::filesystem::path(QKV_SOURCE_DIR) / "assets",
                   .text = &text_}};
};

TEST_P(Export, TheSvgSaysWhatTheDrawingSays) {
  const bool model = request_.workspace == shell::Workspace::model, lab = request_.workspace == shell::Workspace::lab;
  for (const char* name : model ? std::vector{"", "lines", "text", "heads", "drawer"} : lab ? std::vector{"", "formula", "drawer"} : std::vector{""}) {
    const drawing::Drawing figure = app_.figure(name);
    const std::string svg = drawing::to_svg(figure, text_, app_.theme());
    EXPECT_EQ(texts_of(svg), texts_of(figure)) << name;
    EXPECT_EQ(svg, drawing::to_svg(app_.figure(name), text_, app_.theme())) << "the bytes of " << name;
  }
}

TEST_P(Export, CairoDrawsWhatTheWindowDraws) {
  const testing::TempFolder folder;
  const drawing::Drawing figure = app_.figure("");
  drawing::write_figure_png(figure, text_, app_.theme(), 1, folder.path() / "cairo.png");
  shell::OffscreenSurface surface(request_.width, request_.height);
  drawing::WindowPlayer player(text_);
  player.play(figure, app_.theme(), request_.width, request_.height, 1);
  const Picture window{.width = request_.width, .height = request_.height, .rgba = surface.read_rgba()};
  const Difference d = compare(window, read_png(folder.path() / "cairo.png"));
  EXPECT_TRUE(d.alike()) << d.squares << " squares, by " << d.largest << " at " << d.x << ", " << d.y;
}

INSTANTIATE_TEST_SUITE_P(Lab, Export, ::testing::ValuesIn(cases()),
                         [](const auto& screen) { return screen.param.name; });

TEST(Export, TheDefaultExperimentsWeightsAreInItsSvg) {
  drawing::TextEngine text;
  shell::App app({.state_dir = {}, .assets_dir = {}, .text = &text});
  app.show({});
  const Strings texts = texts_of(drawing::to_svg(app.figure(""), text, app.theme()));
  const Matrix& weights = app.session().lab.trace()->layers[0].heads[0].weights;
  for (Eigen::Index i = 0; i < weights.size(); ++i) {
    const std::string number = figures::number(weights.data()[i], 2);
    EXPECT_GE(
        std::ranges::count(texts, number),
        std::ranges::count_if(weights.reshaped(), [&](float w) { return figures::number(w, 2) == number; }))
        << number;
  }
}

}  // namespace
}  // namespace qkv::screens
