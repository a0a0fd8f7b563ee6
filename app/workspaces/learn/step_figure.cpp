#include "app/workspaces/learn/controls_strip.h"
#include "app/workspaces/learn/special_figures.h"
#include "core/error.h"

namespace qkv::workspaces {

namespace {

void figure(LearnScene& s, Rect area) {
  const std::string& name = s.step().figure.name;
  if (name == "scaling") return scaling_figure(s, area);
  if (name == "cost") return cost_figure(s, area);
  if (name == "lookup") return lookup_figure(s, area);
  if (name == "arrows") return arrows_figure(s, area);
  if (name == "stack") return stack_figure(s, area);
  if (name == "code") return code_figure(s, area);
  if (name == "check") return check_figure(s, area);
  if (name == "summary") return summary_figure(s, area);
  stages_figure(s, area);
}

}  // namespace

void step_figure(LearnScene& s, Rect area) {
  auto& p = s.p();
  p.fill(area, s.theme().canvas);
  p.region({.id = "learn/figure", .rect = area});
  p.push_clip(area);
  const float strip = controls_strip(s, area);  // first: what it changes is shown in this very frame
  figure(s, {area.x, area.y + strip, area.w, area.h - strip});
  p.pop_clip();
}

Rect learn_figure(controls::Ui& ui, documents::LearnSession& session, LearnView& view, Rect area, const std::string& name) {
  if (!session.is_open()) throw Error("No lesson is open, so there is no figure of it.");
  if (!name.empty() && name != "figure") throw Error("There is no figure '" + name + "' of a lesson: use figure.");
  LearnScene s{ui, session, view};
  ui.p.fill(area, s.theme().canvas);
  figure(s, area);
  return area;
}

void room_figure(controls::Ui& ui, documents::LearnSession& session, LearnView& view, Rect area, bool live) {
  if (!session.is_open()) throw Error("No lesson is open, so there is no figure of it.");
  if (session.step().figure.name == "check") throw Error("The check is answered at a desk, so a room has no figure of it.");
  LearnScene s{ui, session, view, true, live};
  ui.p.fill(area, s.theme().canvas);
  const bool controls = live && session.step().figure.name != "summary";  // whose table needs the whole height
  const float strip = controls ? controls_strip(s, area) : 0;
  figure(s, {area.x, area.y + strip, area.w, area.h - strip});
}

}  // namespace qkv::workspaces
