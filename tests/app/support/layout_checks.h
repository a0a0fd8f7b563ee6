#pragma once
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "app/drawing/drawing.h"

// What a test asks of any Drawing's layout: no two texts overlap, none leaves its clip, this text is there.
// A text's extent is that of its letters (cap height and descender), turned with its angle; half a pixel is
// forgiven.
namespace qkv::support {

/// A text that shows, and the clip it was drawn under (the bounds where there is none).
struct PlacedText {
  const drawing::Text* text = nullptr;  ///< into the drawing
  std::size_t command = 0;              ///< its index
  drawing::Rect clip{};
};

struct Overlap {
  PlacedText first, second;  ///< in drawing order
};

/// The texts of a drawing in order, without blank, transparent and fully clipped ones.
std::vector<PlacedText> texts(const drawing::Drawing& drawing);

/// Pairs of texts that run into each other. What lies under an opaque rectangle drawn between them does not
/// count.
std::vector<Overlap> overlaps(const drawing::Drawing& drawing);

/// Texts that are cut by their clip rectangle, or leave the bounds.
std::vector<PlacedText> clipped(const drawing::Drawing& drawing);

/// The first text that shows and equals (contains) the given one; nullptr when there is none.
const drawing::Text* find_text(const drawing::Drawing& drawing, std::string_view text);
const drawing::Text* find_text_with(const drawing::Drawing& drawing, std::string_view part);
/// Everything that can be read, one text a line, in drawing order.
std::string all_text(const drawing::Drawing& drawing);

/// How GoogleTest names them in a failure.
void PrintTo(const PlacedText& t, std::ostream* out);
void PrintTo(const Overlap& o, std::ostream* out);

}  // namespace qkv::support
