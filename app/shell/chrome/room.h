#pragma once
#include <span>
#include <string>

#include "app/controls/ui.h"
#include "app/shell/chrome/session.h"

// What differs from workspace to workspace, one entry each: App and the chrome ask here instead of asking which one is shown.
namespace qkv::shell {

/// A gesture worth naming in the status bar.
struct Hint {
  const char *key, *words;
};

/// Undo and redo of what the workspace shows.
struct Past {
  bool can_undo = false, can_redo = false;
  std::string undo_name{}, redo_name{};
};

struct Room {
  Workspace workspace;
  const char* id;    ///< "lab": of --workspace and of actions
  const char* tab;   ///< its name in the tabs; null: it has none
  const char* hint;  ///< what it is for
  const char* opens; ///< what its picker chooses among: "Experiment"
  std::string (*open_title)(const Session&);  ///< what is open, as the picker writes it
  void (*draw)(controls::Ui&, Session&, drawing::Rect area);
  /// One figure without controls; the part of `area` it fills. Throws Error for an unknown name.
  drawing::Rect (*figure)(controls::Ui&, Session&, drawing::Rect area, const std::string& name);
  std::string (*title)(const Session&);   ///< of the window
  std::string (*facts)(const Session&);   ///< right end of the status bar: where the numbers come from, how long they took
  std::string (*error)(const Session&);   ///< why what was asked for could not be computed; empty when it could
  std::string& (*notice)(Session&);       ///< what the last action did, one line
  std::string* (*wish)(Session&);         ///< id of an action that the frame asks for; null: it never does
  Past (*past)(const Session&);
  void (*undo)(Session&);
  void (*redo)(Session&);
  std::span<const Hint> hints;
};

/// Those with a tab, in order.
std::span<const Room> rooms();
const Room& room_of(const Session& s);

extern const Room kLearnRoom, kLabRoom, kModelRoom, kPresentRoom;

/// "8.1 ms"
std::string time_text(double seconds);

}  // namespace qkv::shell
