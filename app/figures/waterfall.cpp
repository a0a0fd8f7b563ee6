#include "app/figures/waterfall.h"

#include <algorithm>
#include <cmath>

namespace qkv::figures {

using drawing::Map;

void waterfall(drawing::Painter& p, drawing::Rect area, std::span<const float> terms, float step, int highlighted) {
  float run = 0, low = 0, high = 0;
  for (const float v : terms) {
    if (!std::isfinite(v)) continue;
    run += v;
    low = std::min({low, v, run});
    high = std::max({high, v, run});
  }
  const float k = high > low ? area.h / (high - low) : 0;
  auto y_of = [&](float v) { return std::round(area.y + (k > 0 ? (high - v) * k : area.h / 2)); };
  const float zero = y_of(0), width = step * static_cast<float>(terms.size());
  p.fill({area.x, zero, width, 1}, p.theme().border_strong);
  p.text_middle(area.x - 10, zero, "0", {.color = p.theme().text3, .size = 10, .family = drawing::Family::mono},
                drawing::Align::right);
  const float gap = step >= 12 ? std::round(step * 0.26f) : step >= 4 ? 1.f : 0.f;
  run = 0;
  bool known = true;  // until a term is NaN or infinite: from there on the sum is no number
  std::vector<drawing::Point> line{{area.x, zero + 0.5f}};
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const float v = terms[i], x = area.x + static_cast<float>(i) * step;
    known = known && std::isfinite(v);
    if (!std::isfinite(v)) continue;
    const float top = std::min(y_of(v), zero), bottom = std::max(y_of(v), zero);
    const bool strong = highlighted < 0 || highlighted == static_cast<int>(i);
    p.fill({x + gap, top, std::max(1.f, step - 2 * gap), std::max(1.f, bottom - top)},
           drawing::colour_at(p.theme(), Map::diverging, v >= 0 ? 0.93f : 0.07f).with_alpha(strong ? 1.f : 0.75f));
    if (!known) continue;
    run += v;
    const float y = y_of(run) + 0.5f;
    if (std::fabs(line.back().y - y) > 0.5f) line.push_back({x, y});
    line.push_back({x + step, y});
  }
  p.polyline(line, p.theme().text, 1.25f);
  if (known) p.circle(line.back(), 2.5f, p.theme().text);
}

}  // namespace qkv::figures
