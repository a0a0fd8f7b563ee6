#pragma once
#include <string>
#include <variant>
#include <vector>

#include "app/drawing/painter.h"

// What formulas are put together from: boxes of texts and paths about a base line.
namespace qkv::figures {

/// A set part of a formula: what it draws, relative to the left end of its base line (y down), and its
/// extent.
struct FormulaBox {
  struct Letters {
    drawing::Point at;
    std::string text;
    drawing::TextStyle style;
  };
  struct Path {
    std::vector<drawing::Point> points;
    drawing::Color color;
    float width;
  };
  struct Curve {
    drawing::Point from, control1, control2, to;
    drawing::Color color;
    float width;
  };
  struct Value {
    drawing::Rect box;
    std::string expression;
  };
  using Item = std::variant<Letters, Path, Curve, Value>;

  float width = 0, ascent = 0, descent = 0;
  float lean = 0;          ///< how far an italic letter leans out to the right, for what stands above
  bool is_letter = false;  ///< one piece of text: its scripts stand at the usual heights
  std::vector<Item> items;

  bool empty() const { return items.empty() && width == 0; }
  /// Puts another box with its base line's left end at `at`; the extent grows upwards and downwards, not the
  /// width.
  void put(const FormulaBox& box, drawing::Point at);
  void draw(drawing::Painter& p, drawing::Point at) const;
};

/// A pen for paths: `thin` px wide, and the size of the letters around it.
struct FormulaPen {
  drawing::Color color;
  float size = 20, thin = 1;
};

/// √ over a box.
FormulaBox root_box(const FormulaBox& inside, const FormulaPen& pen, float gap);
/// One of ( ) [ ] { } | ‖ ⟨ ⟩ that reaches `reach` above and below the axis, which is `axis` above the base
/// line.
FormulaBox fence_box(std::string_view delimiter, float reach, float axis, const FormulaPen& pen);

}  // namespace qkv::figures
