#include <initializer_list>
#include <string>

#include "app/controls/text_layout.h"
#include "app/workspaces/model/head_views.h"

namespace qkv::workspaces {

namespace {

/// What the reader must know before trusting the picture: NaN among the weights or arising in the pass, a
/// tokenizer that could not be read, what a capture file left open.
std::string trouble(const documents::ModelRun& run) {
  if (run.model && !run.model->summary().warning.empty()) return run.model->summary().warning;
  if (!run.capture->notes.empty()) return run.capture->notes.front();
  return run.model ? run.model->summary().tokenizer_problem : std::string();
}

/// A note across the top: the first wording that fits one line, else the last on several. Returns its height.
float note_across(ModelScene& s, drawing::Rect area, const char* id,
                  std::initializer_list<std::string> wordings, drawing::Color mark, drawing::Color ink) {
  constexpr float kMargin = 6, kLine = 14;
  auto& p = s.p();
  const drawing::TextStyle style{.color = ink, .size = 11.5f, .weight = 500};
  std::string text;
  for (const std::string& wording : wordings)
    if (text = wording; p.width_of(text, style) <= area.w - 40) break;
  const float width = area.w - 40;
  const float height = controls::paragraph_height(p.text_engine(), text, style, width, kLine) + 2 * kMargin;
  p.fill({area.x, area.y, area.w, height}, s.theme().panel);
  p.fill({area.x, area.y, 3, height}, mark);
  controls::paragraph(p, {area.x + 20, area.y + kMargin}, width, text, style, kLine);
  p.region({.id = id, .rect = {area.x, area.y, area.w, height}, .label = *wordings.begin()});
  return height;
}

/// What is wrong with the weights themselves, such as where the first NaN stands; and why an ablation shows
/// nothing here.
float banners(ModelScene& s, drawing::Rect area) {
  const auto& t = s.theme();
  float used = 0;
  if (const std::string warning = trouble(*s.run); !warning.empty()) {
    const auto ink = s.run->model ? t.error : t.text2;  // of a capture it may be good news
    used += note_across(s, area, "model/warning", {warning}, ink, ink);
  }
  if (const std::string& unknown = s.run->tokens.unknown; !unknown.empty())
    used += note_across(s, {area.x, area.y + used, area.w, area.h - used}, "model/unknown", {unknown}, t.warn, t.text2);
  if (s.picture.untouched)
    used += note_across(
        s, {area.x, area.y + used, area.w, area.h - used}, "model/untouched",
        {"Ablating a head changes only the layers after it: these weights are the same with and without it.",
         "Ablating a head changes only later layers: these weights stay the same.",
         "Ablation changes only later layers, not this head."},
        t.warn, t.text2);
  if (s.run->capture->n_queries() == 1 && s.picture.weights && s.picture.weights->size() == 1 &&
      (*s.picture.weights)(0, 0) == 1)
    used += note_across(
        s, {area.x, area.y + used, area.w, area.h - used}, "model/single",
        {"A single token can attend only to itself, so its weight is 1. Type more to see a pattern.",
         "A single token attends only to itself, with weight 1.", "One token: its weight is 1."},
        t.border_strong, t.text2);
  return used;
}

}  // namespace

void head_picture(ModelScene& s, drawing::Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  p.fill(area, t.canvas);
  const float warned = banners(s, area);
  area = {area.x, area.y + warned, area.w, area.h - warned};
  p.push_clip(area);
  if (!s.picture.weights) {
    p.text(area.center(), "This capture holds neither a pattern nor q and k of this layer.",
           {.color = t.text3, .size = 12}, drawing::Align::center);
  } else if (s.view.picture == Picture::map) {
    head_map(s, area);
  } else if (s.view.picture == Picture::lines) {
    head_lines(s, area);
  } else {
    head_text(s, area);
  }
  p.pop_clip();
}

}  // namespace qkv::workspaces
