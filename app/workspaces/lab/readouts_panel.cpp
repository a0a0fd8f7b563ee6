#include "app/workspaces/lab/readouts_panel.h"

#include <algorithm>

#include "app/controls/text_layout.h"
#include "app/figures/numbers.h"
#include "app/workspaces/lab/symbols.h"
#include "core/attention/readouts.h"
#include "core/experiment/import.h"

namespace qkv::workspaces {

using drawing::Align;
using drawing::Family;
using figures::number;

namespace {

constexpr float kBlock = 84, kInset = 20;

/// Label, value and a bar of its share.
void metric(Scene& s, float x, float y, std::string_view label, const std::string& value, float share,
            drawing::Color colour) {
  auto& p = s.p();
  p.text({x, y + 22}, label, {.color = s.theme().text3, .size = 10});
  p.text({x, y + 38}, value, {.color = s.theme().text, .size = 12, .weight = 500, .family = Family::mono});
  p.fill({x, y + 45, 64, 4}, s.theme().hover, 2);
  if (share > 0) p.fill({x, y + 45, std::max(2.f, 64 * std::min(1.f, share)), 4}, colour, 2);
}

void block(Scene& s, Rect r, int i, const attention::Readout& read, const Matrix& weights) {
  auto& p = s.p();
  const auto& t = s.theme();
  const float x = r.x + kInset, right = r.right() - kInset, y = r.y + 20;
  const std::string id = "readout/" + std::to_string(i);
  const Rect hit{r.x + 8, r.y, r.w - 16, kBlock - 4};
  const bool on = i == s.view.query;
  if (on)
    p.fill(hit, t.query_bg, 6);
  else if (s.ui.hot(id))
    p.fill(hit, t.hover, 6);
  p.region({.id = id,
            .rect = hit,
            .label = "Query " + token_label(s.experiment(), i),
            .hint = "entropy " + number(read.entropy, 3) + " nats, " + number(read.entropy_share * 100, 0) +
                    " % of the maximum; effective keys " + number(read.effective_keys, 2) + "; saturation " +
                    number(read.saturation * 100, 0) + " %",
            .cursor = drawing::Cursor::hand,
            .focusable = true});
  if (s.ui.clicked(id))
    select(s.view, *s.trace, {Stage::weights, s.view.layer, s.view.head, i, std::max(0, read.largest_key)});
  p.text_fit({x, y}, token_label(s.experiment(), i),
             {.color = on ? t.query : t.text, .size = 12, .weight = 600}, 58);
  const float bar_x = x + 64, bar_w = right - 48 - bar_x;
  float at = bar_x;
  for (Eigen::Index j = 0; j < weights.cols(); ++j) {
    const float a = weights(i, j);
    if (!(a > 0)) continue;
    p.fill({at, y - 10, std::max(a * bar_w - 1, 0.5f), 12},
           drawing::colour_at(t, drawing::Map::sequential, a));
    at += a * bar_w;
  }
  p.stroke({bar_x - 1, y - 11, bar_w + 1, 14}, t.border_strong);
  p.text({right, y}, std::to_string(read.keys) + (read.keys == 1 ? " key" : " keys"),
         {.color = t.text3, .size = 10.5f}, Align::right);
  if (read.largest_key < 0) {
    p.text({x, y + 32}, "no key allowed: output is zero", {.color = t.warn, .size = 11});
    return;
  }
  metric(s, x, y, "entropy", number(read.entropy, 2) + " nat", read.entropy_share, t.text2);
  metric(s, x + 76, y, "max weight", figures::weight_number(read.largest_weight, 2), read.largest_weight, t.weight);
  metric(s, x + 152, y, "‖∂a/∂s‖", number(read.jacobian_norm, 3), read.jacobian_norm / 0.5f,
         read.saturation > 0.5f ? t.warn : t.text2);
}

/// "weights", and of which head and layer where there are several: "weights, head 1".
std::string compared_name(const Scene& s, const experiment::Difference& d) {
  const auto& layers = s.trace->layers;
  const bool heads =
      std::any_of(layers.begin(), layers.end(), [](const auto& l) { return l.heads.size() > 1; });
  std::string text(attention::name_of(d.stage));
  if (layers.size() > 1) text += ", layer " + std::to_string(d.layer);
  if (heads && attention::is_per_head(d.stage)) text += ", head " + std::to_string(d.head);
  return text;
}

float comparison(Scene& s, Rect area) {
  if (s.experiment().expected.empty()) return 0;
  auto& p = s.p();
  float y = area.y + 26;
  p.text({area.x + kInset, y}, "Compared with your file",
         {.color = s.theme().text, .size = 12, .weight = 600});
  for (const auto& d : experiment::compare_with_expected(s.experiment(), *s.trace)) {
    y += 20;
    const std::string id = "compare/" + std::to_string(d.layer) + "." + std::to_string(d.head) + ":" +
                           std::string(attention::name_of(d.stage));
    const Cell cell{d.stage, d.layer, d.head, d.row, d.column};
    const Rect hit{area.x + 8, y - 14, area.w - 16, 20};
    const bool comparable = d.row >= 0;
    if (comparable && s.ui.hot(id)) p.fill(hit, s.theme().hover, 4);
    p.text({area.x + kInset, y}, compared_name(s, d), {.color = s.theme().text2, .size = 11.5f});
    if (!comparable) {  // tokens or widths were changed since
      p.text({area.right() - kInset, y}, "has another shape", {.color = s.theme().text3, .size = 11},
             Align::right);
      continue;
    }
    p.region(
        {.id = id,
         .rect = hit,
         .label = "Largest difference at " + cell_name(s.experiment(), cell),
         .hint = "here " + number(d.ours, 6) + ", in your file " + number(d.theirs, 6) + ". Click to see it.",
         .cursor = drawing::Cursor::hand,
         .focusable = true});
    if (s.ui.clicked(id)) select(s.view, *s.trace, cell);
    const bool close = d.largest <= 1e-4f;
    char text[32];
    std::snprintf(text, sizeof text, "max |Δ| %.1e", static_cast<double>(d.largest));
    p.text({area.right() - kInset, y}, text,
           {.color = close ? s.theme().text2 : s.theme().warn,
            .size = 11,
            .weight = close ? 400 : 600,
            .family = Family::mono},
           Align::right);
  }
  return y + 8 - area.y;
}

}  // namespace

float readouts_panel(Scene& s, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  const auto& head =
      s.trace->layers[static_cast<std::size_t>(s.view.layer)].heads[static_cast<std::size_t>(s.view.head)];
  const auto reads = attention::readouts(head.weights, head.scaled);
  float y = area.y;
  y += comparison(s, {area.x, y, area.w, 0});
  y += 26;
  p.text({area.x + kInset, y}, "Read-outs per query", {.color = t.text, .size = 12, .weight = 600});
  y += 12;
  const Rect clip = p.clip();
  for (int i = 0; i < static_cast<int>(reads.size()); ++i, y += kBlock)
    if (y + kBlock > clip.y && y < clip.bottom())
      block(s, {area.x, y, area.w, kBlock}, i, reads[static_cast<std::size_t>(i)], head.weights);
  y += controls::paragraph(
           p, {area.x + kInset, y + 6}, area.w - 2 * kInset,
           "‖∂a/∂s‖, at most 0.5, is how much gradient softmax lets through; near 0 the row is saturated.",
           {.color = t.text3, .size = 10.5f}) +
       10;
  return y - area.y;
}

}  // namespace qkv::workspaces
