#include <algorithm>
#include <cmath>

#include "app/controls/text_editing.h"
#include "app/controls/ui.h"
#include "app/drawing/visible_text.h"

namespace qkv::controls {
namespace {

constexpr float kPadding = 8, kRadius = 5;

// Where the text stands in its field: alignment while it fits, scrolled to the caret when it does not.
float text_left(TextEdit& edit, drawing::TextEngine& engine, Rect inner, const drawing::TextStyle& style,
                drawing::Align align) {
  const float width = engine.measure(edit.text, style).width, slack = inner.w - width;
  if (slack >= 1) {
    edit.scroll = 0;
    const float part = align == drawing::Align::left ? 0.f : align == drawing::Align::center ? 0.5f : 1.f;
    return inner.x + slack * part;
  }
  const float caret = engine.caret_x(edit.text, style, edit.caret);
  edit.scroll = std::clamp(edit.scroll, caret - inner.w + 1, caret);
  edit.scroll = std::clamp(edit.scroll, 0.f, std::max(0.f, 1 - slack));
  return inner.x - edit.scroll;
}

void edit_with_pointer(Ui& ui, std::string_view id, float left, const drawing::TextStyle& style) {
  TextEdit& edit = ui.in.edit;
  if (!ui.active(id) || ui.in.button != Button::left || !ui.in.event) return;
  drawing::TextEngine& engine = ui.p.text_engine();
  const auto at = [&] { return engine.index_at(edit.text, style, ui.in.pointer.x - left); };
  if (const auto* press = std::get_if<PointerPress>(&*ui.in.event)) {
    if (press->clicks == 2) {
      select_word(edit, engine, at());
    } else if (press->clicks >= 3) {
      select_all(edit);
    } else {
      edit.caret = at();
      if (!press->mods.shift) edit.anchor = edit.caret;
      edit.typing = false;
    }
    edit.touched = ui.in.now;
  } else if (ui.in.dragging && std::holds_alternative<PointerMove>(*ui.in.event)) {
    edit.caret = at();
    edit.touched = ui.in.now;
  }
}

// The drag that began with the press that opened the field selects from where it began.
void anchor_first_drag(Ui& ui, std::string_view id, float left, const drawing::TextStyle& style) {
  TextEdit& edit = ui.in.edit;
  if (!edit.fresh || !ui.active(id) || !ui.in.dragging) return;
  edit.anchor = ui.p.text_engine().index_at(edit.text, style, ui.in.press_at.x - left);
  edit.fresh = false;
}

// Keys and typed characters; true when Enter, and cancels on Escape.
void edit_with_keyboard(Ui& ui, TextFieldResult& result) {
  TextEdit& edit = ui.in.edit;
  if (!ui.in.event || ui.layer != ui.in.popups.size()) return;
  if (const auto* typed = std::get_if<TextInput>(&*ui.in.event)) {
    insert_text(edit, taken_in(edit, typed->text), true);
  } else if (const auto* press = std::get_if<KeyPress>(&*ui.in.event)) {
    if (press->key == Key::enter) {
      result.committed = edited_text(edit);
    } else if (press->key == Key::escape) {
      result.cancelled = true;
    } else if (!edit_key(edit, ui.p.text_engine(), ui.clipboard, *press) && !editing_needs(*press)) {
      return;  // a global shortcut
    }
  } else {
    return;
  }
  edit.fresh = false;
  edit.touched = ui.in.now;
  ui.in.event.reset();
}

// Editing ends where the focus left: Tab, a press elsewhere, a popup.
void commit_on_leaving(Ui& ui, TextFieldResult& result) {
  result.committed = edited_text(ui.in.edit);
  const auto* press = ui.in.event ? std::get_if<KeyPress>(&*ui.in.event) : nullptr;
  if (press && press->key == Key::tab) {
    result.tabbed = true;
    ui.in.event.reset();
  }
}

void draw_edited(Ui& ui, Rect r, Rect inner, float left, const drawing::TextStyle& style) {
  const drawing::Theme& t = ui.p.theme();
  const TextEdit& edit = ui.in.edit;
  drawing::TextEngine& engine = ui.p.text_engine();
  const float middle = r.y + r.h / 2, half = std::min(r.h / 2 - 3, style.size * 0.75f);
  ui.p.push_clip(r.inset(2));
  const auto [from, to] = std::minmax(edit.caret, edit.anchor);
  for (const drawing::TextSpan& span : engine.spans(edit.text, style, from, to)) {
    const Rect marked{left + span.left, middle - half, span.right - span.left, 2 * half};
    ui.p.fill(marked.intersection(inner.inset(-2, 0)), t.query.with_alpha(0.28f));
  }
  ui.p.text_middle(left, middle, edit.text, style);
  if (ui.in.caret_visible())
    ui.p.fill({std::round(left + engine.caret_x(edit.text, style, edit.caret)), middle - half, 1, 2 * half},
              t.text);
  ui.p.pop_clip();
}

}  // namespace

std::string edited_text(const TextEdit& edit) { return edit.keeps_lines ? without_marks(edit.text) : edit.text; }

void begin_editing(Interaction& in, std::string_view id, std::string_view text, bool keeps_lines) {
  in.edit = {.id = std::string(id), .text = keeps_lines ? line_with_marks(text) : one_line(text), .touched = in.now,
             .opened = in.builds, .fresh = true, .keeps_lines = keeps_lines};
  select_all(in.edit);
  in.focus = id;
}

void stop_editing(Interaction& in) { in.edit = {}; }

TextFieldResult text_field(Ui& ui, std::string_view id, Rect r, const std::string& text,
                           const TextFieldStyle& s) {
  const drawing::Theme& t = ui.p.theme();
  const drawing::TextStyle style{.color = ui.ink(t.text),
                                 .size = s.text_size,
                                 .weight = s.mono ? 500 : 400,
                                 .family = s.mono ? drawing::Family::mono : drawing::Family::ui};
  const Rect inner = r.inset(std::min(kPadding, r.w / 8 + 1), 0);
  Interaction& in = ui.in;
  TextFieldResult result;

  bool editing = in.edit.id == id;
  if (editing && !ui.focused(id)) {
    commit_on_leaving(ui, result);
  } else if (editing) {
    const float left = text_left(in.edit, ui.p.text_engine(), inner, style, s.align);
    anchor_first_drag(ui, id, left, style);
    edit_with_pointer(ui, id, left, style);
    edit_with_keyboard(ui, result);
    settle(in.edit, ui.p.text_engine());
  } else if ((ui.pressed(id) && in.button == Button::left) || ui.key_on(id, Key::enter)) {
    begin_editing(in, id, text, s.keeps_lines);
    editing = true;
  }
  if (result.committed || result.cancelled) {
    stop_editing(in);
    editing = false;
  }
  result.editing = editing;

  const bool hovered = ui.hot(id);
  ui.p.fill(r, t.panel, kRadius);
  ui.p.stroke(r, editing ? t.text2 : hovered ? t.border_strong : t.border, editing ? 1.5f : 1, kRadius);
  if (editing) {
    draw_edited(ui, r, inner, text_left(in.edit, ui.p.text_engine(), inner, style, s.align), style);
  } else {
    const std::string& value = result.committed ? *result.committed : text;
    drawing::TextStyle shown = style;
    if (value.empty()) shown.color = ui.ink(t.text3);
    const std::string line =
        ui.p.text_engine().elided(value.empty() ? std::string(s.placeholder) : drawing::visible_text(value), shown, inner.w);
    const float x = s.align == drawing::Align::left     ? inner.x
                    : s.align == drawing::Align::center ? inner.center().x
                                                        : inner.right();
    ui.p.text_middle(x, r.y + r.h / 2, line, shown, s.align);
  }
  ui.p.region({.id = std::string(id),
               .rect = r,
               .label = std::string(s.label),
               .hint = std::string(s.hint),
               .cursor = ui.enabled ? drawing::Cursor::text : drawing::Cursor::arrow,
               .focusable = ui.enabled});
  if (!editing) ui.focus_ring(id, r, kRadius);
  return result;
}

}  // namespace qkv::controls
