#include "app/shell/surface/png.h"

#include <cairo.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/files/tensors.h"
#include "tests/app/support/temp_folder.h"

namespace qkv::shell {
namespace {

const std::vector<std::uint8_t> kPixels = {255, 0, 0, 255, 0, 255, 0, 0, 0, 0,  255, 128,
                                           1,   2, 3, 4,   5, 6,   7, 8, 9, 10, 11,  12};

TEST(Png, KeepsEveryPixel) {
  const testing::TempFolder folder;
  const auto path = folder.path() / "a.png";
  write_png(path, kPixels, 3, 2);
  cairo_surface_t* image = cairo_image_surface_create_from_png(path.c_str());
  ASSERT_EQ(cairo_image_surface_get_width(image), 3);
  ASSERT_EQ(cairo_image_surface_get_height(image), 2);
  for (int y = 0; y < 2; ++y) {
    const unsigned char* row =
        cairo_image_surface_get_data(image) + y * cairo_image_surface_get_stride(image);
    for (int x = 0; x < 3; ++x) {
      for (int channel = 0; channel < 3; ++channel) {  // Cairo: blue, green, red
        EXPECT_EQ(row[x * 4 + 2 - channel], kPixels[static_cast<std::size_t>((y * 3 + x) * 4 + channel)])
            << x << y;
      }
    }
  }
  cairo_surface_destroy(image);
}

TEST(Png, TheSamePixelsGiveTheSameBytes) {
  const testing::TempFolder folder;
  write_png(folder.path() / "a.png", kPixels, 3, 2);
  write_png(folder.path() / "b.png", kPixels, 3, 2);
  EXPECT_EQ(files::read_file(folder.path() / "a.png", 10000),
            files::read_file(folder.path() / "b.png", 10000));
}

TEST(Png, RefusesWhatCannotBeWritten) {
  const testing::TempFolder folder;
  EXPECT_THROW(write_png(folder.path() / "missing" / "a.png", kPixels, 3, 2), Error);
  EXPECT_THROW(write_png(folder.path() / "a.png", kPixels, 30, 20), Error);
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "a.png"));
}

}  // namespace
}  // namespace qkv::shell
