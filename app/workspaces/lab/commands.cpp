#include "app/workspaces/lab/commands.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "app/workspaces/lab/symbols.h"
#include "core/experiment/shapes.h"

namespace qkv::workspaces {

namespace {

/// Dragging and nudging walk a grid of tenths, so sums of steps stay short numbers.
float tidy(float v) { return std::isfinite(v) && std::fabs(v) < 1e4f ? std::round(v * 1000) / 1000 : v; }

const std::vector<Stage>& walk_order() {
  static const std::vector<Stage> kOrder{
      Stage::embedding,   Stage::positions,   Stage::norm_gain,    Stage::norm_bias,
      Stage::x,           Stage::w_q,         Stage::b_q,          Stage::w_k,
      Stage::b_k,         Stage::w_v,         Stage::b_v,          Stage::q,
      Stage::k,           Stage::v,           Stage::q_norm_gain,  Stage::q_norm_bias,
      Stage::k_norm_gain, Stage::k_norm_bias, Stage::q_normalised, Stage::k_normalised,
      Stage::q_rotated,   Stage::k_rotated,   Stage::scores,       Stage::score_bias,
      Stage::scaled,      Stage::weights,     Stage::output,       Stage::w_o,
      Stage::b_o,         Stage::layer_output};
  return kOrder;
}

}  // namespace

std::optional<float> number_from(std::string t) {
  for (auto at = t.find("−"); at != std::string::npos; at = t.find("−"))
    t.replace(at, std::string("−").size(), "-");
  std::replace(t.begin(), t.end(), ',', '.');
  const auto first = t.find_first_not_of(" \t+");
  if (first == std::string::npos) return std::nullopt;
  const auto last = t.find_last_not_of(" \t");
  float v = 0;
  const auto [end, error] = std::from_chars(t.data() + first, t.data() + last + 1, v);
  if (error != std::errc() || end != t.data() + last + 1) return std::nullopt;
  return v;
}

bool can_randomise(const documents::LabDocument& document, const Cell& cell) {
  const Stage stage = stored_cell(cell).stage;
  return can_edit(document, cell) && attention::is_leaf(stage) && stage != Stage::score_bias;
}

bool can_edit(const documents::LabDocument& document, const Cell& cell) {
  if (cell.stage == Stage::x)
    return cell.layer == 0 && x_is_embedding(document.experiment());  // later X are sums
  return experiment::is_editable(cell.stage);
}

void set_value(documents::LabDocument& document, const Cell& cell, float value,
               const std::string& merge_key) {
  document.apply(experiment::with_value(document.experiment(), stored_cell(cell), value),
                 "change " + cell_name(document.experiment(), cell), merge_key);
}

void nudge(documents::LabDocument& document, LabView& view, int steps, bool fine, bool coarse) {
  if (!view.selected) return;
  if (!can_edit(document, *view.selected)) {
    view.notice = term_of(view.selected->stage).name + " is computed: change what it is made of instead.";
    return;
  }
  const float step = fine ? 0.01f : coarse ? 1.f : 0.1f;
  const float now = attention::value(*document.trace(), *view.selected);
  set_value(document, *view.selected, tidy((std::isfinite(now) ? now : 0) + static_cast<float>(steps) * step),
            "nudge " + experiment::format_cell(*view.selected));
}

void reset(documents::LabDocument& document, const Cell& cell, experiment::Extent extent) {
  document.apply(experiment::with_reset(document.experiment(), stored_cell(cell), extent),
                 "reset " + plain_symbol(cell.stage));
}

namespace {
/// Of the matrix itself; of X the embedding's. Hand-set ones have none yet: 0.
std::uint64_t seed_of(const experiment::Experiment& e, const Cell& c) {
  if (c.stage == Stage::embedding) return e.embedding.seed;
  const auto* parameter = experiment::parameter_of(e, c.stage, c.layer, c.head);
  return parameter ? parameter->seed : 0;
}
}  // namespace

void randomise(documents::LabDocument& document, LabView& view, const Cell& cell) {
  const Cell target = stored_cell(cell);
  const std::uint64_t seed = experiment::next_seed(seed_of(document.experiment(), target));
  if (change(document, view, "randomise " + plain_symbol(cell.stage), [&](const experiment::Experiment& e) {
        return experiment::with_random(e, target.stage, target.layer, target.head, seed);
      }))
    view.notice =
        plain_symbol(cell.stage) + " now holds random numbers from seed " + std::to_string(seed) + ".";
}

void move_selection(const documents::LabDocument& document, LabView& view, int rows, int columns) {
  const auto trace = document.trace();
  if (!view.selected) {
    select(view, *trace, {Stage::weights, view.layer, view.head, view.query, view.key});
    return;
  }
  Cell c = *view.selected;
  const attention::Shape shape = attention::shape_of(*trace, c.stage, c.layer, c.head);
  c.row = std::clamp(c.row + rows, 0, shape.rows - 1);
  c.column = std::clamp(c.column + columns, 0, shape.columns - 1);
  select(view, *trace, c);
}

void move_stage(const documents::LabDocument& document, LabView& view, int by) {
  const auto trace = document.trace();
  const Cell from = view.selected.value_or(Cell{Stage::weights, view.layer, view.head, view.query, view.key});
  const auto& order = walk_order();
  auto at = std::find(order.begin(), order.end(), from.stage) - order.begin();
  const auto count = static_cast<std::ptrdiff_t>(order.size());
  for (std::ptrdiff_t tried = 0; tried < count; ++tried) {
    at = (at + by + count) % count;
    const Stage stage = order[static_cast<std::size_t>(at)];
    // The first layer alone shows how X is made, and only where it is a sum.
    const bool shown =
        stage != Stage::embedding || (!x_is_embedding(document.experiment()) && view.layer == 0);
    const int head = attention::is_per_head(stage) ? view.head : 0,
              layer = is_of_stack(stage) ? 0 : view.layer;
    if (is_of_stack(stage) && stage != Stage::score_bias && view.layer > 0) continue;
    const attention::Shape shape = attention::shape_of(*trace, stage, layer, head);
    if (!shown || shape.rows == 0 || shape.columns == 0) continue;
    select(
        view, *trace,
        {stage, layer, head, std::min(from.row, shape.rows - 1), std::min(from.column, shape.columns - 1)});
    return;
  }
}

}  // namespace qkv::workspaces
