#include <algorithm>

#include "app/controls/text_layout.h"
#include "app/workspaces/learn/special_figures.h"

// Lesson 18: the questions that were drawn, how each was answered, the score and what to revisit.
namespace qkv::workspaces {

using documents::Quiz;
using drawing::Align;
using drawing::Family;

namespace {

constexpr float kRow = 36;

/// A tick, a cross, or an open ring.
void mark(LearnScene& s, Point at, const documents::Answer& answer) {
  auto& p = s.p();
  const auto& t = s.theme();
  const bool right = answer.right && answer.tries <= 1 && !answer.revealed;
  if (right) {
    p.polyline({{at.x - 5, at.y}, {at.x - 1, at.y + 4}, {at.x + 6, at.y - 5}}, t.text, 2);
  } else if (answer.tries > 0 || answer.revealed) {
    p.line({at.x - 4, at.y - 4}, {at.x + 4, at.y + 4}, t.warn, 1.75f);
    p.line({at.x - 4, at.y + 4}, {at.x + 4, at.y - 4}, t.warn, 1.75f);
  } else {
    p.circle(at, 5, t.panel, t.text3, 1.25f);
  }
}

const char* words_of(const documents::Answer& answer) {
  if (answer.right && answer.tries <= 1 && !answer.revealed) return "right at once";
  if (answer.revealed) return "shown";
  if (answer.right) return "right in the end";
  return answer.tries > 0 ? "not yet right" : "not answered";
}

/// Returns their height; `chosen` becomes the one that was clicked.
float questions(LearnScene& s, Point at, float width, const Quiz& quiz, std::optional<int>& chosen) {
  auto& p = s.p();
  const auto& t = s.theme();
  const auto& shelf = s.session.shelf();
  float y = at.y;
  for (std::size_t i = 0; i < quiz.items.size(); ++i) {
    const auto found = documents::find_question(shelf, quiz.items[i].key);
    if (!found) continue;
    const auto& lesson = shelf.lessons[static_cast<std::size_t>(found->first)];
    const Rect row{at.x, y, width, kRow};
    const std::string id = "learn/question/" + std::to_string(i);
    if (s.ui.hot(id)) p.fill(row, t.hover, 4);
    p.fill({row.x, row.bottom() - 1, row.w, 1}, t.border);
    p.text_middle(row.x + 24, row.center().y, std::to_string(i + 1), {.color = t.text3, .size = 12, .family = Family::mono}, Align::right);
    mark(s, {row.x + 48, row.center().y}, quiz.items[i].answer);
    const drawing::TextStyle title{.color = t.text, .size = 13}, words{.color = t.text3, .size = 12};
    const float w = p.width_of(words_of(quiz.items[i].answer), words);
    // What was asked, and quietly of which lesson.
    const std::string from = "lesson " + std::to_string(lesson.number) + ", " + lesson.title;
    const float room = row.w - 66 - w - 32;
    const float asked = p.text_middle(row.x + 66, row.center().y, p.text_engine().elided(lesson.steps[static_cast<std::size_t>(found->second)].title, title, room), title);
    if (asked + 90 < room) p.text_middle(row.x + 66 + asked + 12, row.center().y, p.text_engine().elided(from, words, room - asked - 12), words);
    p.text_middle(row.right() - 12, row.center().y, words_of(quiz.items[i].answer), words, Align::right);
    p.region({.id = id, .rect = row, .label = "Question " + std::to_string(i + 1), .cursor = drawing::Cursor::hand, .focusable = true});
    s.ui.focus_ring(id, row, 4);
    if (s.ui.clicked(id)) chosen = static_cast<int>(i);
    y += kRow;
  }
  return y - at.y;
}

/// What the reader asked for; carried out once nothing is drawn any more.
struct Wishes {
  std::optional<int> question, lesson;
  bool others = false;
};

/// How the reader answered in each lesson so far: a dot for each question, filled when it was answered right.
void so_far(LearnScene& s, Rect area, Wishes& wishes) {
  auto& p = s.p();
  const auto& t = s.theme();
  const auto& lessons = s.session.shelf().lessons;
  std::vector<int> asking;
  for (int i = 0; i < static_cast<int>(lessons.size()); ++i)
    if (i != s.session.lesson_index() && s.session.score(i).asked > 0) asking.push_back(i);
  if (asking.empty()) return;
  const int columns = area.w > 560 ? 2 : 1, rows = (static_cast<int>(asking.size()) + columns - 1) / columns;
  const float pitch = std::clamp((area.h - 30) / static_cast<float>(rows), 0.f, 30.f), w = std::floor((area.w - 32.f * static_cast<float>(columns - 1)) / static_cast<float>(columns));
  if (pitch < 17) return;
  p.text({area.x, area.y + 14}, "So far", {.color = t.text, .size = 14, .weight = 600});
  for (int k = 0; k < static_cast<int>(asking.size()); ++k) {
    const int i = asking[static_cast<std::size_t>(k)];
    const auto& lesson = lessons[static_cast<std::size_t>(i)];
    const auto score = s.session.score(i);
    const Rect row{area.x + (w + 32) * static_cast<float>(k / rows), std::round(area.y + 28 + pitch * static_cast<float>(k % rows)), w, std::floor(pitch)};
    const std::string id = "learn/so-far/" + std::to_string(i);
    if (s.ui.hot(id)) p.fill(row, t.hover, 4);
    p.fill({row.x, row.bottom(), row.w, 1}, t.border);
    const float dots = 12 * static_cast<float>(score.asked), middle = row.center().y;
    const drawing::TextStyle title{.color = t.text, .size = 12.5f};
    p.text_middle(row.x + 20, middle, std::to_string(lesson.number), {.color = t.text3, .size = 11.5f, .family = Family::mono}, Align::right);
    p.text_middle(row.x + 30, middle, p.text_engine().elided(lesson.title, title, row.w - 30 - dots - 12), title);
    for (int q = 0; q < score.asked; ++q) {
      const Rect dot{row.right() - dots + 12 * static_cast<float>(q) + 1, std::round(middle - 4), 8, 8};
      if (q < score.right) p.fill(dot, t.weight, 4);
      else p.stroke(dot, t.text3, 1, 4);
    }
    p.region({.id = id, .rect = row, .label = lesson_title(lesson) + ": " + std::to_string(score.right) + " of " + std::to_string(score.asked) + " right", .hint = "Opens this lesson",
              .cursor = drawing::Cursor::hand, .focusable = true});
    s.ui.focus_ring(id, row, 4);
    if (s.ui.clicked(id)) wishes.lesson = i;
  }
}

void show(LearnScene& s, Rect area, Wishes& wishes) {
  auto& p = s.p();
  const auto& t = s.theme();
  const Quiz* quiz = s.session.quiz();
  const float w = std::min(720.f, area.w - 64), x = std::round(area.center().x - w / 2);
  float y = area.y + 44;
  const bool drawn = quiz && !quiz->items.empty();
  const bool over = drawn && quiz->at >= static_cast<int>(quiz->items.size());
  if (!drawn) {
    p.text({x, y}, "Ten questions, drawn over all lessons", {.color = t.text, .size = 20, .weight = 600});
    y += 22;
    y += controls::paragraph(p, {x, y}, w, "Each stands beside its own figure. The first answer counts; a wrong one explains itself.", {.color = t.text2, .size = 14}) + 18;
    const controls::ButtonStyle style{.primary = true, .hint = "Draws ten questions and asks the first (→)"};
    if (controls::button(s.ui, "learn/begin", {x, y, 150, 34}, "Draw ten questions", style)) s.view.wish = "learn.next";
    y += 34 + 36;
    so_far(s, {x, y, w, area.bottom() - 24 - y}, wishes);
    return;
  }
  const auto score = documents::score_of(*quiz);
  const std::string title = over ? std::to_string(score.right) + " of " + std::to_string(score.asked) + " right at once" : std::to_string(score.answered) + " of " + std::to_string(score.asked) + " answered";
  p.text({x, y}, title, {.color = t.text, .size = 22, .weight = 600});
  const controls::ButtonStyle again{.icon = "dice", .hint = "Other questions"};
  const float again_w = controls::button_width(s.ui, "Draw others", again);
  if (controls::button(s.ui, "learn/draw-questions", {x + w - again_w, y - 22, again_w, 30}, "Draw others", again)) wishes.others = true;
  y += 10;
  y += controls::paragraph(p, {x, y}, w - again_w - 20, over ? "Right at the first try counts. A question opens again with its figure: click it." : "The right arrow goes on with the questions.", {.color = t.text2, .size = 13}) + 10;
  y += questions(s, {x, y}, w, *quiz, wishes.question) + 30;
  const auto lessons = documents::to_revisit(s.session.shelf(), *quiz);
  if (!over || y + 60 > area.bottom()) return;
  p.text({x, y}, lessons.empty() ? "Nothing to revisit." : "To look at again", {.color = t.text, .size = 14, .weight = 600});
  y += 12;
  float at = x;
  for (const int lesson : lessons) {
    const std::string name = lesson_title(s.session.shelf().lessons[static_cast<std::size_t>(lesson)]);
    const float button_w = controls::button_width(s.ui, name);
    if (at > x && at + button_w > x + w) {
      at = x;
      y += 36;
    }
    if (y + 32 > area.bottom()) break;
    if (controls::button(s.ui, "learn/revisit/" + std::to_string(lesson), {at, y, std::min(button_w, w), 30}, name, {.hint = "Opens this lesson"})) wishes.lesson = lesson;
    at += button_w + 8;
  }
}

}  // namespace

void check_figure(LearnScene& s, Rect area) {
  Wishes wishes;
  show(s, area, wishes);
  try {
    if (wishes.others) s.session.start_quiz();
    if (wishes.question) s.session.go_to_question(*wishes.question);
    if (wishes.lesson) s.session.go_to(*wishes.lesson, 0);
  } catch (const std::exception& e) {
    s.view.notice = e.what();
  }
}

}  // namespace qkv::workspaces
