#include "app/controls/text_editing.h"

#include <utf8proc.h>

#include <algorithm>
#include <utility>

namespace qkv::controls {
namespace {

constexpr std::size_t kUndoSteps = 200;
constexpr const char *kLineMark = "↵", *kTabMark = "⇥";

TextEdit::Snapshot snapshot(const TextEdit& e) { return {e.text, e.caret, e.anchor}; }

void remember(TextEdit& e) {
  if (e.undo.size() == kUndoSteps) e.undo.erase(e.undo.begin());
  e.undo.push_back(snapshot(e));
  e.redo.clear();
}

void step_back(TextEdit& e, std::vector<TextEdit::Snapshot>& from, std::vector<TextEdit::Snapshot>& to) {
  e.typing = false;
  if (from.empty()) return;
  to.push_back(snapshot(e));
  TextEdit::Snapshot s = std::move(from.back());
  from.pop_back();
  e.text = std::move(s.text);
  e.caret = s.caret;
  e.anchor = s.anchor;
}

std::pair<std::size_t, std::size_t> span_of(const TextEdit& e) { return std::minmax(e.caret, e.anchor); }

void erase_selection(TextEdit& e) {
  const auto [from, to] = span_of(e);
  e.text.erase(from, to - from);
  e.caret = e.anchor = from;
}

enum class Kind : unsigned char { space, word, other };

Kind kind_at(std::string_view text, std::size_t index) {
  utf8proc_int32_t code = 0;
  utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + index,
                   static_cast<utf8proc_ssize_t>(text.size() - index), &code);
  if (code < 0) return Kind::other;
  switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_ZS:
      return Kind::space;
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
    case UTF8PROC_CATEGORY_PC:
      return Kind::word;
    default:
      return Kind::other;
  }
}

std::size_t word_right(std::string_view text, drawing::TextEngine& engine, std::size_t i) {
  if (i < text.size()) {
    const Kind kind = kind_at(text, i);
    while (i < text.size() && kind_at(text, i) == kind) i = engine.next_position(text, i);
  }
  while (i < text.size() && kind_at(text, i) == Kind::space) i = engine.next_position(text, i);
  return i;
}

std::size_t word_left(std::string_view text, drawing::TextEngine& engine, std::size_t i) {
  const auto before = [&] { return engine.previous_position(text, i); };
  while (i > 0 && kind_at(text, before()) == Kind::space) i = before();
  if (i == 0) return 0;
  const Kind kind = kind_at(text, before());
  while (i > 0 && kind_at(text, before()) == kind) i = before();
  return i;
}

void move_caret(TextEdit& e, std::size_t to, bool extend) {
  e.typing = false;
  e.caret = to;
  if (!extend) e.anchor = to;
}

// Deletes the selection or, without one, from the caret to `to`.
void erase_to(TextEdit& e, std::size_t to) {
  e.typing = false;
  if (e.caret == e.anchor) {
    if (to == e.caret) return;
    remember(e);
    e.anchor = to;
  } else {
    remember(e);
  }
  erase_selection(e);
}

std::string selected_text(const TextEdit& e) {
  std::string text(selection(e));
  return e.keeps_lines ? without_marks(std::move(text)) : text;
}

bool control_key(TextEdit& e, Clipboard& clipboard, const KeyPress& press) {
  switch (press.key) {
    case Key::a:
      select_all(e);
      return true;
    case Key::c:
      if (e.caret != e.anchor) clipboard.set(selected_text(e));
      return true;
    case Key::x:
      if (e.caret != e.anchor) {
        clipboard.set(selected_text(e));
        erase_to(e, e.caret);
      }
      return true;
    case Key::v:
      insert_text(e, taken_in(e, clipboard.get()));
      return true;
    case Key::y:
      step_back(e, e.redo, e.undo);
      return true;
    case Key::z:
      if (press.mods.shift) {
        step_back(e, e.redo, e.undo);
      } else {
        step_back(e, e.undo, e.redo);
      }
      return true;
    default:
      return false;
  }
}

}  // namespace

bool editing_needs(const KeyPress& press) {
  if (press.mods.alt || (press.key >= Key::f1 && press.key <= Key::f12)) return false;
  if (!press.mods.ctrl) return true;
  switch (press.key) {
    case Key::a:
    case Key::c:
    case Key::x:
    case Key::v:
    case Key::y:
    case Key::z:
    case Key::left:
    case Key::right:
    case Key::home:
    case Key::end:
    case Key::backspace:
    case Key::del:
      return true;
    default:
      return false;
  }
}

void insert_text(TextEdit& e, std::string_view text, bool typed) {
  if (text.empty()) return;
  if (!typed || !e.typing || e.caret != e.anchor || text == " ") remember(e);
  erase_selection(e);
  e.text.insert(e.caret, text);
  e.caret = e.anchor = e.caret + text.size();
  e.typing = typed;
}

bool edit_key(TextEdit& e, drawing::TextEngine& engine, Clipboard& clipboard, const KeyPress& press) {
  const auto [shift, ctrl, alt] = press.mods;
  if (alt) return false;
  const auto [first, last] = span_of(e);
  const bool collapses = first != last && !shift && !ctrl;  // an arrow leaves a selection at its end
  switch (press.key) {
    case Key::left:
      move_caret(e,
                 collapses ? first
                 : ctrl    ? word_left(e.text, engine, e.caret)
                           : engine.previous_position(e.text, e.caret),
                 shift);
      return true;
    case Key::right:
      move_caret(e,
                 collapses ? last
                 : ctrl    ? word_right(e.text, engine, e.caret)
                           : engine.next_position(e.text, e.caret),
                 shift);
      return true;
    case Key::home:
      move_caret(e, 0, shift);
      return true;
    case Key::end:
      move_caret(e, e.text.size(), shift);
      return true;
    case Key::backspace:
      erase_to(e, ctrl ? word_left(e.text, engine, e.caret) : engine.previous_position(e.text, e.caret));
      return true;
    case Key::del:
      erase_to(e, ctrl ? word_right(e.text, engine, e.caret) : engine.next_position(e.text, e.caret));
      return true;
    default:
      return ctrl && control_key(e, clipboard, press);
  }
}

void settle(TextEdit& e, drawing::TextEngine& engine) {
  for (std::size_t* index : {&e.caret, &e.anchor}) {
    if (*index > 0) *index = engine.next_position(e.text, engine.previous_position(e.text, *index));
  }
}

void select_word(TextEdit& e, drawing::TextEngine& engine, std::size_t at) {
  e.typing = false;
  if (e.text.empty()) return;
  if (at >= e.text.size()) at = engine.previous_position(e.text, e.text.size());
  const Kind kind = kind_at(e.text, at);
  std::size_t from = at, to = at;
  while (from > 0 && kind_at(e.text, engine.previous_position(e.text, from)) == kind) {
    from = engine.previous_position(e.text, from);
  }
  while (to < e.text.size() && kind_at(e.text, to) == kind) to = engine.next_position(e.text, to);
  e.anchor = from;
  e.caret = to;
}

void select_all(TextEdit& e) {
  e.typing = false;
  e.anchor = 0;
  e.caret = e.text.size();
}

std::string_view selection(const TextEdit& e) {
  const auto [from, to] = span_of(e);
  return std::string_view(e.text).substr(from, to - from);
}

namespace {

std::string line_of(std::string_view text, bool marks) {
  std::string line;
  for (std::size_t i = 0; i < text.size();) {
    utf8proc_int32_t code = 0;
    const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + i,
                                         static_cast<utf8proc_ssize_t>(text.size() - i), &code);
    if (length <= 0) {
      line += "\uFFFD";
      ++i;
      continue;
    }
    const bool line_break = code == '\n' || code == '\t' || code == 0x85 || code == 0x2028 ||
                            code == 0x2029 || (code == '\r' && !text.substr(i).starts_with("\r\n"));
    if (line_break) {
      line += !marks ? " " : code == '\t' ? kTabMark : kLineMark;
    } else if (utf8proc_category(code) != UTF8PROC_CATEGORY_CC) {
      line += text.substr(i, static_cast<std::size_t>(length));
    }
    i += static_cast<std::size_t>(length);
  }
  return line;
}

}  // namespace

std::string line_with_marks(std::string_view text) { return line_of(text, true); }

std::string without_marks(std::string line) {
  for (const auto& [mark, character] : {std::pair(kLineMark, '\n'), {kTabMark, '\t'}})
    for (std::size_t at = line.find(mark); at != std::string::npos; at = line.find(mark, at + 1))
      line.replace(at, std::string_view(mark).size(), 1, character);
  return line;
}

std::string taken_in(const TextEdit& e, std::string_view text) { return e.keeps_lines ? line_with_marks(text) : one_line(text); }

std::string one_line(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  return line_of(text, false);
}

}  // namespace qkv::controls
