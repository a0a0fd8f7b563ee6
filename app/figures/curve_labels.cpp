#include "app/figures/curve_labels.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "app/figures/drawing_names.h"
#include "app/figures/symbols.h"

namespace qkv::figures {

namespace {

constexpr float kGap = 10, kLine = 16, kBox = 20;

TextStyle end_style(const Curve& c) {
  return {.color = c.colour, .size = 12, .weight = c.dashed ? 400 : 600};
}

/// A text's wanted middle, and where it ends up.
struct Slot {
  std::size_t index = 0;
  float y = 0;
};

/// Moves slots, sorted by y, apart to at least `pitch`, within lo … hi as far as they fit.
void part(std::vector<Slot>& slots, float pitch, float lo, float hi) {
  std::ranges::sort(slots, {}, &Slot::y);
  float least = lo;
  for (Slot& s : slots) {
    s.y = std::max(s.y, least);
    least = s.y + pitch;
  }
  float most = hi;
  for (auto it = slots.rbegin(); it != slots.rend(); ++it) {
    it->y = std::min(it->y, most);
    most = it->y - pitch;
  }
}

const CurvePoint* last_finite(const AxesLayout& l, const Curve& c) {
  for (auto it = c.points.rbegin(); it != c.points.rend(); ++it)
    if (std::isfinite(l.x_at(it->x)) && std::isfinite(l.y_at(it->y))) return &*it;
  return nullptr;
}

/// Its label has to stand beside the plot.
bool reaches_edge(const Axis& x, const Curve& c) {
  constexpr float kEdge = 0.97f;
  const auto it = std::find_if(c.points.rbegin(), c.points.rend(), [](const CurvePoint& p) { return std::isfinite(p.y); });
  return it != c.points.rend() && !(place(x, it->x) < kEdge);
}

}  // namespace

Color mixed(Color a, Color b, float share) {
  const auto mix = [&](unsigned char x, unsigned char y) {
    return static_cast<unsigned char>(
        std::lround(std::lerp(static_cast<float>(x), static_cast<float>(y), share)));
  };
  return {mix(a.r, b.r), mix(a.g, b.g), mix(a.b, b.b), 255};
}

float end_label_room(Painter& p, Rect area, const Curves& data) {
  float widest = 0;
  for (const Curve& c : data.curves)
    if (reaches_edge(data.x, c)) widest = std::max(widest, symbols_width(p, c.label, end_style(c)));
  return widest > 0 ? std::min(std::ceil(widest) + kGap + 2, area.w * 0.35f) : 8;
}

bool CurveLabels::free(Rect r) const {
  return std::ranges::none_of(taken_, [&](const Rect& t) { return t.intersects(r); });
}

int CurveLabels::points_under(Rect r) const {
  constexpr float kStep = 4;  // px
  int count = 0;
  for (const Curve& c : data_.curves)
    for (std::size_t i = 0; i + 1 < c.points.size(); ++i) {
      const drawing::Point a = l_.at(c.points[i].x, c.points[i].y),
                           b = l_.at(c.points[i + 1].x, c.points[i + 1].y);
      const float length = std::hypot(b.x - a.x, b.y - a.y);
      if (!std::isfinite(length)) continue;
      for (float at = 0; at < length; at += kStep) {
        const float s = at / length;
        count += r.contains({std::lerp(a.x, b.x, s), std::lerp(a.y, b.y, s)});
      }
    }
  return count;
}

std::vector<drawing::Point> CurveLabels::places_of(const Curve& c, drawing::Point end) const {
  constexpr float kStep = 12;  // px
  std::vector<drawing::Point> places{end};
  if (!c.dashed || c.points.size() < 2) return places;  // what was measured is named at its end
  const CurvePoint &first = c.points.front(), &last = c.points.back();
  const drawing::Point a = l_.at(first.x, first.y), b = l_.at(last.x, last.y);
  const float length = std::hypot(b.x - a.x, b.y - a.y);
  for (float at = kStep; at < length * 0.7f; at += kStep) places.push_back({std::lerp(b.x, a.x, at / length), std::lerp(b.y, a.y, at / length)});
  return places;
}

void CurveLabels::inner_label(const Curve& c, drawing::Point end) {
  const TextStyle style = end_style(c);
  const float w = symbols_width(p_, c.label, style), h = kLine, by = 8;
  const Rect within{l_.plot.x, l_.plot.y - h / 2, l_.area.right() - l_.plot.x, l_.plot.h + h / 2};
  std::optional<Rect> best;
  float least = 0;
  for (drawing::Point at : places_of(c, end)) {
    float habit = 0;  // right of it first, then above, below and left of it
    at.y = std::max(at.y, l_.plot.y + by + 2);  // below the topmost line of the grid
    for (const Rect& r : {Rect{at.x + by, at.y - h / 2, w, h}, Rect{at.x - w / 2, at.y - by - h, w, h},
                          Rect{at.x + by, at.y - by - h, w, h}, Rect{at.x + by, at.y + by, w, h},
                          Rect{at.x - w / 2, at.y + by, w, h}, Rect{at.x - by - w, at.y - by - h, w, h},
                          Rect{at.x - by - w, at.y - h / 2, w, h}, Rect{at.x - by - w, at.y + by, w, h}}) {
      const float hidden = 2 * static_cast<float>(points_under(r)) + habit++ / 4;
      const bool inside = r.x >= within.x && r.right() <= within.right() && r.y >= within.y && r.bottom() <= within.bottom();
      if (!inside || !free(r) || (best && hidden >= least)) continue;
      best = r;
      least = hidden;
    }
    if (best && least < 2) break;  // nothing is hidden
  }
  if (!best) return;  // its colour is explained elsewhere, or it has a box just now
  symbols(p_, {std::round(best->x), std::round(best->y + 12)}, c.label, style);
  taken_.push_back(*best);
}

void CurveLabels::end_labels() {
  std::vector<Slot> slots, inside;
  for (std::size_t i = 0; i < data_.curves.size(); ++i) {
    const Curve& c = data_.curves[i];
    const CurvePoint* last = last_finite(l_, c);
    if (!last || c.label.empty()) continue;
    const float y = std::clamp(l_.y_at(last->y), l_.plot.y, l_.plot.bottom());
    (reaches_edge(l_.x, c) ? slots : inside).push_back({i, y});
  }
  part(slots, kLine, l_.plot.y, l_.plot.bottom() - 4);
  const float x = l_.plot.right() + kGap, room = std::max(0.f, l_.area.right() - x);
  for (const Slot& s : slots) {
    const Curve& c = data_.curves[s.index];
    const TextStyle style = end_style(c);
    const drawing::Point at{x, std::round(s.y + 4)};
    const float w = symbols_width(p_, c.label, style) <= room ? symbols(p_, at, c.label, style) : p_.text_fit(at, c.label, style, room);
    taken_.push_back({x, at.y - 12, w, kLine});
  }
  for (const Slot& s : inside) inner_label(data_.curves[s.index], {l_.x_at(last_finite(l_, data_.curves[s.index])->x), s.y});
}

void CurveLabels::value_boxes(float x) {
  const auto& t = p_.theme();
  struct Value {
    std::string text;
    float width = 0, y = 0;
  };
  std::vector<Value> values(data_.curves.size());
  std::vector<Slot> slots;
  float widest = 0;
  for (std::size_t i = 0; i < data_.curves.size(); ++i) {
    const Curve& c = data_.curves[i];
    if (c.dashed) continue;
    const auto it = std::ranges::find(c.points, x, &CurvePoint::x);
    if (it == c.points.end() || !std::isfinite(l_.y_at(it->y))) continue;
    const TextStyle style{.size = 13, .weight = 600, .family = Family::mono};
    values[i] = {quantity(it->y, l_.y.unit, data_.decimals), 0, l_.y_at(it->y)};
    values[i].width = std::ceil(p_.width_of(values[i].text, style)) + 12;
    widest = std::max(widest, values[i].width);
    slots.push_back({i, values[i].y - 22});
  }
  part(slots, kBox + 4, l_.plot.y + 2, l_.plot.bottom() - kBox / 2 - 2);
  const float line = l_.x_at(x);
  const auto box_of = [&](const Slot& slot, bool right) {
    const float w = values[slot.index].width;
    return Rect{std::round(right ? line + kGap : line - kGap - w), std::round(slot.y - kBox / 2), w, kBox};
  };
  // On the side where they hide less of the curves, if it has room.
  int hidden[2] = {0, 0};
  for (const Slot& slot : slots)
    for (const bool right : {false, true}) hidden[right] += points_under(box_of(slot, right));
  const bool fits_left = line - kGap - widest >= l_.plot.x,
             fits_right = line + kGap + widest <= l_.plot.right();
  const bool right = fits_right && fits_left ? hidden[true] <= hidden[false] : fits_right || !fits_left;
  for (const Slot& s : slots) {
    const Curve& c = data_.curves[s.index];
    const Value& v = values[s.index];
    p_.circle({line, v.y}, 5, t.canvas, c.colour, 2);
    const Rect box = box_of(s, right);
    p_.fill(box, t.panel, 4);
    p_.stroke(box, c.colour, 1, 4);
    p_.text({box.x + 6, box.y + 15}, v.text,
            {.color = c.colour, .size = 13, .weight = 600, .family = Family::mono});
    taken_.push_back(box);
  }
}

void CurveLabels::extra_labels() {
  constexpr float kAway = 9;
  for (const ExtraPoint& e : data_.extra) {
    const drawing::Point at = l_.at(e.x, e.y);
    if (e.label.empty() || !std::isfinite(at.x) || !std::isfinite(at.y) || !l_.plot.inset(-1).contains(at))
      continue;
    const TextStyle style{.color = e.colour, .size = 11, .weight = 600};
    const float w = symbols_width(p_, e.label, style), h = 14;
    for (const Rect& r :
         {Rect{at.x + kAway, at.y - h / 2, w, h}, Rect{at.x - kAway - w, at.y - h / 2, w, h},
          Rect{at.x - w / 2, at.y - kAway - h, w, h}, Rect{at.x - w / 2, at.y + kAway, w, h}}) {
      const bool inside = r.x >= l_.plot.x && r.right() <= l_.plot.right() && r.y >= l_.plot.y - 8 &&
                          r.bottom() <= l_.plot.bottom();
      if (!inside || !free(r)) continue;
      symbols(p_, {std::round(r.x), std::round(r.y + 11)}, e.label, style);
      taken_.push_back(r);
      break;
    }
  }
}

}  // namespace qkv::figures
