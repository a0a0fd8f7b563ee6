#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/controls/input.h"
#include "app/shell/chrome/session.h"

namespace qkv::shell {

struct Shortcut {
  controls::Key key = controls::Key::unknown;
  controls::Mods mods;
};

/// Where an action can be used.
enum class Where { anywhere, lab, model, learn, present };

/// Something the user can do. Menu, shortcut, command palette and help all read this one table.
struct Action {
  std::string id;     ///< "edit.undo"
  std::string menu;   ///< "File", "Edit", "Cell", "View", "Attention", "Help"
  std::string title;  ///< in the imperative: "Undo"
  std::string hint;   ///< one line
  std::vector<Shortcut> shortcuts;
  std::function<void(Session&)> run;
  std::function<bool(const Session&)> enabled = nullptr;  ///< null: always
  std::function<bool(const Session&)> checked = nullptr;  ///< null: not a switch
  Where where = Where::anywhere;
};

const std::vector<Action>& actions();
const Action* find_action(std::string_view id);
/// Runs it when it is enabled; true when it ran.
bool run_action(Session& s, std::string_view id);
/// The action this key press stands for in the workspace that is shown; nullptr when none. The mods must match exactly.
const Action* action_for(const controls::KeyPress& press, const Session& s);
/// Whether this key press is one of its shortcuts.
bool answers(const Action& action, const controls::KeyPress& press);
/// Whether the action belongs to the workspace that is shown.
bool is_here(const Action& action, const Session& s);
bool is_enabled(const Action& action, const Session& s);
/// "Ctrl+Shift+Z", "←", "F1".
std::string shortcut_text(const Shortcut& shortcut);

}  // namespace qkv::shell
