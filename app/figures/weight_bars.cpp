#include "app/figures/weight_bars.h"

#include <algorithm>
#include <cmath>

#include "app/figures/axes.h"
#include "app/figures/drawing_names.h"
#include "app/figures/heatmap.h"
#include "app/figures/numbers.h"
#include "app/figures/symbols.h"

namespace qkv::figures {

namespace {

constexpr float kCellHeight = 24, kLeft = 66, kRight = 34, kMostCell = 60, kNameSize = 11.5f;
constexpr const char* kSaturation = "saturation";  // the longest of the names on the left

struct Columns {
  float x = 0, cell = 0;
  int n = 0;
  float left(int i) const { return x + cell * static_cast<float>(i); }
  float right() const { return left(n); }
  float width() const { return cell * static_cast<float>(n); }
};

void strip(Painter& p, const Columns& c, float y, const std::shared_ptr<const Matrix>& values, Map map,
           float limit, int decimals, const std::string& id, const std::string& label, int hovered) {
  HeatmapStyle style;
  style.cell_w = c.cell;
  style.cell_h = kCellHeight;
  style.map = map;
  style.lo = map == Map::diverging ? -limit : 0;
  style.hi = limit;
  style.max_decimals = decimals;
  auto masked = std::make_shared<std::vector<std::uint8_t>>();
  for (int i = 0; i < c.n; ++i) masked->push_back(std::isinf((*values)(0, i)) && (*values)(0, i) < 0);
  style.masked = masked;
  style.masked_text = "−∞";
  const Rect cells = heatmap(p, {c.x, y}, values, style);
  if (hovered >= 0 && hovered < c.n) p.outline({c.left(hovered), y, c.cell, kCellHeight}, p.theme().text);
  p.region(
      {.id = id, .rect = cells, .label = label, .cursor = drawing::Cursor::cross, .rows = 1, .columns = c.n});
}

void key_names(Painter& p, const Columns& c, float baseline, const WeightBars& bars) {
  const TextStyle style{.color = p.theme().key, .size = 12, .weight = 600};
  for (int i = 0; i < c.n; ++i) {
    const bool named = i < static_cast<int>(bars.keys.size());
    const std::string name = named ? bars.keys[static_cast<std::size_t>(i)] : "k_" + std::to_string(i);
    const float middle = c.left(i) + c.cell / 2;
    if (symbols_width(p, name, style) <= c.cell - 4) {
      symbols(p, {middle, baseline}, name, style, Align::center);
    } else if (c.cell >= 24 && named) {
      p.text_fit({middle, baseline}, name, {.color = style.color, .size = 11}, c.cell - 4, Align::center);
    }
  }
}

void weight_columns(Painter& p, const Columns& c, Rect plot, const Matrix& weights) {
  const auto& t = p.theme();
  const Axis axis{.lo = 0, .hi = 1};
  for (const Tick& tick : ticks(axis, plot.h >= 60 ? 2 : 1)) {
    const float y = std::round(plot.bottom() - plot.h * tick.value);
    p.fill({c.x, y, c.width(), 1}, tick.value > 0 ? t.gridline : t.border_strong);
    p.text_middle(c.x - 12, y, number(tick.value, 1), {.color = t.text3, .size = 10, .family = Family::mono},
                  Align::right);
  }
  const float inset = std::round(std::min(8.f, c.cell * 0.18f));
  for (int i = 0; i < c.n; ++i) {
    const float w = weights(0, i);
    if (!std::isfinite(w) || w <= 0) continue;
    const float h = std::max(1.f, std::round(plot.h * std::min(1.f, w)));
    // Even a small bar must be seen, so its colour does not fade to that of the ground.
    p.fill({c.left(i) + inset, plot.bottom() - h, c.cell - 2 * inset, h},
           drawing::colour_at(t, Map::sequential, std::max(w, 0.12f)));
  }
}

void saturation_bar(Painter& p, Rect area, const Columns& c, const attention::Readout& r) {
  const auto& t = p.theme();
  const float y = area.y, share = std::isfinite(r.saturation) ? std::clamp(r.saturation, 0.f, 1.f) : 0.f;
  const Rect track{c.x, y - 5, c.width() - 56, 10};
  p.text({c.x - 12, y + 4}, kSaturation, {.color = t.text2, .size = kNameSize}, Align::right);
  p.fill(track, t.hover, 2);
  p.fill({track.x, track.y, std::round(track.w * share), track.h}, r.saturation > 0.5f ? t.warn : t.text2, 2);
  for (const float at : {0.25f, 0.5f, 0.75f})
    p.fill({std::round(track.x + track.w * at), track.y, 1, track.h}, t.canvas);
  p.text({c.right(), y + 4}, number(100 * r.saturation, 0) + " %",
         {.color = t.text, .size = 12, .weight = 600, .family = Family::mono}, Align::right);
  if (area.h < 30) return;
  const TextStyle quiet{.color = t.text2, .size = 11, .family = Family::mono};
  TextStyle strong = quiet;
  strong.color = t.text;
  strong.weight = 600;
  std::vector<drawing::Run> line{{"‖∂a/∂s‖ = ", quiet}, {number(r.jacobian_norm, 3), strong}};
  const std::vector<drawing::Run> largest{{"   max weight ", quiet}, {weight_number(r.largest_weight, 3), strong}};
  line.insert(line.end(), largest.begin(), largest.end());
  if (p.runs_width(line) > area.right() - c.x) line.resize(2);
  if (p.runs_width(line) > area.right() - c.x) return;
  p.runs({c.x, y + 25}, line);
}

}  // namespace

void weight_bars(Painter& p, Rect area, const WeightBars& b) {
  if (!b.scores || !b.weights || b.scores->cols() == 0 || b.weights->cols() != b.scores->cols()) return;
  const auto& t = p.theme();
  Columns c;
  c.n = static_cast<int>(b.scores->cols());
  const float left_room = std::max(kLeft, std::ceil(p.width_of(kSaturation, {.size = kNameSize})) + 12);
  c.x = std::round(area.x + left_room);
  c.cell = std::min(kMostCell, std::floor((area.w - left_room - kRight) / static_cast<float>(c.n)));
  // Where there is less height the smallest print goes first, then the saturation.
  const bool details = area.h >= 206, saturation = area.h >= 160;
  if (c.cell < 4 || area.h < 110) return;
  const float limit = b.limit > 0 ? b.limit : symmetric_limit(*b.scores);
  const std::string shape = "1×" + std::to_string(c.n);
  const TextStyle small{.color = t.text3, .size = 10.5f, .family = Family::mono};
  const float shape_x = std::min(area.right(), c.right() + 48);

  float y = std::round(area.y);
  key_names(p, c, y + 13, b);
  y += 19;
  p.text({c.x - 12, y + 16}, b.score_name, {.color = t.text2, .size = 11.5f}, Align::right);
  strip(p, c, y, b.scores, Map::diverging, limit, limit >= 10 ? 1 : 2, b.id + "/scores", b.score_name,
        b.hovered);
  p.text({shape_x, y + 16}, shape, small, Align::right);
  y += kCellHeight + 20;

  // What the strips and lines need below the bars is fixed; the bars take the rest.
  const float below = 9 + kCellHeight + (details ? 46 + 34 : saturation ? 32 : 2);
  const float bars = std::clamp(std::floor(area.bottom() - below - y), 10.f, 160.f);
  weight_columns(p, c, {c.x, y, c.width(), bars}, *b.weights);
  y += bars + 9;
  p.text({c.x - 12, y + 16}, "a", {.color = t.weight, .size = 13, .weight = 600, .italic = true},
         Align::right);
  strip(p, c, y, b.weights, Map::sequential, 1, 3, b.id + "/weights", "weights", b.hovered);
  p.text({shape_x, y + 16}, shape, small, Align::right);
  y += kCellHeight + 8;

  if (!details) {
    if (saturation) saturation_bar(p, {area.x, y + 15, area.w, 10}, c, b.readout);
    return;
  }
  const float left = colour_scale_width(p, 0, 1), right = colour_scale_width(p, -limit, limit);
  colour_scale(p, {c.x, y}, Map::sequential, 0, 1);
  if (left + 16 + right <= c.width()) colour_scale(p, {c.right() - right, y}, Map::diverging, -limit, limit);
  saturation_bar(p, {area.x, y + 37, area.w, 34}, c, b.readout);
}

}  // namespace qkv::figures
