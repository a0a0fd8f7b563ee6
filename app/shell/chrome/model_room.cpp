#include <array>

#include "app/shell/chrome/room.h"
#include "app/workspaces/model/model.h"

namespace qkv::shell {

namespace {

constexpr std::array<Hint, 7> kHints{{{"← →", "head"}, {"↑ ↓", "layer"}, {"click", "hold"}, {"wheel", "zoom"}, {"M", "map / lines / text"},
                                      {"X", "ablate"}, {"F1", "all keys"}}};

std::string facts(const Session& s) {
  if (!s.model.is_open()) return s.model.busy() ? s.model.doing() : "no checkpoint is open";
  const documents::ModelRun& run = *s.model.run();
  if (!run.model) return "capture file" + (run.capture->producer.empty() ? "" : " by " + run.capture->producer);
  std::string text = run.model->summary().family + " · " + std::to_string(run.model->summary().parameters) + " parameters · float32";
  if (s.model.busy()) text += " · computing…";
  else if (!s.picture && run.seconds > 0) text += " · computed in " + time_text(run.seconds);
  return text;
}

}  // namespace

const Room kModelRoom{
    .workspace = Workspace::model,
    .id = "model",
    .tab = "Model",
    .hint = "A real checkpoint: every layer and head",
    .opens = "Checkpoint",
    .open_title = [](const Session& s) { return s.model.is_open() ? s.model.path().filename().string() : std::string(s.model.busy() ? "opening…" : "none"); },
    .draw = [](controls::Ui& ui, Session& s, drawing::Rect area) { workspaces::model(ui, s.model, s.model_view, area); },
    .figure = [](controls::Ui& ui, Session& s, drawing::Rect area, const std::string& name) { return workspaces::model_figure(ui, s.model, s.model_view, area, name); },
    .title = [](const Session& s) { return s.model.is_open() ? s.model.path().filename().string() : std::string("Model"); },
    .facts = facts,
    .error = [](const Session& s) { return s.model.error(); },
    .notice = [](Session& s) -> std::string& { return s.model_view.notice; },
    .wish = [](Session& s) { return &s.model_view.wish; },
    .past = [](const Session& s) { return Past{s.model.can_undo(), s.model.can_redo(), s.model.undo_name(), s.model.redo_name()}; },
    .undo = [](Session& s) { s.model.undo(); },
    .redo = [](Session& s) { s.model.redo(); },
    .hints = kHints};

}  // namespace qkv::shell
