#pragma once
#include <memory>
#include <span>
#include <string>

#include "app/drawing/painter.h"

namespace qkv::figures {

/// One vector of D values as a strip of cells, with its name and norm above: "q_it … norm 8.60".
struct VectorStrip {
  std::shared_ptr<const Matrix> values{};  ///< [1, D]
  std::string id{};                        ///< of its region
  std::string symbol{}, of{};              ///< "q", and the token as subscript
  drawing::Color colour{};                 ///< role of the symbol
  float limit = 0;   ///< colours −limit … limit; 0: the strip's own, rounded up. Printed
  int hovered = -1;  ///< outlined, its value printed
};
inline constexpr float kVectorStripHeight = 32;
/// In area.w × kVectorStripHeight. Of more dimensions than pixels every few are seen; hovering finds each.
/// Region: `id`, a grid of 1 × D cells. Returns the strip.
drawing::Rect vector_strip(drawing::Painter& p, drawing::Rect area, const VectorStrip& strip);
/// The dimension under x, −1 outside.
int dimension_at(drawing::Rect strip, int dimensions, float x);

/// The products of two vectors, dimension by dimension, as signed bars, and below them their running sum,
/// which ends on the score.
struct ProductBars {
  std::span<const float> a{}, b{};  ///< [D]
  std::string name = "q × k";
  std::string scaled{};  ///< what follows the sum: "÷ 8 = 4.74"; empty: nothing
  int hovered = -1;
};
/// In `area` (100 px high looks right); the bars stand under the cells of a vector_strip of the same x and
/// width. Region: "products", a grid of 1 × D cells.
void product_bars(drawing::Painter& p, drawing::Rect area, const ProductBars& bars);

}  // namespace qkv::figures
