#include "app/workspaces/present/present.h"

#include <algorithm>
#include <cmath>

#include "app/controls/text_layout.h"
#include "app/drawing/least_type.h"
#include "app/figures/prose_pages.h"
#include "app/workspaces/present/scene.h"

namespace qkv::workspaces {

using drawing::Align;
using drawing::Rect;
using drawing::TextStyle;

namespace {

constexpr int kLastPart = 1 << 20;  // as many as there are, once they are counted
constexpr float kMargin = 120, kStrip = 200, kFooter = 108;

/// A step that was not shown before begins with nothing revealed, nothing drawn on it, and its rows on their way.
void follow_step(PresentScene& s) {
  PresentView& v = s.view;
  if (v.step == s.talk.index()) return;
  const bool first = v.step < 0;
  v.step = s.talk.index();
  v.revealed = false;
  v.parts = 1;
  v.broken = {};
  v.blank = false;
  v.strokes.clear();
  v.pressed.reset();
  v.lesson_places.reset();
  v.from = std::move(v.places);
  v.places.clear();
  v.moved_at = first || !v.moves || s.still ? std::nullopt : std::optional(s.ui.in.now);
  if (s.talk.model()) v.model = {};
  if (s.talk.lessons()) {
    const auto studies = v.learn.studies;  // what was measured is kept
    v.learn = {};
    v.learn.studies = studies;
    v.learn.lesson = s.talk.lessons()->lesson_index();
    v.learn.step = s.talk.lessons()->step_index();
  }
}

}  // namespace

float PresentScene::progress() const {
  if (!view.moved_at || still) return 1;
  return std::clamp(static_cast<float>((ui.in.now - *view.moved_at) / kTravel), 0.f, 1.f);
}

float step_title(PresentScene& s, Rect area, const std::string& text, bool draw) {
  const float size = s.u(44);
  const TextStyle style{.color = s.theme().text, .size = size, .weight = 500};
  float y = area.y + s.u(10);
  for (const std::string& line : s.p().text_engine().wrapped(text, style, area.w)) {
    y += size * 1.25f;
    if (draw) s.p().text({area.x, std::round(y - size * 0.25f)}, line, style);
  }
  return y - area.y + s.u(16);
}

bool broken_words(PresentScene& s, Rect area, const std::string& title, const prose::Text& words, const figures::LiveValue& live, int more) {
  const float top = step_title(s, area, title, false) + s.u(20), height = area.h - top;
  const figures::ProseStyle style{.size = s.u(28), .line_height = 1.5f, .live = live};
  BrokenWords& broken = s.view.broken;
  if (broken.step != s.view.step || broken.revealed != s.view.revealed || broken.width != area.w || broken.height != height || broken.unit != s.unit)
    broken = {s.view.step, s.view.revealed, area.w, height, s.unit, figures::prose_pages(s.p(), area.w, words, style, height)};
  const int pages = static_cast<int>(broken.pages.size());
  s.view.parts = pages + more;
  s.view.part = std::clamp(s.view.part, 0, s.view.parts - 1);
  if (s.view.part >= pages) return false;
  step_title(s, area, title);
  figures::draw_prose(s.p(), {area.x, area.y + top}, area.w, broken.pages[static_cast<std::size_t>(s.view.part)], style);
  return true;
}

void text_step(PresentScene& s, Rect area) {
  const documents::TalkStep& step = s.talk.step();
  const float top = step_title(s, area, step.title, false) + s.u(20);
  figures::ProseStyle style{.size = s.u(44), .line_height = 1.5f, .live = {}};
  const auto height = [&] { return figures::prose_height(s.p(), area.w, step.text, style); };
  while (style.size > s.u(36) && height() > 0.7f * (area.h - top)) style.size -= s.u(2);  // few words stand large
  while (style.size > s.u(28) && height() > area.h - top) style.size -= s.u(2);
  if (height() > area.h - top) {
    broken_words(s, area, step.title, step.text, {}, 0);
    return;
  }
  step_title(s, area, step.title);
  figures::draw_prose(s.p(), {area.x, area.y + top}, area.w, step.text, style);
}

void footer(PresentScene& s, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  p.fill({area.x, area.y, area.w, std::max(1.f, s.u(2))}, t.border);
  const float middle = area.y + area.h / 2;
  const TextStyle cap{.color = t.text2, .size = s.u(28)}, words{.color = t.text3, .size = s.u(28)};
  float x = area.x;
  const auto key = [&](const char* name) {
    const float w = std::max(s.u(58), p.width_of(name, cap) + s.u(28));
    p.stroke({x, std::round(middle - s.u(24)), w, s.u(48)}, t.border_strong, std::max(1.f, s.u(2)), s.u(8));
    p.text_middle(x + w / 2, middle, name, cap, Align::center);
    x += w + s.u(12);
  };
  const auto say = [&](const char* what) { x += p.text_middle(x + s.u(4), middle, what, words) + s.u(44); };
  key("←");
  key("→");
  say("step");
  if (has_answer(s.talk, s.view)) {
    key("Space");
    say(s.view.revealed ? "hide" : "reveal");
  }
  key("B");
  say("blank");
  key("Esc");
  say("leave");
  const std::string place = std::to_string(s.talk.index() + 1) + " / " + std::to_string(s.talk.count());
  float right = area.right();
  right -= p.text_middle(right, middle, place, {.color = t.text, .size = s.u(30), .weight = 600}, Align::right) + s.u(28);
  if (s.view.parts > 1) {
    const std::string part = std::to_string(s.view.part + 1) + " of " + std::to_string(s.view.parts);
    right -= p.text_middle(right, middle, part, cap, Align::right) + s.u(28);
  }
  if (s.view.timer && !s.still && s.view.began >= 0) {
    right -= p.text_middle(right, middle, elapsed_text(s.view, s.ui.in.now), {.color = t.text3, .size = s.u(28), .family = drawing::Family::mono}, Align::right) + s.u(28);
  }
  if (right > x) p.text_middle(right, middle, p.text_engine().elided(s.talk.talk().title, words, right - x), words, Align::right);
  if (!s.view.notice.empty()) {  // over the step, since a sentence may be long
    const float h = controls::paragraph_height(p.text_engine(), s.view.notice, cap, area.w - s.u(48)) + s.u(36);
    const Rect box{area.x, area.y - h - s.u(8), area.w, h};
    p.fill(box, t.raised, s.u(6));
    p.stroke(box, t.border_strong, std::max(1.f, s.u(2)), s.u(6));
    controls::paragraph(p, {box.x + s.u(24), box.y + s.u(18)}, box.w - s.u(48), s.view.notice, cap);
  }
}

void present(controls::Ui& ui, documents::TalkSession& talk, PresentView& view, Rect area, bool still, bool keys) {
  PresentScene s{ui, talk, view, std::min(area.w / 1920, area.h / 1080), still};
  const drawing::LeastType readable(ui.p.text_engine(), s.u(28));  // subscripts too
  if (view.began < 0) view.began = ui.in.now;
  follow_step(s);
  ui.p.fill(area, s.theme().canvas);
  ui.p.region({.id = "present", .rect = area});
  const float margin = s.u(kMargin);
  const Rect inner{area.x + margin, area.y, area.w - 2 * margin, area.h};
  const Rect low{inner.x, area.bottom() - s.u(kFooter), inner.w, s.u(kFooter)};
  if (ui.in.active.empty() && !ui.in.editing()) view.parts = 1;  // as they were while the hand is at it
  if (talk.document()) {
    stage_strip(s, {inner.x, area.y, inner.w, s.u(kStrip)});
    stage_step(s, {inner.x, area.y + s.u(kStrip + 24), inner.w, low.y - area.y - s.u(kStrip + 24 + 26)});
  } else {
    const Rect body{inner.x, area.y + s.u(56), inner.w, low.y - area.y - s.u(56 + 20)};
    if (talk.lessons()) lesson_step(s, body);
    else if (talk.model()) model_step(s, body);
    else text_step(s, body);
  }
  view.part = std::clamp(view.part, 0, view.parts - 1);
  if (keys) footer(s, low);
  ink(s, area);
  if (view.moved_at && s.progress() >= 1) view.moved_at.reset();
}

void show_step(documents::TalkSession& talk, PresentView& view, int step) {
  view.notice.clear();
  if (step < 0 || step >= talk.count()) return;
  try {
    talk.go_to(step);
    view.part = 0;
  } catch (const std::exception& e) {
    view.notice = e.what();
  }
}

void walk_talk(documents::TalkSession& talk, PresentView& view, int by) {
  const int part = view.part + by;
  if (part >= 0 && part < view.parts) {
    view.part = part;
    view.strokes.clear();
    return;
  }
  const int before = talk.index();
  show_step(talk, view, before + by);
  if (by < 0 && talk.index() != before) view.part = kLastPart;
}

bool has_answer(documents::TalkSession& talk, const PresentView&) {
  if (!talk.step().hides) return false;
  if (talk.lessons()) return talk.lessons()->step().question.has_value();
  return talk.step().stage && talk.step().stage->stage != Stage::x && talk.step().stage->stage != Stage::v;
}

bool reveal(documents::TalkSession& talk, PresentView& view) {
  if (!has_answer(talk, view)) return false;
  view.revealed = !view.revealed;
  return true;
}

double present_wake(const PresentView& view, double now) {
  if (view.moved_at) return 1.0 / 60;
  if (view.timer && view.began >= 0) return 1 - std::fmod(now - view.began, 1.0);
  return std::numeric_limits<double>::infinity();
}

}  // namespace qkv::workspaces
