#include <cmath>

#include "app/figures/numbers.h"
#include "app/workspaces/lab/commands.h"
#include "app/workspaces/lab/scene.h"
#include "app/workspaces/lab/symbols.h"
#include "core/export/matrix_text.h"

namespace qkv::workspaces {

using controls::Button;

std::optional<Cell> cell_at(const StageBox& b, Point at) {
  if (!b.cells().contains(at)) return std::nullopt;
  const int row = std::min(b.rows - 1, static_cast<int>((at.y - b.origin.y) / b.cell_h));
  const int column = std::min(b.columns - 1, static_cast<int>((at.x - b.origin.x) / b.cell_w));
  return Cell{b.stage, b.layer, b.head, row, column};
}

namespace {

constexpr float kPixelsAStep = 4;

void drag_value(Scene& s, Point way) {
  const Cell& c = *s.view.pressed_cell;
  const float step = s.ui.in.mods.shift ? 0.01f : s.ui.in.mods.ctrl ? 1.f : 0.1f;
  const float steps = std::trunc(-way.y / kPixelsAStep);
  const float value = std::round((s.view.pressed_value + steps * step) * 1000) / 1000;
  if (value == attention::value(*s.trace, c)) return;
  set_value(s.document, c, value, "drag " + experiment::format_cell(c));
}

void begin_typing(Scene& s, const Cell& c) {
  if (!s.editable(c)) {
    s.view.notice =
        can_edit(s.document, c)
            ? "This number is not to be changed in this step: open it in the Lab to change anything."
            : term_of(c.stage).name + " is computed: change what it is made of instead.";
    return;
  }
  controls::begin_editing(s.ui.in, s.id("cell"), exact_text(attention::value(*s.trace, c)));
}

}  // namespace

void context_menu(Scene& s) {
  if (!controls::popup_open(s.ui.in, s.id("cell-menu")) || !s.view.selected) return;
  const Cell c = *s.view.selected;
  const bool editable = s.editable(c), free = !s.may_change;
  const bool square = is_square(c.stage);
  const Cell at = stored_cell(c);
  const bool edited = s.experiment().edits.contains(at);
  std::vector<controls::MenuItem> items{
      {.id = "type", .label = "Type a value…", .shortcut = "Enter", .enabled = editable},
      {.id = "zero", .label = "Set to zero", .shortcut = "Del", .enabled = editable},
      {.id = "cell",
       .label = attention::is_leaf(c.stage) ? "Reset cell" : "Release cell",
       .enabled = edited,
       .separator_above = true},
      {.id = "row", .label = "Reset row", .enabled = editable && free},
      {.id = "column", .label = "Reset column", .enabled = editable && free},
      {.id = "matrix", .label = "Reset matrix", .enabled = editable && free},
      {.id = "random", .label = "Randomise matrix", .enabled = free && can_randomise(s.document, c)},
      {.id = "mask",
       .label = s.trace->inputs.options.mask.allows(c.row, c.column) ? "Mask this cell" : "Unmask this cell",
       .enabled = square && free,
       .separator_above = true},
      {.id = "numpy", .label = "Copy matrix as NumPy", .separator_above = true},
      {.id = "csv", .label = "Copy matrix as CSV"},
      {.id = "latex", .label = "Copy matrix as LaTeX"}};
  const auto chosen =
      controls::menu(s.ui, s.id("cell-menu"), {s.view.menu_at.x, s.view.menu_at.y, 1, 1}, items);
  if (!chosen) return;
  using experiment::Extent;
  if (*chosen == "type") begin_typing(s, c);
  if (*chosen == "zero") set_value(s.document, c, 0);
  if (*chosen == "cell") reset(s.document, c, Extent::cell);
  if (*chosen == "row") reset(s.document, c, Extent::row);
  if (*chosen == "column") reset(s.document, c, Extent::column);
  if (*chosen == "matrix") reset(s.document, c, Extent::matrix);
  if (*chosen == "random") randomise(s.document, s.view, c);
  if (*chosen == "mask")
    change(s.document, s.view, "mask a cell",
           [&](const auto& e) { return experiment::with_mask_cell(e, c.row, c.column); });
  using exports::Notation;
  const auto copy = [&](Notation n, const char* name) {
    s.ui.clipboard.set(exports::matrix_text(*s.trace, c, n));
    s.view.notice = plain_symbol(c.stage) + " copied as " + name + ".";
  };
  if (*chosen == "numpy") copy(Notation::numpy, "NumPy");
  if (*chosen == "csv") copy(Notation::csv, "CSV");
  if (*chosen == "latex") copy(Notation::latex, "LaTeX");
}

void edit_box(Scene& s, const StageBox& b) {
  const std::string id = region_id(s, b);
  auto& in = s.ui.in;
  if (in.hot == id && !b.lens && !in.dragging) s.view.hovered = cell_at(b, in.pointer);
  if (s.ui.pressed(id)) {
    const auto cell = cell_at(b, in.press_at);
    if (!cell) return;
    if (in.button == Button::right && !b.lens) {
      select(s.view, *s.trace, *cell);
      s.view.menu_at = in.press_at;
      controls::open_popup(in, s.id("cell-menu"));
      in.event.reset();
      return;
    }
    s.view.pressed_cell = b.lens || in.button != Button::left || s.view.space_held ? std::nullopt : cell;
    s.view.pan_start = s.view.pan;
    if (s.view.pressed_cell) s.view.pressed_value = attention::value(*s.trace, *cell);
  }
  if (s.ui.double_clicked(id) && !b.lens) {
    if (const auto cell = cell_at(b, in.press_at)) {
      select(s.view, *s.trace, *cell);
      begin_typing(s, *cell);
    }
    return;
  }
  if (const auto way = s.ui.dragged(id)) {
    const bool value =
        s.view.pressed_cell && s.editable(*s.view.pressed_cell) && std::isfinite(s.view.pressed_value);
    if (value) {
      s.view.hovered = s.view.pressed_cell;
      drag_value(s, *way);
      s.view.dragging_value = true;
    } else {
      s.view.pan = {s.view.pan_start.x + way->x, s.view.pan_start.y + way->y};
    }
  }
  if (s.ui.released(id)) {
    s.document.end_gesture();
    if (!in.dragging && s.view.pressed_cell) {
      if (s.view.selected == s.view.pressed_cell && !s.view.drawer) s.view.drawer = true;
      select(s.view, *s.trace, *s.view.pressed_cell);
    } else if (in.dragging && s.view.pressed_cell && s.editable(*s.view.pressed_cell)) {
      select(s.view, *s.document.trace(), *s.view.pressed_cell);
    }
    s.view.pressed_cell.reset();
  }
}

void canvas_gestures(Scene& s, Rect area) {
  auto& in = s.ui.in;
  // Pan by dragging, zoom by the wheel wherever the pointer is.
  if (s.ui.pressed("canvas")) s.view.pan_start = s.view.pan;
  if (const auto way = s.ui.dragged("canvas"))
    s.view.pan = {s.view.pan_start.x + way->x, s.view.pan_start.y + way->y};
  if (in.event && std::holds_alternative<controls::Scroll>(*in.event) &&
      (in.hot == "canvas" || in.hot.starts_with("stage/"))) {
    const auto scroll = std::get<controls::Scroll>(*in.event);
    if (scroll.mods.shift) {
      s.view.pan.x += scroll.dy * 40;
    } else {
      const float before = s.view.zoom;
      s.view.zoom = std::clamp(before * std::pow(1.2f, scroll.dy), 1.f, 40.f);
      const float k = s.view.zoom / before;  // what is under the pointer stays under it
      s.view.pan.x = (s.view.pan.x - (scroll.at.x - area.x)) * k + (scroll.at.x - area.x);
      s.view.pan.y = (s.view.pan.y - (scroll.at.y - area.y)) * k + (scroll.at.y - area.y);
    }
    in.event.reset();
  }
}

void cell_editor(Scene& s) {
  auto& in = s.ui.in;
  if (s.view.selected && in.edit.id == s.id("cell")) {
    for (const StageBox& b : s.layout.boxes) {
      const Cell& c = *s.view.selected;
      if (b.lens || b.stage != c.stage || b.layer != c.layer || b.head != c.head) continue;
      const Rect cell = b.cell(c.row, c.column);
      const float w = std::max(cell.w + 12, 64.f), h = std::max(cell.h + 6, 24.f);
      const Rect field{std::round(cell.center().x - w / 2), std::round(cell.center().y - h / 2), w, h};
      const auto result =
          controls::text_field(s.ui, s.id("cell"), field, in.edit.text,
                               {.mono = true, .align = drawing::Align::center, .label = "Value of the cell"});
      if (result.committed) {
        if (const auto v = number_from(*result.committed)) {
          if (*result.committed != exact_text(attention::value(*s.trace, c))) set_value(s.document, c, *v);
          s.view.notice.clear();
        } else {
          s.view.notice = "'" + *result.committed + "' is not a number: the cell keeps its value.";
        }
        const bool last = c.row + 1 == b.rows && c.column + 1 == b.columns;
        if (result.tabbed && !last) {  // as one reads
          const bool turn = c.column + 1 == b.columns;
          move_selection(s.document, s.view, turn ? 1 : 0, turn ? -c.column : 1);
          begin_typing(s, *s.view.selected);
        }
      }
      break;
    }
  }
}

}  // namespace qkv::workspaces
