#include "app/workspaces/lab/lab.h"

#include <algorithm>

#include "app/workspaces/lab/commands.h"
#include "app/workspaces/lab/scene.h"
#include "core/error.h"

namespace qkv::workspaces {

namespace {

constexpr float kTokenStrip = 40, kFormula = 60, kRail = 260, kLeastCanvas = 240;

Scene scene_of(controls::Ui& ui, documents::LabDocument& document, LabView& view) {
  Scene s{ui, document, view, document.trace(), {}};
  keep_inside(view, *s.trace);
  view.looks.follow(s.trace, view.difference ? document.start_trace() : nullptr, view.difference);
  return s;
}

}  // namespace

void lab(controls::Ui& ui, documents::LabDocument& document, LabView& view, Rect area) {
  Scene s = scene_of(ui, document, view);
  const bool rail_shown = view.rail && area.w >= 760;
  const float main_w = area.w - (rail_shown ? kRail : 0);
  const Rect strip{area.x, area.y, area.w, kTokenStrip};
  const Rect formula{area.x, strip.bottom(), main_w, kFormula};
  const Rect below{area.x, formula.bottom(), main_w, area.bottom() - formula.bottom()};
  const bool drawer_shown = view.drawer && view.selected && below.h > kLeastCanvas + 160;
  // Until it is dragged the drawer leaves the pipeline the larger part.
  const float wished = view.drawer_height > 0 ? view.drawer_height : std::clamp(below.h * 0.41f, 220.f, 300.f);
  const float drawer_h = drawer_shown ? std::min(wished, below.h - kLeastCanvas) : 0;
  pipeline(s, {below.x, below.y, below.w, below.h - drawer_h});
  formula_bar(s, formula);
  if (drawer_shown) drawer(s, {below.x, below.bottom() - drawer_h, below.w, drawer_h});
  if (rail_shown) rail(s, {area.x + main_w, strip.bottom(), kRail, area.bottom() - strip.bottom()});
  token_strip(s, strip);
  context_menu(s);
}

void lab_figure(controls::Ui& ui, documents::LabDocument& document, LabView& view, Rect area, const std::string& name) {
  Scene s = scene_of(ui, document, view);
  if (name.empty() || name == "pipeline") {
    pipeline(s, area);
  } else if (name == "formula") {
    formula_bar(s, area);
  } else if (name == "drawer") {
    if (!view.selected) show_first_target(document, view);
    drawer(s, area);
  } else {
    throw Error("There is no figure '" + name + "': use pipeline, formula or drawer.");
  }
}

void show_first_target(const documents::LabDocument& document, LabView& view) {
  const auto trace = document.trace();
  const std::string sentence = experiment::sentence_of(document.experiment());
  for (const auto& target : document.experiment().targets) {
    if (target.sentence != sentence || target.query >= trace->n() || target.key >= trace->n()) continue;
    view.layer = target.layer;
    view.head = target.head;
    select(view, *trace, {Stage::weights, target.layer, target.head, target.query, target.key});
    return;
  }
  view.query = trace->n() - 1;
  view.key = 0;
}

}  // namespace qkv::workspaces
