#include <algorithm>

#include "app/workspaces/learn/scene.h"

// Where the reader is asked to look: outlined, while the rest of the matrices recedes.
namespace qkv::workspaces {

using experiment::Place;

namespace {

constexpr float kVeil = 0.42f;

bool is_of(const Place& place, const StageBox& b) {
  if (place.cell.stage != b.stage || b.lens) return false;
  const bool layer = !attention::is_per_layer(b.stage) || place.cell.layer == b.layer;
  return layer && (!attention::is_per_head(b.stage) || place.cell.head == b.head);
}

/// The cells of a place, as a rectangle of the box.
Rect rect_of(const Place& place, const StageBox& b) {
  const Rect cells = b.cells();
  Rect r = cells;
  if (place.cell.row >= 0) {
    r.y = b.cell(place.cell.row, 0).y;
    r.h = b.cell_h;
  }
  if (place.cell.column >= 0) {
    r.x = b.cell(0, place.cell.column).x;
    r.w = b.cell_w;
  }
  return r.intersection(cells);
}

/// Covers the cells of a box that are in none of `lit`, row by row.
void veil_around(Scene& s, const StageBox& b, const std::vector<Rect>& lit) {
  const drawing::Color veil = s.theme().canvas.with_alpha(kVeil);
  for (int i = 0; i < b.rows; ++i) {
    int from = -1;
    for (int j = 0; j <= b.columns; ++j) {
      const bool dark = j < b.columns && std::none_of(lit.begin(), lit.end(), [&](const Rect& r) { return r.contains(b.cell(i, j).center()); });
      if (dark && from < 0) from = j;
      if (dark || from < 0) continue;
      const Rect first = b.cell(i, from);
      s.p().fill({first.x, first.y, b.cell_w * static_cast<float>(j - from), b.cell_h}, veil);
      from = -1;
    }
  }
}

}  // namespace

void spotlight(Scene& s, const std::vector<Place>& places) {
  if (places.empty()) return;
  const bool any = std::any_of(s.layout.boxes.begin(), s.layout.boxes.end(), [&](const StageBox& b) {
    return std::any_of(places.begin(), places.end(), [&](const Place& place) { return is_of(place, b); });
  });
  if (!any) return;
  for (const StageBox& b : s.layout.boxes) {
    if (b.lens) continue;
    std::vector<Rect> lit;
    for (const Place& place : places)
      if (is_of(place, b)) lit.push_back(rect_of(place, b));
    veil_around(s, b, lit);
    for (const Rect& r : lit) s.p().stroke(r.inset(-2), s.theme().selected, 2, 2);
  }
}

void changeable(Scene& s, const std::vector<Place>& places) {
  for (const StageBox& b : s.layout.boxes)
    for (const Place& place : places)
      if (is_of(place, b)) s.p().stroke(rect_of(place, b).inset(-3), s.theme().edited, 1.5f, 3, true);
}

}  // namespace qkv::workspaces
