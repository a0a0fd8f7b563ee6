#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "app/drawing/painter.h"

// Every head of a model as a small picture of its pattern: layers downwards, heads to the right.
namespace qkv::figures {

struct HeadAt {
  int layer = 0, head = 0;
  bool operator==(const HeadAt&) const = default;
};

struct HeadThumbnail {
  std::shared_ptr<const Matrix> picture{};  ///< what thumbnail_picture() gives; null: not computed yet
  float metric = 0;                         ///< tints the frame; NaN: not defined, an open frame
  bool ablated = false;                     ///< crossed out
};

/// The pattern's square roots (so that small weights show), pooled by maximum to at most size × size: make it
/// once and keep it, a new pointer is a new texture.
std::shared_ptr<const Matrix> thumbnail_picture(const Matrix& pattern, int size = 32);

struct HeadGrid {
  int layers = 0, heads = 0;
  std::span<const HeadThumbnail> thumbnails{};  ///< [layers · heads], layer by layer
  float lo = 0, hi = 1;                         ///< metric range of the frame tint
  std::string metric{};                         ///< its name in the legend: "induction score"
  std::optional<HeadAt> selected{}, hovered{};
};

struct HeadGridLayout {
  drawing::Rect area{};      ///< all of it
  drawing::Rect viewport{};  ///< where thumbnails show
  drawing::Point origin{};   ///< of the first frame; outside the viewport when scrolled
  int layers = 0, heads = 0;
  float pitch = 0;               ///< from frame to frame, px: 12…84
  float frame = 0, inner = 0;    ///< sides of a frame and of the picture in it
  drawing::Point scroll{};       ///< clamped
  drawing::Point scroll_most{};  ///< 0 where everything fits
  drawing::Rect frame_of(HeadAt at) const;
};

/// The largest whole-pixel pitch with which everything fits `area`, or 12 px and scrolling. `scroll` is px to
/// the right and down.
HeadGridLayout head_grid_layout(drawing::Rect area, int layers, int heads, drawing::Point scroll = {});
/// The head whose frame (or the gap after it) is under the point.
std::optional<HeadAt> head_at(const HeadGridLayout& layout, drawing::Point p);
/// The scroll that brings a head into view, nothing more.
drawing::Point scroll_to(const HeadGridLayout& layout, HeadAt at);

/// Regions: "heads" (the viewport, for the wheel) and "head/L.H" for each head that shows.
void head_grid(drawing::Painter& p, const HeadGridLayout& layout, const HeadGrid& grid);

}  // namespace qkv::figures
