#include "app/workspaces/lab/lab.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "app/documents/opening_pair.h"
#include "app/workspaces/lab/commands.h"
#include "app/workspaces/lab/scene.h"
#include "app/workspaces/lab/symbols.h"
#include "core/error.h"

namespace qkv::workspaces {

namespace {

constexpr float kTokenStrip = 40, kFormula = 60, kRail = 260, kLeastCanvas = 240;

}  // namespace

Scene scene_of(controls::Ui& ui, documents::LabDocument& document, LabView& view) {
  Scene s{.ui = ui,
          .document = document,
          .view = view,
          .trace = nullptr,
          .traced_experiment = nullptr,
          .layout = {}};
  s.follow_document();
  return s;
}

bool Scene::editable(const Cell& c) const { return can_edit(document, c) && (!may_change || may_change(c)); }

void Scene::follow_document() {
  if (trace == document.trace() && traced_experiment == document.shared_experiment()) return;
  trace = document.trace();
  traced_experiment = document.shared_experiment();
  keep_inside(view, *trace);
  view.sources.follow(traced_experiment);
  if (!view.difference) document.drop_start_trace();
  view.looks.follow(trace, view.difference ? document.start_trace() : nullptr, view.difference);
}

namespace {

bool slides_in_rail(const controls::Interaction& in) { return in.active.starts_with("rail/"); }

/// What a move does to a slider of the rail is done before anything is drawn, so that one frame shows it all.
void slide(Scene& s, Rect area) {
  drawing::Drawing unseen;
  unseen.bounds = area;
  controls::Painter painter(unseen, s.ui.p.text_engine(), s.theme());
  controls::Ui ui{painter, s.ui.in, s.ui.clipboard, s.ui.enabled, s.ui.layer};
  Scene first = scene_of(ui, s.document, s.view);
  rail(first, area);
  s.ui.in.moved = {};
  s.follow_document();
}

}  // namespace

void lab(controls::Ui& ui, documents::LabDocument& document, LabView& view, Rect area) {
  Scene s = scene_of(ui, document, view);
  view.dragging_value = false;
  view.rail_shown = view.rail.value_or(area.w >= 980) && area.w >= 480;
  const float main_w = area.w - (view.rail_shown ? kRail : 0);
  const Rect strip{area.x, area.y, area.w, kTokenStrip};
  const Rect right{area.x + main_w, strip.bottom(), kRail, area.bottom() - strip.bottom()};
  const bool moved = ui.in.event && std::holds_alternative<controls::PointerMove>(*ui.in.event);
  if (moved && view.rail_shown && slides_in_rail(ui.in)) slide(s, right);
  const Rect formula{area.x, strip.bottom(), main_w, kFormula};
  const Rect below{area.x, formula.bottom(), main_w, area.bottom() - formula.bottom()};
  const bool drawer_shown = view.drawer && view.selected && below.h > kLeastCanvas + 160;
  // Until it is dragged the drawer leaves the pipeline the larger part.
  const float wished =
      view.drawer_height > 0 ? view.drawer_height : std::clamp(below.h * 0.41f, 220.f, 300.f);
  const float drawer_h = drawer_shown ? std::min(wished, below.h - kLeastCanvas) : 0;
  pipeline(s, {below.x, below.y, below.w, below.h - drawer_h});
  formula_bar(s, formula);
  if (drawer_shown) drawer(s, {below.x, below.bottom() - drawer_h, below.w, drawer_h});
  if (view.rail_shown) rail(s, right);
  token_strip(s, strip);
  context_menu(s);
  // What the pointer is on is known before anything is drawn; dragged cells and sliders move before it too.
  view.shows_event = ui.in.active.empty() || view.dragging_value || slides_in_rail(ui.in);
}

namespace {

/// One matrix, as large as the area allows, its cells at most 72 px.
Rect stage_figure(Scene& s, Rect area, Stage stage) {
  const bool shared = attention::shape_of(*s.trace, stage, s.view.layer, s.view.head).rows == 0;
  const int head = shared ? 0 : s.view.head, layer = is_of_stack(stage) ? 0 : s.view.layer;
  const attention::Shape shape = attention::shape_of(*s.trace, stage, layer, head);
  if (shape.rows == 0 || shape.columns == 0)
    throw Error("This experiment has no " + std::string(attention::name_of(stage)) +
                ": choose another figure.");
  s.layout.label_width = 64;
  const float left = 84, top = 84, right = 40, bottom = 34;
  const bool square = is_square(stage) || stage == Stage::score_bias;
  const float by_width = std::floor((area.w - left - right) / static_cast<float>(shape.columns));
  const float by_height = std::floor((area.h - top - bottom) / static_cast<float>(shape.rows));
  const float w = std::clamp(square ? std::min(by_width, by_height) : by_width, 1.f, 72.f);
  const float h = std::clamp(square ? w : std::min(by_height, w * 0.75f), 1.f, 72.f);
  const StageBox box{.stage = stage,
                     .layer = layer,
                     .head = head,
                     .rows = shape.rows,
                     .columns = shape.columns,
                     .cell_w = w,
                     .cell_h = h,
                     .origin = {area.x + left, area.y + top}};
  const Rect cells = box.cells();
  const Rect used{area.x, area.y, std::max(cells.right() + right - area.x, 260.f),
                  cells.bottom() + bottom - area.y};
  s.p().fill(used, s.theme().canvas);
  stage_box(s, box);
  return used;
}

}  // namespace

Rect lab_figure(controls::Ui& ui, documents::LabDocument& document, LabView& view, Rect area,
                const std::string& name) {
  Scene s = scene_of(ui, document, view);
  if (name.empty() || name == "pipeline") {
    pipeline(s, area);
    return area;
  }
  if (name == "formula") {
    const Rect used{area.x, area.y, area.w, kFormula};
    formula_bar(s, used);
    return used;
  }
  if (name == "drawer") {
    if (!view.selected) select(view, *s.trace, {Stage::weights, view.layer, view.head, view.query, view.key});
    const Rect used{area.x, area.y, area.w, std::min(area.h, 300.f)};
    drawer(s, used, true);
    return used;
  }
  Stage stage{};
  if (!attention::stage_from_name(name, stage))
    throw Error("There is no figure '" + name +
                "': use pipeline, formula, drawer or the name of a stage such as weights, scores, q, k, v or "
                "output.");
  return stage_figure(s, area, stage);
}

void show_first_target(const documents::LabDocument& document, LabView& view,
                       std::optional<std::pair<int, int>> of) {
  const auto trace = document.trace();
  const std::string sentence = experiment::sentence_of(document.experiment());
  for (const auto& target : document.experiment().targets) {
    if (target.sentence != sentence || target.query >= trace->n() || target.key >= trace->n()) continue;
    if (of && *of != std::pair{target.layer, target.head}) continue;
    view.layer = target.layer;
    view.head = target.head;
    select(view, *trace, {Stage::weights, target.layer, target.head, target.query, target.key});
    return;
  }
  const auto [layer, head] = of.value_or(std::pair{0, 0});
  const bool there = layer < static_cast<int>(trace->layers.size()) && head < static_cast<int>(trace->layers[static_cast<std::size_t>(layer)].heads.size());
  std::tie(view.query, view.key) = there ? documents::opening_pair(document.experiment(), *trace, layer, head) : std::pair{trace->n() - 1, 0};
  if (!of) return;
  view.layer = of->first;
  view.head = of->second;
  select(view, *trace, {Stage::weights, view.layer, view.head, view.query, view.key});
}

}  // namespace qkv::workspaces
