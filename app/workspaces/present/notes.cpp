#include <algorithm>

#include "app/controls/text_layout.h"
#include "app/drawing/scaled.h"
#include "app/workspaces/present/scene.h"

// The lecturer's window: what to say, what comes next, how late it is.
namespace qkv::workspaces {

using drawing::Align;
using drawing::Rect;
using drawing::TextStyle;

namespace {

constexpr float kMargin = 28, kNotes = 20, kLabel = 14;

std::string title_of(documents::TalkSession& talk, int step) {
  const documents::TalkStep& next = talk.talk().steps[static_cast<std::size_t>(step)];
  if (next.lesson) return next.title + " (lesson " + std::to_string(next.lesson->lesson) + ", step " + std::to_string(next.lesson->step) + ")";
  return next.title;
}

/// The step behind the present one, small. A lesson or a model is not set up for this alone: its title stands for it.
void next_step(PresentScene& s, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  const int now = s.talk.index(), next = now + 1;
  p.text({area.x, area.y + kLabel}, next < s.talk.count() ? "Next" : "This is the last step", {.color = t.text3, .size = kLabel, .weight = 600});
  if (next >= s.talk.count()) return;
  const documents::TalkStep& step = s.talk.talk().steps[static_cast<std::size_t>(next)];
  const float w = std::min(area.w, (area.h - 90) * 16 / 9), h = w * 9 / 16;
  const Rect box{area.x, area.y + kLabel + 14, w, h};
  const auto words = [&](const std::string& text, drawing::Color colour) {
    controls::paragraph(p, {box.x + 20, box.y + 20}, box.w - 40, text, {.color = colour, .size = kNotes});
  };
  p.fill(box, t.canvas);
  if (step.lesson || step.model) {
    words(title_of(s.talk, next), t.text);
  } else {
    drawing::Drawing stage;
    stage.bounds = {0, 0, 1920, 1080};
    drawing::Painter painter(stage, p.text_engine(), t);
    controls::Interaction nobody;
    controls::Ui ui{painter, nobody, s.ui.clipboard};
    PresentView view;
    const int query = s.talk.query(), key = s.talk.key();
    try {
      s.talk.go_to(next);
      present(ui, s.talk, view, stage.bounds, true);
      s.talk.go_to(now);
      stage.regions.clear();
      p.push_clip(box);
      drawing::append_scaled(p.drawing(), stage, w / 1920, {box.x, box.y});
      p.pop_clip();
    } catch (const std::exception& error) {  // it could not be shown to the room either
      words(error.what(), t.error);
    }
    s.talk.set_query(query);
    s.talk.set_key(key);
  }
  p.stroke(box, t.border, 1);
}

}  // namespace

std::string elapsed_text(const PresentView& view, double now) {
  const int seconds = view.began < 0 ? 0 : std::max(0, static_cast<int>(now - view.began));
  return std::to_string(seconds / 60) + ":" + (seconds % 60 < 10 ? "0" : "") + std::to_string(seconds % 60);
}

void speaker_notes(controls::Ui& ui, documents::TalkSession& talk, PresentView& view, Rect area) {
  PresentScene s{ui, talk, view, 1, true};
  auto& p = ui.p;
  const auto& t = s.theme();
  p.fill(area, t.bg);
  const Rect inner = area.inset(kMargin);
  const float top = inner.y + 34;
  const float place = p.text({inner.right(), top}, "Step " + std::to_string(talk.index() + 1) + " of " + std::to_string(talk.count()), {.color = t.text, .size = kNotes, .weight = 600}, Align::right);
  const float time = p.text({inner.x, top}, elapsed_text(view, ui.in.now), {.color = t.text, .size = 40, .weight = 500, .family = drawing::Family::mono});
  p.text_fit({inner.x + time + 28, top}, talk.talk().title, {.color = t.text3, .size = 16}, std::max(0.f, inner.w - time - place - 56));
  p.fill({inner.x, top + 18, inner.w, 1}, t.border);
  const float y = top + 40, right_w = std::min(inner.w * 0.5f, 640.f), left_w = inner.w - right_w - 36;
  const TextStyle title{.color = t.text, .size = 22, .weight = 600};
  float below = y + controls::paragraph(p, {inner.x, y}, left_w, title_of(talk, talk.index()), title) + 16;
  const std::string& notes = talk.step().notes;
  p.push_clip({inner.x, below, left_w, std::max(0.f, inner.bottom() - below)});
  const TextStyle body{.color = notes.empty() ? t.text3 : t.text, .size = kNotes};
  const std::string shown = notes.empty() ? "No notes for this step. In the talk's file they stand behind 'notes:'." : notes;
  // Lines that have no room are left out, so that none is cut.
  for (const std::string& line : p.text_engine().wrapped(shown, body, left_w)) {
    below += kNotes * 1.45f;
    if (below > inner.bottom()) break;
    p.text({inner.x, below - kNotes * 0.4f}, line, body);
  }
  p.pop_clip();
  next_step(s, {inner.right() - right_w, y, right_w, inner.bottom() - y});
}

}  // namespace qkv::workspaces
