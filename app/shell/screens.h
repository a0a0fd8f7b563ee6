#pragma once
#include <vector>

// Which screen of a desktop the stage of a talk fills, and which one its notes open on. Without GLFW, so that tests can plug and
// unplug screens.
namespace qkv::shell {

/// In coordinates of the desktop, which may be negative.
struct Area {
  int x = 0, y = 0, width = 0, height = 0;
  bool operator==(const Area&) const = default;
};

struct Screen {
  Area area;  ///< all of it
  Area free;  ///< what panels and docks leave
};

/// The screen that most of a window is on; the nearest one where it is on none; −1 without screens. The first is the primary one.
int screen_of(const std::vector<Screen>& screens, const Area& window);
/// The screen that the stage fills for a window that stood there: its own, or the other one when they were `swapped`; −1 without screens.
int stage_screen(const std::vector<Screen>& screens, const Area& window, bool swapped);
/// The screen for the notes while the stage is on `stage`: the primary one, else the first that is free; −1 where there is no other.
int notes_screen(const std::vector<Screen>& screens, int stage);
/// Where a window of this size stands on a screen: in the middle, not larger than what is free.
Area centred(const Screen& screen, int width, int height);
/// A window that stood there, again: as it was, or on the nearest screen when its own is gone.
Area restored(const std::vector<Screen>& screens, const Area& window);

}  // namespace qkv::shell
