#include "core/experiment/evaluator.h"

#include <algorithm>

#include "core/error.h"
#include "core/experiment/operations.h"
#include "core/experiment/random.h"
#include "core/experiment/shapes.h"
#include "core/experiment/words.h"

namespace qkv::experiment {
namespace {

using attention::HeadInputs;
using attention::Inputs;
using attention::LayerInputs;

// 128 MB: the largest experiments keep every matrix of theirs, the others a long history.
constexpr Eigen::Index kMaxRemembered = Eigen::Index{32} << 20;

// The top-left block of `values`, zero outside it.
Matrix block_of(const std::shared_ptr<const Matrix>& values, int rows, int columns) {
  Matrix block = Matrix::Zero(rows, columns);
  if (!values) return block;
  const auto r = std::min<Eigen::Index>(rows, values->rows()),
             c = std::min<Eigen::Index>(columns, values->cols());
  block.topLeftCorner(r, c) = values->topLeftCorner(r, c);
  return block;
}

Matrix given_of(const std::shared_ptr<const Matrix>& values, int rows, int columns) {
  return values && values->size() > 0 ? block_of(values, rows, columns) : Matrix{};
}

void check(const Experiment& e) {
  if (e.tokens.empty()) throw Error("The experiment has no tokens; it needs at least one.");
  if (e.layers.empty()) throw Error("The experiment has no layers; it needs at least one.");
  const auto check_width = [](const char* name, int width) {
    if (width < 1 || width > kMaxWidth)
      throw Error(std::string(name) + " must be from 1 to " + std::to_string(kMaxWidth) + ", but is " +
                  std::to_string(width) + ".");
  };
  check_width("d_model", e.d_model);
  check_width("d_k", e.d_k);
  check_width("d_v", e.d_v);
  const long long numbers = parameter_count(e);
  if (numbers > kMaxParameters)
    throw Error("The weight matrices would hold " + std::to_string(numbers / 1'000'000) +
                " million numbers, at most " + std::to_string(kMaxParameters / 1'000'000) +
                " million are allowed: choose fewer layers, heads or dimensions.");
}

// Edits come after gains: an edited cell shows the very number that was typed.
void apply_edits(const Experiment& e, Inputs& inputs) {
  for (const auto& [cell, value] : e.edits) {
    if (!is_editable(cell.stage) || !is_inside(e, cell)) continue;
    if (attention::is_leaf(cell.stage))
      *attention::leaf(inputs, cell) = value;
    else
      inputs.overrides.emplace(cell, value);
  }
}

void apply_gain(const Experiment& e, Stage stage, int layer, int head, Matrix& matrix) {
  const auto gain = e.gains.find(Cell{stage, layer, head, 0, 0});
  if (gain != e.gains.end()) matrix *= gain->second;
}

attention::Options options_of(const Experiment& e) {
  attention::Options options;
  options.scale = e.scale;
  options.temperature = e.temperature;
  options.softcap = e.softcap;
  options.mask.kind = e.mask;
  options.mask.window = e.window;
  options.mask.custom = e.custom_mask;
  if (std::ranges::any_of(e.tokens, &Token::padding))
    for (const Token& token : e.tokens) options.mask.padding.push_back(token.padding);
  options.positions = e.positions;
  options.rope_base = e.rope_base;
  const auto pairs = std::min<std::ptrdiff_t>(std::ssize(e.rope_frequencies), e.d_k / 2);
  options.rope_frequencies = Eigen::Map<const Vector>(e.rope_frequencies.data(), pairs);
  options.rope_factor = e.rope_factor;
  const int n = static_cast<int>(e.tokens.size());
  options.score_bias = given_of(e.score_bias, n, n);
  return options;
}

}  // namespace

const Matrix& Evaluator::normals(Key key, int rows, int columns) {
  Normals& normals = normals_[key];
  normals.used = true;
  const auto had_rows = static_cast<int>(normals.values.rows()),
             had_columns = static_cast<int>(normals.values.cols());
  if (rows <= had_rows && columns <= had_columns) return normals.values;
  Matrix grown(std::max(rows, had_rows), std::max(columns, had_columns));
  grown.topLeftCorner(had_rows, had_columns) = normals.values;
  const auto width = static_cast<int>(grown.cols());
  for (int r = 0; r < grown.rows(); ++r) {
    const int first = r < had_rows ? had_columns : 0;
    fill_normal(key.seed, key.stream, r, first, width - first, grown.row(r).data() + first);
  }
  normals.values = std::move(grown);
  return normals.values;
}

void Evaluator::sweep() {
  Eigen::Index remembered = 0;
  for (const auto& [key, normals] : normals_) remembered += normals.values.size();
  if (remembered > kMaxRemembered)
    std::erase_if(normals_, [](const auto& entry) { return !entry.second.used; });
  for (auto& [key, normals] : normals_) normals.used = false;
}

Matrix Evaluator::matrix_of(const Parameter& parameter, std::uint64_t stream, int rows, int columns) {
  if (parameter.origin != Origin::random) return block_of(parameter.values, rows, columns);
  return parameter.deviation * normals({parameter.seed, stream}, rows, columns).topLeftCorner(rows, columns);
}

attention::Norm Evaluator::norm_of(const Experiment& e, const std::optional<Norm>& rule, Stage gain,
                                   Stage bias, int layer, int head) {
  attention::Norm norm;
  if (!rule) return norm;
  norm.kind = rule->kind;
  norm.epsilon = rule->epsilon;
  if (rule->gain) {
    const int width = shape_in(e, gain, layer, head).columns;
    norm.gain = matrix_of(*rule->gain, stream_of(gain, layer, head), 1, width);
    const bool by_values = rule->gain->origin != Origin::random;
    const Eigen::Index known = by_values && rule->gain->values ? rule->gain->values->cols() : 0;
    if (by_values && known < width) norm.gain.tail(width - known).setOnes();
  }
  if (rule->bias)
    norm.bias =
        matrix_of(*rule->bias, stream_of(bias, layer, head), 1, shape_in(e, bias, layer, head).columns);
  if (rule->factors && rule->factors->size() > 0)
    norm.factors = block_of(rule->factors, static_cast<int>(e.tokens.size()), 1).transpose();
  return norm;
}

Matrix Evaluator::embedding_of(const Experiment& e) {
  const int n = static_cast<int>(e.tokens.size());
  if (lacks_embedding(e)) return Matrix(n, 0);
  const Embedding& rule = e.embedding;
  if (rule.values && rule.values->size() > 0) return block_of(rule.values, n, e.d_model);
  Matrix x = Matrix::Zero(n, e.d_model);
  for (int i = 0; i < n; ++i) {
    const std::string word = folded(e.tokens[static_cast<std::size_t>(i)].text);
    const auto listed = rule.words.find(word);
    if (listed != rule.words.end()) {
      const auto count = std::min<Eigen::Index>(e.d_model, std::ssize(listed->second));
      x.row(i).head(count) = Eigen::Map<const Vector>(listed->second.data(), count);
    } else if (rule.deviation != 0) {
      x.row(i) = rule.deviation * normals({rule.seed, stream_of(word)}, 1, e.d_model).row(0).head(e.d_model);
    }
  }
  return x;
}

HeadInputs Evaluator::head_of(const Experiment& e, int layer, int head) {
  const Head& rule = e.layers[static_cast<std::size_t>(layer)].heads[static_cast<std::size_t>(head)];
  const auto fill = [&](Stage stage, auto& matrix) {
    const Parameter* parameter = parameter_of(e, stage, layer, head);
    if (!parameter) return;
    const attention::Shape shape = shape_in(e, stage, layer, head);
    matrix = matrix_of(*parameter, stream_of(stage, layer, head), shape.rows, shape.columns);
  };
  const int n = static_cast<int>(e.tokens.size());
  HeadInputs inputs;
  fill(Stage::w_q, inputs.w_q);
  fill(Stage::w_k, inputs.w_k);
  fill(Stage::w_v, inputs.w_v);
  fill(Stage::b_q, inputs.b_q);
  fill(Stage::b_k, inputs.b_k);
  fill(Stage::b_v, inputs.b_v);
  apply_gain(e, Stage::w_q, layer, head, inputs.w_q);
  apply_gain(e, Stage::w_k, layer, head, inputs.w_k);
  apply_gain(e, Stage::w_v, layer, head, inputs.w_v);
  inputs.q = given_of(rule.q, n, e.d_k);
  inputs.k = given_of(rule.k, n, e.d_k);
  inputs.v = given_of(rule.v, n, e.d_v);
  inputs.q_norm = norm_of(e, rule.q_norm, Stage::q_norm_gain, Stage::q_norm_bias, layer, head);
  inputs.k_norm = norm_of(e, rule.k_norm, Stage::k_norm_gain, Stage::k_norm_bias, layer, head);
  return inputs;
}

LayerInputs Evaluator::layer_of(const Experiment& e, int layer) {
  const Layer& rule = e.layers[static_cast<std::size_t>(layer)];
  LayerInputs inputs;
  for (int head = 0; head < std::ssize(rule.heads); ++head) inputs.heads.push_back(head_of(e, layer, head));
  if (!rule.w_o) return inputs;
  const attention::Shape shape = shape_in(e, Stage::w_o, layer, 0);
  inputs.w_o = matrix_of(*rule.w_o, stream_of(Stage::w_o, layer, 0), shape.rows, shape.columns);
  apply_gain(e, Stage::w_o, layer, 0, inputs.w_o);
  if (rule.b_o) inputs.b_o = matrix_of(*rule.b_o, stream_of(Stage::b_o, layer, 0), 1, e.d_model);
  return inputs;
}

Inputs Evaluator::materialise(const Experiment& e) {
  check(e);
  Inputs inputs;
  inputs.embedding = embedding_of(e);
  inputs.norm = norm_of(e, e.norm, Stage::norm_gain, Stage::norm_bias, 0, 0);
  for (int layer = 0; layer < std::ssize(e.layers); ++layer) inputs.layers.push_back(layer_of(e, layer));
  inputs.options = options_of(e);
  apply_edits(e, inputs);
  sweep();
  return inputs;
}

attention::Trace Evaluator::evaluate(const Experiment& e) { return attention::attend(materialise(e)); }

Inputs materialise(const Experiment& e) { return Evaluator{}.materialise(e); }

attention::Trace evaluate(const Experiment& e) { return Evaluator{}.evaluate(e); }

Experiment without_edits(const Experiment& e) {
  Experiment start = e;
  start.edits.clear();
  start.gains.clear();
  return start;
}

}  // namespace qkv::experiment
