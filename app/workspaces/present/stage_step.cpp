#include <algorithm>
#include <cmath>

#include "app/controls/text_layout.h"
#include "app/workspaces/lab/commands.h"
#include "app/workspaces/lab/experiment_names.h"
#include "app/workspaces/present/scene.h"

namespace qkv::workspaces {

using drawing::Rect;

namespace {

/// Dragging a number up or down changes it, and everything behind it follows.
void drag_number(PresentScene& s, const Slide& slide) {
  auto& in = s.ui.in;
  documents::LabDocument& document = *s.talk.document();
  if (s.ui.pressed(in.active)) {
    s.view.pressed = slide_cell(slide, in.active);
    if (s.view.pressed) s.view.pressed_value = attention::value(*document.trace(), *s.view.pressed);
  }
  if (!s.view.pressed) return;
  const std::string region = in.active;
  if (!region.empty() && experiment::is_editable(s.view.pressed->stage) && can_edit(document, *s.view.pressed)) {
    if (const auto way = s.ui.dragged(region)) {
      const float steps = std::round(-way->y / s.u(6));
      const float value = std::round((s.view.pressed_value + steps * (in.mods.shift ? 0.01f : 0.1f)) * 1000) / 1000;
      set_value(document, *s.view.pressed, value, "present/" + region);
    }
  }
  if (region.empty() || s.ui.released(region)) {
    document.end_gesture();
    s.view.pressed.reset();
  }
}

}  // namespace

void stage_step(PresentScene& s, Rect area) {
  const documents::StageStep& step = *s.talk.step().stage;
  documents::LabDocument& document = *s.talk.document();
  const auto told = [&] {
    const auto trace = document.trace();
    const ExperimentNames names(document.traced_experiment());
    const SlideSubject subject{.trace = *trace, .names = names, .layer = step.layer, .head = step.head, .query = std::min(s.talk.query(), trace->n() - 1),
                               .key = std::min(s.talk.key(), trace->n() - 1), .most_columns = 8};
    return slide_of(subject, step.stage);
  };
  try {
    Slide slide = told();
    if (!s.still && !s.view.pen) {
      const auto before = document.trace();
      drag_number(s, slide);
      if (document.trace() != before) slide = told();
    }
    SlideStyle style{.unit = s.unit, .revealed = s.view.revealed || !s.talk.step().hides, .hovered = s.ui.in.hot, .from = s.view.from, .progress = s.progress()};
    s.view.places = draw_slide(s.p(), area, slide, style);
  } catch (const std::exception& e) {
    controls::paragraph(s.p(), {area.x, area.y + s.u(40)}, area.w, e.what(), {.color = s.theme().error, .size = s.u(32)});
  }
}

}  // namespace qkv::workspaces
