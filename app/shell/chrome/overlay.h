#pragma once
#include <string_view>

#include "app/controls/ui.h"

// What the palette, the help, the file dialog and the message box have in common.
namespace qkv::shell {

inline constexpr float kOverlayPadding = 16;

/// begin_popup for a popup that may hold text fields: Escape closes it while one is edited too, and an edit
/// ends with it.
controls::PopupUi begin_overlay(controls::Ui& ui, std::string_view id);
/// Closes it from within and ends the edit of its field.
void close_overlay(controls::Interaction& in, std::string_view id);
/// Its panel, in front of everything dimmed when it waits for an answer.
void overlay_panel(controls::Ui& ui, std::string_view id, drawing::Rect r, bool dims);

/// True (and the event is taken) when this key was pressed for this popup, even while a field of it is
/// edited. Enter and Backspace held down count once: they must not go on with what the first press led to.
bool take_key(controls::Ui& ui, controls::Key key, controls::Mods mods = {});
/// True (and the event is taken) when a shortcut of this action was pressed: what opens a popup closes it
/// too.
bool take_shortcut(controls::Ui& ui, std::string_view action_id);
/// A list of rows of one height in `room` px, of which one is highlighted (−1: none).
struct ListRows {
  int count = 0;
  float row = 28, room = 0;
  bool round = false;  ///< single steps go round the ends
};
/// Moves the highlight by the arrow and page keys and scrolls to it; true (and the event is taken) when one
/// was pressed.
bool take_list_keys(controls::Ui& ui, const ListRows& rows, int& highlighted, float& scroll);
/// The least scrolling that shows the rows from top to top + height.
void scroll_to(float& scroll, float top, float height, float room);

/// Keeps the keyboard in the popup's field, its caret at the end, unless Tab moved it to another control.
/// True when it had to come back.
bool keep_editing(controls::Ui& ui, std::string_view field, const std::string& text);
/// The popup's one field, which is always edited: while empty it says what to type all the same.
void overlay_field(controls::Ui& ui, std::string_view field, drawing::Rect r, const std::string& text,
                   std::string_view label, std::string_view placeholder);

}  // namespace qkv::shell
