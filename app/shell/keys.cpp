#include "app/shell/keys.h"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

#include <string_view>

namespace qkv::shell {
namespace {

using controls::Key;

Key offset(Key first, int by) { return static_cast<Key>(static_cast<int>(first) + by); }

/// The nth key of a run of GLFW's codes that follow each other as Key's do.
std::optional<Key> in_run(int key, int first, int last, Key from) {
  return key >= first && key <= last ? std::optional(offset(from, key - first)) : std::nullopt;
}

Key by_character(char c) {
  if (c >= 'a' && c <= 'z') return offset(Key::a, c - 'a');
  if (c >= 'A' && c <= 'Z') return offset(Key::a, c - 'A');
  if (c >= '0' && c <= '9') return offset(Key::n0, c - '0');
  switch (c) {
    case '+':
    case '=':
      return Key::plus;
    case '-':
      return Key::minus;
    case ',':
      return Key::comma;
    case '.':
      return Key::period;
    case '/':
      return Key::slash;
    case '?':
      return Key::question;
    default:
      return Key::unknown;
  }
}

Key by_keypad(int key, bool num_lock) {
  switch (key) {
    case GLFW_KEY_KP_ENTER:
      return Key::enter;
    case GLFW_KEY_KP_ADD:
      return Key::plus;
    case GLFW_KEY_KP_SUBTRACT:
      return Key::minus;
    case GLFW_KEY_KP_DIVIDE:
      return Key::slash;
    default:
      break;
  }
  if (num_lock) {
    if (key == GLFW_KEY_KP_DECIMAL) return Key::period;
    return in_run(key, GLFW_KEY_KP_0, GLFW_KEY_KP_9, Key::n0).value_or(Key::unknown);
  }
  switch (key) {
    case GLFW_KEY_KP_0:
      return Key::insert;
    case GLFW_KEY_KP_1:
      return Key::end;
    case GLFW_KEY_KP_2:
      return Key::down;
    case GLFW_KEY_KP_3:
      return Key::page_down;
    case GLFW_KEY_KP_4:
      return Key::left;
    case GLFW_KEY_KP_6:
      return Key::right;
    case GLFW_KEY_KP_7:
      return Key::home;
    case GLFW_KEY_KP_8:
      return Key::up;
    case GLFW_KEY_KP_9:
      return Key::page_up;
    case GLFW_KEY_KP_DECIMAL:
      return Key::del;
    default:
      return Key::unknown;
  }
}

Key by_place(int key) {
  if (const auto letter = in_run(key, GLFW_KEY_A, GLFW_KEY_Z, Key::a)) return *letter;
  if (const auto digit = in_run(key, GLFW_KEY_0, GLFW_KEY_9, Key::n0)) return *digit;
  if (const auto function = in_run(key, GLFW_KEY_F1, GLFW_KEY_F12, Key::f1)) return *function;
  switch (key) {
    case GLFW_KEY_LEFT:
      return Key::left;
    case GLFW_KEY_RIGHT:
      return Key::right;
    case GLFW_KEY_UP:
      return Key::up;
    case GLFW_KEY_DOWN:
      return Key::down;
    case GLFW_KEY_PAGE_UP:
      return Key::page_up;
    case GLFW_KEY_PAGE_DOWN:
      return Key::page_down;
    case GLFW_KEY_HOME:
      return Key::home;
    case GLFW_KEY_END:
      return Key::end;
    case GLFW_KEY_ENTER:
      return Key::enter;
    case GLFW_KEY_ESCAPE:
      return Key::escape;
    case GLFW_KEY_TAB:
      return Key::tab;
    case GLFW_KEY_SPACE:
      return Key::space;
    case GLFW_KEY_BACKSPACE:
      return Key::backspace;
    case GLFW_KEY_DELETE:
      return Key::del;
    case GLFW_KEY_INSERT:
      return Key::insert;
    case GLFW_KEY_EQUAL:
      return Key::plus;
    case GLFW_KEY_MINUS:
      return Key::minus;
    case GLFW_KEY_COMMA:
      return Key::comma;
    case GLFW_KEY_PERIOD:
      return Key::period;
    case GLFW_KEY_SLASH:
      return Key::slash;
    default:
      return Key::unknown;
  }
}

}  // namespace

controls::KeyPress translate_key(const GlfwKey& key) {
  controls::KeyPress press;
  press.mods = translate_mods(key.mods);
  if (key.key >= GLFW_KEY_KP_0 && key.key <= GLFW_KEY_KP_EQUAL) {
    press.key = by_keypad(key.key, (key.mods & GLFW_MOD_NUM_LOCK) != 0);
    return press;
  }
  const std::string_view name = key.name ? key.name : "";
  if (name.size() == 1) press.key = by_character(name[0]);
  if (press.key == Key::unknown) press.key = by_place(key.key);
  if (press.mods.shift && name == "=") press.mods.shift = false;
  if (press.mods.shift && name == "/") {
    press.key = Key::question;
    press.mods.shift = false;
  }
  return press;
}

controls::Mods translate_mods(int mods) {
  return {.shift = (mods & GLFW_MOD_SHIFT) != 0,
          .ctrl = (mods & GLFW_MOD_CONTROL) != 0,
          .alt = (mods & GLFW_MOD_ALT) != 0};
}

std::optional<controls::Button> translate_button(int button) {
  switch (button) {
    case GLFW_MOUSE_BUTTON_LEFT:
      return controls::Button::left;
    case GLFW_MOUSE_BUTTON_MIDDLE:
      return controls::Button::middle;
    case GLFW_MOUSE_BUTTON_RIGHT:
      return controls::Button::right;
    default:
      return std::nullopt;
  }
}

}  // namespace qkv::shell
