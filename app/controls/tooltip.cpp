#include <algorithm>
#include <cmath>

#include "app/controls/ui.h"

namespace qkv::controls {
namespace {

constexpr float kWidth = 280, kPadding = 10, kLine = 16, kGap = 6, kToBounds = 4, kSmallRegion = 64;

// Whether the label can be read inside the region already.
bool label_shown(const drawing::Drawing& d, const drawing::Region& region) {
  return std::any_of(d.commands.begin(), d.commands.end(), [&](const drawing::Command& c) {
    const auto* text = std::get_if<drawing::Text>(&c);
    return text && text->text == region.label && region.rect.contains(text->box.center());
  });
}

// Below the region, or above it; a large region's tooltip keeps to the pointer, never under it.
Rect placed(Rect bounds, Rect around, Point pointer, float w, float h) {
  bounds = bounds.inset(kToBounds);
  if (around.h > kSmallRegion) around = {pointer.x, pointer.y - 6, 1, 24};
  const float x = std::clamp(pointer.x - 12, bounds.x, std::max(bounds.x, bounds.right() - w));
  Rect r{x, around.bottom() + kGap, w, h};
  if (r.bottom() > bounds.bottom()) r.y = around.y - kGap - h;
  r.y = std::clamp(r.y, bounds.y, std::max(bounds.y, bounds.bottom() - h));
  if (r.contains(pointer)) r.x = pointer.x + 16 + w <= bounds.right() ? pointer.x + 16 : pointer.x - 16 - w;
  return {std::round(r.x), std::round(r.y), w, h};
}

}  // namespace

void tooltip(Ui& ui) {
  const std::string* of = ui.in.tooltip_of();
  if (!of) return;
  const drawing::Region* region = drawing::find_region(ui.p.drawing(), *of);
  if (!region || (region->label.empty() && region->hint.empty())) return;
  if (region->hint.empty() && label_shown(ui.p.drawing(), *region)) return;

  const drawing::Theme& t = ui.p.theme();
  const drawing::TextStyle bold{.color = t.text, .size = 12, .weight = 600},
      plain{.color = t.text2, .size = 12};
  drawing::TextEngine& engine = ui.p.text_engine();
  const Rect bounds = ui.p.drawing().bounds;
  const float room = std::min(kWidth, bounds.w - 2 * (kPadding + kToBounds));
  const std::vector<std::string> label = engine.wrapped(region->label, bold, room);
  const std::vector<std::string> hint = engine.wrapped(region->hint, plain, room);
  float width = 0;
  for (const std::string& line : label) width = std::max(width, ui.p.width_of(line, bold));
  for (const std::string& line : hint) width = std::max(width, ui.p.width_of(line, plain));
  const float height = kLine * static_cast<float>(label.size() + hint.size());

  const Rect visible = region->clip.empty() ? region->rect : region->rect.intersection(region->clip);
  // Without a pointer on it, it hangs from the region's beginning.
  const Point at = visible.contains(ui.in.pointer) ? ui.in.pointer : Point{visible.x + 12, visible.center().y};
  const Rect r =
      placed(bounds, visible, at, std::ceil(width) + 2 * kPadding, height + 2 * (kPadding - 3));
  popup_panel(ui.p, r, 5);
  float y = r.y + kPadding - 3 + kLine / 2;
  const auto draw = [&](const std::vector<std::string>& lines, const drawing::TextStyle& style) {
    for (const std::string& line : lines) {
      ui.p.text_middle(r.x + kPadding, y, line, style);
      y += kLine;
    }
  };
  draw(label, bold);
  draw(hint, plain);
}

}  // namespace qkv::controls
