#pragma once
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "app/drawing/glyph_raster.h"

namespace qkv::drawing {

/// Rasterised glyphs in one RGBA texture, filled on demand. When it is full, the frame is finished without
/// the rest, make_room() is called and the frame is drawn again. Needs a current OpenGL context.
class GlyphAtlas {
 public:
  struct Slot {
    std::uint16_t x = 0, y = 0, width = 0, height = 0;  ///< texels
    std::int16_t left = 0, top = 0;  ///< of the first texel from the glyph's origin, device px
    bool upright = false;            ///< not turned yet
  };

  explicit GlyphAtlas(TextEngine::Impl& text);
  ~GlyphAtlas();
  GlyphAtlas(const GlyphAtlas&) = delete;
  GlyphAtlas& operator=(const GlyphAtlas&) = delete;

  /// An empty slot where there is nothing to draw. Size and angle are rounded to 1/64 px and whole degrees,
  /// shifts to quarters of a pixel.
  const Slot& slot(const GlyphRequest& request);
  /// The top left corner of a rounded rectangle (rasterize_corner), rounded to 1/16 px.
  const Slot& corner(float radius, float width);
  bool full() const { return full_; }
  void make_room();
  /// Sends what is new to the texture.
  void upload();

  unsigned texture() const { return texture_; }
  int width() const { return kWidth; }
  int height() const { return height_; }
  /// Centre of a white area, in texels: solid shapes use it, so that they and text are one batch.
  static constexpr float kWhite = 1.5f;

 private:
  static constexpr int kWidth = 1024, kFirstHeight = 512, kLargestHeight = 4096;
  struct Shelf {
    int y = 0, height = 0, x = 0;
  };

  void clear();
  const Slot& add(std::uint64_t key, const GlyphImage& image);
  bool place(int width, int height, Slot& slot);

  TextEngine::Impl& text_;
  unsigned texture_ = 0;
  int height_ = kFirstHeight;
  int texture_height_ = 0;
  bool full_ = false;
  std::vector<std::uint32_t> pixels_;
  std::vector<Shelf> shelves_;
  int dirty_from_ = 0, dirty_to_ = 0;  // rows
  std::unordered_map<std::uint64_t, Slot> slots_;
};

}  // namespace qkv::drawing
