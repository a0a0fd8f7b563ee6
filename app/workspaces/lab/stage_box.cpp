#include <algorithm>
#include <cmath>

#include "app/drawing/least_type.h"
#include "app/figures/heatmap.h"
#include "app/figures/numbers.h"
#include "app/workspaces/lab/scene.h"
#include "app/workspaces/lab/symbols.h"

namespace qkv::workspaces {

using drawing::Align;
using drawing::Family;
using drawing::Run;
using drawing::TextStyle;
using figures::AxisLabel;

namespace {

/// Labels in the colours of the selected query and key; `sources`: random rows among set ones are marked with a star.
std::vector<AxisLabel> axis_labels(const Scene& s, bool query, bool key, bool sources = false) {
  std::vector<AxisLabel> out;
  const std::vector<std::string> names = token_labels(s.experiment());
  for (int i = 0; i < s.trace->n(); ++i) {
    const bool q = query && s.view.names_query && i == s.view.query, k = key && s.view.names_key && i == s.view.key;
    std::string label = names[static_cast<std::size_t>(i)];
    if (sources && s.view.sources.is_random(i))  // a long word is cut, its star is not
      label = s.p().text_engine().elided(label, {.size = s.layout.label_size, .weight = q || k ? 600 : 400}, s.layout.label_width) + kRandomMark;
    out.push_back({label, q ? s.theme().query : k ? s.theme().key : s.theme().text2, q || k});
  }
  return out;
}

/// Not where a weight is overridden, nor where a query may attend to nothing.
bool rows_sum_to_one(const Scene& s, const StageBox& b) {
  const auto& head = s.trace->layers[static_cast<std::size_t>(b.layer)].heads[static_cast<std::size_t>(b.head)];
  const auto& masked = head.fully_masked;
  if (std::find(masked.begin(), masked.end(), true) != masked.end() || !head.weights.allFinite()) return false;
  const auto& overrides = s.trace->inputs.overrides;
  return std::none_of(overrides.begin(), overrides.end(), [&](const auto& o) {
    return o.first.stage == Stage::weights && o.first.layer == b.layer && o.first.head == b.head;
  });
}

/// "* random, seed 7" when a row of X is, though X is not.
std::string random_caption(const Scene& s) {
  if (s.view.sources.random_rows.empty()) return "";
  return kRandomMark + (" random, seed " + std::to_string(s.experiment().embedding.seed));
}

/// The embedding, or X where it is nothing else.
bool is_given_x(const Scene& s, const StageBox& b) {
  return b.stage == Stage::embedding || (b.stage == Stage::x && b.layer == 0 && x_is_embedding(s.experiment()));
}

/// Nothing of another matrix (its title, labels and scale included) is in `r`.
bool is_free(const Scene& s, const StageBox& b, Rect r) {
  return s.p().clip().contains({r.right(), r.bottom()}) &&
         std::none_of(s.layout.boxes.begin(), s.layout.boxes.end(), [&](const StageBox& other) {
           const Rect c = other.cells();
           const float left = s.layout.label_width + 9;
           return &other != &b && r.intersects({c.x - left, c.y - 36, c.w + left, c.h + 56});
         });
}

std::string caption_of(const Scene& s, const StageBox& b) {
  const auto& o = s.trace->inputs.options;
  switch (b.stage) {
    case Stage::scores: return "raw scores";
    case Stage::score_bias: return "added to the scaled";
    case Stage::scaled: {
      std::string t = o.scale ? "÷√" + std::to_string(s.experiment().d_k) : "not scaled";
      if (o.temperature != 1) t += " ÷" + figures::number(o.temperature, 2);
      if (o.softcap > 0) t += ", cap ±" + figures::number(o.softcap, 0);
      if (o.positions == attention::Positions::alibi) t += ", ALiBi";
      if (o.score_bias.size() > 0) t += " + B";
      if (o.mask.kind == attention::MaskKind::causal) t += ", causal";
      if (o.mask.kind == attention::MaskKind::sliding_window) t += ", window " + std::to_string(o.mask.window);
      return t;
    }
    case Stage::weights: return rows_sum_to_one(s, b) ? "rows sum to 1" : "";
    case Stage::output: return b.lens ? "each value row × its weight" : "output, one row per query";
    case Stage::embedding: return random_caption(s);
    case Stage::x: if (is_given_x(s, b)) return random_caption(s);
      return b.layer != s.view.layer ? "what the next layer reads" : "";
    case Stage::layer_output:
      return b.layer == 0 && s.trace->inputs.norm.kind != attention::NormKind::none ? "added to E" : "added to X";
    default: return "";
  }
}

std::string suffix_of(const Scene& s, const StageBox& b) {
  if (!b.note.empty()) return b.note;
  if (b.stage == Stage::output) return b.lens ? "row lens" : "7  " + std::string(step_name(7));
  if (b.stage == Stage::x) {
    const bool norm = s.trace->inputs.norm.kind != attention::NormKind::none;
    if (b.layer == 0) return norm ? "normalised" : "residual stream";
    return norm && b.layer == 1 ? "E + O" : "X + O";
  }
  if (b.stage == Stage::layer_output) return s.trace->layers[static_cast<std::size_t>(s.view.layer)].heads.size() > 1
                                                 ? "heads joined" : "layer output";
  return "";
}

/// Dimensions and columns by their names, where they have any.
void name_axes(const Scene& s, const StageBox& b, std::vector<AxisLabel>& rows, std::vector<AxisLabel>& columns) {
  const auto label = [&](std::string name) { return AxisLabel{std::move(name), s.theme().text3, false}; };
  if (columns.empty())
    for (int j = 0; j < b.columns; ++j) columns.push_back(label(column_name(s.experiment(), {b.stage, b.layer, b.head, 0, j})));
  if (rows.empty() && is_weight_matrix(b.stage))
    for (int i = 0; i < b.rows; ++i) rows.push_back(label(row_name(s.experiment(), {b.stage, b.layer, b.head, i, 0})));
}

/// Decimals in which numbers that were set by hand stand as they were set, 1 or 2; 2 for all others, and for large matrices.
int written_decimals(const StageBox& b, const Matrix& values) {
  const bool given = is_weight_matrix(b.stage) || b.stage == Stage::x || b.stage == Stage::embedding;
  if (!given || values.size() > 1024) return 2;
  const bool tenths = (values.array() * 10 - (values.array() * 10).round()).abs().maxCoeff() < 1e-3f;
  return tenths ? 1 : 2;
}

/// As many as have room, and as mean something: weights are shares of 1, the others are read to a hundredth.
int decimals(const StageBox& b, const Matrix& values, bool square) {
  if (b.cell_w >= 48 && b.stage == Stage::weights) return 3;
  if (b.cell_w < (square ? 26 : 32)) return 1;
  return written_decimals(b, values);
}

void title(Scene& s, const StageBox& b, float y) {
  auto& p = s.p();
  std::vector<Run> runs;
  if (b.lens) {
    runs.push_back({"a", {.color = s.theme().weight, .size = 13, .weight = 600, .italic = true}});
    runs.push_back({p.text_engine().elided(token_label(s.experiment(), s.view.query), {.size = 9.6f, .weight = 500}, 60),
                    {.color = s.theme().weight, .size = 13, .weight = 500}, Run::Shift::sub});
    runs.push_back({" ⊙ ", {.color = s.theme().text3, .size = 13}});
    runs.push_back({"V", {.color = s.theme().value, .size = 13, .weight = 600, .italic = true}});
  } else {
    runs = symbol(s.theme(), b.stage, 13);
    if (b.stage == Stage::x && b.layer > 0) runs.push_back({std::to_string(b.layer), {.color = s.theme().neutral, .size = 13, .weight = 500}, Run::Shift::sub});
  }
  const TextStyle shape_style{.color = s.theme().text3, .size = 10.5f, .family = Family::mono};
  const std::string shape = std::to_string(b.rows) + "×" + std::to_string(b.columns);
  const float w = p.runs({b.origin.x, y}, runs);
  const float shape_w = p.text({b.origin.x + w + 7, y}, shape, shape_style);
  const std::string suffix = drawing::least_type(p.text_engine()) > 0 ? b.note : suffix_of(s, b);  // a room reads fewer words
  const TextStyle suffix_style{.color = s.theme().text3, .size = 10.5f};
  if (!suffix.empty() && w + 7 + shape_w + 10 + p.width_of(suffix, suffix_style) <= b.cells().w)
    p.text({b.cells().right(), y}, suffix, suffix_style, Align::right);
}

}  // namespace

void stage_box(Scene& s, const StageBox& b) {
  auto& p = s.p();
  const StageLook& look = b.lens ? s.view.looks.lens(b.layer, b.head, s.view.query) : s.view.looks.look(b.stage, b.layer, b.head);
  const bool square = is_square(b.stage) || b.stage == Stage::score_bias;
  std::vector<AxisLabel> rows, columns;
  if (rows_are_tokens(b.stage)) {
    const bool is_key_side = b.stage == Stage::k || b.stage == Stage::k_normalised || b.stage == Stage::k_rotated || b.stage == Stage::v || b.lens;
    const bool both = b.stage == Stage::x || b.stage == Stage::embedding;
    rows = axis_labels(s, !is_key_side, is_key_side || both, is_given_x(s, b));
  }
  if (square) columns = axis_labels(s, false, true);
  if (b.named) name_axes(s, b, rows, columns);
  figures::HeatmapStyle style{.cell_w = b.cell_w, .cell_h = b.cell_h,
                              .map = look.sequential ? drawing::Map::sequential : drawing::Map::diverging,
                              .lo = look.sequential ? 0 : -look.limit, .hi = look.limit, .numbers = s.view.numbers,
                              .max_decimals = decimals(b, *look.values, square), .rows = rows, .columns = columns,
                              .row_label_width = (b.row_labels > 0 ? b.row_labels : s.layout.label_width) + (is_given_x(s, b) ? 14.f : 6.f),
                              .label_size = s.layout.label_size, .label_length = s.layout.label_length, .masked = look.masked};
  if (look.masked && b.stage == Stage::scaled) style.masked_text = "−∞";
  if (look.masked && b.stage == Stage::weights) style.masked_text = "0";
  const bool bias = is_row(b.stage);
  const float above = !columns.empty() ? figures::column_label_height(p, style) + 8 : 12;
  if (!bias) title(s, b, std::round(b.origin.y - above));
  else p.runs({b.origin.x - 22, b.origin.y + b.cell_h / 2 + 3}, symbol(s.theme(), b.stage, 10));
  const Rect cells = figures::heatmap(p, b.origin, look.values, style);
  if (!bias && s.layout.scales) {
    const float y = cells.bottom() + 7;
    const bool has_bias_row = s.layout.find(Stage::b_q) && (b.stage == Stage::w_q || b.stage == Stage::w_k || b.stage == Stage::w_v);
    float used = 0;
    if (!has_bias_row) {
      const float wanted = cells.w >= 120 ? 40.f : 24.f, ends = figures::colour_scale_width(p, style.lo, style.hi, 0);
      // Long numbers take from the bar before they reach into the next matrix or over the edge.
      const float room = std::min(std::max(cells.w, kNamed), p.clip().right() - 2 - cells.x);
      const float bar = 2 * std::round(std::clamp(room - ends, 8.f, wanted) / 2);
      used = figures::colour_scale(p, {cells.x, y}, style.map, style.lo, style.hi, bar);
    }
    const std::string caption = caption_of(s, b);
    const TextStyle caption_style{.color = s.theme().text3, .size = 10.5f};
    const bool beside = used + 8 + p.width_of(caption, caption_style) <= cells.w;
    if (!caption.empty() && beside)
      p.text({cells.right(), y + 6}, caption, caption_style, Align::right);
    else if (!caption.empty() && is_given_x(s, b) && is_free(s, b, {cells.x, y + 10, p.width_of(caption, caption_style), 14}))
      p.text({cells.x, y + 20}, caption, caption_style);
  }
  drawing::Region region{.id = region_id(s, b), .rect = cells, .label = term_of(b.stage).name,
                         .hint = b.lens ? "Each value row times its weight for this query; their sum is the output row." : term_of(b.stage).meaning,
                         .cursor = drawing::Cursor::cross, .rows = b.rows, .columns = b.columns};
  if (const auto& h = s.view.hovered; h && !b.lens && h->stage == b.stage && h->layer == b.layer && s.ui.hot(region.id)) {
    region.label = cell_name(s.experiment(), *h) + " = " + figures::number(s.shown(*h), 4);
    region.hint = term_of(b.stage).name + ": " + term_of(b.stage).meaning;
    if (const std::string words = explanation_of(s.experiment(), *h); !words.empty()) region.hint = words;
    if (const std::string given = given_words(s.experiment(), *h); !given.empty()) region.hint += " " + given;
  }
  p.region(region);
}

}  // namespace qkv::workspaces
