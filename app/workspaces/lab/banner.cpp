#include <cmath>

#include "app/figures/numbers.h"
#include "app/workspaces/lab/scene.h"
#include "app/workspaces/lab/symbols.h"

namespace qkv::workspaces {

namespace {

/// "X[sat, verb] (row 2, column 2)", with layer and head where there are several.
std::string place_of(const Scene& s, const Cell& c) {
  std::string text = cell_name(s.experiment(), c) + " (row " + std::to_string(c.row) + ", column " +
                     std::to_string(c.column);
  if (attention::is_per_layer(c.stage) && s.trace->layers.size() > 1)
    text += ", layer " + std::to_string(c.layer);
  const bool several = s.trace->layers[static_cast<std::size_t>(c.layer)].heads.size() > 1;
  if (attention::is_per_head(c.stage) && several) text += ", head " + std::to_string(c.head);
  return text + ")";
}

}  // namespace

float banner(Scene& s, Rect area) {
  if (!s.view.looks.offender()) return 0;
  Cell c = *s.view.looks.offender();
  if (c.stage == Stage::embedding && x_is_embedding(s.experiment())) c.stage = Stage::x;
  constexpr float kHeight = 28;
  const Rect bar{area.x, area.y, area.w, kHeight};
  auto& p = s.p();
  const auto& t = s.theme();
  const std::string id = "lab/banner";
  p.fill(bar, s.ui.hot(id) ? t.hover : t.panel);
  p.fill({bar.x, bar.y, 4, bar.h}, t.error);
  p.fill({bar.x, bar.bottom() - 1, bar.w, 1}, t.error);
  const std::string text = figures::number(attention::value(*s.trace, c), 0) +
                           " in the input: " + place_of(s, c) + ". Everything computed from it is affected.";
  p.text_fit({bar.x + 20, bar.y + 18}, text, {.color = t.error, .size = 12, .weight = 600}, bar.w - 40);
  p.region({.id = id,
            .rect = bar,
            .label = text,
            .hint = "Click to select it; type a number, or press Delete for zero.",
            .cursor = drawing::Cursor::hand,
            .focusable = true});
  if (s.ui.clicked(id)) select(s.view, *s.trace, c);
  return kHeight;
}

}  // namespace qkv::workspaces
