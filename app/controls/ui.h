#pragma once
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/controls/input.h"
#include "app/drawing/painter.h"

// Immediate-mode controls over a Drawing. Each event is matched against the hit regions of the last frame
// (Interaction::begin), then the frame is built once with that event; a control answers what the event did to
// it. Nothing here knows of a window or of Dear ImGui, so tests drive it with plain events.
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

/// State of the text field being edited; none when `id` is empty.
struct TextEdit {
  struct Snapshot {
    std::string text;
    std::size_t caret = 0, anchor = 0;
  };
  std::string id;
  std::string text;
  std::size_t caret = 0, anchor = 0;     ///< byte indices; a selection when they differ
  float scroll = 0;                      ///< px of the text hidden at the left
  std::vector<Snapshot> undo{}, redo{};  ///< within the field
  bool typing = false;  ///< the last change was a typed character: the next joins its undo step
  double touched = 0;   ///< when it last changed: the caret blinks from there
  long opened = 0;      ///< build in which it began
  bool fresh = false;   ///< nothing done to it yet
  bool keeps_lines = false;  ///< "↵" and "⇥" in `text` stand for a line end and a tab
};

/// An open popup: a menu, a dialog, the command palette.
struct Popup {
  std::string id;            ///< also the id of its backdrop region
  std::string focus_before;  ///< gets the keyboard back when it closes
  int highlighted = -1;      ///< item of a menu
  float scroll = 0;          ///< px
  long opened = 0;           ///< build in which it opened
};

/// Who is under the pointer, who is pressed, who has the keyboard. Lives from frame to frame.
struct Interaction {
  Point pointer{-1, -1};
  Mods mods;
  std::string hot;     ///< region under the pointer
  std::string active;  ///< region pressed and held
  Button button = Button::left;
  Point press_at;
  Point moved;            ///< the pointer's way in this event
  bool dragging = false;  ///< active and moved more than 3 px since the press
  float drag_position =
      0;              ///< kept by the control that is active: a slider's or scrollbar's unclamped position
  std::string focus;  ///< region with the keyboard
  bool focus_visible = false;  ///< moved there by keyboard: draw the focus ring
  TextEdit edit;
  std::vector<Popup> popups;   ///< outermost first
  double now = 0;              ///< seconds
  double focus_since = std::numeric_limits<double>::infinity();  ///< when Tab came to the focused control
  double hot_since = 0;        ///< infinite once something was pressed there
  std::optional<Event> event;  ///< the one being handled in this build; taken (reset) by whoever uses it

  long builds = 0;  ///< frames built so far

  /// Matches the event against the last frame's regions and updates the fields above. Tab and Shift+Tab move
  /// focus through focusable regions in drawing order (within the innermost popup when one is open).
  void begin(const Event& e, const drawing::Drawing& last_frame);
  /// After the build: drops the event and, on release, the active region.
  void end();
  /// Seconds until something changes without an event (a tooltip appears, a caret blinks): send a Tick then.
  std::optional<double> next_change() const;
  bool editing() const { return !edit.id.empty(); }
  /// The region whose tooltip is due: the one under the resting pointer, else the one the keyboard went to; or null.
  const std::string* tooltip_of() const;
  bool tooltip_due() const { return tooltip_of() != nullptr; }
  bool caret_visible() const;  ///< the blinking one of the field being edited

 private:
  void move_focus(const drawing::Drawing& last_frame, bool backwards);
  void drop_what_vanished(const drawing::Drawing& last_frame);
  std::optional<Button> held_;  ///< between press and release, on a region or not
  bool releasing_ = false;
  bool came_to_pointer_ = false;  ///< the hot region, while the pointer rested
};

/// What a value control did.
struct Change {
  bool changed = false;   ///< a new value in this event
  bool finished = false;  ///< the gesture is over (one undo step)
  explicit operator bool() const { return changed; }
};

struct Ui {
  Painter& p;
  Interaction& in;
  Clipboard& clipboard;
  bool enabled = true;    ///< false: what is built with this Ui is shown, and answers nothing
  std::size_t layer = 0;  ///< popups this part of the screen belongs to; keys go to the innermost popup only

  bool hot(std::string_view id) const { return enabled && in.hot == id; }
  bool active(std::string_view id) const { return enabled && in.active == id; }
  bool focused(std::string_view id) const { return enabled && in.focus == id; }
  /// Pressed and released on it (left button), or Enter/Space while focused. After a drag too: see
  /// in.dragging.
  bool clicked(std::string_view id);
  /// The second press of a double click (left button).
  bool double_clicked(std::string_view id);
  /// While it is active and dragged, with any button (in.button): the pointer's way since the press.
  std::optional<Point> dragged(std::string_view id);
  /// The press or release event itself, of any button (in.button), when it belongs to this id. The event is
  /// not taken.
  bool pressed(std::string_view id);
  bool released(std::string_view id);
  /// True (and the event is taken) when this key was pressed, whoever has the focus; never below an open
  /// popup, nor for keys that a text field being edited needs. Ask for global keys after the controls, so
  /// that those come first.
  bool key(Key k, Mods m = {});
  /// True (and the event is taken) when this key was pressed while `id` has the focus.
  bool key_on(std::string_view id, Key k, Mods m = {});
  /// True when keyboard events are for this layer (no popup above, no text being edited).
  bool has_keyboard() const { return layer == in.popups.size() && !in.editing(); }
  /// Text colour of a control: `color`, or the one of what is disabled.
  drawing::Color ink(drawing::Color color) const { return enabled ? color : p.theme().text_disabled; }
  /// The 2 px frame around what the keyboard moved to, when `id` is it.
  void focus_ring(std::string_view id, Rect r, float radius = 6);
};

struct ButtonStyle {
  bool enabled = true;
  bool selected = false;
  bool flat = false;        ///< no frame until hovered
  bool primary = false;     ///< filled with the accent: the one next step
  bool drop_down = false;   ///< a caret at the right: it opens a menu
  std::string icon{};  ///< name of an icon, left of the label
  std::string hint{};  ///< tooltip; owned, for a style outlives the words it was made from
  drawing::Align align = drawing::Align::center;
  float text_size = 12;
};

/// True when clicked. Without a label it is an icon button: the hint's first line is its name.
bool button(Ui& ui, std::string_view id, Rect r, std::string_view label, const ButtonStyle& style = {});
/// The width a button needs for its label and icon.
float button_width(Ui& ui, std::string_view label, const ButtonStyle& style = {});
/// True when it was switched in this event. The label stands left of the switch, where r leaves room for it.
bool toggle(Ui& ui, std::string_view id, Rect r, bool on, std::string_view label, std::string_view hint = {});
/// Returns the chosen index; selected when nothing was chosen. −1: none is selected.
int segmented(Ui& ui, std::string_view id, Rect r, const std::vector<std::string>& items, int selected,
              std::string_view hint = {}, const std::vector<std::string>& item_hints = {});

struct SliderStyle {
  bool logarithmic = false;
  bool integer = false;
  float step = 0;              ///< arrow keys; 0: a hundredth of the range
  std::vector<float> ticks{};  ///< values
  std::string_view label{}, hint{};
};
/// A press on the track jumps there; Shift makes dragging and arrows ten times finer, Ctrl makes arrows ten
/// times coarser.
Change slider(Ui& ui, std::string_view id, Rect r, float& value, float low, float high,
              const SliderStyle& style = {});

struct TextFieldStyle {
  bool mono = false;
  drawing::Align align = drawing::Align::left;
  std::string_view placeholder{}, label{}, hint{};
  float text_size = 12;
  bool keeps_lines = false;  ///< line ends and tabs are part of the text, shown as "↵" and "⇥"; else they become spaces
};
/// Shows `text`; a click or Enter begins editing (all selected), Enter or Tab commits, Escape cancels.
struct TextFieldResult {
  bool editing = false;
  std::optional<std::string> committed;
  bool cancelled = false;
  bool tabbed = false;  ///< committed by Tab
};
TextFieldResult text_field(Ui& ui, std::string_view id, Rect r, const std::string& text,
                           const TextFieldStyle& style = {});
/// Begins editing the field `id` from outside (double-click on a cell, a shortcut).
void begin_editing(Interaction& in, std::string_view id, std::string_view text, bool keeps_lines = false);
/// The text as it would be committed now.
std::string edited_text(const TextEdit& edit);
/// Stops editing without a result.
void stop_editing(Interaction& in);

struct MenuItem {
  std::string id{}, label{}, shortcut{};
  bool enabled = true, checked = false, separator_above = false;
};
/// A popup list below (or above, where it would leave the bounds) the anchor. Returns the chosen id. Arrow
/// keys, Enter, Escape, a click outside and typing a first letter work. Open with open_popup(); draw it last,
/// so that it is on top.
std::optional<std::string> menu(Ui& ui, std::string_view id, Rect anchor, const std::vector<MenuItem>& items);
void open_popup(Interaction& in, std::string_view id);
void close_popup(Interaction& in, std::string_view id);  ///< and those opened from it
void close_popups(Interaction& in);
bool popup_open(const Interaction& in, std::string_view id);
/// The Ui for the parts of an open popup (a dialog, the palette): adds its backdrop, which blocks everything
/// below; a press on the backdrop or Escape closes the popup (`open` is then false: draw nothing).
struct PopupUi {
  Ui ui;
  bool open;
};
PopupUi begin_popup(Ui& ui, std::string_view id);
/// The raised panel with its soft shadow that menus, tooltips and dialogs stand on.
void popup_panel(Painter& p, Rect r, float radius = 6);

/// The tooltip of the hot region, once the pointer has rested 0.25 s: its label and hint. Draw it last. A
/// label that can be read in the region already, without a hint, needs none.
void tooltip(Ui& ui);

inline constexpr float kScrollbarWidth = 10;

/// A vertical scrollbar at the right edge of `area`; offset in px, clamped. Also answers the wheel over
/// `area`. Call it before drawing the content with the new offset, and keep the content's regions out of the
/// last kScrollbarWidth px.
Change scrollbar(Ui& ui, std::string_view id, Rect area, float content_height, float& offset);

/// Line icons by name: undo, redo, export, present, sun, moon, dice, plus, close, caret, menu, help, search,
/// reset. 14 px wide; `caret` 8. An unknown name draws nothing.
void icon(Painter& p, std::string_view name, Point left_middle, drawing::Color color);

}  // namespace qkv::controls
