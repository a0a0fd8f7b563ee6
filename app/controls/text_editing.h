#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "app/controls/ui.h"

// Editing one line of UTF-8: what keys, typing and pasting do to a TextEdit. Positions are grapheme
// boundaries.
namespace qkv::controls {

/// Whether a field being edited acts on this key, so that nobody else may.
bool editing_needs(const KeyPress& press);

/// Replaces the selection. `typed` characters join the undo step before them.
void insert_text(TextEdit& edit, std::string_view text, bool typed = false);

/// Caret movement, selection, deletion, clipboard, undo. True when the key meant something here.
bool edit_key(TextEdit& edit, drawing::TextEngine& engine, Clipboard& clipboard, const KeyPress& press);

/// Moves caret and anchor out of a grapheme that the last change joined around them (an accent typed before a
/// letter).
void settle(TextEdit& edit, drawing::TextEngine& engine);

void select_word(TextEdit& edit, drawing::TextEngine& engine, std::size_t at);
void select_all(TextEdit& edit);
std::string_view selection(const TextEdit& edit);

/// What a clipboard holds as one line: line breaks and tabs become a space (a final one goes), other control
/// characters go, broken UTF-8 becomes U+FFFD.
std::string one_line(std::string_view text);
/// The same, but a line end is kept as "↵" and a tab as "⇥"; and the opposite.
std::string line_with_marks(std::string_view text);
std::string without_marks(std::string line);
/// What a field being edited takes in of a text from outside.
std::string taken_in(const TextEdit& edit, std::string_view text);

}  // namespace qkv::controls
