#pragma once
#include <optional>
#include <string>

#include "app/drawing/painter.h"
#include "app/figures/map_layout.h"

namespace qkv::figures {

/// What is to be said of the selected cell: "it 17 → was 8   0.814" and a line below it.
struct MapCallout {
  std::string query{}, key{};  ///< labels
  MapCell at{};
  std::string value{};   ///< "0.814"
  std::string detail{};  ///< "score 4.74   rank 1 of 18"; may be empty
};

/// Room for it among the masked cells in view, where it hides nothing; none where there is too little.
std::optional<drawing::Rect> callout_place(const MapLayout& layout, const MapMask& mask, float width = 216,
                                           float height = 62);
void map_callout(drawing::Painter& p, drawing::Rect box, const MapCallout& callout);

}  // namespace qkv::figures
