#include "core/experiment/operations.h"

#include <algorithm>
#include <cmath>

#include "core/experiment/shapes.h"

namespace qkv::experiment {
namespace {

// The seed of a W_O that appeared by itself, so that it can leave by itself.
constexpr std::uint64_t kOwnSeed = 0;

// Keeps products of random numbers about as large as the numbers themselves.
float deviation_for(int inputs) { return 1 / std::sqrt(static_cast<float>(std::max(inputs, 1))); }

Parameter random_parameter(std::uint64_t seed, float deviation) {
  Parameter parameter;
  parameter.origin = Origin::random;
  parameter.seed = seed;
  parameter.deviation = deviation;
  return parameter;
}

Head random_head(const Experiment& e, bool has_biases) {
  const Parameter weight = random_parameter(e.embedding.seed, deviation_for(e.d_model));
  Head head;
  head.name = "random, seed " + std::to_string(e.embedding.seed);
  head.w_q = head.w_k = head.w_v = weight;
  if (has_biases) head.b_q = head.b_k = head.b_v = Parameter{};
  return head;
}

bool is_of(const Cell& cell, Stage stage, int layer, int head) {
  return cell.stage == stage && cell.layer == layer && cell.head == head;
}

// Cells of heads and layers that are no more.
template <class Value>
void erase_lost_cells(std::map<Cell, Value>& cells, const Experiment& e) {
  std::erase_if(cells, [&e](const auto& entry) {
    const Cell& cell = entry.first;
    if (cell.layer >= std::ssize(e.layers))
      return cell.stage != Stage::x || cell.layer > std::ssize(e.layers);
    return cell.head >= std::ssize(e.layers[static_cast<std::size_t>(cell.layer)].heads);
  });
}

template <class Item>
void erase_lost_items(std::vector<Item>& items, const Experiment& e) {
  std::erase_if(items, [&e](const Item& item) {
    return item.layer >= std::ssize(e.layers) ||
           item.head >= std::ssize(e.layers[static_cast<std::size_t>(item.layer)].heads);
  });
}

void erase_lost(Experiment& e) {
  erase_lost_cells(e.edits, e);
  erase_lost_cells(e.gains, e);
  erase_lost_cells(e.explanations, e);
  erase_lost_items(e.targets, e);
  erase_lost_items(e.expected, e);
}

bool is_touched(const Experiment& e, Stage stage, int layer) {
  const auto is_its = [=](const auto& entry) { return is_of(entry.first, stage, layer, 0); };
  return std::ranges::any_of(e.edits, is_its) || std::ranges::any_of(e.gains, is_its);
}

// Several heads are mixed by W_O, and what is added to the residual stream must be as wide as it.
void fit_w_o(Experiment& e) {
  for (int l = 0; l < std::ssize(e.layers); ++l) {
    Layer& layer = e.layers[static_cast<std::size_t>(l)];
    const int width = static_cast<int>(layer.heads.size()) * e.d_v;
    const bool is_needed = layer.heads.size() > 1 || (e.layers.size() > 1 && width != e.d_model);
    if (is_needed && !layer.w_o) layer.w_o = random_parameter(kOwnSeed, deviation_for(e.d_model));
    const bool is_own = layer.w_o && layer.w_o->origin == Origin::random && layer.w_o->seed == kOwnSeed &&
                        !layer.b_o && !is_touched(e, Stage::w_o, l);
    if (!is_needed && is_own) layer.w_o.reset();
  }
}

void erase_matrix(Experiment& e, Stage stage, int layer, int head) {
  std::erase_if(e.edits, [=](const auto& entry) { return is_of(entry.first, stage, layer, head); });
}

// What the columns of a matrix stand for is lost with its numbers.
void forget_meaning(Experiment& e, Stage stage, int layer, int head) {
  erase_matrix(e, stage, layer, head);
  std::erase_if(e.explanations, [=](const auto& entry) { return is_of(entry.first, stage, layer, head); });
  e.targets.clear();
  if (stage == Stage::embedding) e.dimensions.clear();
  if (stage != Stage::w_q && stage != Stage::w_k && stage != Stage::w_v) return;
  Head& owner = e.layers[static_cast<std::size_t>(layer)].heads[static_cast<std::size_t>(head)];
  owner.name.clear();
  (stage == Stage::w_q ? owner.q_columns : stage == Stage::w_k ? owner.k_columns : owner.v_columns).clear();
}

void randomise(Experiment& e, Stage stage, int layer, int head, std::uint64_t seed) {
  if (stage == Stage::embedding) {
    const float before = e.embedding.deviation;
    e.embedding = {};
    e.embedding.origin = Origin::random;
    e.embedding.seed = seed;
    e.embedding.deviation = before > 0 ? before : 1;
  } else {
    Parameter& parameter = *parameter_of(e, stage, layer, head);
    const int rows = shape_in(e, stage, layer, head).rows;
    const bool has_deviation = parameter.origin == Origin::random && parameter.deviation > 0;
    parameter = random_parameter(
        seed, has_deviation ? parameter.deviation : deviation_for(rows > 1 ? rows : e.d_model));
  }
  forget_meaning(e, stage, layer, head);
}

int clamped_width(int width) { return std::clamp(width, 1, kMaxWidth); }

}  // namespace

Experiment with_d_k(Experiment e, int d_k) {
  e.d_k = clamped_width(d_k);
  return e;
}

Experiment with_d_v(Experiment e, int d_v) {
  e.d_v = clamped_width(d_v);
  fit_w_o(e);
  return e;
}

Experiment with_d_model(Experiment e, int d_model) {
  e.d_model = clamped_width(d_model);
  fit_w_o(e);
  return e;
}

Experiment with_heads(Experiment e, int layer, int heads) {
  if (layer < 0 || layer >= std::ssize(e.layers)) return e;
  auto& list = e.layers[static_cast<std::size_t>(layer)].heads;
  const bool has_biases = list.front().b_q.has_value();
  list.resize(static_cast<std::size_t>(std::clamp(heads, 1, kMaxHeads)), random_head(e, has_biases));
  erase_lost(e);
  fit_w_o(e);
  return e;
}

Experiment with_layers(Experiment e, int layers) {
  const Layer& last = e.layers.back();
  Layer fresh;
  fresh.heads.assign(last.heads.size(), random_head(e, last.heads.front().b_q.has_value()));
  e.layers.resize(static_cast<std::size_t>(std::clamp(layers, 1, kMaxLayers)), fresh);
  erase_lost(e);
  fit_w_o(e);
  return e;
}

Experiment with_biases(Experiment e, bool on) {
  for (Layer& layer : e.layers)
    for (Head& head : layer.heads)
      for (auto* bias : {&head.b_q, &head.b_k, &head.b_v}) {
        if (!on)
          bias->reset();
        else if (!*bias)
          *bias = Parameter{};
      }
  return e;
}

Experiment with_score_bias(Experiment e, bool on) {
  const auto n = std::ssize(e.tokens);
  if (!on) {
    e.score_bias.reset();
    erase_matrix(e, Stage::score_bias, 0, 0);
  } else if (!e.score_bias || e.score_bias->size() == 0) {
    e.score_bias = std::make_shared<const Matrix>(Matrix::Zero(n, n));
  }
  return e;
}

Experiment randomised(Experiment e, std::uint64_t seed, bool embedding_too) {
  for (int l = 0; l < std::ssize(e.layers); ++l) {
    for (int h = 0; h < std::ssize(e.layers[static_cast<std::size_t>(l)].heads); ++h)
      for (const Stage stage : {Stage::w_q, Stage::w_k, Stage::w_v})
        e = with_random(std::move(e), stage, l, h, seed);
    e = with_random(std::move(e), Stage::w_o, l, 0, seed);
  }
  return embedding_too ? with_random(std::move(e), Stage::embedding, 0, 0, seed) : e;
}

Experiment with_random(Experiment e, Stage stage, int layer, int head, std::uint64_t seed) {
  const bool is_embedding = stage == Stage::embedding && shape_in(e, stage, layer, head).rows > 0;
  if (is_embedding || parameter_of(e, stage, layer, head)) randomise(e, stage, layer, head, seed);
  return e;
}

Experiment with_value(Experiment e, const Cell& cell, float value) {
  if (is_editable(cell.stage) && is_inside(e, cell)) e.edits[cell] = value;
  return e;
}

Experiment with_gain(Experiment e, Stage stage, int layer, int head, float gain) {
  if (!takes_gain(stage) || !parameter_of(e, stage, layer, head)) return e;
  const Cell cell{stage, layer, head, 0, 0};
  if (gain == 1)
    e.gains.erase(cell);
  else
    e.gains[cell] = gain;
  return e;
}

Experiment with_reset(Experiment e, const Cell& cell, Extent extent) {
  std::erase_if(e.edits, [&](const auto& entry) {
    const Cell& edited = entry.first;
    if (!is_of(edited, cell.stage, cell.layer, cell.head)) return false;
    const bool same_row = edited.row == cell.row, same_column = edited.column == cell.column;
    switch (extent) {
      case Extent::cell:
        return same_row && same_column;
      case Extent::row:
        return same_row;
      case Extent::column:
        return same_column;
      default:
        return true;
    }
  });
  if (extent == Extent::matrix) e.gains.erase(Cell{cell.stage, cell.layer, cell.head, 0, 0});
  return e;
}

Experiment with_mask_cell(Experiment e, int query, int key) {
  const auto n = std::ssize(e.tokens);
  if (query < 0 || key < 0 || query >= n || key >= n) return e;
  attention::Mask rule;
  rule.kind = e.mask;
  rule.window = e.window;
  for (const Token& token : e.tokens) rule.padding.push_back(token.padding);
  const bool by_rule = rule.allows(query, key);
  const auto custom = e.custom_mask.find({query, key});
  const bool wanted = !(custom == e.custom_mask.end() ? by_rule : custom->second);
  if (wanted == by_rule)
    e.custom_mask.erase({query, key});
  else
    e.custom_mask[{query, key}] = wanted;
  return e;
}

bool is_editable(Stage stage) {
  switch (stage) {
    case Stage::q:
    case Stage::k:
    case Stage::v:
    case Stage::scores:
    case Stage::weights:
      return true;
    default:
      return attention::is_leaf(stage) && stage != Stage::positions;
  }
}

bool takes_gain(Stage stage) {
  return stage == Stage::w_q || stage == Stage::w_k || stage == Stage::w_v || stage == Stage::w_o;
}

}  // namespace qkv::experiment
