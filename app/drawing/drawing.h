#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/drawing/geometry.h"
#include "core/matrix.h"

// A Drawing is a plain list of commands and named hit regions. Figures make it, players render it
// (window_player, svg_player, cairo_player), tests read it.
namespace qkv::drawing {

enum class Family : unsigned char { ui, mono };
enum class Align : unsigned char { left, center, right };
enum class Map : unsigned char { diverging, sequential, tint };

struct TextStyle {
  Color color{};
  float size = 12;     ///< px
  int weight = 400;    ///< 400, 500, 600, 700
  Family family = Family::ui;
  bool italic = false;
  bool operator==(const TextStyle&) const = default;
};

struct FillRect { Rect rect; Color color; float radius = 0; };
struct StrokeRect { Rect rect; Color color; float width = 1; float radius = 0; bool dashed = false; };  ///< stroke inside
struct Polyline { std::vector<Point> points; Color color; float width = 1; bool dashed = false; bool closed = false; };
struct Polygon { std::vector<Point> points; Color color; };  ///< filled, convex
struct Bezier { Point from, control1, control2, to; Color color; float width = 1; };
struct Circle { Point center; float radius = 0; Color fill{0, 0, 0, 0}; Color stroke{0, 0, 0, 0}; float width = 0; };
struct Hatch { Rect rect; Color color; float step = 5; };  ///< 1 px lines at 45°, clipped to rect

/// One line of text. `box` is its measured extent (unrotated when angle ≠ 0: use it with the angle about `at`).
struct Text {
  Point at;            ///< baseline; left, centre or right end by align
  std::string text;    ///< UTF-8
  TextStyle style;
  Align align = Align::left;
  float angle = 0;     ///< degrees, counter-clockwise
  Rect box;
};

/// A matrix as colours: nearest sampling, one rectangle a cell, colours by `map` over [lo, hi].
struct Heat {
  Rect rect;
  std::shared_ptr<const Matrix> values;               ///< rows top to bottom
  Map map = Map::diverging;
  float lo = -1, hi = 1;
  bool log = false;                                   ///< colour by log10 between lo (> 0) and hi
  std::shared_ptr<const std::vector<std::uint8_t>> masked;  ///< rows·columns, 1: hatched; null: none
  bool gaps = false;                                  ///< 1 px lines between cells in the theme's cellGap
  float alpha = 1;
};

struct PushClip { Rect rect; };  ///< intersected with the current one
struct PopClip {};

using Command = std::variant<FillRect, StrokeRect, Polyline, Polygon, Bezier, Circle, Hatch, Text, Heat, PushClip, PopClip>;

enum class Cursor : unsigned char { arrow, hand, text, resize_vertical, resize_horizontal, cross };

/// Something the pointer can be on. The last one that contains the pointer (within its clip) wins.
struct Region {
  std::string id{};      ///< unique in a frame: "action/undo", "stage/weights/0/1", "token/2"
  Rect rect{};
  Rect clip{};           ///< filled in by Painter
  std::string label{};   ///< what a screen reader would say; also the tooltip's first line
  std::string hint{};    ///< the tooltip's second line: the term's one-line meaning
  Cursor cursor = Cursor::arrow;
  bool focusable = false;  ///< Tab stops here
  int rows = 0, columns = 0;  ///< a grid of equal cells when > 0
};

struct Drawing {
  Rect bounds;
  std::vector<Command> commands;
  std::vector<Region> regions;
};

/// The topmost region under p; nullptr when there is none.
const Region* region_at(const Drawing& drawing, Point p);
const Region* find_region(const Drawing& drawing, std::string_view id);

}  // namespace qkv::drawing
