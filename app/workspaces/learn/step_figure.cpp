#include "app/workspaces/learn/controls_strip.h"
#include "core/error.h"

namespace qkv::workspaces {

void step_figure(LearnScene& s, Rect area) {
  s.p().fill(area, s.theme().canvas);
  const float strip = controls_strip(s, area);
  stages_figure(s, {area.x, area.y + strip, area.w, area.h - strip});
}

Rect learn_figure(controls::Ui& ui, documents::LearnSession& session, LearnView& view, Rect area, const std::string&) {
  if (!session.is_open()) throw Error("No lesson is open, so there is no figure of it.");
  LearnScene s{ui, session, view};
  step_figure(s, area);
  return area;
}

}  // namespace qkv::workspaces
