#include <algorithm>

#include "app/shell/chrome/actions.h"
#include "app/shell/chrome/room.h"
#include "core/experiment/operations.h"
#include "core/experiment/sources.h"

// What concerns files, the history, the view and help.
namespace qkv::shell {

using controls::Key;

namespace {

constexpr controls::Mods kShift{true, false, false}, kCtrl{false, true, false}, kCtrlShift{true, true, false};

bool in_model(const Session& s) { return s.workspace == Workspace::model; }
void zoom(Session& s, float factor) { s.view.zoom = std::clamp(s.view.zoom * factor, 1.f, 40.f); }
void text_size(Session& s, float size) {
  s.settings.text_size = std::clamp(size, 0.75f, 2.5f);
  keep_settings(s);
}

}  // namespace

std::vector<Action> file_actions() {
  const std::string m = "File";
  return {
      {"file.new", m, "New: The cat sat down", "The experiment the program starts with", {{Key::n, kCtrl}}, [](Session& s) {
         when_saved(s, [](Session& t) {
           t.lab.replace(experiment::default_experiment(), {});
           t.workspace = Workspace::lab;
           t.view = {};
           workspaces::show_first_target(t.lab, t.view);
         });
       }},
      {"file.open", m, "Open…", "An experiment, a file of matrices, a model folder or a capture file", {{Key::o, kCtrl}}, [](Session& s) { open_file_dialog(s, FilePurpose::open); }},
      {"file.save", m, "Save", "Writes the experiment to its file", {{Key::s, kCtrl}}, [](Session& s) {
         if (!has_own_file(s)) open_file_dialog(s, FilePurpose::save);
         else use_file(s, FilePurpose::save, s.lab.path());
       }},
      {"file.save_as", m, "Save as…", "Writes the experiment to another file", {{Key::s, kCtrlShift}}, [](Session& s) { open_file_dialog(s, FilePurpose::save); }},
      {"file.export", m, "Export…", "Picture, derivation, matrix, script, capture, animation", {{Key::e, kCtrl}}, open_export},
      {"file.quit", m, "Quit", "Asks first when there are unsaved changes", {{Key::q, kCtrl}}, [](Session& s) { when_saved(s, [](Session& t) { t.quit = true; }); }},
  };
}

std::vector<Action> edit_actions() {
  const std::string m = "Edit";
  return {
      {"edit.undo", m, "Undo", "Takes back the last change; a drag is one", {{Key::z, kCtrl}}, [](Session& s) {
         notice_of(s) = "Undone: " + room_of(s).past(s).undo_name + ".";
         room_of(s).undo(s);
       }, [](const Session& s) { return room_of(s).past(s).can_undo; }},
      {"edit.redo", m, "Redo", "Does again what was undone", {{Key::z, kCtrlShift}, {Key::y, kCtrl}}, [](Session& s) {
         notice_of(s) = "Redone: " + room_of(s).past(s).redo_name + ".";
         room_of(s).redo(s);
       }, [](const Session& s) { return room_of(s).past(s).can_redo; }},
  };
}

std::vector<Action> sentence_actions() {
  const std::string m = "Edit";
  return {
      {"edit.sentence", m, "Edit the sentence", "Type or paste a sentence of your own", {{Key::l, kCtrl}, {Key::slash, {}}}, [](Session& s) { s.view.editing_sentence = true; }},
      {"edit.add_token", m, "Add a token", "At the end of the sentence", {}, [](Session& s) {
         const int n = static_cast<int>(s.lab.experiment().tokens.size());
         s.lab.apply(experiment::with_token_inserted(s.lab.experiment(), n, "new"), "add a token");
         controls::begin_editing(s.in, "token/" + std::to_string(n) + "/field", "new");
       }, [](const Session& s) { return s.lab.experiment().tokens.size() < 512; }},
      {"edit.remove_token", m, "Remove the query token", "The one shown in blue", {}, [](Session& s) {
         s.lab.apply(experiment::with_token_removed(s.lab.experiment(), s.view.query), "remove a token");
       }, [](const Session& s) { return s.lab.experiment().tokens.size() > 1 && s.view.query < static_cast<int>(s.lab.experiment().tokens.size()); }},
  };
}

std::vector<Action> view_actions() {
  const std::string m = "View";
  std::vector<Action> all{
      {"view.palette", m, "Command palette", "Find any action by a few letters", {{Key::k, kCtrl}, {Key::p, kCtrlShift}}, [](Session& s) {
         s.palette = {};
         controls::open_popup(s.in, "palette");
       }},
      {"view.theme", m, "Dark theme", "Switches between light and dark", {{Key::t, {}}}, [](Session& s) {
         s.settings.dark = !s.settings.dark;
         keep_settings(s);
       }, nullptr, [](const Session& s) { return s.settings.dark; }},
      {"view.larger", m, "Larger text", "Scales everything, for lecture rooms", {{Key::plus, kCtrl}}, [](Session& s) { text_size(s, s.settings.text_size + 0.125f); }},
      {"view.smaller", m, "Smaller text", "Scales everything", {{Key::minus, kCtrl}}, [](Session& s) { text_size(s, s.settings.text_size - 0.125f); }},
      {"view.normal", m, "Normal text size", "", {{Key::n0, kCtrl}}, [](Session& s) { text_size(s, 1); }},
  };
  // Each workspace by the number of its tab.
  constexpr Key kDigits[] = {Key::n1, Key::n2, Key::n3, Key::n4};
  for (std::size_t i = 0; i < rooms().size(); ++i) {
    const Workspace workspace = rooms()[i].workspace;
    all.push_back({std::string("view.") + rooms()[i].id, m, std::string("Go to ") + rooms()[i].tab, rooms()[i].hint, {{kDigits[i], kCtrl}},
                   [=](Session& s) { go_to(s, workspace); }, nullptr, [=](const Session& s) { return s.workspace == workspace; }});
  }
  return all;
}

std::vector<Action> lab_view_actions() {
  const std::string m = "View";
  return {
      {"view.zoom_in", m, "Zoom in", "Also the mouse wheel, about the pointer", {{Key::period, {}}}, [](Session& s) { zoom(s, 1.25f); }},
      {"view.zoom_out", m, "Zoom out", "Also the mouse wheel", {{Key::comma, {}}}, [](Session& s) { zoom(s, 0.8f); }},
      {"view.fit", m, "Fit", "The whole pipeline on one screen", {{Key::f, {}}}, [](Session& s) {
         s.view.zoom = 1;
         s.view.pan = {};
       }},
      {"view.numbers", m, "Numbers in cells", "Heat only, or heat and numbers", {{Key::h, {}}}, [](Session& s) { s.view.numbers = !s.view.numbers; }, nullptr,
       [](const Session& s) { return s.view.numbers; }},
      {"view.difference", m, "Difference from the start", "Every stage minus what it was before your edits", {{Key::d, {}}}, [](Session& s) { s.view.difference = !s.view.difference; }, nullptr,
       [](const Session& s) { return s.view.difference; }},
      {"view.drawer", m, "Drawer", "The explanation of the selected cell", {{Key::w, {}}}, [](Session& s) { s.view.drawer = !s.view.drawer; }, nullptr, [](const Session& s) { return s.view.drawer; }},
      {"view.rail", m, "Controls at the right", "Hide them for more room", {{Key::b, kCtrl}}, [](Session& s) { s.view.rail = !s.view.rail_shown; }, nullptr, [](const Session& s) { return s.view.rail_shown; }},
  };
}

std::vector<Action> help_actions() {
  return {
      {"help.keys", "Help", "Help", "What can be done, and with which keys", {{Key::f1, {}}, {Key::question, {}}, {Key::question, kShift}}, [](Session& s) {
         s.help_scroll = 0;
         controls::open_popup(s.in, "help");
       }},
      {"help.about", "Help", "About what is open", "Title and description of the experiment, facts of the model", {{Key::i, {}}}, [](Session& s) {
         if (in_model(s)) return show_message(s, "About this model", workspaces::about(s.model));
         const auto& e = s.lab.experiment();
         show_message(s, experiment::shown_title(e), experiment::shown_description(e));
       }},
  };
}

}  // namespace qkv::shell
