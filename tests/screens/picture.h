#pragma once
#include <cstdint>
#include <filesystem>
#include <vector>

namespace qkv::screens {

/// Pixels of 4 bytes (red, green, blue, unused), top row first.
struct Picture {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgba;
};

/// Throws Error when there is no such picture or it is none.
Picture read_png(const std::filesystem::path& path);

void write_png(const std::filesystem::path& path, const Picture& picture);

/// How far two pictures are apart, as the eye sees it: not pixel by pixel but by the mean colour of each
/// small square, since machines rasterise the edges of letters and lines differently while the ink stays
/// where it is.
struct Difference {
  bool same_size = true;
  double largest = 0;  ///< of any square and channel, 0 to 255
  int x = 0, y = 0;    ///< the top left corner of that square
  int squares = 0;     ///< how many are further apart than kTolerance
  Picture image;  ///< the first picture, pale, and in red what differs; empty when the sizes are not the same
  bool alike() const;
};

/// A missing number of 9 pixels height moves a square's mean by 37 and more, another rasteriser by less than
/// 20 (picture_test and exports_test show it).
constexpr double kTolerance = 24;

Difference compare(const Picture& a, const Picture& b);

}  // namespace qkv::screens
