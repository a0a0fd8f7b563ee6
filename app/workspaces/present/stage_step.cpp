#include <algorithm>
#include <cmath>
#include <functional>

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

/// What stands on a stage step, and how high each part is.
struct StagePage {
  Slide slide;
  bool own = false;       ///< the lecturer's heading is the title
  bool sentence = false;  ///< the program's stands below it
  bool words_alone = false;  ///< they leave no room for the slide
  float type = 0, words = 0;  ///< px of the lecturer's text, and its height
};

constexpr float kTitle = 44, kSentence = 34, kTextGap = 14;

figures::ProseStyle prose_style(const PresentScene& s, float px) { return {.size = s.u(px), .line_height = 1.35f, .live = {}}; }

/// As much as there is room for: of the slide rows give way first, then the program's own sentence, then the formula, at last
/// all of it. What the lecturer wrote stays.
StagePage arranged(PresentScene& s, Rect area, const std::function<Slide(int rows)>& slide_with, bool text) {
  const documents::TalkStep& step = s.talk.step();
  const bool own = documents::has_own_heading(step);
  const float title = own ? step_title(s, area, step.title, false) : s.u(kTitle + 30);
  StagePage page;
  page.own = own;
  for (const bool fuller : {true, false}) {
    page.sentence = own && !text && fuller;
    for (const int rows : {12, 10, 8, 6, 5, 4}) {
      page.slide = slide_with(rows);
      if (!fuller) page.slide.formulas.clear();
      const float squeeze = rows > 6 ? 0.55f : kLeastSqueeze;
      const float rest = area.h - title - (page.sentence ? s.u(kSentence + 30) : 0) - slide_height(s.p(), page.slide, area.w, s.unit, squeeze);
      if (!text && rest >= 0) return page;
      for (float px = 36; text && px >= 28; px -= 4) {
        page.type = px;
        page.words = figures::prose_height(s.p(), area.w, step.text, prose_style(s, px)) + s.u(kTextGap);
        if (page.words <= rest) return page;
      }
    }
  }
  page.words_alone = text;
  if (!text) page.slide = slide_with(4);
  return page;
}

}  // namespace

void stage_step(PresentScene& s, Rect area) {
  const documents::StageStep& step = *s.talk.step().stage;
  documents::LabDocument& document = *s.talk.document();
  const auto told = [&](int rows) {
    const auto trace = document.trace();
    const ExperimentNames names(document.traced_experiment());
    const SlideSubject subject{.trace = *trace, .names = names, .layer = step.layer, .head = step.head, .query = std::min(s.talk.query(), trace->n() - 1),
                               .key = std::min(s.talk.key(), trace->n() - 1), .most_columns = 8, .most_rows = rows};
    return slide_of(subject, step.stage);
  };
  try {
    bool text = !s.talk.step().markdown.empty();
    StagePage page = arranged(s, area, told, text);
    // Words that leave no room for the slide come first, and the slide on a screen of its own behind them.
    if (page.words_alone) {
      if (broken_words(s, area, s.talk.step().title, s.talk.step().text, {}, 1)) return;
      text = false;
      page = arranged(s, area, told, text);
    }
    if (!s.still && !s.view.pen) {
      const auto before = document.trace();
      drag_number(s, page.slide);
      if (document.trace() != before) page = arranged(s, area, told, text);
    }
    const auto below = [&](float y) { return Rect{area.x, y, area.w, area.bottom() - y}; };
    float y = area.y;
    y += page.own ? step_title(s, area, s.talk.step().title) : draw_slide_title(s.p(), area, page.slide.title, kTitle, s.unit);
    if (page.sentence) y += draw_slide_title(s.p(), below(y), page.slide.title, kSentence, s.unit);
    if (page.words > 0) figures::draw_prose(s.p(), {area.x, y}, area.w, s.talk.step().text, prose_style(s, page.type));
    const SlideStyle style{.unit = s.unit, .revealed = s.view.revealed || !s.talk.step().hides, .hovered = s.ui.in.hot, .from = s.view.from, .progress = s.progress()};
    s.view.places = draw_slide(s.p(), below(y + page.words), page.slide, style);
  } catch (const std::exception& e) {
    controls::paragraph(s.p(), {area.x, area.y + s.u(40)}, area.w, e.what(), {.color = s.theme().error, .size = s.u(32)});
  }
}

}  // namespace qkv::workspaces
