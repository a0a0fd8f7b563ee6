#include "tests/core/attention/cases.h"

#include <cmath>
#include <random>

namespace qkv::attention {

Matrix random_matrix(int rows, int columns, unsigned seed) {
  std::mt19937 bits(seed);
  Matrix matrix(rows, columns);
  for (float& number :
       matrix.reshaped()) {  // twelve uniforms: std::normal_distribution differs between libraries
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += static_cast<double>(bits()) / 4294967296.0;
    number = static_cast<float>(sum);
  }
  return matrix;
}

Vector random_vector(int columns, unsigned seed) { return random_matrix(1, columns, seed); }

Inputs random_inputs(const Sizes& s, unsigned seed) {
  unsigned next = seed * 1000;
  const float deviation = 1.0f / std::sqrt(static_cast<float>(s.d_model));
  Inputs inputs;
  inputs.embedding = random_matrix(s.n, s.d_model, next++);
  for (int l = 0; l < s.layers; ++l) {
    LayerInputs& layer = inputs.layers.emplace_back();
    for (int h = 0; h < s.heads; ++h) {
      HeadInputs& head = layer.heads.emplace_back();
      head.w_q = deviation * random_matrix(s.d_model, s.d_k, next++);
      head.w_k = deviation * random_matrix(s.d_model, s.d_k, next++);
      head.w_v = deviation * random_matrix(s.d_model, s.d_v, next++);
      if (!s.biases) continue;
      head.b_q = random_vector(s.d_k, next++);
      head.b_k = random_vector(s.d_k, next++);
      head.b_v = random_vector(s.d_v, next++);
    }
    if (!s.w_o) continue;
    layer.w_o = deviation * random_matrix(s.heads * s.d_v, s.d_model, next++);
    if (s.biases) layer.b_o = random_vector(s.d_model, next++);
  }
  return inputs;
}

namespace {

Mask mask_of(int kind, int n) {
  Mask mask;
  if (kind == 1) mask.kind = MaskKind::causal;
  if (kind == 2) mask.kind = MaskKind::sliding_window;
  if (kind == 3) {  // padding that leaves the first query of a causal mask nothing at all
    mask.kind = MaskKind::causal;
    mask.padding.assign(n, false);
    mask.padding[0] = true;
  }
  if (kind == 4) mask.custom = {{{0, 0}, false}, {{n - 1, 0}, false}};
  return mask;
}

}  // namespace

namespace {

Norm random_norm(NormKind kind, int width, unsigned seed) {
  Norm norm;
  norm.kind = kind;
  norm.gain = random_vector(width, seed);
  if (kind == NormKind::layer) norm.bias = random_vector(width, seed + 1);
  return norm;
}

}  // namespace

std::vector<Case> family_cases() {
  const Sizes sizes{
      .n = 4, .d_model = 6, .d_k = 6, .d_v = 3, .heads = 2, .layers = 2, .biases = true, .w_o = true};
  std::vector<Case> cases;
  unsigned seed = 500;
  const auto add = [&](const std::string& name) -> Inputs& {
    cases.push_back({name, random_inputs(sizes, seed++)});
    cases.back().inputs.options.mask.kind = MaskKind::causal;
    return cases.back().inputs;
  };
  add("layer norm").norm = random_norm(NormKind::layer, 6, seed);
  Inputs& plain = add("rms norm without a gain, sinusoids");
  plain.norm = {.kind = NormKind::rms, .gain = {}, .bias = {}, .epsilon = 0.5f, .factors = {}};
  plain.options.positions = Positions::sinusoidal;
  Inputs& rotary = add("partial rotary with a factor");
  rotary.options.positions = Positions::rope;
  rotary.options.rope_frequencies = Vector{{0.9f, 0.05f}};
  rotary.options.rope_factor = 1.2f;
  const Options rotates = rotary.options;  // the next add() moves the cases
  add("soft-cap").options.softcap = 0.8f;
  Inputs& together = add("all together");
  together.options = rotates;
  together.options.softcap = 2;
  together.options.temperature = 0.3f;
  together.options.score_bias = random_matrix(4, 4, seed);
  together.norm = random_norm(NormKind::rms, 6, seed);
  for (LayerInputs& layer : together.layers) {
    for (HeadInputs& head : layer.heads) {
      head.q_norm = random_norm(NormKind::rms, 6, seed++);
      head.k_norm = random_norm(NormKind::layer, 6, seed++);
    }
  }
  Inputs& wide = add("a norm over a wider row on q alone, overrides");
  wide.layers[0].heads[1].q_norm = random_norm(NormKind::rms, 6, seed);
  wide.layers[0].heads[1].q_norm.factors = Vector{{0.5f, 0, 1.5f, 2}};
  wide.layers[0].heads[0].q_norm.kind = NormKind::rms;
  wide.overrides = {{{Stage::x, 0, 0, 1, 2}, 0.5f},
                    {{Stage::q, 0, 1, 0, 0}, 1.5f},
                    {{Stage::q_normalised, 0, 1, 2, 3}, -0.5f}};
  wide.norm = random_norm(NormKind::layer, 6, seed);
  return cases;
}

std::vector<Case> option_cases() {
  const std::vector<std::pair<std::string, Sizes>> sizes = {
      {"one head", {}},
      {"odd d_k, biases", {.n = 3, .d_model = 5, .d_k = 3, .d_v = 2, .biases = true}},
      {"three heads, two layers",
       {.n = 3, .d_model = 4, .d_k = 2, .d_v = 1, .heads = 3, .layers = 2, .biases = true, .w_o = true}},
      {"two heads side by side, two layers",
       {.n = 2, .d_model = 4, .d_k = 1, .d_v = 2, .heads = 2, .layers = 2}},
      {"one token", {.n = 1, .d_model = 2, .d_k = 2, .d_v = 2, .w_o = true}}};
  std::vector<Case> cases;
  unsigned seed = 1;
  for (const auto& [name, size] : sizes) {
    for (int mask = 0; mask < 5; ++mask) {
      for (int positions = 0; positions < 4; ++positions) {
        Case c{name + ", mask " + std::to_string(mask) + ", positions " + std::to_string(positions),
               random_inputs(size, seed++)};
        Options& options = c.inputs.options;
        options.mask = mask_of(mask, size.n);
        options.positions = static_cast<Positions>(positions);
        options.scale = (mask + positions) % 2 == 0;
        if (mask == 2) options.temperature = 0.7f;
        if (positions == 1) options.score_bias = random_matrix(size.n, size.n, seed++);
        if (mask == 0) c.inputs.layers[0].heads[0].k = random_matrix(size.n, size.d_k, seed++);
        if (positions == 2) {
          c.inputs.overrides = {{{Stage::x, 0, 0, 0, 1}, 0.5f},
                                {{Stage::q, 0, 0, 0, 0}, 1.5f},
                                {{Stage::k_rotated, 0, 0, 0, 0}, -0.5f},
                                {{Stage::scaled, 0, 0, 0, 0}, 0.25f},
                                {{Stage::output, 0, 0, 0, 1}, 2.0f}};
        }
        if (positions == 3) {
          c.inputs.overrides = {{{Stage::v, 0, 0, 0, 0}, -2.0f},
                                {{Stage::scores, 0, 0, 0, 0}, 3.0f},
                                {{Stage::weights, 0, 0, 0, size.n - 1}, 0.5f},
                                {{Stage::layer_output, 0, 0, 0, 0}, 1.0f}};
        }
        cases.push_back(std::move(c));
      }
    }
  }
  for (Case& c : family_cases()) cases.push_back(std::move(c));
  return cases;
}

std::vector<Case> some_option_cases(std::size_t offset) {
  const std::vector<Case> all = option_cases();
  const std::size_t families = all.size() - family_cases().size();
  std::vector<Case> some;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (i % 3 == offset || i >= families) some.push_back(all[i]);
  return some;
}

void for_each_cell(const Trace& trace, const std::function<void(const Cell&)>& visit) {
  for (int stage = 0; stage < kStageCount; ++stage) {
    for (int layer = 0; layer <= static_cast<int>(trace.layers.size()); ++layer) {
      for (int head = 0; head < 16; ++head) {
        const Shape shape = shape_of(trace, static_cast<Stage>(stage), layer, head);
        for (int row = 0; row < shape.rows; ++row) {
          for (int column = 0; column < shape.columns; ++column) {
            visit({static_cast<Stage>(stage), layer, head, row, column});
          }
        }
      }
    }
  }
}

std::string describe(const Cell& cell) {
  return std::string(name_of(cell.stage)) + "[" + std::to_string(cell.row) + "," +
         std::to_string(cell.column) + "] of layer " + std::to_string(cell.layer) + ", head " +
         std::to_string(cell.head);
}

}  // namespace qkv::attention
