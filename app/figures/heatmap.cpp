#include "app/figures/heatmap.h"

#include <algorithm>
#include <cmath>

#include "app/drawing/least_type.h"
#include "app/figures/drawing_names.h"
#include "app/figures/numbers.h"

namespace qkv::figures {

namespace {

constexpr int kTight = 3;     // characters: ".5", "1.5" and "−.5", but not "−1.5"
constexpr float kAir = 1.8f;  // between the numbers of neighbouring cells, px: "0.0 0.0", never "0.00.0"

void grid_numbers(Painter& p, Point origin, const Matrix& m, const drawing::Heat& heat, const HeatmapStyle& s) {
  const float least = drawing::least_type(p.text_engine());
  const float size = s.cell_h * 0.8f < least ? 0 : std::max(number_size(s.cell_w, s.cell_h), least);
  if (!s.numbers || size == 0) return;
  TextStyle style{.size = size, .family = Family::mono};
  const float advance = p.width_of("0", style);
  const int room = static_cast<int>((s.cell_w - kAir) / advance + 0.01f);
  NumberFormat format = format_within(m, s.max_decimals, room);
  format.of_weights = s.map == drawing::Map::sequential;
  const Rect clip = p.clip();
  const int rows = static_cast<int>(m.rows()), columns = static_cast<int>(m.cols());
  const int r0 = std::max(0, static_cast<int>((clip.y - origin.y) / s.cell_h));
  const int r1 = std::min(rows - 1, static_cast<int>((clip.bottom() - origin.y) / s.cell_h));
  const int c0 = std::max(0, static_cast<int>((clip.x - origin.x) / s.cell_w));
  const int c1 = std::min(columns - 1, static_cast<int>((clip.right() - origin.x) / s.cell_w));
  for (int i = r0; i <= r1; ++i) {
    for (int j = c0; j <= c1; ++j) {
      const Rect cell{origin.x + static_cast<float>(j) * s.cell_w, origin.y + static_cast<float>(i) * s.cell_h, s.cell_w,
                      s.cell_h};
      const float v = m(i, j);
      if (s.masked && (*s.masked)[static_cast<std::size_t>(i * columns + j)]) {
        if (s.masked_text.empty() || columns_of(std::string(s.masked_text)) > room) continue;
        style.color = p.theme().text3;
        const float w = p.width_of(s.masked_text, style) + 4;
        p.fill({cell.center().x - w / 2, cell.center().y - size * 0.6f, w, size * 1.2f}, p.theme().mask_fill);
        p.text_middle(cell.center().x, cell.center().y, s.masked_text, style, Align::center);
        continue;
      }
      std::string text = std::isfinite(v) ? format(v) : number(v, 0);
      style.size = size;
      if (text.empty() && room >= kTight) {  // the widest number of a matrix, and often its largest: smaller, not left out
        text = NumberFormat{format.decimals, format.drop_zero, kTight + 1, format.of_weights}(v);
        style.size = std::max(size - 1, least);
        if (p.width_of(text, style) > s.cell_w - 0.5f) continue;
      }
      if (text.empty() || columns_of(text) > std::max(room, kTight + 1)) continue;
      style.color = std::isfinite(v) ? drawing::ink_on(p.theme(), drawing::colour_of(p.theme(), heat, v)) : p.theme().error;
      p.text_middle(cell.center().x, cell.center().y, text, style, Align::center);
    }
  }
}

void outline_non_finite(Painter& p, Point origin, const Matrix& m, const HeatmapStyle& s) {
  if (s.cell_w < 5 || s.cell_h < 5 || m.allFinite()) return;
  for (Eigen::Index i = 0; i < m.rows(); ++i)
    for (Eigen::Index j = 0; j < m.cols(); ++j) {
      if (std::isfinite(m(i, j)) || (s.masked && (*s.masked)[static_cast<std::size_t>(i * m.cols() + j)])) continue;
      p.stroke({origin.x + static_cast<float>(j) * s.cell_w, origin.y + static_cast<float>(i) * s.cell_h, s.cell_w, s.cell_h},
               p.theme().error, 1);
    }
}

/// Every how many labels one is shown, so that they do not touch; strong ones are always shown.
int stride(float step, float needed) { return std::max(1, static_cast<int>(std::ceil(needed / std::max(step, 0.1f)))); }

TextStyle label_style(const AxisLabel& l, const HeatmapStyle& s) {
  return {.color = l.color, .size = s.label_size, .weight = l.strong ? 600 : 400};
}

/// Which labels to draw: every k-th, and the strong ones, whose neighbours give way.
std::vector<std::size_t> chosen_labels(std::span<const AxisLabel> labels, int k) {
  std::vector<std::size_t> out;
  auto near_strong = [&](std::size_t i) {
    for (std::size_t d = 1; d < static_cast<std::size_t>(k); ++d)
      if ((i >= d && labels[i - d].strong) || (i + d < labels.size() && labels[i + d].strong)) return true;
    return false;
  };
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i].strong || (i % static_cast<std::size_t>(k) == 0 && !near_strong(i))) out.push_back(i);
  if (k > 1)  // two strong ones may be neighbours: the first gives way only to be readable
    for (std::size_t n = 1; n < out.size(); ++n)
      if (out[n] - out[n - 1] < static_cast<std::size_t>(k)) out.erase(out.begin() + static_cast<std::ptrdiff_t>(n--));
  return out;
}

void row_labels(Painter& p, Point origin, const HeatmapStyle& s) {
  if (s.row_label_width < 12) return;
  for (const std::size_t i : chosen_labels(s.rows, stride(s.cell_h, s.label_size + 1))) {
    const AxisLabel& l = s.rows[i];
    const float y = origin.y + (static_cast<float>(i) + 0.5f) * s.cell_h + s.label_size * 0.36f;
    p.text_fit({origin.x - 6, std::round(y)}, l.text, label_style(l, s), s.row_label_width - 6, Align::right);
  }
}

bool columns_upright(Painter& p, const HeatmapStyle& s) {
  for (const AxisLabel& l : s.columns)
    if (p.width_of(l.text, label_style(l, s)) > s.cell_w - 2) return false;
  return true;
}

void column_labels(Painter& p, Point origin, const HeatmapStyle& s) {
  if (s.columns.empty()) return;
  const bool upright = columns_upright(p, s);
  // Slanted lines are √2 line heights apart; scripts beyond Latin, Greek and Cyrillic stand taller.
  const bool tall = std::any_of(s.columns.begin(), s.columns.end(), [](const AxisLabel& l) {
    return std::any_of(l.text.begin(), l.text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0xE0; });
  });
  const int k = upright ? 1 : stride(s.cell_w, s.label_size + (tall ? 9 : 4));
  for (const std::size_t j : chosen_labels(s.columns, k)) {
    const AxisLabel& l = s.columns[j];
    const float x = origin.x + (static_cast<float>(j) + 0.5f) * s.cell_w;
    if (upright) {
      p.text({std::round(x), origin.y - 6}, l.text, label_style(l, s), Align::center);
    } else {
      const std::string t = p.text_engine().elided(l.text, label_style(l, s), s.label_length);
      p.text({x + 3, origin.y - 5}, t, label_style(l, s), Align::left, 45);
    }
  }
}

}  // namespace

float number_size(float cell_w, float cell_h) {
  const float by_height = cell_h * 0.72f;
  const float by_width = cell_w < 16 ? 0.f : cell_w < 23 ? 8.f : cell_w < 26 ? 8.5f : cell_w < 34 ? 9.5f : cell_w < 44 ? 10.5f : cell_w * 0.24f;
  const float size = std::floor(std::min(by_height, by_width) * 2) / 2;
  return size < 8 ? 0.f : std::min(size, 22.f);
}

float column_label_height(Painter& p, const HeatmapStyle& s) {
  if (s.columns.empty()) return 0;
  const float size = std::max(s.label_size, drawing::least_type(p.text_engine()));
  if (columns_upright(p, s)) return size + 8;
  float widest = 0;
  for (const AxisLabel& l : s.columns) widest = std::max(widest, std::min(s.label_length, p.width_of(l.text, label_style(l, s))));
  return widest * 0.71f + size + 4;
}

Rect heatmap(Painter& p, Point origin, const std::shared_ptr<const Matrix>& values, const HeatmapStyle& asked) {
  HeatmapStyle s = asked;
  s.label_size = std::max(s.label_size, drawing::least_type(p.text_engine()));
  const Rect cells{origin.x, origin.y, s.cell_w * static_cast<float>(values->cols()),
                   s.cell_h * static_cast<float>(values->rows())};
  p.stroke({cells.x - 1, cells.y - 1, cells.w + 2, cells.h + 2}, p.theme().border_strong);
  drawing::Heat heat{.rect = cells, .values = values, .map = s.map, .lo = s.lo, .hi = s.hi, .log = false, .masked = s.masked,
                     .gaps = s.cell_w >= 6 && s.cell_h >= 6};
  p.heat(heat);
  grid_numbers(p, origin, *values, heat, s);
  outline_non_finite(p, origin, *values, s);
  row_labels(p, origin, s);
  column_labels(p, origin, s);
  return cells;
}

namespace {

constexpr float kScaleGap = 4;

TextStyle scale_style(const Painter& p) { return {.color = p.theme().text3, .size = 9, .family = Family::mono}; }

/// An end of the scale: "3", "1.5", "3e30".
std::string scale_end(float v, int decimals) {
  if (decimals >= 0) return number(v, decimals);
  std::string s = number(v, std::fabs(v) < 0.1f && v != 0 ? 3 : 1);
  if (const auto zero = s.find(".0e"); zero != std::string::npos) s.erase(zero, 2);
  if (s.size() > 2 && s.ends_with(".0")) s.resize(s.size() - 2);
  return s;
}

}  // namespace

float colour_scale_width(Painter& p, float lo, float hi, float bar_width, int decimals) {
  return p.width_of(scale_end(lo, decimals), scale_style(p)) + p.width_of(scale_end(hi, decimals), scale_style(p)) +
         bar_width + 2 * kScaleGap;
}

float colour_scale(Painter& p, Point at, drawing::Map map, float lo, float hi, float bar_width, int decimals) {
  const TextStyle style = scale_style(p);
  float x = at.x + p.text({at.x, at.y + 6}, scale_end(lo, decimals), style) + kScaleGap;
  for (float i = 0; i < bar_width; i += 2)
    p.fill({std::round(x) + i, at.y, 2, 5}, drawing::colour_at(p.theme(), map, i / (bar_width - 2)));
  p.stroke({std::round(x), at.y, bar_width, 5}, p.theme().border);
  x = std::round(x) + bar_width + kScaleGap;
  return x + p.text({x, at.y + 6}, scale_end(hi, decimals), style) - at.x;
}

void edited_mark(Painter& p, Rect cell) {
  const float size = std::clamp(std::min(cell.w, cell.h) * 0.34f, 3.f, 9.f);
  p.polygon({{cell.right() - size, cell.y}, {cell.right(), cell.y}, {cell.right(), cell.y + size}}, p.theme().edited);
}

}  // namespace qkv::figures
