#include <algorithm>
#include <array>
#include <cmath>

#include "app/controls/magnified.h"
#include "app/drawing/scaled.h"
#include "app/shell/chrome/room.h"
#include "app/workspaces/learn/learn.h"
#include "core/experiment/sources.h"

namespace qkv::shell {

namespace {

constexpr std::array<Hint, 6> kHints{{{"← →", "step"}, {"1 2 3", "answer"}, {"drag ↕", "change a value"}, {"R", "new draw"}, {"L", "open in the Lab"},
                                      {"F1", "all keys"}}};

/// A page of a lesson says little at a time: a larger window shows it larger, not more of it. In steps, for the sake of the type.
float enlargement(drawing::Rect area) {
  constexpr float kWidth = 1440, kHeight = 800, kStep = 8;  // px that one lesson fills well
  return std::clamp(std::floor(std::min(area.w / kWidth, area.h / kHeight) * kStep) / kStep, 1.f, 3.f);
}

void draw(controls::Ui& ui, Session& s, drawing::Rect area) {
  s.learn_view.own = s.lab.trace();
  s.learn_view.studies = s.studies;
  const float factor = enlargement(area);
  if (factor == 1) return workspaces::learn(ui, lessons_of(s), s.learn_view, area);
  drawing::Drawing page;
  page.bounds = {0, 0, area.w / factor, area.h / factor};
  controls::Painter painter(page, ui.p.text_engine(), ui.p.theme());
  const controls::Magnified hand(ui.in, factor, {area.x, area.y});
  controls::Ui at_desk{painter, ui.in, ui.clipboard, ui.enabled, ui.layer};
  workspaces::learn(at_desk, lessons_of(s), s.learn_view, page.bounds);
  drawing::append_scaled(ui.p.drawing(), page, factor, {area.x, area.y});
}

std::string facts(const Session& s) {
  if (!s.learn || !s.learn->is_open()) return "no lesson is open";
  if (const std::string measured = workspaces::measured_on(s.learn->step(), s.learn_view); !measured.empty()) return measured;
  return experiment::sources_in_words(s.learn->document().experiment());
}

std::string title(const Session& s) { return s.learn && s.learn->is_open() ? workspaces::lesson_title(s.learn->lesson()) : std::string("Learn"); }

Past past(const Session& s) {
  if (!s.learn || !s.learn->is_open()) return {};
  const documents::LabDocument& live = s.learn->document();
  return {live.can_undo(), live.can_redo(), live.undo_name(), live.redo_name()};
}

}  // namespace

const Room kLearnRoom{
    .workspace = Workspace::learn,
    .id = "learn",
    .tab = "Learn",
    .hint = "Eighteen short lessons, from words to several heads",
    .opens = "Lesson",
    .open_title = title,
    .draw = draw,
    .figure = [](controls::Ui& ui, Session& s, drawing::Rect area, const std::string& name) {
      s.learn_view.studies = s.studies;
      return workspaces::learn_figure(ui, lessons_of(s), s.learn_view, area, name);
    },
    .title = title,
    .facts = facts,
    .error = [](const Session& s) { return s.learn && s.learn->is_open() ? s.learn->document().error() : std::string(); },
    .notice = [](Session& s) -> std::string& { return s.learn_view.notice; },
    .wish = [](Session& s) { return &s.learn_view.wish; },
    .past = past,
    .undo = [](Session& s) { s.learn->document().undo(); },
    .redo = [](Session& s) { s.learn->document().redo(); },
    .hints = kHints};

}  // namespace qkv::shell
