#pragma once
#include <span>
#include <string_view>

#include "app/drawing/drawing.h"
#include "app/drawing/text_engine.h"
#include "app/drawing/theme.h"

namespace qkv::drawing {

/// A run of a line with its own style: formulas, symbols with a subscript.
struct Run {
  enum class Shift : unsigned char { none, sub, super };
  std::string text{};
  TextStyle style{};
  Shift shift = Shift::none;  ///< sub and super are drawn at 0.74 of the size
  bool overline = false;      ///< the bar of a root
};

/// Adds commands to a Drawing, measuring text as it goes. Whole-pixel rectangles stay crisp.
class Painter {
 public:
  Painter(Drawing& drawing, TextEngine& text, const Theme& theme) : drawing_(drawing), text_(text), theme_(theme) {}

  const Theme& theme() const { return theme_; }
  TextEngine& text_engine() { return text_; }
  Drawing& drawing() { return drawing_; }

  void fill(Rect r, Color c, float radius = 0);
  void stroke(Rect r, Color c, float width = 1, float radius = 0, bool dashed = false);  ///< inside the rectangle
  void outline(Rect r, Color c, float width = 1.5f, float radius = 1);                   ///< centred on its edge
  void line(Point a, Point b, Color c, float width = 1, bool dashed = false);  ///< odd widths snap to pixel centres
  void polyline(std::vector<Point> points, Color c, float width = 1, bool closed = false);
  void polygon(std::vector<Point> points, Color c);
  void bezier(Point a, Point c1, Point c2, Point b, Color c, float width = 1);
  void circle(Point centre, float radius, Color fill_color, Color stroke_color = {0, 0, 0, 0}, float width = 0);
  void hatch(Rect r, Color c, float step = 5);
  void arrow_head(Point tip, Point direction, Color c, float size = 3.5f);
  float text(Point at, std::string_view s, const TextStyle& style, Align align = Align::left, float angle = 0);
  /// Text vertically centred on y.
  float text_middle(float x, float y, std::string_view s, const TextStyle& style, Align align = Align::left);
  /// Elided to the width.
  float text_fit(Point at, std::string_view s, const TextStyle& style, float width, Align align = Align::left);
  float runs(Point at, std::span<const Run> line, Align align = Align::left);  ///< returns the width
  float runs_width(std::span<const Run> line);
  float width_of(std::string_view s, const TextStyle& style) { return text_.measure(s, style).width; }
  void heat(Heat h);
  void region(Region r);
  void push_clip(Rect r);
  void pop_clip();
  Rect clip() const { return clips_.empty() ? drawing_.bounds : clips_.back(); }
  /// Everything drawn from now on is multiplied by alpha (disabled or dimmed parts).
  void set_alpha(float alpha) { alpha_ = alpha; }

 private:
  Color faded(Color c) const { return alpha_ < 1 ? c.with_alpha(alpha_) : c; }
  Drawing& drawing_;
  TextEngine& text_;
  const Theme& theme_;
  std::vector<Rect> clips_;
  float alpha_ = 1;
};

}  // namespace qkv::drawing
