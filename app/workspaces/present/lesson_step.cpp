#include <algorithm>
#include <cmath>

#include "app/drawing/scaled.h"
#include "app/workspaces/learn/learn.h"
#include "app/workspaces/present/scene.h"

namespace qkv::workspaces {

using drawing::Align;
using drawing::Rect;

namespace {

constexpr float kLargest = 36, kSmallest = 28;  // px at 1920×1080
constexpr float kDeskType = 12;                 // px of most type in a figure made for a desk

figures::ProseStyle style_of(PresentScene& s, float px) {
  return {.size = s.u(px), .line_height = 1.35f, .live = [&lessons = *s.talk.lessons()](std::string_view expression) { return lessons.live(expression); }};
}

/// Draws at `at`, or only measures; returns the height.
float prose(PresentScene& s, drawing::Point at, float width, const prose::Text& text, float px, bool draw) {
  return draw ? figures::draw_prose(s.p(), at, width, text, style_of(s, px)) : figures::prose_height(s.p(), width, text, style_of(s, px));
}

/// The answers to choose from; the right one is marked once it is revealed.
float answers(PresentScene& s, drawing::Point at, float width, const documents::Question& question, float px, bool draw) {
  auto& p = s.p();
  const auto& t = s.theme();
  float y = at.y;
  for (std::size_t i = 0; i < question.options.size(); ++i) {
    const documents::Option& option = question.options[i];
    const float text_w = width - s.u(100), h = prose(s, {}, text_w, option.text, px, false);
    const Rect box{at.x, y, width, std::max(s.u(64), h + s.u(22))};
    y = box.bottom() + s.u(12);
    if (!draw) continue;
    const bool right = s.view.revealed && option.right;
    if (s.view.revealed && !option.right) p.set_alpha(0.5f);
    p.fill(box, right ? t.weight_bg : t.panel, s.u(6));
    p.stroke(box, right ? t.weight : t.border, std::max(1.f, s.u(right ? 4.f : 2.f)), s.u(6));
    p.text_middle(box.x + s.u(42), box.center().y, std::to_string(i + 1), {.color = t.text3, .size = s.u(30), .weight = 600, .family = drawing::Family::mono}, Align::center);
    prose(s, {box.x + s.u(80), std::round(box.center().y - h / 2)}, text_w, option.text, px, true);
    p.set_alpha(1);
  }
  return y - at.y;
}

/// Text of the step, or its question with the answers and, once revealed, why. Its room is kept while it is hidden.
float words(PresentScene& s, drawing::Point at, float width, float px, bool draw) {
  const documents::LessonStep& step = s.talk.lessons()->step();
  if (!step.question) return prose(s, at, width, step.text, px, draw);
  const documents::Question& question = *step.question;
  float y = at.y;
  y += prose(s, {at.x, y}, width, question.ask, px, draw) + s.u(20);
  y += answers(s, {at.x, y}, width, question, px, draw) + s.u(8);
  y += prose(s, {at.x, y}, width, question.why, px, draw && s.view.revealed);
  return y - at.y;
}

/// The figure of the step, as large as its type has to be for the last row.
void figure(PresentScene& s, Rect area) {
  drawing::Drawing desk;
  const float factor = s.u(kSmallest) / kDeskType;
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
  // The type gives way first, then the figure's share of the width, at last the figure.
  for (const float share : {0.4f, 0.46f, 0.54f, 1.f}) {
    const float width = share < 1 ? area.w * share : area.w;
    const Rect column{area.x, area.y, width, area.h};
    const std::string& title = s.talk.lessons()->step().title;
    const float y = area.y + step_title(s, column, title, false) + s.u(4), room = area.bottom() - y;
    for (float px = kLargest; px >= kSmallest; px -= 2) {
      if (words(s, {area.x, y}, width, px, false) > room && !(share == 1 && px == kSmallest)) continue;
      step_title(s, column, title);
      words(s, {area.x, y}, width, px, true);
      if (share < 1) figure(s, {area.x + width + s.u(56), area.y, area.w - width - s.u(56), area.h});
      return;
    }
  }
}

}  // namespace qkv::workspaces
