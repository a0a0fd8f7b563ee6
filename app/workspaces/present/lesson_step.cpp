#include <algorithm>
#include <cmath>
#include <optional>

#include "app/drawing/least_type.h"
#include "app/workspaces/learn/learn.h"
#include "app/workspaces/present/enlarged.h"
#include "app/workspaces/present/lesson_words.h"

namespace qkv::workspaces {

using drawing::Rect;

namespace {

constexpr float kLargest = 36, kSmallest = 28;  // px at 1920×1080
constexpr float kDeskType = 12;                 // px of most type in a figure made for a desk
constexpr const char* kPrefix = "lesson/";

/// A picture answers nothing. With the pen it is only drawn over, and keeps its places.
bool is_live(const PresentScene& s) { return !s.still; }

/// The lecturer's, where the talk has one of its own.
const std::string& title_of(PresentScene& s) {
  const documents::TalkStep& step = s.talk.step();
  return documents::has_own_heading(step) ? step.title : s.talk.lessons()->step().title;
}

float enlargement(const PresentScene& s) { return s.u(kSmallest) / kDeskType; }

/// The figure of the step, laid out in this much room for type that the last row reads; no command where the step has none.
drawing::Drawing figure(PresentScene& s, Rect area, controls::Interaction& hand, bool live) {
  drawing::Drawing desk;
  desk.bounds = {0, 0, area.w / enlargement(s), area.h / enlargement(s)};
  drawing::Painter painter(desk, s.p().text_engine(), s.theme());
  const drawing::LeastType least(s.p().text_engine(), kDeskType);
  controls::Ui ui{painter, hand, s.ui.clipboard};
  try {
    room_figure(ui, *s.talk.lessons(), s.view.learn, desk.bounds, live);
  } catch (const std::exception&) {
    desk.commands.clear();
    desk.regions.clear();
  }
  return desk;
}

/// What a room can read of a figure: its numbers.
int numbers_in(const drawing::Drawing& figure) {
  int count = 0;
  for (const auto& command : figure.commands)
    if (const auto* text = std::get_if<drawing::Text>(&command)) count += text->style.family == drawing::Family::mono ? 1 : 0;
  return count;
}

/// The words in `column`, in the largest type that leaves them inside; nothing where none does.
std::optional<LessonPlaces> arranged(PresentScene& s, Rect column, float most_height) {
  const float title = step_title(s, column, title_of(s), false) + s.u(4);
  for (float px = kLargest; px >= kSmallest; px -= 2) {
    const float h = title + lesson_words(s, {}, column.w, px, false);
    if (h <= most_height) return LessonPlaces{{column.x, column.y, column.w, h}, {}, px};
  }
  return std::nullopt;
}

/// The words beside the figure.
std::optional<LessonPlaces> beside(PresentScene& s, Rect area) {
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
std::optional<LessonPlaces> above(PresentScene& s, Rect area) {
  auto a = arranged(s, area, area.h * 0.5f);
  if (a) a->figure = {area.x, a->words.bottom() + s.u(16), area.w, area.bottom() - a->words.bottom() - s.u(16)};
  return a;
}

/// The figure on a screen of its own, under the title.
LessonPlaces alone(PresentScene& s, Rect area) {
  const float title = step_title(s, area, title_of(s), false);
  return {{}, {area.x, area.y + title, area.w, area.h - title}, kSmallest};
}

/// A figure that shows hardly a number beside the words, and many where it has the whole stage.
bool reads_better_alone(PresentScene& s, Rect area, int numbers) {
  constexpr int kHardlyAny = 8, kMany = 20;
  if (numbers > kHardlyAny) return false;
  controls::Interaction nobody;
  return numbers_in(figure(s, alone(s, area).figure, nobody, is_live(s))) >= kMany;
}

/// Where words and figure stand best: both ways are tried.
LessonPlaces chosen_places(PresentScene& s, Rect area) {
  std::optional<LessonPlaces> chosen;
  drawing::Drawing shown;
  for (auto* arrange : {beside, above}) {
    const auto one = arrange(s, area);
    if (!one) continue;
    controls::Interaction nobody;
    drawing::Drawing drawn = figure(s, one->figure, nobody, is_live(s));
    // Beside is the habit; above has to show clearly more.
    if (chosen && 3 * numbers_in(drawn) < 4 * numbers_in(shown) + 3) continue;
    chosen = one;
    shown = std::move(drawn);
  }
  if (!chosen) return {area, {}, 0};
  if (!shown.commands.empty()) {
    if (!reads_better_alone(s, area, numbers_in(shown))) return *chosen;
    s.view.parts = 2;
    return s.view.part == 0 ? *chosen : alone(s, area);
  }
  return arranged(s, area, area.h).value_or(LessonPlaces{area, {}, 0});  // the step has no figure
}

bool is_of_figure(const std::string& region) { return region.starts_with(kPrefix); }

/// Where they stand now. Nothing moves under the hand that drags or types.
LessonPlaces places_now(PresentScene& s, Rect area) {
  const auto& in = s.ui.in;
  const bool held = is_of_figure(in.active) || is_of_figure(in.edit.id);
  if (s.view.lesson_places && held) return *s.view.lesson_places;
  const LessonPlaces places = chosen_places(s, area);
  s.view.lesson_places = places;
  return places;
}

/// What a button of the figure asks for.
void follow_wish(PresentScene& s) {
  const std::string wish = std::exchange(s.view.learn.wish, {});
  if (wish == "learn.again") s.talk.lessons()->start_again();
  if (wish == "learn.new_draw") draw_again(*s.talk.lessons(), s.view.learn);
}

/// After what the hand did in this frame: a goal that is met is seen, and why.
void follow_goal(PresentScene& s) {
  const auto trace = s.talk.lessons()->document().trace();
  if (trace == s.view.learn.watched) return;
  s.view.learn.watched = trace;
  if (s.talk.lessons()->watch_goal()) s.view.revealed = true;
}

}  // namespace

void lesson_step(PresentScene& s, Rect area) {
  LessonPlaces places = places_now(s, area);
  if (places.type < kSmallest) {  // words that leave no room for a figure: it has a screen behind them
    if (broken_words(s, area, title_of(s), all_words(s), live_value(s), 1)) return;
    places = alone(s, area);
  }
  const bool live = is_live(s);
  if (!places.figure.empty()) {  // first: what is changed there is told beside it in this very frame
    controls::Interaction nobody;
    Enlarged figure_shown(live && !s.view.pen ? s.ui.in : nobody, kPrefix, enlargement(s), places.figure);
    drawing::Drawing drawn = figure(s, places.figure, figure_shown.interaction(), live);
    if (!live) drawn.regions.clear();
    figure_shown.show(s.p().drawing(), drawn);
  }
  follow_wish(s);
  if (live) follow_goal(s);
  if (places.words.empty()) {
    step_title(s, area, title_of(s));
    return;
  }
  const float title = step_title(s, places.words, title_of(s)) + s.u(4);
  lesson_words(s, {places.words.x, area.y + title}, places.words.w, places.type, true);
}

}  // namespace qkv::workspaces
