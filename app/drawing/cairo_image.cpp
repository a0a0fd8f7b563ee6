#include "app/drawing/cairo_image.h"

#include <cstdint>
#include <cstring>

#include "core/error.h"

namespace qkv::drawing {

CairoSurface image_surface(int width, int height, std::span<const Color> pixels) {
  CairoSurface surface(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height));
  unsigned char* data = cairo_image_surface_get_data(surface.get());
  if (!data || pixels.size() != static_cast<std::size_t>(width) * height) {
    throw Error("A picture of " + std::to_string(width) + "×" + std::to_string(height) +
                " pixels is not possible; choose a smaller size.");
  }
  const int stride = cairo_image_surface_get_stride(surface.get());
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const Color c = pixels[static_cast<std::size_t>(y) * width + x];
      const auto premultiplied = [&](unsigned char v) { return (std::uint32_t{v} * c.a + 127) / 255; };
      const std::uint32_t packed =
          std::uint32_t{c.a} << 24 | premultiplied(c.r) << 16 | premultiplied(c.g) << 8 | premultiplied(c.b);
      std::memcpy(data + static_cast<std::ptrdiff_t>(y) * stride + x * 4, &packed, sizeof packed);
    }
  }
  cairo_surface_mark_dirty(surface.get());
  return surface;
}

std::string png_bytes(cairo_surface_t* surface) {
  std::string bytes;
  if (const cairo_status_t status = cairo_surface_write_to_png_stream(surface, append_bytes, &bytes);
      status != CAIRO_STATUS_SUCCESS) {
    throw Error(std::string("A picture cannot be made a PNG: ") + cairo_status_to_string(status) + ".");
  }
  return bytes;
}

cairo_status_t append_bytes(void* out, const unsigned char* data, unsigned length) {
  static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace qkv::drawing
