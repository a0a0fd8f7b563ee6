#pragma once
#include <string>
#include <variant>
#include <vector>

#include "app/drawing/geometry.h"

// What the user did, free of any window library: the shell translates GLFW's events into these, tests
// write them.
namespace qkv::controls {

// clang-format off
enum class Key : unsigned char {
  unknown, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z,
  n0, n1, n2, n3, n4, n5, n6, n7, n8, n9,
  f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12,
  left, right, up, down, page_up, page_down, home, end, enter, escape, tab, space, backspace, del, insert,
  plus, minus, comma, period, slash, question,
};

struct Mods {
  bool shift = false, ctrl = false, alt = false;
  bool operator==(const Mods&) const = default;
};

enum class Button : unsigned char { left, middle, right };

struct PointerMove { drawing::Point at; Mods mods; };
struct PointerPress { drawing::Point at; Button button = Button::left; Mods mods; int clicks = 1; };
struct PointerRelease { drawing::Point at; Button button = Button::left; Mods mods; };
struct PointerLeave {};
struct Scroll { drawing::Point at; float dx = 0, dy = 0; Mods mods; };  ///< lines; dy > 0 up
struct KeyPress { Key key = Key::unknown; Mods mods; bool repeat = false; };
struct KeyRelease { Key key = Key::unknown; Mods mods; };
struct TextInput { std::string text; };         ///< UTF-8, committed characters
struct Resize { float width = 0, height = 0, scale = 1; };  ///< logical size and display scale
struct DropFiles { std::vector<std::string> paths; };
struct Tick { double seconds = 0; };            ///< passed since the last event: tooltips, results, carets
// clang-format on

using Event = std::variant<PointerMove, PointerPress, PointerRelease, PointerLeave, Scroll, KeyPress,
                           KeyRelease, TextInput, Resize, DropFiles, Tick>;

}  // namespace qkv::controls
