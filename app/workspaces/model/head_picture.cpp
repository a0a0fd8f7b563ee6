#include "app/workspaces/model/head_views.h"

namespace qkv::workspaces {

namespace {

/// What the reader must know before trusting the picture: NaN among the weights or arising in the pass, a tokenizer that
/// could not be read, what a capture file left open.
std::string trouble(const documents::ModelRun& run) {
  if (run.model && !run.model->summary().warning.empty()) return run.model->summary().warning;
  if (!run.capture->notes.empty()) return run.capture->notes.front();
  return run.model ? run.model->summary().tokenizer_problem : std::string();
}

/// One line of it above the picture. Returns its height.
float banner(ModelScene& s, drawing::Rect area) {
  const std::string warning = trouble(*s.run);
  if (warning.empty()) return 0;
  constexpr float kHeight = 26;
  auto& p = s.p();
  const auto& t = s.theme();
  p.fill({area.x, area.y, area.w, kHeight}, t.panel);
  const auto ink = s.run->model ? t.error : t.text2;  // of a capture it may be good news
  p.fill({area.x, area.y, 3, kHeight}, ink);
  p.text_fit({area.x + 20, area.y + 17}, warning, {.color = ink, .size = 11.5f, .weight = 500}, area.w - 40);
  p.region({.id = "model/warning", .rect = {area.x, area.y, area.w, kHeight}, .label = warning});
  return kHeight;
}

}  // namespace

void head_picture(ModelScene& s, drawing::Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  p.fill(area, t.canvas);
  const float warned = banner(s, area);
  area = {area.x, area.y + warned, area.w, area.h - warned};
  p.push_clip(area);
  if (!s.picture.weights) {
    p.text(area.center(), "This capture holds neither a pattern nor q and k of this layer.", {.color = t.text3, .size = 12}, drawing::Align::center);
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
