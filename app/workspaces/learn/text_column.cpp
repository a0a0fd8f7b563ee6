#include <algorithm>
#include <cmath>
#include <utility>

#include "app/controls/text_layout.h"
#include "app/workspaces/learn/scene.h"

namespace qkv::workspaces {

using controls::ButtonStyle;
using drawing::Align;
using drawing::TextStyle;

namespace {

constexpr float kHead = 54, kFoot = 61, kBody = 14.5f;

int steps_of(const LearnScene& s) { return static_cast<int>(s.session.lesson().steps.size()); }

/// Questions of the check have dots of their own.
void question_dots(LearnScene& s, Rect area, float inset) {
  const int count = static_cast<int>(s.session.quiz()->items.size()), now = s.asked();
  s.p().text({area.x + inset, area.y + 37}, "Question " + std::to_string(now + 1) + " of " + std::to_string(count), {.color = s.theme().text3, .size = 12});
  const auto& t = s.theme();
  float x = area.right() - inset - 13 * static_cast<float>(count);
  for (int i = 0; i < count; ++i, x += 13) {
    const auto& answer = s.session.quiz()->items[static_cast<std::size_t>(i)].answer;
    const Rect dot{std::round(x) + 3, area.y + 29, 7, 7};
    if (i == now) s.p().fill(dot, t.text, 3.5f);
    else if (answer.right || answer.revealed) s.p().fill(dot, t.text3, 3.5f);
    else s.p().stroke(dot, t.text3, 1, 3.5f);
  }
}

/// How far the reader is in the lesson.
void head(LearnScene& s, Rect area, float inset) {
  if (s.asked() >= 0) return question_dots(s, area, inset);
  auto& p = s.p();
  const auto& t = s.theme();
  const int steps = steps_of(s), now = s.session.step_index();
  const float y = area.y + 37;
  const float words = p.text({area.x + inset, y}, "Step " + std::to_string(now + 1) + " of " + std::to_string(steps), {.color = t.text3, .size = 12});
  // A dot a step; the present one is longer. They move together where there are many.
  const float room = area.w - 2 * inset - words - 16;
  const float pitch = std::min(15.f, room / static_cast<float>(steps + 1));
  if (pitch < 7) return;
  float x = area.right() - inset - pitch * static_cast<float>(steps) - 7;
  for (int i = 0; i < steps; ++i) {
    const std::string id = "learn/step/" + std::to_string(i);
    const bool here = i == now, hot = s.ui.hot(id);
    const float w = here ? 13.f : 7.f;
    const Rect dot{std::round(x), y - 8, w, 7};
    if (here) p.fill(dot, t.text, 3.5f);
    else if (i < now) p.fill(dot, hot ? t.text : t.text3, 3.5f);
    else p.stroke(dot, hot ? t.text : t.text3, 1, 3.5f);
    p.region({.id = id, .rect = {dot.x - 4, dot.y - 6, w + 7, 19}, .label = "Step " + std::to_string(i + 1) + ": " + s.session.lesson().steps[static_cast<std::size_t>(i)].title,
              .cursor = drawing::Cursor::hand});
    if (s.ui.clicked(id)) go_to_step(s.session, s.view, s.session.lesson_index(), i);
    x += w + pitch - 7;
  }
}

/// What the reader can do now: at the end of a lesson.
float outcomes(LearnScene& s, Point at, float width) {
  const auto& list = s.session.lesson().outcomes;
  if (list.empty()) return 0;
  auto& p = s.p();
  const auto& t = s.theme();
  float y = at.y + 20;
  p.text({at.x, y + 12}, "You can now", {.color = t.text, .size = 14, .weight = 600});
  y += 24;
  for (const std::string& outcome : list) {
    p.polyline({{at.x + 2, y + 9}, {at.x + 5.5f, y + 12.5f}, {at.x + 12, y + 5}}, t.text2, 1.5f);
    y += controls::paragraph(p, {at.x + 22, y}, width - 22, outcome, {.color = t.text2, .size = 13}) + 6;
  }
  return y - at.y;
}

/// To whoever wrote the lesson: what it says is not so. At the top, where it is seen.
float claims_notice(LearnScene& s, Point at, float width) {
  const auto& claims = s.session.false_claims();
  if (claims.empty()) return 0;
  auto& p = s.p();
  const auto& t = s.theme();
  constexpr std::size_t kMost = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(claims.size(), kMost); ++i) text += (text.empty() ? "" : "\n") + claims[i];
  if (claims.size() > kMost) text += "\nand " + std::to_string(claims.size() - kMost) + " more";
  const TextStyle style{.color = t.text2, .size = 12};
  const float h = controls::paragraph_height(p.text_engine(), text, style, width - 24) + 16;
  p.fill({at.x, at.y, width, h}, t.sunken, 4);
  p.fill({at.x, at.y, 3, h}, t.warn);
  controls::paragraph(p, {at.x + 14, at.y + 8}, width - 24, text, style);
  p.region({.id = "learn/false-claims", .rect = {at.x, at.y, width, h}, .label = text});
  return h + 14;
}

struct Content {
  float height = 0, card = 0;  ///< of everything; down to the end of the question's card
};

/// Heading, text, question and what follows it.
Content content(LearnScene& s, Point at, float width) {
  const documents::LessonStep& step = s.step();
  float y = at.y;
  y += claims_notice(s, {at.x, y}, width);
  prose::Block heading;
  heading.kind = prose::Block::Kind::heading;
  heading.level = 1;
  heading.spans = step.heading;
  const figures::ProseStyle body{.size = kBody, .line_height = 1.6f, .live = s.live()};
  y += figures::draw_prose(s.p(), {at.x, y}, width, {heading}, body);
  if (s.asked() < 0) {  // the text of a lesson would give the answer away
    y += 10;
    y += figures::draw_prose(s.p(), {at.x, y}, width, step.text, body);
  }
  if (step.question) {
    y += 18;
    y += question_card(s, {at.x, y}, width);
  }
  const float card = y - at.y;
  if (!step.after.empty() && s.asked() < 0 && (!step.question || s.session.answered())) {
    y += 18;
    y += figures::draw_prose(s.p(), {at.x, y}, width, step.after, body);
  }
  if (s.session.step_index() + 1 == steps_of(s) && !s.session.is_check()) y += outcomes(s, {at.x, y}, width);
  return {y - at.y, card};
}

/// The same unseen, to know its size before it is scrolled.
Content content_size(LearnScene& s, float width) {
  drawing::Drawing unseen;
  drawing::Painter painter(unseen, s.p().text_engine(), s.theme());
  controls::Interaction nobody;
  controls::Ui ui{painter, nobody, s.ui.clipboard};
  LearnScene measured{ui, s.session, s.view};
  return content(measured, {0, 0}, width);
}

void scrolled_content(LearnScene& s, Rect area, float inset) {
  auto& p = s.p();
  const float width = area.w - 2 * inset;
  const Content size = content_size(s, width);
  const float height = size.height + 16;
  const float most = std::max(0.f, height - area.h);
  if (s.ui.key(controls::Key::page_down)) s.view.scroll += area.h * 0.85f;
  if (s.ui.key(controls::Key::page_up)) s.view.scroll -= area.h * 0.85f;
  if (s.ui.key(controls::Key::down)) s.view.scroll += 48;
  if (s.ui.key(controls::Key::up)) s.view.scroll -= 48;
  if (std::exchange(s.view.to_end, false)) s.view.scroll = std::max(s.view.scroll, size.card + 16 - area.h);
  s.view.scroll = std::clamp(s.view.scroll, 0.f, most);
  if (height > area.h) controls::scrollbar(s.ui, "learn/scroll", area, height, s.view.scroll);
  p.region({.id = "learn/text", .rect = area});
  p.push_clip(area);
  content(s, {area.x + inset, std::round(area.y - s.view.scroll)}, width);
  p.pop_clip();
}

/// Back and on.
void foot(LearnScene& s, Rect area, float inset) {
  auto& p = s.p();
  const auto& t = s.theme();
  p.fill({area.x, area.y, area.w, 1}, t.border);
  const float y = area.y + 15, h = 31;
  const int lesson = s.session.lesson_index(), step = s.session.step_index();
  const bool first = lesson == 0 && step == 0;
  const bool end = step + 1 == steps_of(s), last = end && lesson + 1 == static_cast<int>(s.session.shelf().lessons.size());
  if (controls::button(s.ui, "learn/previous", {area.x + inset, y, 92, h}, "Previous", {.enabled = !first, .hint = "The step before (←)"}))
    s.view.wish = "learn.previous";
  std::string title = "The end", brief = title;  // brief: where the title has no room
  const documents::Quiz* quiz = s.session.quiz();
  const int questions = quiz ? static_cast<int>(quiz->items.size()) : 0;
  const bool asks = s.session.is_check() && (!quiz || quiz->at < questions);
  if (asks) {
    title = brief = !quiz || quiz->at < 0 ? "First question" : quiz->at + 1 < questions ? "Next question" : "Your score";
  } else if (!end) {
    title = "Next: " + s.session.lesson().steps[static_cast<std::size_t>(step) + 1].title;
    brief = "Next step";
  } else if (!last) {
    const auto& next = s.session.shelf().lessons[static_cast<std::size_t>(lesson) + 1];
    title = "Lesson " + lesson_title(next);
    brief = "Lesson " + std::to_string(next.number);
  }
  const bool to_go = !last || asks;
  const ButtonStyle style{.enabled = to_go, .primary = true, .hint = title + " (→)"};
  const float room = area.w - 2 * inset - 92 - 12;
  if (controls::button_width(s.ui, title, style) > room) title = brief;
  const float w = std::min(room, std::max(110.f, controls::button_width(s.ui, title, style)));
  if (controls::button(s.ui, "learn/next", {area.right() - inset - w, y, w, h}, title, style)) s.view.wish = "learn.next";
}

}  // namespace

void text_column(LearnScene& s, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  const float inset = area.w >= 340 ? 32.f : 20.f;
  p.fill(area, t.panel);
  p.fill({area.right() - 1, area.y, 1, area.h}, t.border);
  p.push_clip(area);
  head(s, {area.x, area.y, area.w, kHead}, inset);
  scrolled_content(s, {area.x, area.y + kHead, area.w - 1, area.h - kHead - kFoot}, inset);
  foot(s, {area.x, area.bottom() - kFoot, area.w - 1, kFoot}, inset);
  p.pop_clip();
}

}  // namespace qkv::workspaces
