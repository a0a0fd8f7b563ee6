#include <algorithm>

#include "app/workspaces/model/scene.h"

namespace qkv::workspaces {

using controls::Ui;
using drawing::Family;
using drawing::Rect;

namespace {

constexpr float kInset = 20, kTitleRow = 44, kGap = 12;

/// "Layer 5 · Head 1  A 21×21", and that it is ablated.
void title(ModelScene& s, float x, float y) {
  auto& p = s.p();
  const auto& t = s.theme();
  x += p.text({x, y}, "Layer " + std::to_string(s.view.layer) + " · Head " + std::to_string(s.view.head), {.color = t.text, .size = 13.5f, .weight = 600}) + 10;
  x += p.text({x, y}, "A", {.color = t.weight, .size = 13.5f, .weight = 600, .italic = true}) + 6;
  x += p.text({x, y}, std::to_string(s.picture.queries.size()) + "×" + std::to_string(s.picture.keys.size()) + (s.view.words ? " words" : ""), {.color = t.text3, .size = 10.5f, .family = Family::mono}) + kGap;
  if (!s.is_ablated({s.view.layer, s.view.head})) return;
  const Rect tag{x, y - 13, 58, 18};
  p.stroke(tag, t.warn, 1, 4);
  p.text({tag.center().x, y}, "ablated", {.color = t.warn, .size = 10.5f, .weight = 500}, drawing::Align::center);
}

template <class T>
void choose(Ui& ui, std::string_view id, Rect r, const std::vector<std::string>& names, T& value, std::string_view hint, const std::vector<std::string>& hints) {
  value = static_cast<T>(controls::segmented(ui, id, r, names, static_cast<int>(value), hint, hints));
}

}  // namespace

void head_header(ModelScene& s, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  p.fill(area, t.panel);
  p.fill({area.x, area.bottom() - 1, area.w, 1}, t.border);
  p.push_clip(area);
  title(s, area.x + kInset, area.y + 27);
  float right = area.right() - kInset;
  const auto place = [&](float w) {
    right -= w;
    const Rect r{right, area.y + 9, w, 26};
    right -= kGap;
    return r;
  };
  choose(s.ui, "model/scale", place(156), {"Linear", "Log", "Rank"}, s.view.scale, "Colour scale",
         {"Colour grows with the weight", "Small weights show too", "By the weight's rank in its row"});
  choose(s.ui, "model/picture", place(156), {"Map", "Lines", "Text"}, s.view.picture, "How the head is drawn (M)",
         {"Queries down, keys across", "From every query to its keys", "The text shaded by the attention of one query"});
  // Second row: what is shown.
  const float y = area.y + kTitleRow - 3;
  float x = area.x + kInset;
  const auto toggle = [&](std::string_view id, std::string_view label, std::string_view hint, bool& on) {
    const float w = p.width_of(label, {.size = 12, .weight = 500}) + 44;
    if (controls::toggle(s.ui, id, {x, y, w, 28}, on, label, hint)) on = !on;
    x += w + 20;
  };
  toggle("model/exclude", "Exclude first token", "Hatches the first key and gives the colours to the rest. Weights are not changed.", s.view.exclude_first);
  const bool words = s.view.words;
  toggle("model/words", "Words", "Words instead of tokens: summed over the keys of a word, averaged over its queries.", s.view.words);
  if (words != s.view.words) {
    s.view.query = -1;
    s.view.key.reset();
    s.view.held = false;
  }
  float end = area.right() - kInset;
  const float w = controls::button_width(s.ui, "Open in the Lab", {.text_size = 11.5f});
  if (x + w < end && controls::button(s.ui, "model/open-in-lab", {end - w, y + 1, w, 26}, "Open in the Lab", {.hint = "This head with its real weights and inputs, where every number can be changed (O)", .text_size = 11.5f}))
    s.view.wish = "model.open_in_lab";
  end -= w + kGap;
  const float why = controls::button_width(s.ui, "Why?", {.text_size = 11.5f});
  if (x + why < end && controls::button(s.ui, "model/why", {end - why, y + 1, why, 26}, "Why?", {.enabled = !s.view.words, .selected = s.view.drawer, .hint = "Where the weight of query and key comes from, down to the residual stream and the weight matrices (Y)", .text_size = 11.5f}))
    s.view.drawer = !s.view.drawer;
  end -= why + kGap;
  if (s.picture.intact != s.picture.weights) {
    constexpr float kSides = 248;
    choose(s.ui, "model/side", {end - kSides, y + 1, kSides, 26}, {"Both", "Intact", "Ablated", "Change"}, s.view.side, "Which pass is drawn",
           {"Intact and ablated side by side", "Without any ablation", "With the ablated heads", "Ablated minus intact"});
  }
  p.pop_clip();
}

}  // namespace qkv::workspaces
