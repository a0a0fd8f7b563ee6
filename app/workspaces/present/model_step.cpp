#include <algorithm>

#include "app/controls/text_layout.h"
#include "app/drawing/scaled.h"
#include "app/workspaces/model/model.h"
#include "app/workspaces/present/scene.h"
#include "core/error.h"

namespace qkv::workspaces {

using drawing::Rect;

void model_step(PresentScene& s, Rect area) {
  documents::ModelSession& model = *s.talk.model();
  const documents::ModelStep& step = *s.talk.step().model;
  const std::string title = s.talk.step().title.empty() ? "Layer " + std::to_string(step.layer) + ", head " + std::to_string(step.head) : s.talk.step().title;
  const float taken = step_title(s, area, title);
  const Rect room{area.x, area.y + taken, area.w, area.h - taken};
  drawing::Drawing desk;
  const float factor = std::max(1.f, s.u(28) / 11);
  desk.bounds = {0, 0, room.w / factor, room.h / factor};
  drawing::Painter painter(desk, s.p().text_engine(), s.theme());
  controls::Interaction nobody;
  controls::Ui ui{painter, nobody, s.ui.clipboard};
  try {
    if (!model.error().empty()) throw Error(model.error());
    if (!s.talk.model_is_ready() || !model.is_open()) {
      controls::paragraph(s.p(), {room.x, room.y}, room.w, "The model is being opened.", {.color = s.theme().text2, .size = s.u(32)});
      return;
    }
    show_head(model, s.view.model, HeadId{step.layer, step.head});
    if (step.query >= 0) show_cell(model, s.view.model, step.query, 0);
    desk.bounds = model_figure(ui, model, s.view.model, desk.bounds, step.picture);
  } catch (const std::exception& e) {
    controls::paragraph(s.p(), {room.x, room.y}, room.w, e.what(), {.color = s.theme().error, .size = s.u(32)});
    return;
  }
  desk.regions.clear();
  s.p().push_clip(room);
  drawing::append_scaled(s.p().drawing(), desk, factor, {room.x, room.y});
  s.p().pop_clip();
}

}  // namespace qkv::workspaces
