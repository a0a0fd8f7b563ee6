#include "app/shell/keys.h"

#include <gtest/gtest.h>

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

namespace qkv::shell {
namespace {

using controls::Key;
using controls::Mods;

Key key_of(int key, const char* name = nullptr, int mods = 0) { return translate_key({key, mods, name}).key; }

TEST(Keys, LettersFollowTheLayout) {
  EXPECT_EQ(key_of(GLFW_KEY_Z, "z"), Key::z);
  EXPECT_EQ(key_of(GLFW_KEY_Y, "z"), Key::z) << "QWERTZ";
  EXPECT_EQ(key_of(GLFW_KEY_Q, "a"), Key::a) << "AZERTY";
}

TEST(Keys, LettersOfOtherScriptsFollowThePlace) {
  EXPECT_EQ(key_of(GLFW_KEY_Z, "я"), Key::z);
  EXPECT_EQ(key_of(GLFW_KEY_A, "ψ"), Key::a);
  EXPECT_EQ(key_of(GLFW_KEY_A, nullptr), Key::a);
}

TEST(Keys, DigitsOfAzertyFollowThePlace) {
  EXPECT_EQ(key_of(GLFW_KEY_1, "&"), Key::n1);
  EXPECT_EQ(key_of(GLFW_KEY_6, "-"), Key::minus);
}

TEST(Keys, PlusAndQuestionOfAUsKeyboardDoNotCountTheirShift) {
  const auto plus = translate_key({GLFW_KEY_EQUAL, GLFW_MOD_SHIFT | GLFW_MOD_CONTROL, "="});
  EXPECT_EQ(plus.key, Key::plus);
  EXPECT_EQ(plus.mods, (Mods{.shift = false, .ctrl = true, .alt = false}));
  const auto question = translate_key({GLFW_KEY_SLASH, GLFW_MOD_SHIFT, "/"});
  EXPECT_EQ(question.key, Key::question);
  EXPECT_EQ(question.mods, Mods());
  EXPECT_EQ(key_of(GLFW_KEY_SLASH, "/"), Key::slash);
}

TEST(Keys, ShiftOfAPlusOnItsOwnKeyCounts) {
  EXPECT_TRUE(translate_key({GLFW_KEY_RIGHT_BRACKET, GLFW_MOD_SHIFT, "+"}).mods.shift) << "QWERTZ";
  EXPECT_TRUE(translate_key({GLFW_KEY_KP_ADD, GLFW_MOD_SHIFT, "+"}).mods.shift);
}

TEST(Keys, TheKeypadFollowsNumLock) {
  EXPECT_EQ(key_of(GLFW_KEY_KP_4, "4", GLFW_MOD_NUM_LOCK), Key::n4);
  EXPECT_EQ(key_of(GLFW_KEY_KP_4, "4"), Key::left);
  EXPECT_EQ(key_of(GLFW_KEY_KP_DECIMAL, "."), Key::del);
  EXPECT_EQ(key_of(GLFW_KEY_KP_ENTER), Key::enter);
  EXPECT_EQ(key_of(GLFW_KEY_KP_SUBTRACT, "-"), Key::minus);
}

TEST(Keys, EveryNamedKeyArrives) {
  for (int i = 0; i < 12; ++i) {
    EXPECT_EQ(static_cast<int>(key_of(GLFW_KEY_F1 + i)), static_cast<int>(Key::f1) + i);
  }
  const std::pair<int, Key> keys[] = {{GLFW_KEY_LEFT, Key::left},
                                      {GLFW_KEY_RIGHT, Key::right},
                                      {GLFW_KEY_UP, Key::up},
                                      {GLFW_KEY_DOWN, Key::down},
                                      {GLFW_KEY_PAGE_UP, Key::page_up},
                                      {GLFW_KEY_PAGE_DOWN, Key::page_down},
                                      {GLFW_KEY_HOME, Key::home},
                                      {GLFW_KEY_END, Key::end},
                                      {GLFW_KEY_ENTER, Key::enter},
                                      {GLFW_KEY_ESCAPE, Key::escape},
                                      {GLFW_KEY_TAB, Key::tab},
                                      {GLFW_KEY_SPACE, Key::space},
                                      {GLFW_KEY_BACKSPACE, Key::backspace},
                                      {GLFW_KEY_DELETE, Key::del},
                                      {GLFW_KEY_INSERT, Key::insert},
                                      {GLFW_KEY_COMMA, Key::comma},
                                      {GLFW_KEY_PERIOD, Key::period},
                                      {GLFW_KEY_LEFT_SHIFT, Key::unknown},
                                      {GLFW_KEY_UNKNOWN, Key::unknown},
                                      {GLFW_KEY_F13, Key::unknown}};
  for (const auto& [glfw, expected] : keys) EXPECT_EQ(key_of(glfw), expected) << glfw;
}

TEST(Keys, ButtonsBeyondThreeAreIgnored) {
  EXPECT_EQ(translate_button(GLFW_MOUSE_BUTTON_MIDDLE), controls::Button::middle);
  EXPECT_EQ(translate_button(GLFW_MOUSE_BUTTON_4), std::nullopt);
}

}  // namespace
}  // namespace qkv::shell
