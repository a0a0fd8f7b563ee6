#include "app/figures/head_grid.h"

#include <algorithm>
#include <cmath>

#include "app/figures/drawing_names.h"
#include "app/figures/numbers.h"

namespace qkv::figures {

namespace {

constexpr float kLeft = 16, kTop = 16, kLegend = 30, kLeastPitch = 12, kMostPitch = 84, kNumberSize = 9.5f;

TextStyle number_style(const drawing::Theme& t, bool on) {
  return {
      .color = on ? t.text : t.text3, .size = kNumberSize, .weight = on ? 700 : 400, .family = Family::mono};
}

/// Indices along one axis that fit without touching: every k-th, the selected one in place of its neighbours.
template <typename Draw>
void axis_numbers(int count, int every, int selected, Draw&& draw) {
  for (int i = 0; i < count; ++i) {
    const bool near = selected >= 0 && i != selected && std::abs(i - selected) < every;
    if (i == selected || (i % every == 0 && !near)) draw(i, i == selected);
  }
}

void numbers(Painter& p, const HeadGridLayout& l, const HeadGrid& g) {
  const float wide = p.width_of(std::to_string(std::max(0, g.heads - 1)), number_style(p.theme(), true)) + 4;
  const int every_head = static_cast<int>(std::ceil(wide / l.pitch)), every_layer = l.pitch < 11 ? 2 : 1;
  const auto shown = [](float at, float lo, float hi) { return at >= lo && at <= hi; };
  axis_numbers(g.heads, every_head, g.selected ? g.selected->head : -1, [&](int h, bool on) {
    const float x = l.frame_of({0, h}).center().x;
    if (shown(x, l.viewport.x + l.frame / 4, l.viewport.right() - l.frame / 4))
      p.text({std::round(x), l.viewport.y - 7}, std::to_string(h), number_style(p.theme(), on),
             Align::center);
  });
  axis_numbers(g.layers, every_layer, g.selected ? g.selected->layer : -1, [&](int i, bool on) {
    const float y = l.frame_of({i, 0}).center().y;
    if (shown(y, l.viewport.y + 5, l.viewport.bottom() - 5))
      p.text_middle(l.viewport.x - 7, y, std::to_string(i), number_style(p.theme(), on), Align::right);
  });
}

void thumbnail(Painter& p, const HeadGridLayout& l, const HeadGrid& g, HeadAt at) {
  const auto& t = p.theme();
  const Rect frame = l.frame_of(at);
  const float edge = (l.frame - l.inner) / 2;
  const Rect inner = frame.inset(edge);
  const HeadThumbnail& head = g.thumbnails[static_cast<std::size_t>(at.layer * g.heads + at.head)];
  const float radius = l.frame >= 20 ? 2 : 1;
  if (!head.picture) {
    p.stroke(frame, t.border, 1, radius, true);
  } else {
    const float span = g.hi - g.lo;
    if (std::isfinite(head.metric))
      p.fill(frame, drawing::colour_at(t, drawing::Map::tint, span > 0 ? (head.metric - g.lo) / span : 0),
             radius);
    else
      p.stroke(frame, t.border, 1, radius);
    p.fill(inner, t.sunken);
    drawing::Heat heat{
        .rect = inner, .values = head.picture, .map = drawing::Map::sequential, .lo = 0, .masked = {}};
    heat.alpha = head.ablated ? 0.35f : 1.f;
    p.heat(std::move(heat));
  }
  if (head.ablated) {
    p.polyline({{frame.x + edge, frame.y + edge}, {frame.right() - edge, frame.bottom() - edge}}, t.warn,
               1.5f);
    p.polyline({{frame.right() - edge, frame.y + edge}, {frame.x + edge, frame.bottom() - edge}}, t.warn,
               1.5f);
  }
}

void head_region(Painter& p, const HeadGridLayout& l, const HeadGrid& g, HeadAt at) {
  const HeadThumbnail& head = g.thumbnails[static_cast<std::size_t>(at.layer * g.heads + at.head)];
  drawing::Region region;
  region.id = "head/" + std::to_string(at.layer) + "." + std::to_string(at.head);
  region.rect = l.frame_of(at);
  region.rect.w = region.rect.h = l.pitch;
  region.label = "Layer " + std::to_string(at.layer) + ", head " + std::to_string(at.head);
  region.hint = !head.picture ? "Not computed yet."
                : !std::isfinite(head.metric)
                    ? "The " + g.metric + " is not defined for this text."
                    : g.metric + " " + number(head.metric, 3) + (head.ablated ? " · ablated" : "");
  region.cursor = drawing::Cursor::hand;
  p.region(std::move(region));
}

std::string end_text(float v) {
  std::string s = number(v, std::fabs(v) >= 10 ? 1 : 2);
  if (s.find('.') != std::string::npos && s.find('e') == std::string::npos) {
    while (s.ends_with("0")) s.pop_back();
    if (s.ends_with(".")) s.pop_back();
  }
  return s;
}

void legend(Painter& p, const HeadGridLayout& l, const HeadGrid& g) {
  const auto& t = p.theme();
  const float grid_bottom =
      std::min(l.viewport.bottom(), l.origin.y + l.pitch * static_cast<float>(l.layers));
  const float y = std::round(grid_bottom) + 19;
  const TextStyle words{.color = t.text3, .size = 10},
      mono{.color = t.text3, .size = kNumberSize, .family = Family::mono};
  float x = l.viewport.x;
  // The metric says enough by itself where there is no room for both.
  const float rest = p.width_of(end_text(g.lo) + end_text(g.hi), mono) + 78 + p.width_of(g.metric, words);
  if (p.width_of("frame tint", words) + 10 + rest <= l.area.right() - x) x += p.text({x, y}, "frame tint", words) + 10;
  x += p.text({x, y}, end_text(g.lo), mono) + 6;
  x = std::round(x);
  for (float i = 0; i < 60; i += 2)
    p.fill({x + i, y - 7, 2, 7}, drawing::colour_at(t, drawing::Map::tint, i / 58));
  p.stroke({x, y - 7, 60, 7}, t.border);
  x += 66;
  x += p.text({x, y}, end_text(g.hi), mono) + 6;
  p.text_fit({x, y}, g.metric, words, std::max(0.f, l.area.right() - x));
}

/// Where in the whole the viewport is, at its edge.
void scroll_marks(Painter& p, const HeadGridLayout& l) {
  const Rect& v = l.viewport;
  if (l.scroll_most.y > 0) {
    const float size = std::max(16.f, v.h * v.h / (v.h + l.scroll_most.y));
    p.fill({v.right() - 3, v.y + (v.h - size) * l.scroll.y / l.scroll_most.y, 3, size},
           p.theme().border_strong, 1.5f);
  }
  if (l.scroll_most.x > 0) {
    const float size = std::max(16.f, v.w * v.w / (v.w + l.scroll_most.x));
    p.fill({v.x + (v.w - size) * l.scroll.x / l.scroll_most.x, v.bottom() - 3, size, 3},
           p.theme().border_strong, 1.5f);
  }
}

}  // namespace

std::shared_ptr<const Matrix> thumbnail_picture(const Matrix& pattern, int size) {
  const auto pooled = [size](Eigen::Index n) { return std::min<Eigen::Index>(n, std::max(1, size)); };
  const Eigen::Index rows = pooled(pattern.rows()), columns = pooled(pattern.cols());
  auto out = std::make_shared<Matrix>(Matrix::Zero(rows, columns));
  for (Eigen::Index i = 0; i < pattern.rows(); ++i)
    for (Eigen::Index j = 0; j < pattern.cols(); ++j) {
      float& cell = (*out)(i * rows / pattern.rows(), j * columns / pattern.cols());
      const float v = pattern(i, j);
      if (std::isnan(v) || std::isnan(cell))
        cell = std::numeric_limits<float>::quiet_NaN();
      else
        cell = std::max(cell, std::sqrt(std::max(0.f, v)));
    }
  return out;
}

Rect HeadGridLayout::frame_of(HeadAt at) const {
  return {origin.x + pitch * static_cast<float>(at.head), origin.y + pitch * static_cast<float>(at.layer),
          frame, frame};
}

HeadGridLayout head_grid_layout(Rect area, int layers, int heads, Point scroll) {
  HeadGridLayout l;
  l.area = area;
  l.layers = layers;
  l.heads = heads;
  const float left = kLeft + (layers > 100 ? 6.f : 0.f);
  l.viewport = {area.x + left, area.y + kTop, std::max(0.f, area.w - left),
                std::max(0.f, area.h - kTop - kLegend)};
  const float across = l.viewport.w / static_cast<float>(std::max(1, heads)),
              down = l.viewport.h / static_cast<float>(std::max(1, layers));
  l.pitch = std::clamp(std::floor(std::min(across, down)), kLeastPitch, kMostPitch);
  l.frame = l.pitch - (l.pitch < 16 ? 1.f : 2.f);
  l.inner = l.frame - (l.pitch < 20 ? 2.f : 4.f);
  l.scroll_most = {std::max(0.f, l.pitch * static_cast<float>(heads) - l.viewport.w),
                   std::max(0.f, l.pitch * static_cast<float>(layers) - l.viewport.h)};
  l.scroll = {std::round(std::clamp(scroll.x, 0.f, l.scroll_most.x)),
              std::round(std::clamp(scroll.y, 0.f, l.scroll_most.y))};
  l.origin = {l.viewport.x - l.scroll.x, l.viewport.y - l.scroll.y};
  return l;
}

std::optional<HeadAt> head_at(const HeadGridLayout& l, Point p) {
  if (!l.viewport.contains(p) || l.pitch <= 0) return std::nullopt;
  const HeadAt at{static_cast<int>((p.y - l.origin.y) / l.pitch),
                  static_cast<int>((p.x - l.origin.x) / l.pitch)};
  if (at.layer >= l.layers || at.head >= l.heads) return std::nullopt;
  return at;
}

Point scroll_to(const HeadGridLayout& l, HeadAt at) {
  const auto axis = [&](float now, float size, int i, float most) {
    const float begin = l.pitch * static_cast<float>(i);
    return std::clamp(std::clamp(now, begin + l.pitch - size, begin), 0.f, most);
  };
  if (l.viewport.w < l.pitch || l.viewport.h < l.pitch) return l.scroll;
  return {axis(l.scroll.x, l.viewport.w, at.head, l.scroll_most.x),
          axis(l.scroll.y, l.viewport.h, at.layer, l.scroll_most.y)};
}

void head_grid(Painter& p, const HeadGridLayout& l, const HeadGrid& g) {
  if (l.viewport.empty() || g.layers <= 0 || g.heads <= 0 ||
      g.thumbnails.size() < static_cast<std::size_t>(g.layers) * static_cast<std::size_t>(g.heads))
    return;
  numbers(p, l, g);
  const auto first = [&](float scroll) { return static_cast<int>(scroll / l.pitch); };
  const auto end = [&](float scroll, float size, int count) {
    return std::min(count, static_cast<int>(std::ceil((scroll + size) / l.pitch)));
  };
  const bool scrolls = l.scroll_most.x > 0 || l.scroll_most.y > 0;
  // Outlines reach 2 px beyond a frame; where rows are cut by scrolling they may not.
  p.push_clip(scrolls ? l.viewport : l.viewport.inset(-3));
  p.region({.id = "heads", .rect = l.viewport, .label = "Heads"});
  for (int i = first(l.scroll.y); i < end(l.scroll.y, l.viewport.h, g.layers); ++i)
    for (int h = first(l.scroll.x); h < end(l.scroll.x, l.viewport.w, g.heads); ++h) {
      thumbnail(p, l, g, {i, h});
      head_region(p, l, g, {i, h});
    }
  if (g.hovered && g.hovered != g.selected) p.outline(l.frame_of(*g.hovered), p.theme().text2, 1, 2);
  if (g.selected) p.outline(l.frame_of(*g.selected), p.theme().selected, 2, 3);
  scroll_marks(p, l);
  p.pop_clip();
  legend(p, l, g);
}

}  // namespace qkv::figures
