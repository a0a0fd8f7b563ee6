#include <algorithm>
#include <cmath>

#include "app/drawing/heat_cells.h"
#include "app/figures/numbers.h"
#include "app/workspaces/present/scene.h"

namespace qkv::workspaces {

using drawing::Align;
using drawing::Rect;
using drawing::Run;

namespace {

/// As lecturers write it: what softmax gives is named by it.
std::vector<Run> strip_symbol(const drawing::Theme& t, Stage stage, float size) {
  const auto words = [&](const char* text, drawing::Color c) { return Run{text, {.color = c, .size = size, .weight = 600}}; };
  if (stage == Stage::weights) return {words("softmax", t.weight)};
  if (stage == Stage::scaled) return {words("÷ √", t.text), {"d", {.color = t.text, .size = size, .weight = 600, .italic = true}}, {"k", {.color = t.text, .size = size, .weight = 500}, Run::Shift::sub}};
  return symbol(t, stage, size);
}

}  // namespace

void stage_strip(PresentScene& s, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  documents::LabDocument& document = *s.talk.document();
  const auto trace = document.trace();
  const documents::StageStep& step = *s.talk.step().stage;
  const auto stages = documents::talk_stages(document.experiment());
  const float n = static_cast<float>(stages.size());
  const float w = s.u(114), h = s.u(80), pitch = (area.w - w) / (n - 1), top = area.y + s.u(48);
  p.fill({area.x, area.bottom() - s.u(2), area.w, std::max(1.f, s.u(2))}, t.border);
  int chosen = -1;
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const Stage stage = stages[i];
    const bool here = stage == step.stage;
    const Matrix* m = attention::matrix_of(*trace, stage, step.layer, attention::is_per_head(stage) ? step.head : 0);
    const Rect box{std::round(area.x + pitch * static_cast<float>(i)), std::round(top), std::round(w), std::round(h)};
    const std::string id = "present/strip/" + std::string(attention::name_of(stage));
    const bool hot = s.ui.hot(id);
    const float strength = here || hot ? 1.f : 0.55f;
    if (m && m->size() > 0) {
      // A thumbnail of at most 32 cells a side: what is larger than that is a texture of single pixels.
      drawing::Heat heat;
      heat.rect = box;
      heat.values = std::make_shared<const Matrix>(*m);
      heat.map = stage == Stage::weights ? drawing::Map::sequential : drawing::Map::diverging;
      heat.hi = stage == Stage::weights ? 1.f : figures::symmetric_limit(*m);
      heat.lo = stage == Stage::weights ? 0.f : -heat.hi;
      if (stage == Stage::scaled || stage == Stage::weights) {
        const Matrix& scaled = trace->layers[static_cast<std::size_t>(step.layer)].heads[static_cast<std::size_t>(step.head)].scaled;
        auto masked = std::make_shared<std::vector<std::uint8_t>>();
        for (Eigen::Index r = 0; r < scaled.rows(); ++r)
          for (Eigen::Index c = 0; c < scaled.cols(); ++c) masked->push_back(std::isinf(scaled(r, c)) && scaled(r, c) < 0 ? 1 : 0);
        heat.masked = masked;
      }
      heat.alpha = strength;
      p.heat(heat);
      const float row_h = box.h / static_cast<float>(m->rows());
      const bool of_key = stage == Stage::k || stage == Stage::v;
      const int row = of_key ? s.talk.key() : s.talk.query();
      if (here && row < m->rows() && row_h >= 3) p.outline({box.x, box.y + row_h * static_cast<float>(row), box.w, row_h}, t.selected, s.u(4), s.u(2));
    }
    if (here) p.stroke({box.x - s.u(12), box.y - s.u(12), box.w + s.u(24), box.h + s.u(24)}, t.weight, std::max(1.f, s.u(3)), s.u(4));
    auto name = strip_symbol(t, stage, s.u(38));
    if (!here)
      for (Run& run : name) run.style.color = run.style.color.with_alpha(hot ? 1.f : 0.6f);
    p.runs({box.center().x, box.bottom() + s.u(50)}, name, Align::center);
    p.region({.id = id, .rect = {box.x - s.u(12), box.y - s.u(12), box.w + s.u(24), s.u(150)}, .label = term_of(stage).name, .cursor = drawing::Cursor::hand});
    if (s.ui.clicked(id)) {
      for (int j = 0; j < s.talk.count(); ++j) {
        const auto& other = s.talk.talk().steps[static_cast<std::size_t>(j)];
        if (other.stage && other.stage->stage == stage && other.stage->experiment == step.experiment) {
          chosen = j;
          break;
        }
      }
    }
    if (i + 1 == stages.size()) continue;
    const float from = box.right() + s.u(20), to = box.x + pitch - s.u(20), y = std::round(box.center().y);
    const bool product = (stage == Stage::q && stages[i + 1] == Stage::k) || (stage == Stage::weights && stages[i + 1] == Stage::v);
    const drawing::Color quiet = t.border_strong;
    if (product) {
      p.circle({(from + to) / 2, y}, s.u(5), quiet);
    } else {
      p.line({from, y}, {to, y}, quiet, std::max(1.f, s.u(2)));
      p.arrow_head({to, y}, {1, 0}, quiet, s.u(9));
    }
  }
  if (chosen >= 0) show_step(s.talk, s.view, chosen);
}

}  // namespace qkv::workspaces
