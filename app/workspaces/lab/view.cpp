#include "app/workspaces/lab/view.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "app/figures/numbers.h"
#include "app/workspaces/lab/symbols.h"
#include "core/attention/offender.h"
#include "core/attention/provenance.h"
#include "core/experiment/sources.h"

namespace qkv::workspaces {

namespace {

std::shared_ptr<const Matrix> stage_values(const std::shared_ptr<const attention::Trace>& trace,
                                           const Cell& c) {
  if (const Matrix* m = attention::matrix_of(*trace, c.stage, c.layer, c.head)) return {trace, m};
  const attention::Shape shape = attention::shape_of(*trace, c.stage, c.layer, c.head);
  auto copy = std::make_shared<Matrix>(shape.rows, shape.columns);
  for (int i = 0; i < shape.rows; ++i)
    for (int j = 0; j < shape.columns; ++j)
      (*copy)(i, j) = attention::value(*trace, {c.stage, c.layer, c.head, i, j});
  return copy;
}

/// Cells of scaled that are −∞, or (for the weights) keys that do not enter the output: an override may bring
/// one back.
std::shared_ptr<const std::vector<std::uint8_t>> masked_cells(const attention::Trace& trace, int layer,
                                                              int head, Stage stage) {
  const auto& h = trace.layers[static_cast<std::size_t>(layer)].heads[static_cast<std::size_t>(head)];
  const Matrix& scaled = h.scaled;
  auto out = std::make_shared<std::vector<std::uint8_t>>(static_cast<std::size_t>(scaled.size()));
  bool any = false;
  for (Eigen::Index i = 0; i < scaled.size(); ++i) {
    const auto row = static_cast<int>(i / scaled.cols()), column = static_cast<int>(i % scaled.cols());
    const bool hidden = stage == Stage::scaled
                            ? scaled(row, column) == -std::numeric_limits<float>::infinity()
                            : !attention::enters(h, row, column);
    (*out)[static_cast<std::size_t>(i)] = hidden;
    any = any || hidden;
  }
  if (!any) return nullptr;
  return out;
}

/// Stages whose colours mean the same are compared at a glance: they share one limit.
std::vector<Stage> sharing(Stage s) {
  switch (s) {
    case Stage::embedding:
    case Stage::positions:
    case Stage::x:
      return {Stage::embedding, Stage::positions, Stage::x};
    case Stage::w_q:
    case Stage::w_k:
    case Stage::w_v:
      return {Stage::w_q, Stage::w_k, Stage::w_v};
    case Stage::b_q:
    case Stage::b_k:
    case Stage::b_v:
      return {Stage::b_q, Stage::b_k, Stage::b_v};
    case Stage::q_normalised:
    case Stage::k_normalised:
      return {Stage::q_normalised, Stage::k_normalised};
    case Stage::q:
    case Stage::k:
    case Stage::v:
    case Stage::q_rotated:
    case Stage::k_rotated:
    case Stage::output:
      return {Stage::q, Stage::k, Stage::v, Stage::output};
    default:
      return {s};
  }
}

}  // namespace

void LookCache::follow(std::shared_ptr<const attention::Trace> trace,
                       std::shared_ptr<const attention::Trace> start, bool difference) {
  if (trace == trace_ && start == start_ && difference == difference_) return;
  if (trace != trace_) offender_ = attention::first_not_finite(trace->inputs);
  trace_ = std::move(trace);
  start_ = std::move(start);
  difference_ = difference;
  looks_.clear();
  lenses_.clear();
  lineage_.reset();
}

const Lineage& LookCache::lineage(const Cell& cell) {
  if (!lineage_ || lineage_->cell != cell)
    lineage_ = Lineage{cell, attention::operands_of(*trace_, cell), attention::consumers_of(*trace_, cell)};
  return *lineage_;
}

void Sources::follow(const std::shared_ptr<const experiment::Experiment>& experiment) {
  if (experiment == of) return;
  of = experiment;
  random_rows = experiment::random_rows(*of);
  words = experiment::sources_in_words(*of);
}

bool Sources::is_random(int row) const {
  return std::binary_search(random_rows.begin(), random_rows.end(), row);
}

/// The same in this trace: after a norm numbers are of another size than before it.
std::vector<Stage> LookCache::sharing_here(Stage stage, int layer, int head) const {
  const bool has_norm = trace_->inputs.norm.kind != attention::NormKind::none;
  if (has_norm && stage == Stage::x) return {Stage::x};
  if (has_norm && (stage == Stage::embedding || stage == Stage::positions))
    return {Stage::embedding, Stage::positions};
  const bool turned = stage == Stage::q_rotated || stage == Stage::k_rotated;
  if (turned && attention::shape_of(*trace_, Stage::q_normalised, layer, head).rows > 0)
    return sharing(Stage::q_normalised);
  return sharing(stage);
}

float LookCache::shared_limit(Stage stage, int layer, int head) {
  float limit = 0;
  for (const Stage s : sharing_here(stage, layer, head)) {
    const attention::Shape shape = attention::shape_of(*trace_, s, layer, head);
    if (shape.rows == 0) continue;
    const auto values = stage_values(trace_, {s, layer, head, 0, 0});
    if (values->size() > 0 && !values->isZero(0)) limit = std::max(limit, figures::symmetric_limit(*values));
  }
  return limit > 0 ? limit : 1;
}

const StageLook& LookCache::look(Stage stage, int layer, int head) {
  const Cell key{stage, layer, head, 0, 0};
  if (const auto it = looks_.find(key); it != looks_.end()) return it->second;
  StageLook look;
  look.values = stage_values(trace_, key);
  look.sequential = stage == Stage::weights && !difference_;
  if (is_square(stage) && stage != Stage::scores) look.masked = masked_cells(*trace_, layer, head, stage);
  if (difference_ && start_ &&
      attention::shape_of(*start_, stage, layer, head) == attention::shape_of(*trace_, stage, layer, head)) {
    auto difference = std::make_shared<Matrix>(*look.values - *stage_values(start_, key));
    if (look.masked)  // −inf minus −inf is no number; a masked cell did not change
      for (Eigen::Index i = 0; i < difference->size(); ++i)
        if ((*look.masked)[static_cast<std::size_t>(i)]) difference->data()[i] = 0;
    look.values = difference;
    look.limit = figures::symmetric_limit(*difference);
  } else {
    look.limit = look.sequential ? 1 : shared_limit(stage, layer, head);
  }
  return looks_.emplace(key, std::move(look)).first->second;
}

const StageLook& LookCache::lens(int layer, int head, int query) {
  const Cell key{Stage::output, layer, head, query, 0};
  if (const auto it = lenses_.find(key); it != lenses_.end()) return it->second;
  const auto& h = trace_->layers[static_cast<std::size_t>(layer)].heads[static_cast<std::size_t>(head)];
  StageLook look;
  look.values =
      std::make_shared<Matrix>((h.v.array().colwise() * h.weights.row(query).transpose().array()).matrix());
  look.limit = shared_limit(Stage::v, layer, head);
  if (const auto masked = masked_cells(*trace_, layer, head, Stage::weights)) {
    auto rows = std::make_shared<std::vector<std::uint8_t>>(static_cast<std::size_t>(h.v.size()));
    for (Eigen::Index i = 0; i < h.v.size(); ++i)
      (*rows)[static_cast<std::size_t>(i)] =
          (*masked)[static_cast<std::size_t>(query * h.weights.cols() + i / h.v.cols())];
    look.masked = rows;
  }
  return lenses_.emplace(key, std::move(look)).first->second;
}

namespace {
void keep_head_inside(LabView& view, const attention::Trace& trace) {
  const auto heads = trace.layers[static_cast<std::size_t>(view.layer)].heads.size();
  view.head = std::clamp(view.head, 0, static_cast<int>(heads) - 1);
}
}  // namespace

void select(LabView& view, const attention::Trace& trace, const Cell& cell) {
  view.selected = cell;
  if (cell.layer < static_cast<int>(trace.layers.size()) && attention::is_per_layer(cell.stage)) {
    view.layer = cell.layer;
    if (attention::is_per_head(cell.stage)) view.head = cell.head;
    keep_head_inside(view, trace);
  }
  tell(view, trace, cell);
  view.drawer = true;
  switch (cell.stage) {
    case Stage::scores:
    case Stage::scaled:
    case Stage::weights:
    case Stage::score_bias:
      view.query = cell.row;
      view.key = cell.column;
      view.names_query = view.names_key = true;
      break;
    case Stage::q:
    case Stage::q_normalised:
    case Stage::q_rotated:
    case Stage::output:
    case Stage::layer_output:
      view.query = cell.row;
      view.names_query = true;
      break;
    case Stage::k:
    case Stage::k_normalised:
    case Stage::k_rotated:
    case Stage::v:
      view.key = cell.row;
      view.names_key = true;
      break;
    default:
      break;
  }
}

void keep_inside(LabView& view, const attention::Trace& trace) {
  const int n = trace.n(), layers = static_cast<int>(trace.layers.size());
  view.layer = std::clamp(view.layer, 0, layers - 1);
  view.head = std::clamp(
      view.head, 0, static_cast<int>(trace.layers[static_cast<std::size_t>(view.layer)].heads.size()) - 1);
  view.query = std::clamp(view.query, 0, n - 1);
  view.key = std::clamp(view.key, 0, n - 1);
  auto inside = [&](const Cell& c) {
    if (c.layer > layers) return false;
    const attention::Shape s = attention::shape_of(trace, c.stage, c.layer, c.head);
    return c.row >= 0 && c.column >= 0 && c.row < s.rows && c.column < s.columns;
  };
  if (view.hovered && !inside(*view.hovered)) view.hovered.reset();
  if (view.pressed_cell && !inside(*view.pressed_cell)) view.pressed_cell.reset();
  if (view.selected && !inside(*view.selected)) {
    view.selected.reset();
    view.chain.clear();
  }
  if (view.selected && view.chain.empty()) view.chain = {*view.selected};
  keep_inside(static_cast<StoryState&>(view), trace);
}

}  // namespace qkv::workspaces
