#pragma once
#include <cairo.h>

#include <memory>
#include <span>
#include <string>

#include "app/drawing/geometry.h"

namespace qkv::drawing {

struct DestroySurface {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
using CairoSurface = std::unique_ptr<cairo_surface_t, DestroySurface>;

/// An image surface of straight RGBA pixels, top row first. Throws Error when Cairo cannot make one of that
/// size.
CairoSurface image_surface(int width, int height, std::span<const Color> pixels);

/// The surface as a PNG without dates: the same pixels give the same bytes. Throws Error.
std::string png_bytes(cairo_surface_t* surface);

/// A cairo_write_func_t whose closure is a std::string.
cairo_status_t append_bytes(void* out, const unsigned char* data, unsigned length);

}  // namespace qkv::drawing
