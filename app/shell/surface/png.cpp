#include "app/shell/surface/png.h"

#include <cairo.h>

#include <cstring>
#include <memory>
#include <string>

#include "core/error.h"
#include "core/files/tensors.h"

namespace qkv::shell {

void write_png(const std::filesystem::path& path, std::span<const std::uint8_t> rgba, int width, int height) {
  const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface(
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height), &cairo_surface_destroy);
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS ||
      rgba.size() != static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4) {
    throw Error(path.string() + ": a picture of " + std::to_string(width) + "×" + std::to_string(height) +
                " pixels is too large for a PNG; choose a smaller --size or --scale.");
  }
  cairo_surface_flush(surface.get());
  unsigned char* rows = cairo_image_surface_get_data(surface.get());
  const int stride = cairo_image_surface_get_stride(surface.get());
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* from =
        rgba.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width) * 4;
    unsigned char* to = rows + static_cast<std::ptrdiff_t>(y) * stride;
    for (int x = 0; x < width; ++x, from += 4, to += 4) {
      const std::uint32_t pixel = std::uint32_t{from[0]} << 16 | std::uint32_t{from[1]} << 8 | from[2];
      std::memcpy(to, &pixel, 4);
    }
  }
  cairo_surface_mark_dirty(surface.get());

  std::string bytes;
  const auto append = [](void* out, const unsigned char* data, unsigned int length) {
    static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(data), length);
    return CAIRO_STATUS_SUCCESS;
  };
  if (const auto status = cairo_surface_write_to_png_stream(surface.get(), append, &bytes);
      status != CAIRO_STATUS_SUCCESS) {
    throw Error(path.string() + ": cannot be made a PNG (" + cairo_status_to_string(status) + ").");
  }
  files::write_file_atomically(path, bytes);
}

}  // namespace qkv::shell
