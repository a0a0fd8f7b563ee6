#pragma once
#include <optional>

#include "app/controls/input.h"

namespace qkv::shell {

/// What GLFW says about a key.
struct GlfwKey {
  int key = 0;
  int mods = 0;
  const char* name =
      nullptr;  ///< glfwGetKeyName: what the key types in the user's layout, unshifted; or null
};

/// The key by what it types in the user's layout where that is a letter, a digit or a sign of a shortcut,
/// else by its place on a US keyboard (so that Ctrl+Z is there on a Cyrillic keyboard too). On the keypad by
/// Num Lock. A sign typed with Shift ('+' and '?' of a US keyboard) does not count the Shift.
controls::KeyPress translate_key(const GlfwKey& key);

controls::Mods translate_mods(int glfw_mods);
std::optional<controls::Button> translate_button(int glfw_button);

}  // namespace qkv::shell
