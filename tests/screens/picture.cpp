#include "tests/screens/picture.h"

#include <cairo.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>

#include "app/shell/surface/png.h"
#include "core/error.h"

namespace qkv::screens {
namespace {

// Squares overlap by half, so that whatever is missing lies well within one of them.
constexpr int kSquare = 8, kStep = kSquare / 2;
constexpr int kChannels = 3;

std::size_t at(const Picture& p, int x, int y) {
  return (static_cast<std::size_t>(y) * static_cast<std::size_t>(p.width) + static_cast<std::size_t>(x)) * 4;
}

/// The largest distance of the mean colours of one square, over the channels; beyond the edge all is equal.
double distance(const Picture& a, const Picture& b, int left, int top) {
  const int right = std::min(left + kSquare, a.width), bottom = std::min(top + kSquare, a.height);
  std::array<int, kChannels> sums{};
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) {
      const std::size_t i = at(a, x, y);
      for (std::size_t c = 0; c < kChannels; ++c) sums[c] += a.rgba[i + c] - b.rgba[i + c];
    }
  }
  const auto [least, most] = std::ranges::minmax(sums);
  return static_cast<double>(std::max(-least, most)) / (kSquare * kSquare);
}

/// A quarter of the picture on white.
Picture pale(const Picture& from) {
  Picture p = from;
  for (std::uint8_t& value : p.rgba) value = static_cast<std::uint8_t>(191 + value / 4);
  return p;
}

void redden(Picture& p, int left, int top) {
  for (int y = top; y < std::min(top + kSquare, p.height); ++y) {
    for (int x = left; x < std::min(left + kSquare, p.width); ++x) {
      const std::size_t i = at(p, x, y);
      p.rgba[i] = 230;
      p.rgba[i + 1] = p.rgba[i + 2] = 40;
    }
  }
}

}  // namespace

Picture read_png(const std::filesystem::path& path) {
  const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface(
      cairo_image_surface_create_from_png(path.c_str()), &cairo_surface_destroy);
  if (const auto status = cairo_surface_status(surface.get()); status != CAIRO_STATUS_SUCCESS) {
    throw Error(path.string() + ": is not a PNG that can be read (" + cairo_status_to_string(status) + ").");
  }
  Picture p{.width = cairo_image_surface_get_width(surface.get()),
            .height = cairo_image_surface_get_height(surface.get()),
            .rgba = {}};
  p.rgba.resize(at(p, 0, p.height));
  const unsigned char* rows = cairo_image_surface_get_data(surface.get());
  const int stride = cairo_image_surface_get_stride(surface.get());
  for (int y = 0; y < p.height; ++y) {
    for (int x = 0; x < p.width; ++x) {
      std::uint32_t pixel = 0;  // alpha, red, green, blue from the highest byte
      std::memcpy(&pixel, rows + static_cast<std::ptrdiff_t>(y) * stride + x * 4, 4);
      for (std::size_t c = 0; c < 4; ++c)
        p.rgba[at(p, x, y) + c] = static_cast<std::uint8_t>(c == 3 ? 255 : pixel >> (16 - 8 * c));
    }
  }
  return p;
}

void write_png(const std::filesystem::path& path, const Picture& picture) {
  shell::write_png(path, picture.rgba, picture.width, picture.height);
}

bool Difference::alike() const { return same_size && squares == 0; }

Difference compare(const Picture& a, const Picture& b) {
  Difference d;
  if (a.width != b.width || a.height != b.height) {
    d.same_size = false;
    return d;
  }
  d.image = pale(a);
  for (int y = 0; y < a.height; y += kStep) {
    for (int x = 0; x < a.width; x += kStep) {
      const double here = distance(a, b, x, y);
      if (here > kTolerance) {
        ++d.squares;
        redden(d.image, x, y);
      }
      if (here > d.largest) {
        d.largest = here;
        d.x = x;
        d.y = y;
      }
    }
  }
  return d;
}

}  // namespace qkv::screens
