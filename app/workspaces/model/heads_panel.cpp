#include <algorithm>
#include <cmath>

#include "app/controls/text_layout.h"
#include "app/figures/bar_rows.h"
#include "app/figures/head_grid.h"
#include "app/figures/head_stats.h"
#include "app/workspaces/model/scene.h"

namespace qkv::workspaces {

using analysis::Metric;
using drawing::Align;
using drawing::Rect;

namespace {

constexpr float kInset = 20, kTop = 76, kRanking = 34, kDots = 150, kLegend = 26, kWidePanel = 360;
constexpr int kRanked = 6;

struct MetricWords {
  const char *name, *brief, *legend, *unit, *hint;
};
/// In the order of analysis::Metric.
constexpr MetricWords kMetrics[] = {
    {"Entropy", "Entr.", "nats of entropy", "nats",
     "How spread the rows are: 0 looks at one key, ln n at all alike"},
    {"Sink", "Sink", "weight on the first key", "mean weight",
     "Mean weight on the first token, where heads with nothing to do rest"},
    {"Previous", "Prev.", "weight on the previous token", "mean weight",
     "Mean weight of a token on the one before it"},
    {"Induction", "Induct.", "induction score", "score",
     "Weight on the token after the last earlier occurrence of the same token (Olsson et al. 2022)"},
    {"Distance", "Dist.", "tokens of distance", "tokens", "Mean distance, in tokens, weighted by attention"},
};
const MetricWords& words(Metric m) { return kMetrics[static_cast<std::size_t>(m)]; }

/// The largest finite metric of any head, for the tint and the bars.
float largest(std::span<const figures::HeadThumbnail> heads) {
  float most = 0;
  for (const auto& h : heads)
    if (std::isfinite(h.metric)) most = std::max(most, h.metric);
  return most;
}

bool any_finite(std::span<const figures::HeadThumbnail> heads) {
  return std::ranges::any_of(heads, [](const auto& h) { return std::isfinite(h.metric); });
}

/// Every head that was measured has NaN among its weights: of all texts the entropy would be defined.
bool all_are_nan(const ModelScene& s) {
  const auto none_finite = [](const auto& heads) {
    return std::ranges::none_of(
        heads, [](const auto& h) { return std::isfinite(analysis::value_of(h, Metric::entropy)); });
  };
  return s.overview && std::ranges::all_of(s.overview->metrics, none_finite);
}

/// Why no head has the metric.
std::string why_undefined(const ModelScene& s) {
  if (s.run->capture->n_queries() == 1 && s.run->capture->n_keys() == 1)
    return std::string(words(s.view.metric).name) +
           " is not defined for a single token: it can look only at itself. Type a longer text.";
  if (all_are_nan(s)) return std::string(words(s.view.metric).name) + " is not defined: the weights are NaN.";
  if (s.view.metric == Metric::induction)
    return "Induction is not defined here: no token of the text repeats, so there is nothing to look up.";
  return std::string(words(s.view.metric).name) + " is not defined for this text.";
}

/// Alt-click ablates, click shows.
void answer_click(ModelScene& s, const std::string& id, HeadId head) {
  if (!s.ui.clicked(id)) return;
  if (s.ui.in.mods.alt && s.run->model)
    s.session.toggle_ablation(head);
  else
    choose_head(s.view, head);
}

float grid(ModelScene& s, Rect area, std::span<const figures::HeadThumbnail> heads, float most) {
  const int layers = static_cast<int>(s.run->capture->layers.size()), count = s.run->capture->heads;
  auto layout = figures::head_grid_layout(area, layers, count, s.view.heads_scroll);
  if (s.ui.in.event && s.ui.in.hot.starts_with("head")) {
    if (const auto* wheel = std::get_if<controls::Scroll>(&*s.ui.in.event)) {
      s.view.heads_scroll = {layout.scroll.x - wheel->dx * 30, layout.scroll.y - wheel->dy * 30};
      s.ui.in.event.reset();
      layout = figures::head_grid_layout(area, layers, count, s.view.heads_scroll);
    }
  }
  s.view.heads_scroll = layout.scroll;
  std::optional<figures::HeadAt> hovered;
  if (s.ui.in.hot.starts_with("head")) hovered = figures::head_at(layout, s.ui.in.pointer);
  figures::head_grid(s.p(), layout,
                     {.layers = layers,
                      .heads = count,
                      .thumbnails = heads,
                      .lo = 0,
                      .hi = most > 0 ? most : 1,
                      .metric = words(s.view.metric).legend,
                      .selected = figures::HeadAt{s.view.layer, s.view.head},
                      .hovered = hovered});
  for (int l = 0; l < layers; ++l)
    for (int h = 0; h < count; ++h)
      answer_click(s, "head/" + std::to_string(l) + "." + std::to_string(h), {l, h});
  return std::min(layout.frame_of({layers - 1, count - 1}).bottom(), layout.viewport.bottom());
}

/// The heads with the most of the metric, as many as fit, and where the shown one stands.
void ranking(ModelScene& s, Rect area, std::span<const figures::HeadThumbnail> heads, float most) {
  auto& p = s.p();
  const auto& t = s.theme();
  p.fill({area.x, area.y, area.w - 1, 1}, t.border);
  p.text({area.x + kInset, area.y + 24}, std::string("Top by ") + words(s.view.metric).name,
         {.color = t.text, .size = 12, .weight = 600});
  p.text({area.right() - kInset, area.y + 24}, words(s.view.metric).unit, {.color = t.text3, .size = 10.5f},
         Align::right);
  std::vector<int> order;
  for (int i = 0; i < static_cast<int>(heads.size()); ++i)
    if (std::isfinite(heads[static_cast<std::size_t>(i)].metric)) order.push_back(i);
  std::ranges::stable_sort(order, [&](int a, int b) {
    return heads[static_cast<std::size_t>(a)].metric > heads[static_cast<std::size_t>(b)].metric;
  });
  if (order.empty()) {
    const bool counted = s.overview && !s.overview->metrics.empty();
    controls::paragraph(p, {area.x + kInset, area.y + kRanking + 4}, area.w - 2 * kInset,
                        counted ? why_undefined(s) : "Measuring every head…",
                        {.color = t.text2, .size = 11.5f});
    return;
  }
  const int count = s.run->capture->heads;
  std::vector<figures::RankedRow> rows;
  std::vector<HeadId> ids;
  for (const int i : order) {
    if (static_cast<float>(rows.size() + 1) * figures::kRankedRowHeight > area.h - kRanking) break;
    const HeadId head{i / count, i % count};
    const std::string name = "L" + std::to_string(head.layer) + " H" + std::to_string(head.head),
                      id = "rank/" + std::to_string(head.layer) + "." + std::to_string(head.head);
    rows.push_back({.id = id,
                    .name = name,
                    .value = heads[static_cast<std::size_t>(i)].metric,
                    .selected = head == HeadId{s.view.layer, s.view.head},
                    .hovered = s.ui.hot(id)});
    ids.push_back(head);
  }
  figures::ranked_rows(p, {area.x + kInset, area.y + kRanking, area.w - 2 * kInset, area.h - kRanking}, rows,
                       most);
  for (std::size_t i = 0; i < rows.size(); ++i) answer_click(s, rows[i].id, ids[i]);
}

/// One dot a head over its layer, and each layer's mean.
void mean_by_layer(ModelScene& s, Rect area, std::span<const figures::HeadThumbnail> heads) {
  auto& p = s.p();
  const auto& t = s.theme();
  p.fill({area.x, area.y, area.w - 1, 1}, t.border);
  p.text({area.x + kInset, area.y + 24}, "Mean by layer", {.color = t.text, .size = 12, .weight = 600});
  p.text({area.right() - kInset, area.y + 24}, "one dot per head", {.color = t.text3, .size = 10.5f},
         Align::right);
  if (!any_finite(heads)) return;
  std::vector<float> values;
  for (const auto& head : heads) values.push_back(head.metric);
  figures::LayerDots dots{.layers = static_cast<int>(s.run->capture->layers.size()),
                          .heads = s.run->capture->heads,
                          .values = values,
                          .selected = figures::HeadAt{s.view.layer, s.view.head}};
  const auto layout = figures::layer_dots_layout(
      p.text_engine(), {area.x + 12, area.y + 34, area.w - 12 - kInset, area.h - 40}, dots);
  if (s.ui.in.hot == "dots") dots.hovered = figures::dot_at(layout, dots, s.ui.in.pointer);
  figures::layer_dots(p, layout, dots);
  if (s.ui.clicked("dots") && dots.hovered) choose_head(s.view, {dots.hovered->layer, dots.hovered->head});
}

}  // namespace

void heads_panel(ModelScene& s, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  p.fill(area, t.panel);
  p.fill({area.right() - 1, area.y, 1, area.h}, t.border);
  p.push_clip(area);
  const float x = area.x + kInset;
  const float w = p.text({x, area.y + 26}, "Heads", {.color = t.text, .size = 12, .weight = 600});
  p.text({x + w + 10, area.y + 26},
         std::to_string(s.run->capture->layers.size()) + " layers down, " +
             std::to_string(s.run->capture->heads) + " heads across",
         {.color = t.text3, .size = 10.5f});
  std::vector<std::string> names, hints;
  for (const auto& m : kMetrics) {
    names.emplace_back(area.w < kWidePanel ? m.brief : m.name);
    hints.emplace_back(m.hint);
  }
  s.view.metric = static_cast<Metric>(controls::segmented(
      s.ui, "model/metric", {x, area.y + 36, area.w - 2 * kInset, 26}, names, static_cast<int>(s.view.metric),
      "What tints the frames and ranks the heads", hints));
  const auto heads = s.view.thumbnails(s.session);
  const float most = largest(heads);
  const bool measuring = !s.overview || s.overview->metrics.empty();
  const bool dots = area.h > 600 && (measuring || any_finite(heads));
  const float below = kRanking + kRanked * figures::kRankedRowHeight + 10 + (dots ? kDots : 0);
  const float bottom =
      grid(s, {x, area.y + kTop, area.w - 2 * kInset, std::max(120.f, area.h - kTop - below)}, heads, most);
  const float y = std::round(bottom + kLegend + 8);
  const float dots_top = area.bottom() - kDots;
  ranking(s, {area.x, y, area.w, (dots ? dots_top : area.bottom()) - y - 6}, heads, most);
  if (dots) mean_by_layer(s, {area.x, dots_top, area.w, kDots}, heads);
  p.pop_clip();
}

}  // namespace qkv::workspaces
