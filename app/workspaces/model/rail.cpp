#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "app/figures/bar_rows.h"
#include "app/figures/head_stats.h"
#include "app/figures/numbers.h"
#include "app/figures/vector_strip.h"
#include "app/workspaces/model/rail_column.h"

// The numbers of the leading query and key: where it looks, why, what is brought back, and what comes of it.
namespace qkv::workspaces {

using drawing::Align;
using drawing::Family;
using drawing::Rect;
using drawing::Run;
using figures::number;

namespace {

constexpr int kTopKeys = 6;

std::shared_ptr<const Matrix> part_of_row(const Matrix& m, int row, int head, int width) {
  return std::make_shared<const Matrix>(m.block(row, head * width, 1, width));
}

/// The row's key-value head under grouped queries.
int kv_head(const ModelScene& s) {
  return s.view.head / std::max(1, s.run->capture->heads / std::max(1, s.run->capture->kv_heads));
}

float value_norm(const ModelScene& s, int key) {
  const auto& v = s.layer().v;
  const int d = s.run->capture->head_dim;
  return v.size() ? v.block(key, kv_head(s) * d, 1, d).norm() : std::numeric_limits<float>::quiet_NaN();
}

void top_keys(RailColumn& c) {
  ModelScene& s = c.s;
  const MapContent& content =
      s.view.map_content(s.picture, s.view.side, std::max(1, s.view.map_layout.pool()));
  c.heading({{"Top keys for ", {.color = c.t().text, .size = 12, .weight = 600}},
             {s.picture.queries[static_cast<std::size_t>(s.query)],
              {.color = c.t().query, .size = 12, .weight = 700}}});
  if (!content.weights) return;
  const Matrix& w = *content.weights;
  const bool with_values = !s.view.words && s.layer().v.size() > 0;
  std::vector<int> order(static_cast<std::size_t>(w.cols()));
  std::iota(order.begin(), order.end(), 0);
  std::erase_if(order, [&](int j) { return !s.picture.mask.allows(s.query, j); });
  const auto size_of = [&](int j) { return std::isnan(w(s.query, j)) ? -1.f : std::abs(w(s.query, j)); };
  const auto shown = std::min<std::size_t>(kTopKeys, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(shown), order.end(),
                    [&](int a, int b) { return size_of(a) != size_of(b) ? size_of(a) > size_of(b) : a < b; });
  order.resize(shown);
  std::vector<figures::BarRow> rows;
  for (const int j : order)
    rows.push_back({.index = j,
                    .token = s.picture.keys[static_cast<std::size_t>(j)],
                    .first = w(s.query, j),
                    .second = with_values ? w(s.query, j) * value_norm(s, j) : 0,
                    .hatched = j == 0 && s.view.exclude_first,
                    .selected = j == s.key,
                    .hovered = s.ui.hot("top-key/" + std::to_string(j))});
  const float height = figures::kBarRowsHead + static_cast<float>(rows.size()) * figures::kBarRowHeight;
  figures::bar_rows(c.p(), {c.x, c.y, c.w, height},
                    {.rows = rows,
                     .first = s.view.side == Side::difference ? "change" : "weight",
                     .second = with_values ? "weight × ‖v‖" : ""});
  c.y += height;
  for (const int j : order)
    if (s.ui.clicked("top-key/" + std::to_string(j))) hold(s.view, s.picture, std::nullopt, j);
}

/// "score 37.90 × 0.125 = 4.74", through cap and mask to the weight.
void score_chain(RailColumn& c, int q, int k) {
  ModelScene& s = c.s;
  const model::Capture& capture = *s.run->capture;
  if (!model::has_scores(capture, s.view.layer)) return;
  const model::Scoring& how = s.layer().scoring;
  const float raw = model::scores_tile(capture, s.view.layer, s.view.head, {q, k, 1, 1})(0, 0);
  const float scaled = model::scaled_tile(capture, s.view.layer, s.view.head, {q, k, 1, 1})(0, 0);
  c.fact("score q·k", number(raw, 3), "The dot product of query and key");
  c.fact("× scale " + number(how.scale, 4), number(raw * how.scale, 3),
         "Keeps the spread of scores from growing with d_k");
  if (how.softcap > 0)
    c.fact("capped at ±" + number(how.softcap, 0),
           number(how.softcap * std::tanh(raw * how.scale / how.softcap), 3),
           "softcap · tanh(score ÷ softcap)");
  if (!how.allows(q, k))
    c.fact("mask", "−∞",
           how.causal && k > q ? "The key comes after the query" : "The key is outside the layer's window");
  const float weight = model::pattern_tile(capture, s.view.layer, s.view.head, {q, k, 1, 1})(0, 0);
  c.fact("after softmax over the row", number(weight, 4),
         "exp(" + number(scaled, 3) + " − row maximum) ÷ row sum", true);
}

void neuron_view(RailColumn& c) {
  ModelScene& s = c.s;
  const int d = s.run->capture->head_dim;
  c.rule();
  c.heading({{"Neuron view", {.color = c.t().text, .size = 12, .weight = 600}}},
            d > 0 ? std::to_string(d) + " dimensions" : "");
  if (s.view.words) return c.note("Switch Words off to see one query and one key.");
  const model::LayerCapture& layer = s.layer();
  if (!layer.q.size() || !layer.k.size()) return c.note("This capture holds no q and k of this layer.");
  const auto q = part_of_row(layer.q, s.query, s.view.head, d),
             k = part_of_row(layer.k, s.key, kv_head(s), d);
  const float limit = figures::rounded_up(std::max(q->cwiseAbs().maxCoeff(), k->cwiseAbs().maxCoeff()));
  int hovered = -1;
  const auto strip = [&](const char* id, const char* symbol, const std::string& of,
                         const std::shared_ptr<const Matrix>& values, drawing::Color color, float lim) {
    const Rect room{c.x, c.y + 4, c.w, figures::kVectorStripHeight};
    if (s.ui.hot(id) || s.ui.hot("products")) hovered = figures::dimension_at(room, d, s.ui.in.pointer.x);
    figures::vector_strip(c.p(), room,
                          {.values = values,
                           .id = id,
                           .symbol = symbol,
                           .of = of,
                           .colour = color,
                           .limit = lim,
                           .hovered = hovered});
    c.y += figures::kVectorStripHeight + 8;
  };
  const std::string& query = s.picture.queries[static_cast<std::size_t>(s.query)];
  const std::string& key = s.picture.keys[static_cast<std::size_t>(s.key)];
  strip("strip/q", "q", query, q, c.t().query, limit);
  strip("strip/k", "k", key, k, c.t().key, limit);
  const float raw = q->row(0).dot(k->row(0));
  figures::product_bars(
      c.p(), {c.x, c.y + 2, c.w, 96},
      {.a = {q->data(), static_cast<std::size_t>(d)},
       .b = {k->data(), static_cast<std::size_t>(d)},
       .name = "q × k",
       .scaled = "× " + number(layer.scoring.scale, 3) + " = " + number(raw * layer.scoring.scale, 2),
       .hovered = hovered});
  c.y += 102;
  score_chain(c, s.query, s.key);
  if (layer.v.size()) {
    c.y += 4;
    strip("strip/v", "v", key, part_of_row(layer.v, s.key, kv_head(s), d), c.t().value, 0);
  }
}

struct MetricRow {
  analysis::Metric metric;
  const char *name, *unit;
};
constexpr MetricRow kMetricRows[] = {{analysis::Metric::entropy, "Entropy", " nats"},
                                     {analysis::Metric::first_token, "Sink", ""},
                                     {analysis::Metric::previous_token, "Previous token", ""},
                                     {analysis::Metric::induction, "Induction", ""},
                                     {analysis::Metric::distance, "Distance", " tok"}};

void head_metrics(RailColumn& c) {
  ModelScene& s = c.s;
  if (!s.overview || s.overview->metrics.empty()) return;
  const auto& all = s.overview->metrics;
  const int heads = static_cast<int>(all.size()) * s.run->capture->heads;
  if (s.view.layer >= static_cast<int>(all.size())) return;
  c.rule();
  c.heading({{"Head metrics", {.color = c.t().text, .size = 12, .weight = 600}}},
            "percentile of " + std::to_string(heads));
  std::vector<figures::MetricRow> rows;
  for (const auto& [metric, name, unit] : kMetricRows) {
    const float value = analysis::value_of(
        all[static_cast<std::size_t>(s.view.layer)][static_cast<std::size_t>(s.view.head)], metric);
    int below = 0, finite = 0;
    for (const auto& layer : all)
      for (const auto& head : layer) {
        const float other = analysis::value_of(head, metric);
        finite += std::isfinite(other);
        below += other < value;
      }
    const bool known = std::isfinite(value);
    rows.push_back({.id = std::string("metric/") + std::string(analysis::name_of(metric)),
                    .name = name,
                    .value = known ? number(value, 3) + unit : "not defined",
                    .percentile = known && finite > 1
                                      ? static_cast<float>(below) / static_cast<float>(finite - 1)
                                      : std::numeric_limits<float>::quiet_NaN(),
                    .chosen = metric == s.view.metric});
  }
  const float height = static_cast<float>(rows.size()) * figures::kMetricRowHeight;
  figures::metric_rows(c.p(), {c.x, c.y, c.w, height}, rows);
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (s.ui.clicked(rows[i].id)) s.view.metric = kMetricRows[i].metric;
  c.y += height;
}

void ablation(RailColumn& c) {
  ModelScene& s = c.s;
  if (!s.run->model) return;
  c.rule();
  const HeadId head{s.view.layer, s.view.head};
  const bool on = s.is_ablated(head);
  if (controls::toggle(s.ui, "model/ablate", {c.x, c.y + 10, c.w, 28}, on, "Ablate this head",
                       "Its output becomes zero in every position; what comes after it changes (X)"))
    s.session.toggle_ablation(head);
  c.y += 40;
  const auto& ablated = s.session.state().ablated;
  if (!ablated.empty()) {
    std::string names;
    for (std::size_t i = 0; i < std::min<std::size_t>(3, ablated.size()); ++i)
      names += (i ? ", " : "") + std::string("L") + std::to_string(ablated[i].layer) + " H" +
               std::to_string(ablated[i].head);
    if (ablated.size() > 3) names += " and " + std::to_string(ablated.size() - 3) + " more";
    const float w = controls::button_width(s.ui, "restore all", {.text_size = 11});
    c.p().text_fit({c.x, c.y + 14}, names, {.color = c.t().warn, .size = 11}, c.w - w - 8);
    if (controls::button(s.ui, "model/restore", {c.x + c.w - w, c.y - 2, w, 22}, "restore all",
                         {.flat = true, .hint = "Takes back every ablation (Shift+X)", .text_size = 11}))
      s.session.clear_ablations();
    c.y += 24;
  }
  predictions_table(c);
}

}  // namespace

void model_rail(ModelScene& s, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  p.fill(area, t.panel);
  p.fill({area.x, area.y, 1, area.h}, t.border);
  p.push_clip(area);
  controls::scrollbar(s.ui, "model/rail", area, s.view.rail_height, s.view.rail_scroll);
  RailColumn c{s, area.x + 16, area.w - 32, area.y - s.view.rail_scroll};
  const float top = c.y;
  top_keys(c);
  neuron_view(c);
  ablation(c);
  head_metrics(c);
  s.view.rail_height = c.y + 16 - top;
  p.pop_clip();
}

}  // namespace qkv::workspaces
