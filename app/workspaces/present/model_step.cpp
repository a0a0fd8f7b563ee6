#include <algorithm>
#include <cmath>

#include "app/controls/text_layout.h"
#include "app/drawing/heat_cells.h"
#include "app/drawing/least_type.h"
#include "app/drawing/scaled.h"
#include "app/figures/numbers.h"
#include "app/workspaces/model/scene.h"
#include "app/workspaces/present/scene.h"
#include "core/error.h"

namespace qkv::workspaces {

using drawing::Align;
using drawing::Rect;

namespace {

constexpr float kDeskType = 12;  // px of most type in a figure made for a desk
constexpr std::size_t kMostKeys = 6;

/// Where the query looks: its largest weights, as bars with their numbers.
void strongest(PresentScene& s, Rect area, const HeadPicture& picture, int query) {
  auto& p = s.p();
  const auto& t = s.theme();
  if (!picture.weights || query < 0 || query >= picture.weights->rows()) return;
  const Matrix& weights = *picture.weights;
  std::vector<int> keys;
  for (int j = 0; j < static_cast<int>(weights.cols()); ++j)
    if (picture.mask.allows(query, j)) keys.push_back(j);
  std::ranges::stable_sort(keys, std::greater(), [&](int j) { return weights(query, j); });
  const std::size_t count = std::min(keys.size(), kMostKeys);
  const float row = std::min(s.u(84), area.h / static_cast<float>(count + 2)), number_w = p.width_of("<0.01", {.size = s.u(34), .weight = 600, .family = drawing::Family::mono});
  float y = area.y + s.u(40);
  const drawing::TextStyle heading{.color = t.text2, .size = s.u(34)}, name{.color = t.query, .size = s.u(34), .weight = 600};
  const std::string token = p.text_engine().elided(picture.queries[static_cast<std::size_t>(query)], name, area.w * 0.5f);
  const float w = p.text({area.x, y}, token, name);
  p.text({area.x + w, y}, " attends to", heading);
  y += s.u(30);
  const float label_w = area.w * 0.36f, bar_x = area.x + label_w + s.u(16), bar_w = area.right() - number_w - s.u(20) - bar_x;
  for (std::size_t i = 0; i < count; ++i, y += row) {
    const float weight = weights(query, keys[i]), middle = y + row / 2;
    const drawing::TextStyle key{.color = i == 0 ? t.key : t.text, .size = s.u(32), .weight = i == 0 ? 600 : 400};
    p.text_middle(area.x + label_w, middle, p.text_engine().elided(picture.keys[static_cast<std::size_t>(keys[i])], key, label_w), key, Align::right);
    const Rect bar{bar_x, middle - s.u(16), std::max(s.u(2), bar_w * std::clamp(weight, 0.f, 1.f)), s.u(32)};
    p.fill({bar_x, bar.y, bar_w, bar.h}, t.sunken, s.u(3));
    if (std::isfinite(weight)) p.fill(bar, drawing::colour_at(t, drawing::Map::sequential, std::max(weight, 0.12f)), s.u(3));
    p.text_middle(area.right(), middle, figures::listed_weight(weight, 2), {.color = t.text, .size = s.u(34), .weight = i == 0 ? 600 : 400, .family = drawing::Family::mono}, Align::right);
  }
  if (keys.size() == count) return;
  float rest = 0;
  for (std::size_t i = count; i < keys.size(); ++i) rest += weights(query, keys[i]);
  p.text({area.x, y + s.u(36)}, "and " + std::to_string(keys.size() - count) + " more, together " + figures::telling_number(rest, 2), {.color = t.text3, .size = s.u(28)});
}

/// The lecturer's text in the largest type with which it leaves most of the stage to the model; 0 where none does.
float type_of_words(PresentScene& s, Rect area, const prose::Text& text) {
  constexpr float kLargest = 36, kSmallest = 28, kShare = 0.3f;
  for (float px = kLargest; px >= kSmallest; px -= 4)
    if (figures::prose_height(s.p(), area.w, text, {.size = s.u(px), .line_height = 1.35f, .live = {}}) <= kShare * area.h) return px;
  return 0;
}

}  // namespace

void model_step(PresentScene& s, Rect area) {
  documents::ModelSession& model = *s.talk.model();
  const documents::ModelStep& step = *s.talk.step().model;
  const std::string title = documents::has_own_heading(s.talk.step()) ? s.talk.step().title : "Layer " + std::to_string(step.layer) + ", head " + std::to_string(step.head);
  const prose::Text& text = s.talk.step().text;
  const float type = type_of_words(s, area, text);
  // Words that leave too little room come first, and the model on a screen of its own behind them.
  if (type == 0 && broken_words(s, area, title, text, {}, 1)) return;
  float taken = step_title(s, area, title);
  if (type > 0 && !text.empty()) taken += figures::draw_prose(s.p(), {area.x, area.y + taken}, area.w, text, {.size = s.u(type), .line_height = 1.35f, .live = {}}) + s.u(14);
  const bool map = step.picture == "map";
  const Rect body{area.x, area.y + taken, area.w, area.h - taken};
  const Rect room{body.x, body.y, map ? std::min(body.w * 0.62f, body.h * 1.3f) : body.w, body.h};
  drawing::Drawing desk;
  const float factor = s.u(28) / kDeskType;
  desk.bounds = {0, 0, room.w / factor, room.h / factor};
  drawing::Painter painter(desk, s.p().text_engine(), s.theme());
  controls::Interaction nobody;
  controls::Ui ui{painter, nobody, s.ui.clipboard};
  try {
    s.talk.check_model();
    if (!s.talk.model_is_ready() || !model.is_open()) {
      controls::paragraph(s.p(), {room.x, room.y}, room.w, "The model is being opened.", {.color = s.theme().text2, .size = s.u(32)});
      return;
    }
    const drawing::LeastType least(s.p().text_engine(), kDeskType);
    show_head(model, s.view.model, HeadId{step.layer, step.head});
    const bool there = step.query >= 0 && step.query < static_cast<int>(model.run()->capture->n_queries());  // not while the text is on its way
    if (there) show_cell(model, s.view.model, step.query, 0);
    desk.bounds = model_figure(ui, model, s.view.model, desk.bounds, step.picture);
  } catch (const std::exception& e) {
    controls::paragraph(s.p(), {room.x, room.y}, room.w, e.what(), {.color = s.theme().error, .size = s.u(32)});
    return;
  }
  desk.regions.clear();
  s.p().push_clip(room);
  drawing::append_scaled(s.p().drawing(), desk, factor, {room.x, room.y});
  s.p().pop_clip();
  if (!map) return;
  const HeadPicture& picture = s.view.model.head_picture(model.run());
  const float x = room.right() + s.u(56);
  strongest(s, {x, body.y + s.u(40), body.right() - x, body.h - s.u(60)}, picture, leading_query(s.view.model, picture));
}

}  // namespace qkv::workspaces
