#include <algorithm>

#include "app/workspaces/model/scene.h"

namespace qkv::workspaces {

using controls::Ui;
using drawing::Family;
using drawing::Rect;

namespace {

constexpr float kInset = 20, kHeader = 76, kTitleRow = 44, kThirdRow = 34, kGap = 12, kSides = 248,
                kLeastRoomy = 500, kLeastForSides = 700, kLeastForLongNames = 760;

bool ablated_beside(const ModelScene& s) { return s.picture.intact != s.picture.weights; }

/// "Layer 5 · Head 1  A 21×21", and that it is ablated; shorter where there is less room.
void title(ModelScene& s, float x, float y, float room) {
  auto& p = s.p();
  const auto& t = s.theme();
  const std::string layer = std::to_string(s.view.layer), head = std::to_string(s.view.head);
  const bool ablated = s.is_ablated({s.view.layer, s.view.head});
  constexpr float kTag = 50;
  const float tag = ablated ? kTag + 8 : 0, end = x + room;
  drawing::TextStyle name{.color = t.text, .size = 13.5f, .weight = 600};
  std::string words = "Layer " + layer + " · Head " + head;
  if (p.width_of(words, name) + tag > room) words = "L" + layer + " H" + head;
  const bool tagged = ablated && p.width_of(words, name) + tag <= room;
  if (ablated && !tagged) name.color = t.warn;
  x += p.text({x, y}, words, name) + 8;
  const std::string size = std::to_string(s.picture.queries.size()) + "×" +
                           std::to_string(s.picture.keys.size()) + (s.view.words ? " words" : "");
  const drawing::TextStyle symbol{.color = t.weight, .size = 13.5f, .weight = 600, .italic = true},
      small{.color = t.text3, .size = 10.5f, .family = Family::mono};
  if (2 + p.width_of("A", symbol) + 6 + p.width_of(size, small) + 4 + tag <= end - x) {
    x += 2 + p.text({x + 2, y}, "A", symbol) + 6;
    x += p.text({x, y}, size, small) + kGap;
  }
  if (!tagged) return;
  const Rect box{x, y - 13, kTag, 18};
  p.stroke(box, t.warn, 1, 4);
  p.text({box.center().x, y}, "ablated", {.color = t.warn, .size = 10.5f, .weight = 500},
         drawing::Align::center);
}

template <class T>
void choose(Ui& ui, std::string_view id, Rect r, const std::vector<std::string>& names, T& value,
            std::string_view hint, const std::vector<std::string>& hints) {
  value = static_cast<T>(controls::segmented(ui, id, r, names, static_cast<int>(value), hint, hints));
}

}  // namespace

float head_header_height(const ModelScene& s, float width) {
  return kHeader + (ablated_beside(s) && width < kLeastForSides ? kThirdRow : 0);
}

void head_header(ModelScene& s, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  p.fill(area, t.panel);
  p.fill({area.x, area.bottom() - 1, area.w, 1}, t.border);
  p.push_clip(area);
  float right = area.right() - kInset;
  const bool roomy = area.w >= kLeastRoomy, sides = ablated_beside(s),
             third_row = sides && area.w < kLeastForSides;
  const auto place = [&](float w) {
    right -= w;
    const Rect r{right, area.y + 9, w, 26};
    right -= kGap;
    return r;
  };
  const float choice = roomy ? 156.f : 132.f;
  choose(s.ui, "model/scale", place(choice), {"Linear", "Log", "Rank"}, s.view.scale, "Colour scale",
         {"Colour grows with the weight", "Small weights show too", "By the weight's rank in its row"});
  choose(s.ui, "model/picture", place(choice), {"Map", "Lines", "Text"}, s.view.picture,
         "How the head is drawn (M)",
         {"Queries down, keys across", "From every query to its keys",
          "The text shaded by the attention of one query"});
  title(s, area.x + kInset, area.y + 27, right - area.x - kInset);
  // Second row: what is shown.
  const float y = area.y + kTitleRow - 3;
  float x = area.x + kInset;
  const bool short_names = !roomy || (sides && !third_row && area.w < kLeastForLongNames);
  const auto toggle = [&](std::string_view id, std::string_view label, std::string_view hint, bool& on) {
    const float w = p.width_of(label, {.size = 12, .weight = 500}) + 44;
    if (controls::toggle(s.ui, id, {x, y, w, 28}, on, label, hint)) on = !on;
    x += w + (short_names ? kGap : 20);
  };
  toggle("model/exclude", short_names ? "Exclude first" : "Exclude first token",
         "Hatches the first key and gives the colours to the rest. Weights are not changed.",
         s.view.exclude_first);
  const bool words = s.view.words;
  toggle("model/words", "Words",
         "Words instead of tokens: summed over the keys of a word, averaged over its queries.", s.view.words);
  if (words != s.view.words) {
    s.view.query = -1;
    s.view.key.reset();
    s.view.held = false;
  }
  float end = area.right() - kInset;
  const char* open = roomy ? "Open in the Lab" : "Open in Lab";
  const float w = controls::button_width(s.ui, open, {.text_size = 11.5f});
  if (x + w < end &&
      controls::button(
          s.ui, "model/open-in-lab", {end - w, y + 1, w, 26}, open,
          {.hint = "This head with its real weights and inputs, where every number can be changed (O)",
           .text_size = 11.5f}))
    s.view.wish = "model.open_in_lab";
  end -= w + kGap;
  const float why = controls::button_width(s.ui, "Why?", {.text_size = 11.5f});
  if (x + why < end && controls::button(s.ui, "model/why", {end - why, y + 1, why, 26}, "Why?",
                                        {.enabled = !s.view.words,
                                         .selected = s.view.drawer,
                                         .hint = "Where the weight of query and key comes from, down to the "
                                                 "residual stream and the weight matrices (Y)",
                                         .text_size = 11.5f}))
    s.view.drawer = !s.view.drawer;
  end -= why + kGap;
  if (sides) {
    const Rect place_of_sides =
        third_row ? Rect{area.x + kInset, y + kThirdRow, kSides, 26} : Rect{end - kSides, y + 1, kSides, 26};
    choose(s.ui, "model/side", place_of_sides, {"Both", "Intact", "Ablated", "Change"}, s.view.side,
           "Which pass is drawn",
           {"Intact and ablated side by side", "Without any ablation", "With the ablated heads",
            "Ablated minus intact"});
  }
  p.pop_clip();
}

}  // namespace qkv::workspaces
