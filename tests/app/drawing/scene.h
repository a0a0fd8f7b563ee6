#pragma once
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>

#include "app/drawing/painter.h"

// A small drawing with one of everything, for the tests of the players.
namespace qkv::drawing::testing {

inline constexpr Rect kHeatRect{20, 20, 120, 80};  // 4 × 3 cells of 30 × 26.67 px
inline constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// 3 × 4 values in [-3, 3]; (0, 1) is NaN, (0, 2) is +inf, (0, 3) is -inf, the last row is masked from column
/// 2 on.
inline Heat example_heat() {
  auto values = std::make_shared<Matrix>(3, 4);
  *values << 0, NAN, kInfinity, -kInfinity, -3, 3, 1.5f, -1.5f, 1, 1, 9, 9;
  auto masked = std::make_shared<std::vector<std::uint8_t>>(12, std::uint8_t{0});
  (*masked)[10] = (*masked)[11] = 1;
  Heat heat;
  heat.rect = kHeatRect;
  heat.values = values;
  heat.lo = -3;
  heat.hi = 3;
  heat.masked = masked;
  heat.gaps = true;
  return heat;
}

inline Drawing example_drawing(TextEngine& engine, const Theme& theme) {
  Drawing drawing;
  drawing.bounds = {0, 0, 320, 240};
  Painter p(drawing, engine, theme);
  const TextStyle mono{.color = theme.text, .size = 10, .family = Family::mono};
  const TextStyle ui{.color = theme.text2, .size = 13};
  p.fill(drawing.bounds, theme.canvas);
  p.heat(example_heat());
  p.text({160, 40}, "0.31 -1.25", mono);
  p.text({300, 60}, "a < b & \"c\"", ui, Align::right);
  p.text({230, 80}, "نص عربي", ui, Align::center);
  p.text({160, 100}, "x\U000E1234y", ui);
  p.text({160, 120}, "turned", ui, Align::left, 45);
  p.text({200, 120}, "😀 e\u0301", ui);
  p.stroke({20, 120, 60, 24}, theme.border_strong, 1, 4);
  p.stroke({90, 120, 24, 24}, theme.border_strong, 1, 4, true);
  p.fill({20, 150, 60, 24}, theme.query_bg, 5);
  p.outline({90, 150, 30, 20}, theme.query);
  p.line({20, 180}, {140, 180}, theme.border);
  p.line({20, 185}, {140, 195}, theme.key, 2, true);
  p.bezier({20, 200}, {60, 200}, {60, 220}, {100, 220}, theme.value, 1.5f);
  p.polygon({{110, 200}, {130, 200}, {130, 215}}, theme.edited);
  p.circle({150, 200}, 7, theme.raised, theme.text2, 1.5f);
  p.hatch({170, 180, 40, 30}, theme.mask_hatch);
  p.push_clip({220, 180, 40, 20});
  p.fill({210, 170, 100, 60}, theme.weight_bg);
  p.pop_clip();
  return drawing;
}

}  // namespace qkv::drawing::testing
