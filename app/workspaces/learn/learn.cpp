#include "app/workspaces/learn/learn.h"

#include <algorithm>
#include <cmath>

#include "app/controls/text_layout.h"
#include "app/workspaces/lab/commands.h"
#include "app/workspaces/learn/scene.h"
#include "core/error.h"

namespace qkv::workspaces {

using controls::Ui;
using documents::LearnSession;

namespace {

constexpr float kColumn = 420, kLeastColumn = 280;
constexpr int kQuestions = 1000;  // more than a lesson has steps

/// Nothing to read: why.
void no_lesson(Ui& ui, const LearnSession& session, Rect area) {
  auto& p = ui.p;
  const auto& t = p.theme();
  p.fill(area, t.canvas);
  const float w = std::min(640.f, area.w - 80), x = area.center().x - w / 2;
  float y = area.y + area.h * 0.35f;
  p.text({x, y}, "There is no lesson to read", {.color = t.text, .size = 15, .weight = 600});
  y += 12;
  if (session.shelf().troubles.empty())
    controls::paragraph(p, {x, y}, w, "No lessons come with this copy of the program. Lessons are Markdown files in assets/lessons.", {.color = t.text2, .size = 12});
  for (const std::string& trouble : session.shelf().troubles)
    y += controls::paragraph(p, {x, y}, w, trouble, {.color = t.error, .size = 12}) + 6;
}

/// A step that was not shown before begins at its top, with nothing selected.
void follow_step(LearnScene& s) {
  LearnView& v = s.view;
  const int step = s.session.step_index() + kQuestions * (s.asked() + 1);  // each question of the check is a step of its own
  if (v.lesson == s.session.lesson_index() && v.step == step) return;
  LearnView fresh;
  fresh.notice = v.notice;
  fresh.wish = v.wish;
  fresh.studies = v.studies;
  fresh.own = v.own;
  fresh.show_own = v.show_own;
  v = std::move(fresh);
  v.lesson = s.session.lesson_index();
  v.step = step;
}

/// After what the reader did in this frame: a goal may have been met.
void follow_goal(LearnScene& s) {
  const auto trace = s.session.document().trace();
  if (trace == s.view.watched) return;
  s.view.watched = trace;
  if (s.session.watch_goal()) s.view.to_end = true;
}

/// Runs what may find a broken experiment.
template <class Move>
void moving(LearnView& view, Move move) {
  try {
    move();
  } catch (const std::exception& e) {
    view.notice = e.what();
  }
}

}  // namespace

int LearnScene::asked() const {
  const documents::Quiz* quiz = session.quiz();
  return quiz && quiz->at >= 0 && quiz->at < static_cast<int>(quiz->items.size()) ? quiz->at : -1;
}

void learn(Ui& ui, LearnSession& session, LearnView& view, Rect area) {
  if (!session.is_open()) {
    no_lesson(ui, session, area);
    return;
  }
  LearnScene s{ui, session, view};
  follow_step(s);
  const float column = std::round(std::min(area.w, std::clamp(area.w * 0.3f, kLeastColumn, kColumn)));
  step_figure(s, {area.x + column, area.y, area.w - column, area.h});
  follow_goal(s);
  text_column(s, {area.x, area.y, column, area.h});
}

void go_to_step(LearnSession& session, LearnView& view, int lesson, int step) {
  moving(view, [&] { session.go_to(lesson, step); });
}
void next_step(LearnSession& session, LearnView& view) {
  moving(view, [&] { session.next(); });
}
void previous_step(LearnSession& session, LearnView& view) {
  moving(view, [&] { session.previous(); });
}

void choose_answer(LearnSession& session, LearnView& view, int option) {
  if (!session.is_open() || !session.step().question) return;
  if (option < 0 || option >= static_cast<int>(session.step().question->options.size())) return;
  moving(view, [&] { session.choose(option); });
  view.to_end = true;
}

void draw_again(LearnSession& session, LearnView& view) {
  if (!session.is_open() || !session.may_use("new-draw")) return;
  const std::string& figure = session.step().figure.name;
  if (figure == "scaling" || figure == "cost") {
    view.seed = experiment::next_seed(view.seed);
    if (figure == "cost") view.studies->start_cost(view.seed);
    view.notice = "Drawn from seed " + std::to_string(view.seed) + ".";
    return;
  }
  const std::uint64_t seed = experiment::next_seed(session.document().experiment().embedding.seed);
  if (change(session.document(), view.main, "new draw", [&](const experiment::Experiment& e) { return experiment::randomised(e, seed, true); }))
    view.notice = "X and all weights are drawn from seed " + std::to_string(seed) + ".";
}

std::string measured_on(const documents::LessonStep& step, const LearnView& view) {
  if (step.figure.name == "scaling") return "random q and k (seed " + std::to_string(view.seed) + ")";
  if (step.figure.name != "cost") return "";
  return "random q, k, v (seed " + std::to_string(view.seed) + "), one head, d_k = " + std::to_string(analysis::CostRequest{}.d_k);
}

std::string lesson_title(const documents::Lesson& lesson) { return std::to_string(lesson.number) + "  " + lesson.title; }

void open_lesson_list(controls::Interaction& in, LearnView& view) {
  view.list_scroll = 0;
  controls::open_popup(in, "lessons");
}

}  // namespace qkv::workspaces
