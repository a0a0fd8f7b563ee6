#include "app/figures/colour_legend.h"

#include <algorithm>
#include <cmath>

#include "app/figures/numbers.h"

namespace qkv::figures {

using drawing::Align;
using drawing::Rect;

drawing::Rect colour_legend(drawing::Painter& p, Rect area, const ColourLegend& legend) {
  const auto& t = p.theme();
  constexpr float kTitle = 20, kWidth = 12, kMarker = 8;
  p.text_fit({area.right(), area.y + 10}, legend.title, {.color = t.weight, .size = 10.5f}, area.w,
             Align::right);
  const Rect bar{std::round(area.right() - kMarker - kWidth), std::round(area.y + kTitle), kWidth,
                 std::floor(std::max(0.f, area.h - kTitle - 4))};
  if (bar.h < 8) return bar;
  for (float y = 0; y < bar.h; y += 2)
    p.fill({bar.x, bar.y + y, bar.w, std::min(2.f, bar.h - y)},
           drawing::colour_at(t, map_of(legend.scale), 1 - (y + 1) / bar.h));
  p.stroke(bar.inset(-1), t.border_strong);
  drawing::TextStyle style{.color = t.text3, .size = 9.5f, .family = drawing::Family::mono};
  if (legend.scale.scale == Scale::row_rank) style = {.color = t.text3, .size = 10};
  float last = bar.bottom() + 100;
  for (const ScaleTick& tick : scale_ticks(legend.scale, std::clamp(static_cast<int>(bar.h / 30), 2, 5))) {
    const float y = bar.y + bar.h * (1 - tick.place);
    if (last - y < 11) continue;
    last = y;
    p.fill({bar.x - 5, std::clamp(std::round(y), bar.y, bar.bottom() - 1), 4, 1}, t.border_strong);
    p.text_middle(bar.x - 9, y, tick.label, style, Align::right);
  }
  if (legend.marked && !std::isnan(*legend.marked)) {
    const float y = bar.y + bar.h * (1 - scale_value(legend.scale, *legend.marked));
    p.polygon({{bar.right() + 1, y}, {bar.right() + 7, y - 3.5f}, {bar.right() + 7, y + 3.5f}}, t.text);
  }
  p.region({.id = "legend",
            .rect = bar,
            .label = "Colours of the " + legend.title,
            .hint = legend.scale.scale == Scale::row_rank
                        ? "By rank among the keys of a row: the largest weight first."
                    : legend.scale.scale == Scale::log
                        ? "Logarithmic, up to " + number(legend.scale.hi, 2) + "."
                        : "Linear, up to " + number(legend.scale.hi, 2) + "."});
  return bar;
}

}  // namespace qkv::figures
