#include "app/shell/chrome/room.h"
#include "app/workspaces/present/present.h"
#include "core/error.h"

namespace qkv::shell {

namespace {

/// The experiment whose numbers the step lets the hand change; null: none.
documents::LabDocument* live_document(const Session& s) {
  if (!s.talk) return nullptr;
  return s.talk->lessons() ? &s.talk->lessons()->document() : s.talk->document();
}

drawing::Rect figure(controls::Ui& ui, Session& s, drawing::Rect area, const std::string& name) {
  if (!s.talk) throw Error("No talk is being given: open an experiment, a lesson or a talk first.");
  if (!name.empty() && name != "step") throw Error("There is no figure '" + name + "' of a talk: use step, or leave --figure out for the whole page.");
  s.present_view.learn.studies = s.studies;
  workspaces::present(ui, *s.talk, s.present_view, area, true, name.empty());
  return area;
}

}  // namespace

const Room kPresentRoom{
    .workspace = Workspace::present,
    .id = "present",
    .tab = nullptr,
    .hint = "One step at a time, for a room",
    .opens = "Talk",
    .open_title = [](const Session& s) { return s.talk ? s.talk->talk().title : std::string(); },
    .draw =
        [](controls::Ui& ui, Session& s, drawing::Rect area) {
          s.present_view.moves = s.settings.transitions;
          s.present_view.learn.studies = s.studies;
          if (s.talk) workspaces::present(ui, *s.talk, s.present_view, area, s.picture);
        },
    .figure = figure,
    .title = [](const Session& s) { return s.talk ? s.talk->talk().title : std::string("Present"); },
    .facts = [](const Session&) { return std::string(); },
    .error = [](const Session&) { return std::string(); },
    .notice = [](Session& s) -> std::string& { return s.present_view.notice; },
    .wish = [](Session& s) { return &s.present_view.wish; },
    .past = [](const Session& s) {
      documents::LabDocument* live = live_document(s);
      return live ? Past{live->can_undo(), live->can_redo(), live->undo_name(), live->redo_name()} : Past{};
    },
    .undo = [](Session& s) { live_document(s)->undo(); },
    .redo = [](Session& s) { live_document(s)->redo(); },
    .hints = {}};

}  // namespace qkv::shell
