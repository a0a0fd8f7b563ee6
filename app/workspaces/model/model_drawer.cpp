#include "app/controls/text_layout.h"
#include "app/workspaces/explain/story.h"
#include "app/workspaces/model/scene.h"

// The provenance drawer on the real model: from the weight down to the residual stream and the weight
// matrices.
namespace qkv::workspaces {

using drawing::Rect;

namespace {

/// In place of the explanation: that it is being made, or why there is none.
void say(ModelScene& s, Rect area, const std::string& text) {
  const auto& t = s.theme();
  s.p().fill(area, t.panel);
  s.p().fill({area.x, area.y, area.w, 1}, t.border_strong);
  controls::paragraph(s.p(), {area.x + 20, area.y + 24}, area.w - 40, text, {.color = t.text2, .size = 12});
}

}  // namespace

void model_drawer(ModelScene& s, Rect area, bool figure) {
  const HeadId head{s.view.layer, s.view.head};
  const auto made = s.session.head_trace(head);
  if (!made) return say(s, area, "Computing every step of this head…");
  if (!made->trace) return say(s, area, made->error);
  const attention::Trace& trace = *made->trace;
  StoryState& state = s.view.story;
  keep_inside(state, trace);
  const attention::Cell cell{attention::Stage::weights, 0, 0, s.query, s.key};
  if (state.chain.empty() || state.chain.front() != cell) tell(state, trace, cell);
  const TokenNames names(s.picture.queries);
  Story story{trace, names, state};
  const DrawerEvent event = explain_drawer(s.ui, story, area, figure);
  if (event.closed) s.view.drawer = false;
  if (event.copied) s.view.notice = "The derivation was copied.";
  if (event.chosen) {
    s.view.query = event.chosen->row;
    s.view.key = event.chosen->column;
    s.view.held = true;
  }
}

}  // namespace qkv::workspaces
