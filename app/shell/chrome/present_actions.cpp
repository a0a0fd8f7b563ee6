#include "app/documents/open_in_lab.h"
#include "app/shell/chrome/actions.h"
#include "app/workspaces/present/present.h"
#include "core/error.h"

// Presenting from any workspace, and what can be done on the stage.
namespace qkv::shell {

using controls::Key;

namespace {

constexpr controls::Mods kShift{true, false, false};

void start(Session& s) {
  try {
    auto [talk, step] = talk_here(s);
    give_talk(s, std::move(talk), step);
  } catch (const std::exception& e) {
    show_message(s, "This could not be presented", e.what());
  }
}

std::function<void(Session&)> walk(int by) {
  return [=](Session& s) { workspaces::walk_talk(*s.talk, s.present_view, by); };
}

}  // namespace

std::pair<documents::Talk, int> talk_here(Session& s) {
  if (s.workspace == Workspace::learn && s.learn && s.learn->is_open()) return {documents::talk_of(s.learn->lesson()), s.learn->step_index()};
  if (s.workspace == Workspace::model && s.model.is_open()) {
    const auto run = s.model.run();
    const auto& view = s.model_view;
    const auto e = documents::lab_experiment(run->model.get(), *run->intact, run->tokens.readable, view.layer, view.head);
    const auto& picture = s.model_view.head_picture(run);
    const int n = static_cast<int>(e.tokens.size());
    return {documents::talk_of(e, 0, 0, std::min(workspaces::leading_query(view, picture), n - 1), std::min(workspaces::leading_key(view, picture), n - 1)), 0};
  }
  return {documents::talk_of(s.lab.experiment(), s.view.layer, s.view.head, s.view.query, s.view.key), 0};
}

void give_talk(Session& s, documents::Talk talk, int step) {
  s.talk = std::make_unique<documents::TalkSession>(std::move(talk), s.assets, s.own_lessons, step);
  if (s.workspace != Workspace::present) s.before_present = s.workspace;
  s.present_view = {};
  s.workspace = Workspace::present;
}

std::vector<Action> present_start_actions() {
  return {{"present.start", "View", "Present", "This, full screen and in large type, step by step", {{Key::f5, {}}}, start,
           [](const Session& s) { return s.workspace != Workspace::present; }}};
}

std::vector<Action> present_actions() {
  const std::string m = "Present";
  const auto talks = [](const Session& s) { return s.talk != nullptr; };
  return {
      {"present.next", m, "Next step", "As a clicker does", {{Key::right, {}}, {Key::page_down, {}}, {Key::down, {}}, {Key::enter, {}}}, walk(1), talks},
      {"present.previous", m, "Previous step", "", {{Key::left, {}}, {Key::page_up, {}}, {Key::up, {}}}, walk(-1), talks},
      {"present.first", m, "First step", "", {{Key::home, {}}}, [](Session& s) { workspaces::show_step(*s.talk, s.present_view, 0); }, talks},
      {"present.last", m, "Last step", "", {{Key::end, {}}}, [](Session& s) { workspaces::show_step(*s.talk, s.present_view, s.talk->count() - 1); }, talks},
      {"present.reveal", m, "Reveal", "What the room was to guess", {{Key::space, {}}}, [](Session& s) { workspaces::reveal(*s.talk, s.present_view); },
       [](const Session& s) { return s.talk && workspaces::has_answer(*s.talk, s.present_view); }},
      {"present.blank", m, "Blank the screen", "The room looks at you", {{Key::b, {}}, {Key::period, {}}}, [](Session& s) { s.present_view.blank = !s.present_view.blank; }, talks,
       [](const Session& s) { return s.present_view.blank; }},
      {"present.spotlight", m, "Spotlight", "Only what is around the pointer stays bright", {{Key::s, {}}}, [](Session& s) { s.present_view.spotlight = !s.present_view.spotlight; }, talks,
       [](const Session& s) { return s.present_view.spotlight; }},
      {"present.pen", m, "Pen", "Draw on the step; it vanishes with it", {{Key::p, {}}}, [](Session& s) { s.present_view.pen = !s.present_view.pen; }, talks,
       [](const Session& s) { return s.present_view.pen; }},
      {"present.wipe", m, "Wipe the pen marks", "", {{Key::e, {}}}, [](Session& s) { s.present_view.strokes.clear(); }, [](const Session& s) { return !s.present_view.strokes.empty(); }},
      {"present.timer", m, "Timer", "Minutes since the talk began", {{Key::m, {}}}, [](Session& s) { s.present_view.timer = !s.present_view.timer; }, talks,
       [](const Session& s) { return s.present_view.timer; }},
      {"present.restart_timer", m, "Start the timer again", "From 0:00", {{Key::m, kShift}}, [](Session& s) { s.present_view.began = s.in.now; }, talks},
      {"present.notes", m, "Notes in a second window", "Your notes, the next step and the time", {{Key::n, {}}}, [](Session& s) { s.notes_shown = !s.notes_shown; }, talks,
       [](const Session& s) { return s.notes_shown; }},
      {"present.swap_screens", m, "Swap the screens", "The stage goes to the other screen, the notes come here", {{Key::x, {}}}, [](Session& s) { s.screens_swapped = !s.screens_swapped; }, talks,
       [](const Session& s) { return s.screens_swapped; }},
      {"present.moves", m, "Moving rows", "A row travels to where it is used next", {}, [](Session& s) {
         s.settings.transitions = !s.settings.transitions;
         keep_settings(s);
       }, nullptr, [](const Session& s) { return s.settings.transitions; }},
      {"present.save", m, "Save the talk…", "One Markdown file, to be edited and given elsewhere", {{Key::s, {false, true, false}}}, [](Session& s) { open_file_dialog(s, FilePurpose::save_talk); }, talks},
      {"present.leave", m, "Leave", "Back to where you were", {{Key::escape, {}}}, [](Session& s) {
         s.notes_shown = false;
         go_to(s, s.before_present);
       }},
  };
}

}  // namespace qkv::shell
