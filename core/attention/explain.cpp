#include <cmath>
#include <cstdio>
#include <limits>

#include "core/attention/norm.h"
#include "core/attention/positions.h"
#include "core/attention/provenance.h"

namespace qkv::attention {
namespace {

constexpr float kMasked = -std::numeric_limits<float>::infinity();

/// "₁₂".
std::string subscript(int number) {
  std::string below;
  for (const char digit : std::to_string(number)) below += std::string("\xE2\x82") + static_cast<char>(0x80 + digit - '0');
  return below;
}

/// Collects the terms of one cell; each function below tells the story of one stage.
class Story {
 public:
  Story(const Trace& trace, const Cell& cell) : trace_(trace) {
    told_.cell = cell;
    told_.value = value(trace, cell);
  }

  Explanation tell();

 private:
  const Cell& cell() const { return told_.cell; }
  const Options& options() const { return trace_.inputs.options; }
  const LayerInputs& layer_inputs() const { return trace_.inputs.layers[cell().layer]; }
  const HeadInputs& head_inputs() const { return layer_inputs().heads[cell().head]; }
  const HeadTrace& head() const { return trace_.layers[cell().layer].heads[cell().head]; }

  Operand of(Stage stage, int layer, int head, int row, int column) const {
    const Cell from{stage, layer, head, row, column};
    return {true, from, std::string(name_of(stage)), value(trace_, from)};
  }
  /// A cell of the same layer and head.
  Operand of(Stage stage, int row, int column) const {
    return of(stage, cell().layer, cell().head, row, column);
  }
  static Operand constant(std::string name, float number) { return {false, {}, std::move(name), number}; }

  void add(std::vector<Operand> factors) {
    float product = 1;
    for (const Operand& factor : factors) product *= factor.value;
    told_.terms.push_back({std::move(factors), product});
  }
  void call(Operation operation, std::string words) {
    told_.operation = operation;
    told_.words = std::move(words);
  }

  void x();
  void normalisation(const Norm& norm, std::vector<Stage> of, const RowStatistics& row, Stage gain,
                     Stage bias);
  void input_norm();
  void head_norm(const Norm& norm, Stage of, const Matrix& rows, Stage gain, Stage bias);
  void projection(Stage weight, Stage bias, const Matrix& given);
  void rotation(Stage from);
  void scores();
  void scaled();
  void weights();
  void output();
  void layer_output();
  void sum_up();

  const Trace& trace_;
  Explanation told_;
};

std::string over(int count, const char* one, const char* many) {
  return " over " + std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string name(Stage stage) { return std::string(name_of(stage)); }

void Story::x() {
  const auto [stage, layer, head, row, column] = cell();
  const bool has_norm = trace_.inputs.norm.kind != NormKind::none;
  if (layer == 1 && has_norm) {
    call(Operation::add, "x = embedding + layer_output of layer 0: the residual stream passes the norm by");
    add({of(Stage::embedding, 0, 0, row, column)});
    if (trace_.positions.size() > 0) add({of(Stage::positions, 0, 0, row, column)});
    add({of(Stage::layer_output, 0, 0, row, column)});
    return;
  }
  if (layer > 0) {
    call(Operation::add,
         "x = x + layer_output of layer " + std::to_string(layer - 1) + " (the residual stream)");
    add({of(Stage::x, layer - 1, 0, row, column)});
    add({of(Stage::layer_output, layer - 1, 0, row, column)});
    return;
  }
  if (has_norm) {
    input_norm();
    return;
  }
  add({of(Stage::embedding, row, column)});
  if (trace_.positions.size() == 0) {
    call(Operation::copy, "x = the embedding of the token");
    return;
  }
  call(Operation::add, "x = embedding + sinusoidal position " + std::to_string(row));
  add({of(Stage::positions, row, column)});
}

/// One cell of a norm over the row of the sum of the stages `of`.
void Story::normalisation(const Norm& norm, std::vector<Stage> of_stages, const RowStatistics& row,
                          Stage gain, Stage bias) {
  const Cell at = cell();
  const bool is_rms = norm.kind == NormKind::rms;
  const auto scaled = [&](Operand operand) {
    std::vector<Operand> factors = {std::move(operand), constant(is_rms ? "1/rms" : "1/σ", row.factor)};
    if (norm.gain.size() > 0) factors.push_back(of(gain, 0, at.column));
    add(std::move(factors));
  };
  std::string sum;
  for (const Stage stage : of_stages) {
    scaled(of(stage, at.row, at.column));
    sum += (sum.empty() ? "" : " + ") + name(stage);
  }
  if (!is_rms) scaled(constant("−μ", -row.mean));
  if (norm.bias.size() > 0) add({of(bias, 0, at.column)});
  std::string words =
      name(at.stage) + " = " +
      (is_rms ? (of_stages.size() > 1 ? "(" + sum + ")" : sum) + " ÷ rms" : "(" + sum + " − μ) ÷ σ");
  if (norm.gain.size() > 0) words += "·gain";
  if (norm.bias.size() > 0) words += " + bias";
  if (has_given_factor(norm, at.row)) {
    words += ": RMS norm over a wider row, whose 1/rms is given";
  } else {
    const int width = shape_of(trace_, of_stages.front(), at.layer, at.head).columns;
    for (const Stage stage : of_stages)
      for (int c = 0; c < width; ++c) told_.averaged.push_back({stage, at.layer, at.head, at.row, c});
    words += std::string(is_rms ? ": RMS norm" : ": layer norm") + " over the " + std::to_string(width) +
             (width == 1 ? " number of the row" : " numbers of the row");
  }
  call(Operation::normalise, std::move(words));
}

void Story::input_norm() {
  Vector stream = trace_.inputs.embedding.row(cell().row);
  std::vector<Stage> of_stages = {Stage::embedding};
  if (trace_.positions.size() > 0) {
    stream += trace_.positions.row(cell().row);
    of_stages.push_back(Stage::positions);
  }
  const Norm& norm = trace_.inputs.norm;
  normalisation(norm, std::move(of_stages), row_statistics(norm, stream, cell().row), Stage::norm_gain,
                Stage::norm_bias);
}

void Story::head_norm(const Norm& norm, Stage of_stage, const Matrix& rows, Stage gain, Stage bias) {
  normalisation(norm, {of_stage}, row_statistics(norm, rows.row(cell().row), cell().row), gain, bias);
}

void Story::projection(Stage weight, Stage bias, const Matrix& given) {
  const std::string self = name(cell().stage);
  if (given.size() > 0) {
    call(Operation::given, self + " is given directly, not computed");
    return;
  }
  const int d_model = shape_of(trace_, weight, cell().layer, cell().head).rows;
  for (int c = 0; c < d_model; ++c) {
    add({of(Stage::x, cell().layer, 0, cell().row, c), of(weight, c, cell().column)});
  }
  const bool has_bias = shape_of(trace_, bias, cell().layer, cell().head).columns > 0;
  if (has_bias) add({of(bias, 0, cell().column)});
  call(Operation::project, self + " = Σ x·" + name(weight) + over(d_model, "dimension", "dimensions") +
                               (has_bias ? ", + " + name(bias) : ""));
}

void Story::rotation(Stage from) {
  const int d_k = static_cast<int>(head().q.cols());
  const auto [stage, layer, h, row, column] = cell();
  const Rotary rotary = rotary_of(options(), d_k);
  const int partner = rotary.partner(column), turned = 2 * rotary.pairs();
  if (partner == column) {
    add({of(from, row, column)});
    call(Operation::copy, name(stage) + " = " + name(from) +
                              (options().rope_frequencies.size() > 0
                                   ? ": only the first " + std::to_string(turned) + " of " +
                                         std::to_string(d_k) + " columns turn"
                                   : ": with an odd d_k the last column has no partner to turn with"));
    return;
  }
  const double angle = rotary.angle(row, column);
  const std::string theta = "θ" + subscript(column % rotary.pairs());
  const std::string turn_by = "(" + std::to_string(row) + "·" + theta + ")";
  const bool first = column < partner;
  const auto turn = [&, row = row](int from_column, std::string what, double by) {
    std::vector<Operand> factors = {of(from, row, from_column),
                                    constant(std::move(what), static_cast<float>(by))};
    if (rotary.factor != 1) factors.push_back(constant("factor", rotary.factor));
    add(std::move(factors));
  };
  turn(column, "cos" + turn_by, std::cos(angle));
  turn(partner, (first ? "−sin" : "sin") + turn_by, first ? -std::sin(angle) : std::sin(angle));
  call(Operation::rotate, name(stage) + subscript(column) + " = " + name(from) + subscript(column) + "·cos" + turn_by +
                              (first ? " − " : " + ") + name(from) + subscript(partner) + "·sin" + turn_by + ": columns " +
                              std::to_string(std::min(column, partner)) + " and " +
                              std::to_string(std::max(column, partner)) + " turn together by position × " + theta +
                              (rotary.factor != 1 ? ", both times a factor" : ""));
}

void Story::scores() {
  const Stage q = scored_q(head()), k = scored_k(head());
  const int d_k = static_cast<int>(head().q.cols());
  for (int c = 0; c < d_k; ++c) add({of(q, cell().row, c), of(k, cell().column, c)});
  call(Operation::dot, "score = q·k, Σ " + name(q) + "·" + name(k) + over(d_k, "dimension", "dimensions"));
}

void Story::scaled() {
  const auto [stage, layer, h, row, column] = cell();
  if (!options().mask.allows(row, column)) {
    add({constant("mask", kMasked)});
    call(Operation::mask, "masked: query " + std::to_string(row) + " may not attend to key " +
                              std::to_string(column) +
                              ", so −∞ takes the place of the score and the weight will be 0");
    return;
  }
  std::vector<Operand> factors = {of(Stage::scores, row, column)};
  std::string words = "score";
  if (options().scale) {
    factors.push_back(constant("1/√d_k", 1.0f / std::sqrt(static_cast<float>(head().q.cols()))));
    words += " ÷ √d_k";
  }
  if (options().temperature != 1) {
    factors.push_back(constant("1/T", 1.0f / options().temperature));
    words += " ÷ temperature";
  }
  add(std::move(factors));
  if (options().softcap > 0) {
    told_.softcap = options().softcap;
    char cap[32];
    std::snprintf(cap, sizeof cap, "%g", static_cast<double>(told_.softcap));
    words = cap + std::string("·tanh((") + words + ") ÷ " + cap + "), never beyond ±" + cap;
  }
  if (options().positions == Positions::alibi) {
    const int heads = static_cast<int>(layer_inputs().heads.size());
    add({constant("−slope", -alibi_slope(h, heads)),
         constant("|i−j|", static_cast<float>(std::abs(row - column)))});
    words += " − slope·|i−j| (ALiBi)";
  }
  if (options().score_bias.size() > 0) {
    add({of(Stage::score_bias, 0, 0, row, column)});
    words += " + score_bias";
  }
  call(told_.softcap > 0 ? Operation::cap : Operation::scale, "scaled = " + words);
}

void Story::weights() {
  const int row = cell().row;
  const auto s = head().scaled.row(row).array();
  told_.maximum = s.maxCoeff<Eigen::PropagateNaN>();
  double sum = 0;
  for (int j = 0; j < s.cols(); ++j) {
    const float exponential = s(j) == kMasked ? 0.0f : std::exp(s(j) - told_.maximum);
    told_.terms.push_back({{of(Stage::scaled, row, j)}, exponential});
    sum += exponential;
  }
  told_.sum = static_cast<float>(sum);
  if (head().fully_masked[row]) {
    call(Operation::fully_masked, "no key is allowed for query " + std::to_string(row) +
                                      ": softmax is undefined there, and the weights are 0 by definition");
    return;
  }
  const bool masked = s(cell().column) == kMasked;
  const auto keys = static_cast<int>((s != kMasked).count());
  call(Operation::softmax,
       masked ? "weight = exp(−∞) ÷ Σ exp = 0: this key is masked"
              : "weight = exp(scaled − max) ÷ Σ exp(scaled − max)" + over(keys, "key", "keys"));
}

void Story::output() {
  const auto [stage, layer, h, row, column] = cell();
  int keys = 0;
  for (int j = 0; j < trace_.n(); ++j) {
    if (!enters(head(), row, j)) continue;
    add({of(Stage::weights, row, j), of(Stage::v, j, column)});
    ++keys;
  }
  if (keys == 0) {
    call(Operation::fully_masked,
         "no key is allowed for query " + std::to_string(row) + ", so nothing is mixed in: 0");
    return;
  }
  call(Operation::mix, "output = Σ weight·v" + over(keys, "key", "keys"));
}

void Story::layer_output() {
  const auto [stage, layer, h, row, column] = cell();
  const int heads = static_cast<int>(layer_inputs().heads.size());
  const int d_v = static_cast<int>(trace_.layers[layer].heads.front().output.cols());
  if (layer_inputs().w_o.size() == 0) {
    add({of(Stage::output, layer, column / d_v, row, column % d_v)});
    call(Operation::copy,
         heads == 1 ? "layer_output = output of the only head (no w_o)"
                    : "layer_output = the heads' outputs side by side (no w_o); this column is head " +
                          std::to_string(column / d_v));
    return;
  }
  for (int c = 0; c < heads * d_v; ++c) {
    add({of(Stage::output, layer, c / d_v, row, c % d_v), of(Stage::w_o, c, column)});
  }
  const bool has_bias = layer_inputs().b_o.size() > 0;
  if (has_bias) add({of(Stage::b_o, 0, column)});
  call(Operation::project, "layer_output = Σ output·w_o" + over(heads, "head", "heads") + " × " +
                               std::to_string(d_v) + (d_v == 1 ? " dimension" : " dimensions") +
                               (has_bias ? ", + b_o" : ""));
}

void Story::sum_up() {
  double sum = told_.terms.empty() ? told_.value : 0.0;
  for (const Term& term : told_.terms) sum += term.value;
  if (told_.operation == Operation::cap) {
    const float first = told_.terms.front().value;
    sum += told_.softcap * std::tanh(first / told_.softcap) - first;
  }
  told_.sum = static_cast<float>(sum);
}

Explanation Story::tell() {
  const Stage stage = cell().stage;
  if (is_leaf(stage)) {
    call(Operation::given,
         stage == Stage::positions ? "position from the sinusoidal table" : name(stage) + " is given");
  } else if (trace_.inputs.overrides.count(cell())) {
    call(Operation::overridden, name(stage) + " is set by hand here; what comes before no longer matters");
  } else {
    switch (stage) {
      case Stage::x:
        x();
        break;
      case Stage::q:
        projection(Stage::w_q, Stage::b_q, head_inputs().q);
        break;
      case Stage::k:
        projection(Stage::w_k, Stage::b_k, head_inputs().k);
        break;
      case Stage::v:
        projection(Stage::w_v, Stage::b_v, head_inputs().v);
        break;
      case Stage::q_normalised:
        head_norm(head_inputs().q_norm, Stage::q, head().q, Stage::q_norm_gain, Stage::q_norm_bias);
        break;
      case Stage::k_normalised:
        head_norm(head_inputs().k_norm, Stage::k, head().k, Stage::k_norm_gain, Stage::k_norm_bias);
        break;
      case Stage::q_rotated:
        rotation(head().q_normalised.size() > 0 ? Stage::q_normalised : Stage::q);
        break;
      case Stage::k_rotated:
        rotation(head().k_normalised.size() > 0 ? Stage::k_normalised : Stage::k);
        break;
      case Stage::scores:
        scores();
        break;
      case Stage::scaled:
        scaled();
        break;
      case Stage::weights:
        weights();
        return std::move(told_);
      case Stage::output:
        output();
        break;
      default:
        layer_output();
        break;
    }
  }
  sum_up();
  return std::move(told_);
}

}  // namespace

Explanation explain(const Trace& trace, const Cell& cell) { return Story(trace, cell).tell(); }

}  // namespace qkv::attention
