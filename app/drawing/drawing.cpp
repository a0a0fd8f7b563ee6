#include "app/drawing/drawing.h"

#include <algorithm>

namespace qkv::drawing {

const Region* region_at(const Drawing& drawing, Point p) {
  const auto found = std::find_if(drawing.regions.rbegin(), drawing.regions.rend(),
                                  [&](const Region& r) { return r.rect.contains(p) && r.clip.contains(p); });
  return found == drawing.regions.rend() ? nullptr : &*found;
}

const Region* find_region(const Drawing& drawing, std::string_view id) {
  const auto found = std::find_if(drawing.regions.begin(), drawing.regions.end(),
                                  [&](const Region& r) { return r.id == id; });
  return found == drawing.regions.end() ? nullptr : &*found;
}

}  // namespace qkv::drawing
