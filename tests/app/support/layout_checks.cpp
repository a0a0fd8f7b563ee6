#include "tests/app/support/layout_checks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <ostream>

namespace qkv::support {
namespace {

using drawing::Point;
using drawing::Rect;

constexpr float kCapHeight = 0.73f, kDescender = 0.2f, kForgiven = 0.5f;

using Quad = std::array<Point, 4>;

// The letters' box, turned about the text's anchor and smaller by what is forgiven.
Quad letters(const drawing::Text& t) {
  const float size = t.style.size;
  const Rect r =
      Rect{t.box.x, t.at.y - kCapHeight * size, t.box.w, (kCapHeight + kDescender) * size}.inset(kForgiven);
  Quad quad{Point{r.x, r.y}, {r.right(), r.y}, {r.right(), r.bottom()}, {r.x, r.bottom()}};
  if (t.angle == 0) return quad;
  const float a = -t.angle * std::numbers::pi_v<float> / 180, c = std::cos(a), s = std::sin(a);
  for (Point& p : quad) {
    const float dx = p.x - t.at.x, dy = p.y - t.at.y;
    p = {t.at.x + dx * c - dy * s, t.at.y + dx * s + dy * c};
  }
  return quad;
}

Rect extent(const Quad& q) {
  const auto [left, right] = std::minmax({q[0].x, q[1].x, q[2].x, q[3].x});
  const auto [top, bottom] = std::minmax({q[0].y, q[1].y, q[2].y, q[3].y});
  return {left, top, right - left, bottom - top};
}

bool holds(const Rect& outer, const Rect& inner) {
  return inner.x >= outer.x && inner.y >= outer.y && inner.right() <= outer.right() &&
         inner.bottom() <= outer.bottom();
}

// Convex quads are apart when they are along the normal of one of their sides.
bool meet(const Quad& a, const Quad& b) {
  for (const Quad* sides : {&a, &b}) {
    for (std::size_t i = 0; i < 2; ++i) {
      const Point normal{(*sides)[i + 1].y - (*sides)[i].y, (*sides)[i].x - (*sides)[i + 1].x};
      const auto along = [&](const Quad& q) {
        const auto at = [&](Point p) { return p.x * normal.x + p.y * normal.y; };
        return std::minmax({at(q[0]), at(q[1]), at(q[2]), at(q[3])});
      };
      const auto [a_low, a_high] = along(a);
      const auto [b_low, b_high] = along(b);
      if (a_high <= b_low || b_high <= a_low) return false;
    }
  }
  return true;
}

// An opaque area and when it was drawn.
struct Cover {
  std::size_t command;
  Rect rect;
};

struct Replay {
  std::vector<PlacedText> texts;
  std::vector<Cover> covers;
};

Replay replay(const drawing::Drawing& d) {
  Replay r;
  std::vector<Rect> clips{d.bounds};
  for (std::size_t i = 0; i < d.commands.size(); ++i) {
    const drawing::Command& command = d.commands[i];
    if (const auto* push = std::get_if<drawing::PushClip>(&command)) {
      clips.push_back(clips.back().intersection(push->rect));
    } else if (std::holds_alternative<drawing::PopClip>(command)) {
      if (clips.size() > 1) clips.pop_back();
    } else if (const auto* fill = std::get_if<drawing::FillRect>(&command)) {
      if (fill->color.a == 255) r.covers.push_back({i, fill->rect.intersection(clips.back())});
    } else if (const auto* heat = std::get_if<drawing::Heat>(&command)) {
      r.covers.push_back({i, heat->rect.intersection(clips.back())});
    } else if (const auto* text = std::get_if<drawing::Text>(&command)) {
      const bool unclipped = clips.size() == 1;
      const bool blank = text->text.find_first_not_of(' ') == std::string::npos || text->style.color.a == 0;
      const bool shows = unclipped || extent(letters(*text)).intersects(clips.back());
      if (!blank && shows) r.texts.push_back({text, i, clips.back()});
    }
  }
  return r;
}

std::string described(const drawing::Text& t) {
  const auto number = [](float v) { return std::to_string(static_cast<int>(std::lround(v))); };
  const std::string turned = t.angle == 0 ? "" : " turned " + number(t.angle) + "°";
  return "'" + t.text + "' at " + number(t.box.x) + "," + number(t.box.y) + " " + number(t.box.w) + "×" +
         number(t.box.h) + turned;
}

}  // namespace

std::vector<PlacedText> texts(const drawing::Drawing& drawing) { return replay(drawing).texts; }

std::vector<Overlap> overlaps(const drawing::Drawing& drawing) {
  const Replay r = replay(drawing);
  struct Placed {
    Quad quad;
    Rect visible;
  };
  std::vector<Placed> placed;
  for (const PlacedText& t : r.texts) {
    const Quad quad = letters(*t.text);
    placed.push_back({quad, extent(quad).intersection(t.clip)});
  }
  std::vector<Overlap> found;
  for (std::size_t i = 0; i < placed.size(); ++i) {
    for (std::size_t j = i + 1; j < placed.size(); ++j) {
      const Rect common = placed[i].visible.intersection(placed[j].visible);
      if (common.empty() || !meet(placed[i].quad, placed[j].quad)) continue;
      const bool covered = std::any_of(r.covers.begin(), r.covers.end(), [&](const Cover& c) {
        return c.command > r.texts[i].command && c.command < r.texts[j].command && holds(c.rect, common);
      });
      if (!covered) found.push_back({r.texts[i], r.texts[j]});
    }
  }
  return found;
}

std::vector<PlacedText> clipped(const drawing::Drawing& drawing) {
  std::vector<PlacedText> found = texts(drawing);
  std::erase_if(found, [](const PlacedText& t) { return holds(t.clip, extent(letters(*t.text))); });
  return found;
}

const drawing::Text* find_text(const drawing::Drawing& drawing, std::string_view text) {
  for (const PlacedText& t : texts(drawing)) {
    if (t.text->text == text) return t.text;
  }
  return nullptr;
}

const drawing::Text* find_text_with(const drawing::Drawing& drawing, std::string_view part) {
  for (const PlacedText& t : texts(drawing)) {
    if (t.text->text.find(part) != std::string::npos) return t.text;
  }
  return nullptr;
}

std::string all_text(const drawing::Drawing& drawing) {
  std::string all;
  for (const PlacedText& t : texts(drawing)) all += t.text->text + "\n";
  return all;
}

void PrintTo(const PlacedText& t, std::ostream* out) { *out << described(*t.text); }

void PrintTo(const Overlap& o, std::ostream* out) {
  *out << described(*o.first.text) << " and " << described(*o.second.text);
}

}  // namespace qkv::support
