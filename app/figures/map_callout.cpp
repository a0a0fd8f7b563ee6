#include "app/figures/map_callout.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "app/figures/drawing_names.h"

namespace qkv::figures {

std::optional<Rect> callout_place(const MapLayout& l, const MapMask& mask, float width, float height) {
  if (!mask.causal) return std::nullopt;
  constexpr float kMargin = 4;
  const Rect s = l.shown();
  // The masked cells are above the diagonal: the lower left corner decides. A quarter down, else as high as
  // needed.
  for (const float share : {0.25f, 0.12f, 0.04f, 0.f}) {
    const Rect box{std::round(s.right() - kMargin - width), std::round(s.y + kMargin + s.h * share), width,
                   height};
    if (box.x < s.x || box.bottom() > s.bottom()) continue;
    const auto corner = cell_at(l, {box.x - kMargin, box.bottom() + kMargin});
    if (corner && corner->key > corner->query) return box;
  }
  return std::nullopt;
}

void map_callout(drawing::Painter& p, Rect box, const MapCallout& c) {
  const auto& t = p.theme();
  const TextStyle value{.color = t.weight, .size = 13, .weight = 700, .family = Family::mono},
      index{.color = t.text3, .size = 10, .family = Family::mono}, arrow{.color = t.text3, .size = 12.5f},
      query{.color = t.query, .size = 12.5f, .weight = 600},
      key{.color = t.key, .size = 12.5f, .weight = 600};
  p.fill(box, t.raised, 6);
  p.stroke(box, t.border_strong, 1, 6);
  const float x = box.x + 12, right = box.right() - 12;
  const bool two = !c.detail.empty() && box.h >= 44;
  const float y = std::round(two ? box.y + box.h * 0.36f : box.center().y + 4);
  const float value_w = p.text({right, y}, c.value, value, Align::right);
  const std::string qi = " " + std::to_string(c.at.query), ki = " " + std::to_string(c.at.key);
  const std::string to = "  →  ";
  const float fixed = p.width_of(qi, index) + p.width_of(ki, index) + p.width_of(to, arrow);
  // The tokens share what is left; a short one leaves its part to the other.
  const float room = std::max(0.f, right - value_w - 10 - x - fixed), wq = p.width_of(c.query, query),
              wk = p.width_of(c.key, key);
  const float for_query = std::max(room / 2, room - wk),
              for_key = std::max(room / 2, room - std::min(wq, for_query));
  const std::array<Run, 5> runs{Run{p.text_engine().elided(c.query, query, for_query), query}, Run{qi, index},
                                Run{to, arrow}, Run{p.text_engine().elided(c.key, key, for_key), key},
                                Run{ki, index}};
  p.runs({x, y}, runs);
  if (two)
    p.text_fit({x, std::round(box.y + box.h * 0.74f)}, c.detail,
               {.color = t.text2, .size = 10.5f, .family = Family::mono}, right - x);
}

}  // namespace qkv::figures
