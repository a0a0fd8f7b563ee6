#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/controls/input.h"
#include "app/drawing/painter.h"

// Immediate-mode controls over a Drawing. Each event is matched against the hit regions of the last frame
// (Interaction::begin), then the frame is built once with that event; a control answers what the event did to it.
// Nothing here knows of a window or of Dear ImGui, so tests drive it with plain events.
namespace qkv::controls {

using drawing::Painter;
using drawing::Point;
using drawing::Rect;

/// Reads and writes the system clipboard; the shell gives the window's, tests a string.
struct Clipboard {
  virtual ~Clipboard() = default;
  virtual std::string get() = 0;
  virtual void set(const std::string& text) = 0;
};

/// State of a text field being edited.
struct TextEdit {
  std::string id;
  std::string text;
  std::size_t caret = 0, anchor = 0;  ///< byte indices; a selection when they differ
  float scroll = 0;
  std::vector<std::string> undo;      ///< within the field
};

/// Who is under the pointer, who is pressed, who has the keyboard. Lives from frame to frame.
struct Interaction {
  Point pointer{-1, -1};
  Mods mods;
  std::string hot;       ///< region under the pointer
  std::string active;    ///< region pressed and held
  Button button = Button::left;
  Point press_at;
  bool dragging = false; ///< active and moved more than 3 px since the press
  std::string focus;     ///< region with the keyboard
  bool focus_visible = false;  ///< moved there by keyboard: draw the focus ring
  TextEdit edit;
  std::vector<std::string> popups;  ///< open popups, outermost first
  double now = 0;        ///< seconds
  double hot_since = 0;
  std::optional<Event> event;  ///< the one being handled in this build; taken (reset) by whoever uses it

  /// Matches the event against the last frame's regions and updates the fields above. Tab and Shift+Tab move focus
  /// through focusable regions in drawing order.
  void begin(const Event& e, const drawing::Drawing& last_frame);
  /// After the build: drops the event and, on release, the active region.
  void end();
};

/// What a value control did.
struct Change {
  bool changed = false;    ///< a new value in this event
  bool finished = false;   ///< the gesture is over (one undo step)
  explicit operator bool() const { return changed; }
};

struct Ui {
  Painter& p;
  Interaction& in;
  Clipboard& clipboard;

  bool hot(std::string_view id) const { return in.hot == id; }
  bool active(std::string_view id) const { return in.active == id; }
  bool focused(std::string_view id) const { return in.focus == id; }
  /// Pressed and released on it (left button), or Enter/Space while focused.
  bool clicked(std::string_view id);
  bool double_clicked(std::string_view id);
  /// While it is active and dragged: the pointer's way since the press.
  std::optional<Point> dragged(std::string_view id);
  /// The press or release event itself, when it belongs to this id.
  bool pressed(std::string_view id);
  bool released(std::string_view id);
  /// True (and the event is taken) when this key was pressed, whoever has the focus.
  bool key(Key k, Mods m = {});
};

struct ButtonStyle {
  bool enabled = true;
  bool selected = false;
  bool flat = false;                 ///< no frame until hovered
  std::string_view icon;             ///< name of icons.h, left of the label
  std::string_view hint;             ///< tooltip
  drawing::Align align = drawing::Align::center;
  float text_size = 12;
};

bool button(Ui& ui, std::string_view id, Rect r, std::string_view label, const ButtonStyle& style = {});
bool toggle(Ui& ui, std::string_view id, Rect r, bool on, std::string_view label, std::string_view hint = {});
/// Returns the chosen index; selected when nothing was chosen. −1: none is selected.
int segmented(Ui& ui, std::string_view id, Rect r, const std::vector<std::string>& items, int selected,
              std::string_view hint = {}, const std::vector<std::string>& item_hints = {});

struct SliderStyle {
  bool logarithmic = false;
  bool integer = false;
  float step = 0;                     ///< arrow keys; 0: a hundredth of the range
  std::vector<float> ticks;           ///< values
  std::string_view label, hint;
};
Change slider(Ui& ui, std::string_view id, Rect r, float& value, float low, float high, const SliderStyle& style = {});

struct TextFieldStyle {
  bool mono = false;
  drawing::Align align = drawing::Align::left;
  std::string_view placeholder, label, hint;
  float text_size = 12;
};
/// Shows `text`; a click or Enter begins editing (all selected), Enter or Tab commits, Escape cancels.
struct TextFieldResult {
  bool editing = false;
  std::optional<std::string> committed;
  bool cancelled = false;
  bool tabbed = false;      ///< committed by Tab
};
TextFieldResult text_field(Ui& ui, std::string_view id, Rect r, const std::string& text, const TextFieldStyle& style = {});
/// Begins editing the field `id` from outside (double-click on a cell, a shortcut).
void begin_editing(Interaction& in, std::string_view id, std::string text);

struct MenuItem {
  std::string id, label, shortcut;
  bool enabled = true, checked = false, separator_above = false;
};
/// A popup list below (or above, where it would leave the bounds) the anchor. Returns the chosen id. Arrow keys, Enter,
/// Escape and a click outside work. Open with open_popup(); draw it last, so that it is on top.
std::optional<std::string> menu(Ui& ui, std::string_view id, Rect anchor, const std::vector<MenuItem>& items);
void open_popup(Interaction& in, std::string_view id);
void close_popups(Interaction& in);
bool popup_open(const Interaction& in, std::string_view id);

/// The tooltip of the hot region, once the pointer has rested 0.25 s: its label and hint. Draw it last.
void tooltip(Ui& ui);

/// A vertical scrollbar; offset in px, clamped. Also answers the wheel over `area`.
Change scrollbar(Ui& ui, std::string_view id, Rect area, float content_height, float& offset);

/// Line icons by name: undo, redo, export, present, sun, moon, dice, plus, close, caret, menu, help, search, reset.
void icon(Painter& p, std::string_view name, Point left_middle, drawing::Color color);

}  // namespace qkv::controls
