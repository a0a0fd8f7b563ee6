#include "app/shell/chrome/actions.h"

#include <algorithm>
#include <optional>

namespace qkv::shell {

std::vector<Action> file_actions();
std::vector<Action> edit_actions();
std::vector<Action> cell_actions();
std::vector<Action> view_actions();
std::vector<Action> attention_actions();
std::vector<Action> help_actions();
std::vector<Action> sentence_actions();
std::vector<Action> lab_view_actions();
std::vector<Action> model_actions();
std::vector<Action> learn_actions();
std::vector<Action> lesson_return_actions();
std::vector<Action> present_start_actions();
std::vector<Action> present_actions();

const std::vector<Action>& actions() {
  static const std::vector<Action> kAll = [] {
    std::vector<Action> all;
    const auto add = [&](std::vector<Action> part, std::optional<Where> where = std::nullopt) {
      for (Action& a : part) {
        if (where) a.where = *where;
        all.push_back(std::move(a));
      }
    };
    add(file_actions());
    add(edit_actions());
    add(sentence_actions(), Where::lab);
    add(lesson_return_actions(), Where::lab);
    add(cell_actions(), Where::lab);
    add(view_actions());
    add(lab_view_actions(), Where::lab);
    add(attention_actions(), Where::lab);
    add(model_actions(), Where::model);
    add(learn_actions(), Where::learn);
    add(present_start_actions());
    add(present_actions(), Where::present);
    add(help_actions());
    return all;
  }();
  return kAll;
}

const Action* find_action(std::string_view id) {
  const auto it = std::find_if(actions().begin(), actions().end(), [&](const Action& a) { return a.id == id; });
  return it == actions().end() ? nullptr : &*it;
}

bool is_here(const Action& a, const Session& s) {
  switch (a.where) {
    case Where::anywhere: return true;
    case Where::lab: return s.workspace == Workspace::lab;
    case Where::model: return s.workspace == Workspace::model;
    case Where::learn: return s.workspace == Workspace::learn;
    case Where::present: return s.workspace == Workspace::present;
  }
  return false;
}

bool is_enabled(const Action& a, const Session& s) { return is_here(a, s) && (!a.enabled || a.enabled(s)); }

bool run_action(Session& s, std::string_view id) {
  const Action* a = find_action(id);
  if (!a || !is_enabled(*a, s)) return false;
  notice_of(s).clear();
  a->run(s);
  return true;
}

bool answers(const Action& a, const controls::KeyPress& press) {
  return std::ranges::any_of(a.shortcuts, [&](const Shortcut& k) { return k.key == press.key && k.mods == press.mods; });
}

const Action* action_for(const controls::KeyPress& press, const Session& s) {
  // What a workspace does with a key of its own goes before what the key does everywhere: on the stage Ctrl+S saves the talk.
  // One that can be done goes before one that cannot.
  const auto rank = [&](const Action& a) { return (is_enabled(a, s) ? 2 : 0) + (a.where != Where::anywhere ? 1 : 0); };
  const Action* found = nullptr;
  for (const Action& a : actions())
    if (is_here(a, s) && answers(a, press) && (!found || rank(a) > rank(*found))) found = &a;
  return found;
}

std::string shortcut_text(const Shortcut& k) {
  using controls::Key;
  std::string text = std::string(k.mods.ctrl ? "Ctrl+" : "") + (k.mods.alt ? "Alt+" : "") + (k.mods.shift ? "Shift+" : "");
  const int at = static_cast<int>(k.key);
  if (k.key >= Key::a && k.key <= Key::z) return text + static_cast<char>('A' + at - static_cast<int>(Key::a));
  if (k.key >= Key::n0 && k.key <= Key::n9) return text + static_cast<char>('0' + at - static_cast<int>(Key::n0));
  if (k.key >= Key::f1 && k.key <= Key::f12) return text + "F" + std::to_string(at - static_cast<int>(Key::f1) + 1);
  switch (k.key) {
    case Key::left: return text + "←";
    case Key::right: return text + "→";
    case Key::up: return text + "↑";
    case Key::down: return text + "↓";
    case Key::page_up: return text + "Page Up";
    case Key::page_down: return text + "Page Down";
    case Key::home: return text + "Home";
    case Key::end: return text + "End";
    case Key::enter: return text + "Enter";
    case Key::escape: return text + "Esc";
    case Key::tab: return text + "Tab";
    case Key::space: return text + "Space";
    case Key::backspace: return text + "Backspace";
    case Key::del: return text + "Del";
    case Key::plus: return text + "+";
    case Key::minus: return text + "−";
    case Key::comma: return text + ",";
    case Key::period: return text + ".";
    case Key::slash: return text + "/";
    case Key::question: return text + "?";
    default: return text;
  }
}

}  // namespace qkv::shell
