#include "app/figures/vector_strip.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "app/figures/drawing_names.h"
#include "app/figures/numbers.h"

namespace qkv::figures {

namespace {

/// Few digits for large numbers: "37.9", "0.4321".
std::string short_number(float v) {
  const float a = std::fabs(v);
  return number(v, a >= 100 ? 0 : a >= 10 ? 1 : a >= 1 ? 2 : 3);
}

std::string limit_text(float v) {
  std::string s = short_number(v);
  if (s.find('.') == std::string::npos || s.find('e') != std::string::npos) return s;
  while (s.ends_with("0")) s.pop_back();
  if (s.ends_with(".")) s.pop_back();
  return s;
}

TextStyle mono(drawing::Color c, float size = 10.5f, int weight = 400) {
  return {.color = c, .size = size, .weight = weight, .family = Family::mono};
}

/// First pixel of each dimension: whole pixels, as the strip's cells have them.
float edge(Rect strip, int dimensions, int i) {
  return std::round(strip.x + strip.w * static_cast<float>(i) / static_cast<float>(std::max(1, dimensions)));
}

Rect column(Rect strip, int dimensions, int i) {
  const float x = edge(strip, dimensions, i);
  return {x, strip.y, std::max(1.f, edge(strip, dimensions, i + 1) - x), strip.h};
}

void strip_title(Painter& p, Rect area, const VectorStrip& s, float norm, float limit) {
  const auto& t = p.theme();
  const TextStyle symbol{.color = s.colour, .size = 13, .weight = 600, .italic = true},
      of{.color = s.colour, .size = 13};
  std::vector<Run> right;
  const bool hovered = s.hovered >= 0 && s.hovered < s.values->size();
  if (hovered) {
    right = {{"[" + std::to_string(s.hovered) + "] ", mono(t.text3)},
             {short_number((*s.values)(0, s.hovered)), mono(t.text, 10.5f, 600)}};
  } else {
    right = {{"±" + limit_text(limit) + "   ", mono(t.text3)},
             {"norm ", {.color = t.text3, .size = 10.5f}},
             {number(norm, 2), mono(t.text2)}};
  }
  p.runs({area.right(), area.y + 11}, right, Align::right);
  const float room = area.w - p.runs_width(right) - 12 - p.width_of(s.symbol, symbol);
  TextStyle small = of;
  small.size *= 0.74f;  // as Run::sub draws it
  const Run name[] = {{s.symbol, symbol},
                      {p.text_engine().elided(s.of, small, std::max(0.f, room)), of, Run::Shift::sub}};
  p.runs({area.x, area.y + 11}, name);
}

}  // namespace

int dimension_at(Rect strip, int dimensions, float x) {
  if (x < strip.x || x >= strip.right() || dimensions <= 0) return -1;
  return std::min(dimensions - 1, static_cast<int>((x - strip.x) / strip.w * static_cast<float>(dimensions)));
}

Rect vector_strip(Painter& p, Rect area, const VectorStrip& s) {
  const Rect strip{std::round(area.x), std::round(area.y + 17), std::floor(area.w), 14};
  if (!s.values || s.values->size() == 0 || strip.w < 1) return strip;
  const int n = static_cast<int>(s.values->cols());
  const float limit = s.limit > 0 ? s.limit : symmetric_limit(*s.values);
  strip_title(p, area, s, s.values->row(0).norm(), limit);
  drawing::Heat heat{
      .rect = strip, .values = s.values, .map = Map::diverging, .lo = -limit, .hi = limit, .masked = {}};
  p.heat(std::move(heat));
  p.stroke(strip.inset(-1), p.theme().border_strong);
  if (s.hovered >= 0 && s.hovered < n) p.outline(column(strip, n, s.hovered), p.theme().text, 1);
  p.region({.id = s.id,
            .rect = strip,
            .label = s.symbol + " of " + s.of,
            .cursor = drawing::Cursor::cross,
            .rows = 1,
            .columns = n});
  return strip;
}

namespace {

void bars(Painter& p, Rect lane, const std::vector<float>& products, int hovered) {
  const auto& t = p.theme();
  const int n = static_cast<int>(products.size());
  float low = 0, high = 0;
  for (const float v : products)
    if (std::isfinite(v)) {
      low = std::min(low, v);
      high = std::max(high, v);
    }
  const float k = high > low ? lane.h / (high - low) : 0,
              zero = std::round(lane.y + (k > 0 ? high * k : lane.h / 2));
  p.fill({lane.x, zero, lane.w, 1}, t.border_strong);
  const auto bar = [&](Rect c, float v, bool on) {
    if (!std::isfinite(v)) return;
    const float h = std::max(1.f, std::round(std::fabs(v) * k));
    const float w = c.w >= 3 ? c.w - 1 : c.w;
    p.fill({c.x, v >= 0 ? zero - h : zero + 1, w, h},
           drawing::colour_at(t, Map::diverging, v >= 0 ? 0.95f : 0.1f).with_alpha(on ? 1.f : 0.45f));
  };
  if (static_cast<float>(n) <= lane.w) {
    for (int i = 0; i < n; ++i)
      bar(column(lane, n, i), products[static_cast<std::size_t>(i)], hovered < 0 || hovered == i);
    return;
  }
  // More dimensions than pixels: each pixel shows the largest of its own, both ways.
  for (int x = 0; x < static_cast<int>(lane.w); ++x) {
    const int from = static_cast<int>(static_cast<float>(x) * static_cast<float>(n) / lane.w),
              to = std::min(n, static_cast<int>(static_cast<float>(x + 1) * static_cast<float>(n) / lane.w));
    float most = 0, least = 0;
    for (int i = from; i < to; ++i) {
      most = std::max(most, products[static_cast<std::size_t>(i)]);
      least = std::min(least, products[static_cast<std::size_t>(i)]);
    }
    const Rect c{lane.x + static_cast<float>(x), lane.y, 1, lane.h};
    const bool on = hovered < 0 || (hovered >= from && hovered < to);
    if (most > 0) bar(c, most, on);
    if (least < 0) bar(c, least, on);
  }
}

constexpr float kSumCaption = 20;  // between the bars and the line

/// Ends where a product is NaN or infinite: from there on the sum is no number.
void running_sum(Painter& p, Rect lane, const std::vector<float>& products) {
  const auto& t = p.theme();
  const int n = static_cast<int>(products.size());
  std::vector<float> sums{0};
  for (const float v : products) {
    if (!std::isfinite(v)) break;
    sums.push_back(sums.back() + v);
  }
  const int known = static_cast<int>(sums.size()) - 1;
  const float low = *std::min_element(sums.begin(), sums.end()),
              high = *std::max_element(sums.begin(), sums.end());
  const float k = high > low ? lane.h / (high - low) : 0;
  const auto y = [&](float v) { return k > 0 ? lane.y + (high - v) * k : lane.center().y; };
  p.fill({lane.x, std::round(y(0)), lane.w, 1}, t.gridline);
  const int every = std::max(1, n / 512);
  std::vector<Point> line;
  for (int i = 0; i <= known; i += every)
    line.push_back({edge(lane, n, i), y(sums[static_cast<std::size_t>(i)])});
  line.push_back({edge(lane, n, known), y(sums.back())});
  p.polyline(line, t.text2, 1.25f);
  if (known == n) p.circle(line.back(), 2.5f, t.text);
}

}  // namespace

void product_bars(Painter& p, Rect area, const ProductBars& b) {
  const auto& t = p.theme();
  const std::size_t n = std::min(b.a.size(), b.b.size());
  if (n == 0 || area.w < 20) return;
  std::vector<float> products(n);
  float sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += products[i] = b.a[i] * b.b[i];
  std::vector<Run> right;
  if (b.hovered >= 0 && b.hovered < static_cast<int>(n)) {
    const auto i = static_cast<std::size_t>(b.hovered);
    right = {{"[" + std::to_string(i) + "] ", mono(t.text3)},
             {short_number(b.a[i]) + " × " + short_number(b.b[i]) + " = ", mono(t.text2)},
             {short_number(products[i]), mono(t.text, 10.5f, 700)}};
  } else {
    right = {{"Σ ", mono(t.text3, 11)}, {short_number(sum), mono(t.text, 11, b.scaled.empty() ? 700 : 400)}};
    if (const auto equals = b.scaled.rfind("= "); equals != std::string::npos) {
      right.push_back({" " + b.scaled.substr(0, equals + 2), mono(t.text3, 11)});
      right.push_back({b.scaled.substr(equals + 2), mono(t.text, 11, 700)});
    } else if (!b.scaled.empty()) {
      right.push_back({" " + b.scaled, mono(t.text3, 11)});
    }
  }
  const float used = p.runs({area.right(), area.y + 11}, right, Align::right);
  p.text_fit({area.x, area.y + 11}, b.name, mono(t.text, 11), std::max(0.f, area.w - used - 8));
  const Rect lanes{std::round(area.x), area.y + 20, std::floor(area.w), std::max(8.f, area.h - 23)};
  const float sum_h = lanes.h >= 50 ? std::round(lanes.h * 0.3f) : 0;
  bars(p, {lanes.x, lanes.y, lanes.w, lanes.h - (sum_h > 0 ? sum_h + kSumCaption : 0)}, products, b.hovered);
  if (sum_h > 0) p.text({lanes.x, lanes.bottom() - sum_h - 6}, "running sum", {.color = t.text3, .size = 9.5f});
  if (sum_h > 0) running_sum(p, {lanes.x, lanes.bottom() - sum_h, lanes.w, sum_h}, products);
  p.region(
      {.id = "products",
       .rect = lanes,
       .label = b.name + ", dimension by dimension",
       .hint = "The bars are the products; the line below is their running sum, which ends on the score.",
       .cursor = drawing::Cursor::cross,
       .rows = 1,
       .columns = static_cast<int>(n)});
}

}  // namespace qkv::figures
