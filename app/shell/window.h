#pragma once
#include <memory>
#include <string>
#include <vector>

#include "app/controls/input.h"
#include "app/controls/ui.h"
#include "app/drawing/drawing.h"
#include "core/error.h"

namespace qkv::shell {

/// No window can be opened here: there is no display, or it has no OpenGL 3.3.
class NoWindow : public Error {
 public:
  using Error::Error;
};

/// One window of the system (GLFW) with an OpenGL 3.3 core context, current from its making until another's is.
class Window {
 public:
  /// Logical size. `waits`: swap() waits for the screen, as one window of the program should. Throws NoWindow.
  Window(int width, int height, bool maximized, bool waits = true);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  /// Sleeps until something happens, at most `seconds` (may be infinite), and returns what did. The first
  /// call begins with a Resize. A request to close is not an event: see take_close_request().
  std::vector<controls::Event> wait(double seconds);
  /// The user (or the session) wants it closed; answered with true once.
  bool take_close_request();
  /// The system lost the picture (uncovered, restored): the next frame must be drawn whatever changed.
  bool take_damage();
  /// Factor on everything besides the display's own scale (the text-size setting); true when it changed, and a Resize follows.
  bool set_zoom(float zoom);

  /// Fills the screen the window is on (`swapped`: the other one, where there is one), or goes back to what it was. To be asked again and
  /// again: a screen may be unplugged. True when it came to another screen. Resize events follow.
  bool set_full_screen(bool on, bool swapped);
  /// Goes to a screen that `other` is not on, where there is one, unless it is on such a one already.
  void place_beside(const Window& other);
  void make_current();

  int width() const;    ///< device pixels
  int height() const;   ///< device pixels
  float scale() const;  ///< device pixels a logical one
  void swap();          ///< shows what was drawn
  void set_title(const std::string& title);
  void set_cursor(drawing::Cursor cursor);
  controls::Clipboard& clipboard();

  /// What to open next time: the logical size before any zoom (of the last unmaximized state), and whether
  /// maximized.
  struct Placement {
    int width = 0, height = 0;
    bool maximized = false;
  };
  Placement placement() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace qkv::shell
