#include <algorithm>
#include <cmath>

#include "app/controls/text_layout.h"
#include "app/workspaces/learn/scene.h"

namespace qkv::workspaces {

using drawing::Align;
using drawing::Family;

namespace {

constexpr float kRow = 34, kPad = 8;

/// Questions answered of those asked: a row of small marks, or the fraction where there are many.
void progress(LearnScene& s, const Rect& row, int lesson) {
  const auto score = s.session.score(lesson);
  if (score.asked == 0) return;
  auto& p = s.p();
  const auto& t = s.theme();
  if (score.right == score.asked) {
    const Point at{row.right() - 19, row.center().y};
    p.polyline({{at.x - 5, at.y}, {at.x - 1, at.y + 4}, {at.x + 6, at.y - 5}}, t.text, 2);
    return;
  }
  const std::string text = std::to_string(score.right) + "/" + std::to_string(score.asked);
  p.text_middle(row.right() - 12, row.center().y, text, {.color = t.text3, .size = 11, .family = Family::mono}, Align::right);
}

float troubles_height(LearnScene& s, float width) {
  float h = 0;
  for (const std::string& trouble : s.session.shelf().troubles)
    h += controls::paragraph_height(s.p().text_engine(), trouble, {.size = 11.5f}, width) + 8;
  return h > 0 ? h + 30 : 0;
}

}  // namespace

void lesson_list(controls::Ui& ui, documents::LearnSession& session, LearnView& view, Rect button) {
  auto popup = controls::begin_popup(ui, "lessons");
  if (!popup.open) return;
  LearnScene in{popup.ui, session, view};
  auto& p = in.p();
  const auto& t = in.theme();
  const auto& shelf = session.shelf();
  const int count = static_cast<int>(shelf.lessons.size());
  const Rect bounds = p.drawing().bounds;
  const float w = std::min(440.f, bounds.w - 32), inner = w - 2 * kPad - 12;
  const float height = kRow * static_cast<float>(count) + 2 * kPad + troubles_height(in, inner - 24);
  const float top = button.bottom() + 4;
  const Rect panel{std::max(16.f, std::min(button.x, bounds.right() - w - 16)), top, w, std::min(height, bounds.bottom() - top - 32)};
  controls::popup_panel(p, panel);
  p.region({.id = "lessons/panel", .rect = panel});
  const bool scrolls = height > panel.h;
  if (scrolls) controls::scrollbar(in.ui, "lessons/scroll", panel, height, view.list_scroll);
  p.push_clip(panel.inset(1));
  float y = panel.y + kPad - std::round(view.list_scroll);
  std::optional<int> chosen;
  if (!shelf.troubles.empty()) {  // first: whoever dropped a lesson there looks for it
    p.text({panel.x + kPad + 12, y + 18}, "Could not be read", {.color = t.warn, .size = 12, .weight = 600});
    y += 24;
    for (const std::string& trouble : shelf.troubles)
      y += controls::paragraph(p, {panel.x + kPad + 12, y}, inner - 24, trouble, {.color = t.text2, .size = 11.5f}) + 8;
    p.fill({panel.x, y - 1, panel.w, 1}, t.border);
    y += 6;
  }
  for (int i = 0; i < count; ++i) {
    const auto& lesson = shelf.lessons[static_cast<std::size_t>(i)];
    const Rect row{panel.x + kPad, y, w - 2 * kPad - (scrolls ? 8.f : 0.f), kRow};
    const std::string id = "lessons/" + std::to_string(i);
    const bool here = i == session.lesson_index();
    if (in.ui.hot(id) || here) p.fill(row, here ? t.hover : t.sunken, 4);
    p.text_middle(row.x + 30, row.center().y, std::to_string(lesson.number), {.color = t.text3, .size = 12, .family = Family::mono}, Align::right);
    const drawing::TextStyle style{.color = t.text, .size = 13, .weight = here ? 600 : 400};
    p.text_middle(row.x + 44, row.center().y, p.text_engine().elided(lesson.title, style, row.w - 44 - 56), style);
    progress(in, row, i);
    p.region({.id = id, .rect = row, .label = lesson_title(lesson), .cursor = drawing::Cursor::hand, .focusable = true});
    in.ui.focus_ring(id, row, 4);
    if (in.ui.clicked(id)) chosen = i;
    y += kRow;
  }
  p.pop_clip();
  if (!chosen) return;
  controls::close_popup(ui.in, "lessons");
  go_to_step(session, view, *chosen, 0);
}

}  // namespace qkv::workspaces
