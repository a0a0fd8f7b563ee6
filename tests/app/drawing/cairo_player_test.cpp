#include <cairo.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <thread>

#include "app/drawing/players.h"
#include "core/error.h"
#include "tests/app/drawing/scene.h"

namespace qkv::drawing {
namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

std::string output_of(const std::string& command) {
  std::string result;
  if (FILE* pipe = popen(command.c_str(), "r")) {
    std::array<char, 256> part;
    while (const std::size_t n = fread(part.data(), 1, part.size(), pipe)) result.append(part.data(), n);
    pclose(pipe);
  }
  return result;
}

class CairoTest : public ::testing::Test {
 protected:
  CairoTest() {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              (std::string("qkv_cairo_") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  ~CairoTest() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
  TextEngine engine_;
  const Theme& theme_ = built_in_theme(false);
};

TEST_F(CairoTest, SamePdfASecondLater) {
  const Drawing drawing = testing::example_drawing(engine_, theme_);
  write_pdf(drawing, engine_, theme_, folder_ / "a.pdf");
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  setenv("SOURCE_DATE_EPOCH", "86400", 1);
  write_pdf(drawing, engine_, theme_, folder_ / "b.pdf");
  unsetenv("SOURCE_DATE_EPOCH");
  const std::string bytes = read(folder_ / "a.pdf");
  EXPECT_TRUE(bytes.starts_with("%PDF-"));
  EXPECT_EQ(bytes, read(folder_ / "b.pdf"));
  EXPECT_EQ(bytes.find("CreationDate"), std::string::npos);
}

TEST_F(CairoTest, PdfTextStaysText) {
  write_pdf(testing::example_drawing(engine_, theme_), engine_, theme_, folder_ / "a.pdf");
  const std::string bytes = read(folder_ / "a.pdf");
  EXPECT_NE(bytes.find("/FontFile"), std::string::npos);
  EXPECT_NE(bytes.find("/ToUnicode"), std::string::npos);
  if (output_of("command -v pdftotext").empty())
    return;  // the fonts above are all that can be seen without it
  const std::string text = output_of("pdftotext '" + (folder_ / "a.pdf").string() + "' -");
  EXPECT_NE(text.find("0.31 -1.25"), std::string::npos) << text;
  EXPECT_NE(text.find("a < b & \"c\""), std::string::npos) << text;
}

TEST_F(CairoTest, PngShowsTheCells) {
  const Heat heat = testing::example_heat();
  const Drawing drawing = testing::example_drawing(engine_, theme_);
  for (const float scale : {1.f, 2.f}) {
    write_figure_png(drawing, engine_, theme_, scale, folder_ / "a.png");
    cairo_surface_t* png = cairo_image_surface_create_from_png((folder_ / "a.png").c_str());
    ASSERT_EQ(cairo_surface_status(png), CAIRO_STATUS_SUCCESS);
    EXPECT_EQ(cairo_image_surface_get_width(png), static_cast<int>(320 * scale));
    EXPECT_EQ(cairo_image_surface_get_height(png), static_cast<int>(240 * scale));
    const auto at = [&](float x, float y) {
      const unsigned char* p = cairo_image_surface_get_data(png) +
                               static_cast<int>(y * scale) * cairo_image_surface_get_stride(png) +
                               static_cast<int>(x * scale) * 4;
      return Color{p[2], p[1], p[0]};
    };
    EXPECT_EQ(at(35, 33), colour_of(theme_, heat, 0));
    EXPECT_EQ(at(35, 60), colour_of(theme_, heat, -3));
    EXPECT_EQ(at(65, 60), colour_of(theme_, heat, 3));
    EXPECT_EQ(at(50.5f, 60), theme_.cell_gap);
    EXPECT_EQ(at(225, 190), theme_.weight_bg);
    EXPECT_EQ(at(215, 190), theme_.canvas);  // clipped away
    EXPECT_EQ(at(50, 160), theme_.query_bg);
    cairo_surface_destroy(png);
  }
}

TEST_F(CairoTest, FilesThatCannotBeWrittenAreNamed) {
  const Drawing drawing = testing::example_drawing(engine_, theme_);
  const auto error_of = [](const auto& write) {
    try {
      write();
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  const std::filesystem::path nowhere = folder_ / "none" / "a.out";
  EXPECT_NE(error_of([&] { write_pdf(drawing, engine_, theme_, nowhere); }).find(nowhere.string()),
            std::string::npos);
  EXPECT_NE(error_of([&] { write_figure_png(drawing, engine_, theme_, 1, nowhere); }).find(nowhere.string()),
            std::string::npos);
  EXPECT_NE(
      error_of([&] { write_figure_png(drawing, engine_, theme_, 1000, folder_ / "a.png"); }).find("a.png"),
      std::string::npos);
  const Drawing large{.bounds = {0, 0, 20'000, 20'000}, .commands = {}, .regions = {}};
  EXPECT_NE(error_of([&] { write_figure_png(large, engine_, theme_, 1, folder_ / "a.png"); }).find("20000×20000 pixels is too large"), std::string::npos);
  EXPECT_NE(error_of([&] { write_figure_png(drawing, engine_, theme_, 0, folder_ / "a.png"); }).find("a.png"),
            std::string::npos);
}

}  // namespace
}  // namespace qkv::drawing
