#include <array>

#include "app/shell/chrome/room.h"
#include "app/workspaces/lab/lab.h"
#include "core/experiment/sources.h"

namespace qkv::shell {

namespace {

constexpr std::array<Hint, 7> kHints{{{"hover", "trace operands"}, {"click", "explain"}, {"drag ↕", "change a value"}, {"2×click", "type"},
                                      {"← ↑ ↓ →", "walk"}, {"wheel", "zoom"}, {"F1", "all keys"}}};

std::string open_title(const Session& s) {
  const std::string title = experiment::shown_title(s.lab.experiment());
  return title.empty() ? "Untitled" : title;
}

std::string title(const Session& s) {
  const std::string name = s.lab.path().empty() ? experiment::shown_title(s.lab.experiment()) : s.lab.path().filename().string();
  return (s.lab.unsaved() ? "• " : "") + name;
}

/// How long the computation took, and where the numbers come from: hand-set or random ones pass for nothing else.
std::string facts(const Session& s) {
  std::string text = s.view.sources.words;
  if (s.lab.busy()) text += " · computing…";
  else if (!s.picture && s.lab.last_compute_seconds() > 0) text += " · computed in " + time_text(s.lab.last_compute_seconds());
  return text;
}

}  // namespace

const Room kLabRoom{
    .workspace = Workspace::lab,
    .id = "lab",
    .tab = "Lab",
    .hint = "Small attention, every number of it",
    .opens = "Experiment",
    .open_title = open_title,
    .draw = [](controls::Ui& ui, Session& s, drawing::Rect area) { workspaces::lab(ui, s.lab, s.view, area); },
    .figure = [](controls::Ui& ui, Session& s, drawing::Rect area, const std::string& name) { return workspaces::lab_figure(ui, s.lab, s.view, area, name); },
    .title = title,
    .facts = facts,
    .error = [](const Session& s) { return s.lab.error(); },
    .notice = [](Session& s) -> std::string& { return s.view.notice; },
    .wish = nullptr,
    .past = [](const Session& s) { return Past{s.lab.can_undo(), s.lab.can_redo(), s.lab.undo_name(), s.lab.redo_name()}; },
    .undo = [](Session& s) { s.lab.undo(); },
    .redo = [](Session& s) { s.lab.redo(); },
    .hints = kHints};

}  // namespace qkv::shell
