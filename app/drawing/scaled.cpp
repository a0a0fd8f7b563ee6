#include "app/drawing/scaled.h"

namespace qkv::drawing {
namespace {

struct Scale {
  float factor;
  Point from, to;

  Point operator()(Point p) const { return {to.x + (p.x - from.x) * factor, to.y + (p.y - from.y) * factor}; }
  Rect operator()(Rect r) const {
    const Point corner = (*this)(Point{r.x, r.y});
    return {corner.x, corner.y, r.w * factor, r.h * factor};
  }
  void all(std::vector<Point>& points) const {
    for (Point& p : points) p = (*this)(p);
  }

  Command operator()(FillRect c) const { return FillRect{(*this)(c.rect), c.color, c.radius * factor}; }
  Command operator()(StrokeRect c) const { return StrokeRect{(*this)(c.rect), c.color, c.width * factor, c.radius * factor, c.dashed}; }
  Command operator()(Polyline c) const {
    all(c.points);
    c.width *= factor;
    return c;
  }
  Command operator()(Polygon c) const {
    all(c.points);
    return c;
  }
  Command operator()(Bezier c) const { return Bezier{(*this)(c.from), (*this)(c.control1), (*this)(c.control2), (*this)(c.to), c.color, c.width * factor}; }
  Command operator()(Circle c) const { return Circle{(*this)(c.center), c.radius * factor, c.fill, c.stroke, c.width * factor}; }
  Command operator()(Hatch c) const { return Hatch{(*this)(c.rect), c.color, c.step * factor}; }
  Command operator()(Text c) const {
    c.at = (*this)(c.at);
    c.box = (*this)(c.box);
    c.style.size *= factor;
    return c;
  }
  Command operator()(Heat c) const {
    c.rect = (*this)(c.rect);
    return c;
  }
  Command operator()(const PushClip& c) const { return PushClip{(*this)(c.rect)}; }
  Command operator()(const PopClip&) const { return PopClip{}; }
};

}  // namespace

void append_scaled(Drawing& to, const Drawing& from, float factor, Point at) {
  const Scale scale{factor, {from.bounds.x, from.bounds.y}, at};
  to.commands.reserve(to.commands.size() + from.commands.size());
  for (const Command& command : from.commands) to.commands.push_back(std::visit(scale, command));
  for (Region region : from.regions) {
    region.rect = scale(region.rect);
    region.clip = scale(region.clip);
    to.regions.push_back(std::move(region));
  }
}

}  // namespace qkv::drawing
