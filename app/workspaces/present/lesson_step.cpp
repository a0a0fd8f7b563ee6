#include <algorithm>
#include <cmath>
#include <optional>

#include "app/drawing/least_type.h"
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

/// The answers to choose from, beside each other where there is room; the right one is marked once it is revealed.
float answers(PresentScene& s, drawing::Point at, float width, const documents::Question& question, float px, bool draw) {
  auto& p = s.p();
  const auto& t = s.theme();
  const std::size_t count = question.options.size(), columns = width > s.u(1400) ? std::max<std::size_t>(1, count > 4 ? (count + 1) / 2 : count) : 1;
  const float gap = s.u(12), w = (width - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns), text_w = w - s.u(100);
  float y = at.y;
  for (std::size_t first = 0; first < count; first += columns) {
    const std::size_t end = std::min(count, first + columns);
    float tallest = 0;
    for (std::size_t i = first; i < end; ++i) tallest = std::max(tallest, prose(s, {}, text_w, question.options[i].text, px, false));
    const float h = std::max(s.u(64), tallest + s.u(22));
    for (std::size_t i = first; i < end && draw; ++i) {
      const documents::Option& option = question.options[i];
      const Rect box{at.x + (w + gap) * static_cast<float>(i - first), y, w, h};
      const bool right = s.view.revealed && option.right;
      if (s.view.revealed && !option.right) p.set_alpha(0.5f);
      p.fill(box, right ? t.weight_bg : t.panel, s.u(6));
      p.stroke(box, right ? t.weight : t.border, std::max(1.f, s.u(right ? 4.f : 2.f)), s.u(6));
      p.text_middle(box.x + s.u(42), box.center().y, std::to_string(i + 1), {.color = t.text3, .size = s.u(30), .weight = 600, .family = drawing::Family::mono}, Align::center);
      prose(s, {box.x + s.u(80), std::round(box.center().y - prose(s, {}, text_w, option.text, px, false) / 2)}, text_w, option.text, px, true);
      p.set_alpha(1);
    }
    y += h + gap;
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
  if (!question.options.empty()) y += answers(s, {at.x, y}, width, question, px, draw) + s.u(8);
  y += prose(s, {at.x, y}, width, question.why, px, draw && s.view.revealed);
  return y - at.y;
}

/// The figure of the step, laid out in this much room for type that the last row reads; no command where the step has none.
drawing::Drawing figure(PresentScene& s, Rect area) {
  drawing::Drawing desk;
  const float factor = s.u(kSmallest) / kDeskType;
  desk.bounds = {0, 0, area.w / factor, area.h / factor};
  drawing::Painter painter(desk, s.p().text_engine(), s.theme());
  const drawing::LeastType least(s.p().text_engine(), kDeskType);
  controls::Interaction nobody;
  controls::Ui ui{painter, nobody, s.ui.clipboard};
  try {
    desk.bounds = learn_figure(ui, *s.talk.lessons(), s.view.learn, desk.bounds, "room");
  } catch (const std::exception&) {
    desk.commands.clear();
  }
  desk.regions.clear();
  return desk;
}

/// What a room can read of a figure: its numbers.
int numbers_in(const drawing::Drawing& figure) {
  int count = 0;
  for (const auto& command : figure.commands)
    if (const auto* text = std::get_if<drawing::Text>(&command)) count += text->style.family == drawing::Family::mono ? 1 : 0;
  return count;
}

/// Where words and figure stand.
struct Arrangement {
  Rect words{}, figure{};
  float type = kSmallest;  ///< of the words
};

/// The words in `column`, in the largest type that leaves them inside; nothing where none does.
std::optional<Arrangement> arranged(PresentScene& s, Rect column, float most_height) {
  const float title = step_title(s, column, s.talk.lessons()->step().title, false) + s.u(4);
  for (float px = kLargest; px >= kSmallest; px -= 2) {
    const float h = title + words(s, {}, column.w, px, false);
    if (h <= most_height) return Arrangement{{column.x, column.y, column.w, h}, {}, px};
  }
  return std::nullopt;
}

/// The words beside the figure.
std::optional<Arrangement> beside(PresentScene& s, Rect area) {
  for (const float share : {0.36f, 0.4f, 0.46f, 0.54f}) {
    auto a = arranged(s, {area.x, area.y, area.w * share, area.h}, area.h);
    if (!a) continue;
    const float x = a->words.right() + s.u(48);
    a->figure = {x, area.y, area.right() - x, area.h};
    return a;
  }
  return std::nullopt;
}

/// The words above it, where they are few.
std::optional<Arrangement> above(PresentScene& s, Rect area) {
  auto a = arranged(s, area, area.h * 0.5f);
  if (a) a->figure = {area.x, a->words.bottom() + s.u(16), area.w, area.bottom() - a->words.bottom() - s.u(16)};
  return a;
}

}  // namespace

void lesson_step(PresentScene& s, Rect area) {
  drawing::Drawing shown;
  std::optional<Arrangement> chosen;
  for (auto* arrange : {beside, above}) {
    auto one = arrange(s, area);
    if (!one) continue;
    drawing::Drawing drawn = figure(s, one->figure);
    // Beside is the habit; above has to show clearly more.
    if (chosen && 3 * numbers_in(drawn) < 4 * numbers_in(shown) + 3) continue;
    chosen = one;
    shown = std::move(drawn);
  }
  if (chosen && shown.commands.empty()) {  // the step has no figure
    chosen = arranged(s, area, area.h);
    if (chosen) chosen->figure = {};
  }
  const bool alone = !chosen;  // words that leave no room for a figure
  if (alone) chosen = Arrangement{area, {}, kSmallest};
  const float title = step_title(s, chosen->words, s.talk.lessons()->step().title) + s.u(4);
  words(s, {chosen->words.x, area.y + title}, chosen->words.w, chosen->type, true);
  if (alone || shown.commands.empty()) return;
  s.p().push_clip(chosen->figure);
  drawing::append_scaled(s.p().drawing(), shown, s.u(kSmallest) / kDeskType, {chosen->figure.x, chosen->figure.y});
  s.p().pop_clip();
}

}  // namespace qkv::workspaces
