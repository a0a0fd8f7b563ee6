#include <algorithm>
#include <cmath>

#include "app/drawing/scaled.h"
#include "app/workspaces/learn/learn.h"
#include "app/workspaces/present/scene.h"

namespace qkv::workspaces {

using drawing::Align;
using drawing::Rect;
using drawing::TextStyle;

namespace {

constexpr float kText = 32;

/// The answers to choose from; the right one is marked once it is revealed.
float answers(PresentScene& s, Rect area, const documents::Question& question, const figures::LiveValue& live) {
  auto& p = s.p();
  const auto& t = s.theme();
  float y = area.y;
  for (std::size_t i = 0; i < question.options.size(); ++i) {
    const documents::Option& option = question.options[i];
    const figures::ProseStyle style{.size = s.u(kText), .line_height = 1.35f, .live = live};
    const float text_w = area.w - s.u(100), h = figures::prose_height(p, text_w, option.text, style);
    const Rect box{area.x, y, area.w, std::max(s.u(76), h + s.u(28))};
    const bool right = s.view.revealed && option.right;
    if (s.view.revealed && !option.right) p.set_alpha(0.5f);
    p.fill(box, right ? t.weight_bg : t.panel, s.u(6));
    p.stroke(box, right ? t.weight : t.border, std::max(1.f, s.u(right ? 4.f : 2.f)), s.u(6));
    p.text_middle(box.x + s.u(42), box.center().y, std::to_string(i + 1), {.color = t.text3, .size = s.u(30), .weight = 600, .family = drawing::Family::mono}, Align::center);
    figures::draw_prose(p, {box.x + s.u(80), std::round(box.center().y - h / 2)}, text_w, option.text, style);
    p.set_alpha(1);
    y = box.bottom() + s.u(14);
  }
  return y - area.y;
}

/// The figure of the step, as large as its type has to be for the last row.
void figure(PresentScene& s, Rect area) {
  drawing::Drawing desk;
  const float factor = std::max(1.f, s.u(kText) / 13);
  desk.bounds = {0, 0, area.w / factor, area.h / factor};
  drawing::Painter painter(desk, s.p().text_engine(), s.theme());
  controls::Interaction nobody;
  controls::Ui ui{painter, nobody, s.ui.clipboard};
  try {
    desk.bounds = learn_figure(ui, *s.talk.lessons(), s.view.learn, desk.bounds, "");
  } catch (const std::exception&) {  // this step has none
    return;
  }
  desk.regions.clear();
  s.p().push_clip(area);
  drawing::append_scaled(s.p().drawing(), desk, factor, {area.x, area.y});
  s.p().pop_clip();
}

}  // namespace

void lesson_step(PresentScene& s, Rect area) {
  documents::LearnSession& lessons = *s.talk.lessons();
  const documents::LessonStep& step = lessons.step();
  const auto live = [&](std::string_view expression) { return lessons.live(expression); };
  const float title = step_title(s, area, step.title);
  const float column = area.w * 0.46f;
  const figures::ProseStyle style{.size = s.u(kText), .line_height = 1.4f, .live = live};
  float y = area.y + title + s.u(10);
  const Rect left{area.x, y, column, area.bottom() - y};
  if (step.question) {
    y += figures::draw_prose(s.p(), {left.x, y}, left.w, step.question->ask, style) + s.u(22);
    y += answers(s, {left.x, y, left.w, left.bottom() - y}, *step.question, live);
    if (s.view.revealed) figures::draw_prose(s.p(), {left.x, y + s.u(6)}, left.w, step.question->why, style);
  } else {
    figures::draw_prose(s.p(), {left.x, y}, left.w, step.text, style);
  }
  figure(s, {area.x + column + s.u(60), left.y, area.w - column - s.u(60), left.h});
}

}  // namespace qkv::workspaces
