// What is on screen is what is exported: the SVG says what the Drawing says, and Cairo draws what the window
// does.
#include <cairo.h>
#include <glib.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
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

/// What pdftotext reads in a file, word by word.
Strings words_of_pdf(const std::filesystem::path& pdf) {
  const std::filesystem::path text = pdf.string() + ".txt";
  if (std::system(("pdftotext -layout '" + pdf.string() + "' '" + text.string() + "'").c_str()) != 0) return {};
  std::ifstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

/// Whether a cell would print the number so, with as many decimals as the word has.
bool is_printed_as(float value, const std::string& word) {
  const auto point = word.find('.');
  return figures::number(value, point == std::string::npos ? 0 : static_cast<int>(word.size() - point - 1)) == word;
}

TEST(Export, EveryStageIsInThePdfOfItsFigure) {
  ASSERT_EQ(std::system("command -v pdftotext >/dev/null"), 0) << "there is no pdftotext: install poppler-utils, as tests/run does.";
  const testing::TempFolder folder;
  drawing::TextEngine text;
  shell::App app({.state_dir = {}, .assets_dir = {}, .text = &text});
  app.show({});
  const auto trace = app.session().lab.trace();
  for (const auto stage : {attention::Stage::q, attention::Stage::k, attention::Stage::v, attention::Stage::scores, attention::Stage::weights,
                           attention::Stage::output}) {
    const std::string name(attention::name_of(stage));
    drawing::write_pdf(app.figure(name), text, app.theme(), folder.path() / "a.pdf");
    Strings words = words_of_pdf(folder.path() / "a.pdf");
    for (const float value : attention::matrix_of(*trace, stage, 0, 0)->reshaped<Eigen::RowMajor>()) {
      const auto found = std::ranges::find_if(words, [&](const std::string& word) { return is_printed_as(value, word); });
      EXPECT_NE(found, words.end()) << name << " " << value;
      if (found != words.end()) words.erase(found);  // each number of the page is one of the matrix
    }
  }
}

TEST(Export, ATransparentPictureHasNoGround) {
  const testing::TempFolder folder;
  drawing::TextEngine text;
  shell::App app({.state_dir = {}, .assets_dir = {}, .text = &text});
  app.show({});
  for (const char* name : {"", "formula", "weights"}) {
    const drawing::Drawing figure = app.figure(name);
    const auto path = folder.path() / "a.png";
    drawing::write_figure_png(figure, text, app.theme(), 1, path, drawing::Ground::none);
    const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> picture(cairo_image_surface_create_from_png(path.c_str()), &cairo_surface_destroy);
    ASSERT_EQ(cairo_image_surface_get_format(picture.get()), CAIRO_FORMAT_ARGB32) << name;
    const unsigned char* pixels = cairo_image_surface_get_data(picture.get());
    EXPECT_EQ(pixels[3], 0) << name << ": alpha of the corner";
    const std::ptrdiff_t size = std::ptrdiff_t{cairo_image_surface_get_stride(picture.get())} * cairo_image_surface_get_height(picture.get());
    std::ptrdiff_t drawn = 0;
    for (std::ptrdiff_t i = 3; i < size; i += 4) drawn += pixels[i] == 255;
    EXPECT_GT(drawn, 100) << name;
    EXPECT_EQ(texts_of(drawing::to_svg(figure, text, app.theme(), drawing::Ground::none)), texts_of(figure)) << name;
  }
}

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
