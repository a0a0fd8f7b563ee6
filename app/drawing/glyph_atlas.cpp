#include "app/drawing/glyph_atlas.h"

#include <epoxy/gl.h>

#include <cmath>
#include <cstring>

namespace qkv::drawing {
namespace {

const GlyphAtlas::Slot kNothing;

std::uint64_t key_of(const GlyphRequest& r) {
  const auto bits = [](auto v) { return static_cast<std::uint64_t>(v); };
  return bits(r.index & 0xffff) | bits(r.font & 0xfff) << 16 | bits(std::lround(r.size * 64) & 0xffff) << 28 |
         bits(std::lround(r.shift_x * 4) & 3) << 44 | bits(std::lround(r.shift_y * 4) & 3) << 46 |
         bits(r.angle & 0x1ff) << 48 | bits(r.light_ink) << 57;
}

}  // namespace

GlyphAtlas::GlyphAtlas(TextEngine::Impl& text) : text_(text) {
  glGenTextures(1, &texture_);
  clear();
}

GlyphAtlas::~GlyphAtlas() { glDeleteTextures(1, &texture_); }

void GlyphAtlas::clear() {
  slots_.clear();
  pixels_.assign(static_cast<std::size_t>(kWidth) * height_, 0x00ffffffu);
  shelves_ = {{0, 4, 4}};  // the white area
  for (int y = 0; y < 3; ++y) std::fill_n(pixels_.begin() + y * kWidth, 3, 0xffffffffu);
  dirty_from_ = 0;
  dirty_to_ = height_;
}

void GlyphAtlas::make_room() {
  full_ = false;
  if (height_ == kLargestHeight) {
    clear();
    return;
  }
  height_ *= 2;
  pixels_.resize(static_cast<std::size_t>(kWidth) * height_, 0x00ffffffu);
}

bool GlyphAtlas::place(int width, int height, Slot& slot) {
  Shelf* best = nullptr;
  for (Shelf& shelf : shelves_) {
    const bool suits =
        shelf.height >= height && shelf.height <= height + height / 4 + 1 && kWidth - shelf.x >= width;
    if (suits && (!best || shelf.height < best->height)) best = &shelf;
  }
  if (!best) {
    const int y = shelves_.back().y + shelves_.back().height;
    if (y + height > height_ || width > kWidth) return false;
    best = &shelves_.emplace_back(Shelf{y, height, 0});
  }
  slot.x = static_cast<std::uint16_t>(best->x);
  slot.y = static_cast<std::uint16_t>(best->y);
  best->x += width;
  return true;
}

const GlyphAtlas::Slot& GlyphAtlas::slot(const GlyphRequest& request) {
  const std::uint64_t key = key_of(request);
  if (const auto found = slots_.find(key); found != slots_.end()) return found->second;
  return full_ ? kNothing : add(key, rasterize(text_, request));
}

const GlyphAtlas::Slot& GlyphAtlas::corner(float radius, float width) {
  const auto sixteenths = [](float v) { return static_cast<std::uint64_t>(std::lround(v * 16)); };
  const std::uint64_t key = 1ull << 63 | sixteenths(radius) << 24 | sixteenths(width);
  if (const auto found = slots_.find(key); found != slots_.end()) return found->second;
  return full_ ? kNothing : add(key, rasterize_corner(radius, width));
}

const GlyphAtlas::Slot& GlyphAtlas::add(std::uint64_t key, const GlyphImage& image) {
  Slot slot{0,
            0,
            static_cast<std::uint16_t>(image.width),
            static_cast<std::uint16_t>(image.height),
            static_cast<std::int16_t>(image.left),
            static_cast<std::int16_t>(image.top),
            image.upright};
  if (!image.rgba.empty()) {
    if (!place(image.width + 1, image.height + 1, slot)) {  // one texel apart
      full_ = true;
      return kNothing;
    }
    for (int y = 0; y < image.height; ++y) {
      std::memcpy(&pixels_[static_cast<std::size_t>(slot.y + y) * kWidth + slot.x],
                  &image.rgba[static_cast<std::size_t>(y) * image.width * 4],
                  static_cast<std::size_t>(image.width) * 4);
    }
    dirty_from_ = dirty_to_ == 0 ? slot.y : std::min<int>(dirty_from_, slot.y);
    dirty_to_ = std::max(dirty_to_, slot.y + image.height);
  }
  return slots_.emplace(key, slot).first->second;
}

void GlyphAtlas::upload() {
  if (dirty_to_ == 0 && texture_height_ == height_) return;
  glBindTexture(GL_TEXTURE_2D, texture_);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
  if (texture_height_ != height_) {
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, kWidth, height_, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels_.data());
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    texture_height_ = height_;
  } else {
    glTexSubImage2D(GL_TEXTURE_2D, 0, 0, dirty_from_, kWidth, dirty_to_ - dirty_from_, GL_RGBA,
                    GL_UNSIGNED_BYTE, &pixels_[static_cast<std::size_t>(dirty_from_) * kWidth]);
  }
  dirty_from_ = dirty_to_ = 0;
}

}  // namespace qkv::drawing
