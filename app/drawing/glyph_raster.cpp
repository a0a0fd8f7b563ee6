#include "app/drawing/glyph_raster.h"

#include FT_BITMAP_H
#include FT_OUTLINE_H

#include <array>
#include <cmath>
#include <numbers>

namespace qkv::drawing {
namespace {

constexpr int kLargestSide = 1000;  // px; a larger glyph is not drawn

FT_Matrix to_freetype(double xx, double xy, double yx, double yy) {
  const auto fixed = [](double v) { return static_cast<FT_Fixed>(std::lround(v * 0x10000)); };
  return {fixed(xx), fixed(xy), fixed(yx), fixed(yy)};
}

/// Coverage to opacity. Blending happens in sRGB, where light strokes on dark lose weight.
const std::array<std::uint8_t, 256>& tone(bool light_ink) {
  static const auto curve = [](double gamma) {
    std::array<std::uint8_t, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
      table[i] = static_cast<std::uint8_t>(std::lround(255 * std::pow(static_cast<double>(i) / 255, gamma)));
    }
    return table;
  };
  static const std::array<std::uint8_t, 256> dark = curve(0.86), light = curve(0.78);
  return light_ink ? light : dark;
}

GlyphImage of_outline(FT_Face face, const FontFile& file, const GlyphRequest& r) {
  FT_Set_Char_Size(face, 0, std::lround(r.size * 64), 72, 72);
  const FT_Int32 hinting = r.angle == 0 ? FT_LOAD_TARGET_LIGHT : FT_LOAD_NO_HINTING;
  if (FT_Load_Glyph(face, r.index, hinting | FT_LOAD_NO_BITMAP) != 0) return {};
  FT_GlyphSlot slot = face->glyph;
  if (slot->format != FT_GLYPH_FORMAT_OUTLINE) return {};
  FT_Outline& outline = slot->outline;
  if (file.embolden) FT_Outline_Embolden(&outline, std::lround(r.size * 64 / 24));
  FT_Matrix slant = to_freetype(file.slant.xx, file.slant.xy, file.slant.yx, file.slant.yy);
  FT_Outline_Transform(&outline, &slant);
  if (r.angle != 0) {
    const double a = r.angle * std::numbers::pi / 180;
    FT_Matrix turn = to_freetype(std::cos(a), -std::sin(a), std::sin(a), std::cos(a));
    FT_Outline_Transform(&outline, &turn);
  }
  FT_Outline_Translate(&outline, std::lround(r.shift_x * 64), -std::lround(r.shift_y * 64));
  FT_BBox box;
  FT_Outline_Get_CBox(&outline, &box);
  if (box.xMax - box.xMin > kLargestSide * 64 || box.yMax - box.yMin > kLargestSide * 64) return {};
  if (FT_Render_Glyph(slot, FT_RENDER_MODE_NORMAL) != 0) return {};

  const FT_Bitmap& bitmap = slot->bitmap;
  GlyphImage image{static_cast<int>(bitmap.width),
                   static_cast<int>(bitmap.rows),
                   slot->bitmap_left,
                   -slot->bitmap_top,
                   false,
                   {}};
  image.rgba.assign(static_cast<std::size_t>(image.width) * image.height * 4, 255);
  const std::array<std::uint8_t, 256>& opacity = tone(r.light_ink);
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      image.rgba[(static_cast<std::size_t>(y) * image.width + x) * 4 + 3] =
          opacity[bitmap.buffer[y * bitmap.pitch + x]];
    }
  }
  return image;
}

/// The strike whose size is the smallest not below the wanted one, else the largest.
int best_strike(FT_Face face, float size) {
  const auto ppem = [&](int i) { return static_cast<float>(face->available_sizes[i].y_ppem) / 64; };
  int best = 0;
  for (int i = 1; i < face->num_fixed_sizes; ++i) {
    const bool enough = ppem(i) >= size;
    if (enough ? ppem(best) < size || ppem(i) < ppem(best) : ppem(i) > ppem(best)) best = i;
  }
  return best;
}

struct Premultiplied {
  float r = 0, g = 0, b = 0, a = 0;
};

Premultiplied pixel(const FT_Bitmap& bitmap, int x, int y) {
  const unsigned char* row = bitmap.buffer + y * bitmap.pitch;
  switch (bitmap.pixel_mode) {
    case FT_PIXEL_MODE_BGRA: {
      const unsigned char* p = row + x * 4;
      return {static_cast<float>(p[2]), static_cast<float>(p[1]), static_cast<float>(p[0]),
              static_cast<float>(p[3])};
    }
    case FT_PIXEL_MODE_MONO: {
      const float v = (row[x / 8] >> (7 - x % 8) & 1) != 0 ? 255.f : 0.f;
      return {v, v, v, v};
    }
    case FT_PIXEL_MODE_GRAY: {
      const auto v = static_cast<float>(row[x]);
      return {v, v, v, v};
    }
    default:
      return {};
  }
}

/// Average of the bitmap over [x0, x1) × [y0, y1).
Premultiplied average(const FT_Bitmap& bitmap, float x0, float y0, float x1, float y1) {
  Premultiplied sum;
  float area = 0;
  const int last_x = std::min(static_cast<int>(std::ceil(x1)), static_cast<int>(bitmap.width));
  const int last_y = std::min(static_cast<int>(std::ceil(y1)), static_cast<int>(bitmap.rows));
  for (int y = std::max(0, static_cast<int>(y0)); y < last_y; ++y) {
    const float dy = std::min(y1, static_cast<float>(y + 1)) - std::max(y0, static_cast<float>(y));
    for (int x = std::max(0, static_cast<int>(x0)); x < last_x; ++x) {
      const float part = dy * (std::min(x1, static_cast<float>(x + 1)) - std::max(x0, static_cast<float>(x)));
      const Premultiplied p = pixel(bitmap, x, y);
      sum = {sum.r + p.r * part, sum.g + p.g * part, sum.b + p.b * part, sum.a + p.a * part};
    }
  }
  area = (x1 - x0) * (y1 - y0);
  return {sum.r / area, sum.g / area, sum.b / area, sum.a / area};
}

GlyphImage of_bitmap(FT_Face face, const GlyphRequest& r) {
  const int strike = best_strike(face, r.size);
  if (FT_Select_Size(face, strike) != 0 || FT_Load_Glyph(face, r.index, FT_LOAD_COLOR) != 0) return {};
  FT_GlyphSlot slot = face->glyph;
  if (slot->format != FT_GLYPH_FORMAT_BITMAP) return {};
  const float scale = r.size / (static_cast<float>(face->available_sizes[strike].y_ppem) / 64);
  const float left = static_cast<float>(slot->bitmap_left) * scale + r.shift_x;
  const float top = static_cast<float>(-slot->bitmap_top) * scale + r.shift_y;
  GlyphImage image;
  image.upright = true;
  image.left = static_cast<int>(std::floor(left));
  image.top = static_cast<int>(std::floor(top));
  image.width =
      static_cast<int>(std::ceil(left + static_cast<float>(slot->bitmap.width) * scale)) - image.left;
  image.height = static_cast<int>(std::ceil(top + static_cast<float>(slot->bitmap.rows) * scale)) - image.top;
  if (image.width > kLargestSide || image.height > kLargestSide) return {};
  image.rgba.resize(static_cast<std::size_t>(image.width) * image.height * 4);
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const float sx = (static_cast<float>(image.left + x) - left) / scale;
      const float sy = (static_cast<float>(image.top + y) - top) / scale;
      const Premultiplied p = average(slot->bitmap, sx, sy, sx + 1 / scale, sy + 1 / scale);
      const float straight = p.a > 0 ? 255 / p.a : 0;
      const auto byte = [](float v) {
        return static_cast<std::uint8_t>(std::lround(std::clamp(v, 0.f, 255.f)));
      };
      std::uint8_t* out = &image.rgba[(static_cast<std::size_t>(y) * image.width + x) * 4];
      out[0] = byte(p.r * straight);
      out[1] = byte(p.g * straight);
      out[2] = byte(p.b * straight);
      out[3] = byte(p.a);
    }
  }
  return image;
}

}  // namespace

bool is_light(Color c) { return 299 * c.r + 587 * c.g + 114 * c.b > 140 * 1000; }

GlyphImage rasterize(TextEngine::Impl& text, const GlyphRequest& request) {
  FT_Face face = text.face(request.font);
  if (!face) return {};
  if (FT_IS_SCALABLE(face)) return of_outline(face, text.font(request.font), request);
  return face->num_fixed_sizes > 0 ? of_bitmap(face, request) : GlyphImage{};
}

GlyphImage rasterize_corner(float radius, float width) {
  constexpr int kSamples = 8;  // each way in a pixel
  const int side = static_cast<int>(std::ceil(std::max(radius, width)));
  const auto inside = [](float x, float y, float inset, float r) {
    if (x < inset || y < inset) return false;
    const float dx = inset + r - x, dy = inset + r - y;
    return dx <= 0 || dy <= 0 || dx * dx + dy * dy <= r * r;
  };
  GlyphImage image{side, side, 0, 0, false, {}};
  image.rgba.assign(static_cast<std::size_t>(side) * side * 4, 255);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      int covered = 0;
      for (int i = 0; i < kSamples * kSamples; ++i) {
        const float sx = static_cast<float>(x) + (static_cast<float>(i % kSamples) + 0.5f) / kSamples;
        const float sy = static_cast<float>(y) + (static_cast<float>(i / kSamples) + 0.5f) / kSamples;
        const bool hollow = width > 0 && inside(sx, sy, width, std::max(0.f, radius - width));
        covered += inside(sx, sy, 0, radius) && !hollow ? 1 : 0;
      }
      image.rgba[(static_cast<std::size_t>(y) * side + x) * 4 + 3] =
          static_cast<std::uint8_t>(covered * 255 / (kSamples * kSamples));
    }
  }
  return image;
}

}  // namespace qkv::drawing
