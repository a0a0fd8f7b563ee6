#include "tests/core/experiment/documents.h"

#include <bit>
#include <limits>

#include "core/experiment/operations.h"
#include "core/experiment/words.h"

namespace qkv::experiment {
namespace {

bool toss(Random& random) { return (random() & 1) != 0; }

std::vector<std::string> any_texts(Random& random) {
  std::vector<std::string> texts(static_cast<std::size_t>(any_int(random, 3)));
  for (std::string& text : texts) text = any_text(random);
  return texts;
}

std::vector<float> any_floats(Random& random) {
  std::vector<float> floats(static_cast<std::size_t>(any_int(random, 6)));
  for (float& number : floats) number = any_float(random);
  return floats;
}

std::shared_ptr<const Matrix> any_matrix(Random& random) {
  auto matrix = std::make_shared<Matrix>(1 + any_int(random, 5), 1 + any_int(random, 5));
  for (float& number : matrix->reshaped()) number = any_float(random);
  return matrix;
}

std::shared_ptr<const Matrix> maybe_matrix(Random& random) {
  return toss(random) ? any_matrix(random) : nullptr;
}

float any_deviation(Random& random) { return std::ldexp(1.0F + static_cast<float>(any_int(random, 99)), -7); }

Parameter any_parameter(Random& random) {
  Parameter parameter;
  parameter.origin = static_cast<Origin>(any_int(random, 3));
  parameter.values = maybe_matrix(random);
  if (toss(random)) parameter.seed = random();
  if (toss(random)) parameter.deviation = any_deviation(random);
  return parameter;
}

std::optional<Parameter> maybe_parameter(Random& random) {
  return toss(random) ? std::optional(any_parameter(random)) : std::nullopt;
}

std::optional<Norm> maybe_norm(Random& random) {
  if (toss(random)) return std::nullopt;
  Norm norm;
  norm.kind = toss(random) ? attention::NormKind::layer : attention::NormKind::rms;
  if (toss(random)) norm.epsilon = any_deviation(random);
  norm.gain = maybe_parameter(random);
  norm.bias = maybe_parameter(random);
  if (norm.kind == attention::NormKind::rms && toss(random)) {
    Matrix factors(1 + any_int(random, 5), 1);
    for (float& number : factors.reshaped()) number = any_float(random);
    norm.factors = std::make_shared<const Matrix>(std::move(factors));
  }
  return norm;
}

Embedding any_embedding(Random& random) {
  Embedding embedding;
  embedding.origin = static_cast<Origin>(any_int(random, 3));
  for (int i = any_int(random, 4); i > 0; --i) embedding.words[folded(any_text(random))] = any_floats(random);
  if (any_int(random, 3) == 0) embedding.values = any_matrix(random);
  embedding.seed = random();
  embedding.deviation = toss(random) ? 0 : any_deviation(random);
  return embedding;
}

Head any_head(Random& random) {
  Head head;
  head.name = any_text(random);
  head.w_q = any_parameter(random);
  head.w_k = any_parameter(random);
  head.w_v = any_parameter(random);
  head.b_q = maybe_parameter(random);
  head.b_k = maybe_parameter(random);
  head.b_v = maybe_parameter(random);
  head.q_columns = any_texts(random);
  head.k_columns = any_texts(random);
  head.v_columns = any_texts(random);
  if (any_int(random, 3) == 0) head.q = any_matrix(random);
  if (any_int(random, 3) == 0) head.k = any_matrix(random);
  if (any_int(random, 3) == 0) head.v = any_matrix(random);
  head.q_norm = maybe_norm(random);
  head.k_norm = maybe_norm(random);
  return head;
}

Cell any_cell(Random& random) {
  return {static_cast<Stage>(any_int(random, attention::kStageCount - 1)), any_int(random, 2),
          any_int(random, 3), any_int(random, 9), any_int(random, 9)};
}

void fill_cells(Random& random, Experiment& e) {
  for (int i = any_int(random, 20); i > 0; --i) {
    Cell cell = any_cell(random);
    if (is_editable(cell.stage)) e.edits[cell] = any_float(random);
    if (takes_gain(cell.stage)) e.gains[{cell.stage, cell.layer, cell.head, 0, 0}] = any_float(random);
    if (toss(random)) cell.row = -1;
    e.explanations[cell] = any_text(random);
    e.custom_mask[{any_int(random, 9), any_int(random, 9)}] = toss(random);
  }
}

}  // namespace

int any_int(Random& random, int most) { return std::uniform_int_distribution<int>(0, most)(random); }

float any_float(Random& random) {
  using Limits = std::numeric_limits<float>;
  constexpr float kSpecial[] = {0.0F,
                                -0.0F,
                                1.0F,
                                Limits::quiet_NaN(),
                                Limits::infinity(),
                                -Limits::infinity(),
                                Limits::max(),
                                Limits::min(),
                                Limits::denorm_min(),
                                16777217.0F};
  switch (any_int(random, 2)) {
    case 0:
      return kSpecial[any_int(random, 9)];
    case 1:
      return std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    default:
      return static_cast<float>(any_int(random, 40) - 20) / 10;
  }
}

std::string any_text(Random& random) {
  constexpr const char* kParts[] = {"cat", "İstanbul", "ß",  "ſ",  "日本語", "👩‍👩‍👧",
                                    "é",   "\"",       "\\", "\n", "\x7f",   "\xEF\xBF\xBD",
                                    " ",   "שלום",     "ЖЖ", "\t"};
  std::string text;
  for (int i = any_int(random, 4); i > 0; --i) text += kParts[any_int(random, std::size(kParts) - 1)];
  return text;
}

Experiment any_experiment(Random& random) {
  Experiment e;
  e.title = any_text(random);
  e.description = any_text(random);
  e.source = any_text(random);
  for (int i = any_int(random, 6); i >= 0; --i)
    e.tokens.push_back({any_text(random), any_int(random, 4) == 0});
  e.written_for = any_text(random);
  e.sentences = any_texts(random);
  e.dimensions = any_texts(random);
  e.d_model = 1 + any_int(random, 7);
  e.d_k = 1 + any_int(random, 7);
  e.d_v = 1 + any_int(random, 7);
  e.embedding = any_embedding(random);
  e.norm = maybe_norm(random);
  e.layers.resize(static_cast<std::size_t>(1 + any_int(random, 2)));
  for (Layer& layer : e.layers) {
    for (int i = any_int(random, 3); i >= 0; --i) layer.heads.push_back(any_head(random));
    layer.w_o = e.layers.size() > 1 ? any_parameter(random) : maybe_parameter(random);
    if (layer.w_o) layer.b_o = maybe_parameter(random);
  }
  e.scale = toss(random);
  e.temperature = any_deviation(random);
  e.mask = static_cast<attention::MaskKind>(any_int(random, 2));
  e.window = 1 + any_int(random, 5);
  e.positions = static_cast<attention::Positions>(any_int(random, 3));
  e.rope_base = 1 + std::abs(any_deviation(random));
  if (toss(random)) e.softcap = any_deviation(random);
  if (toss(random)) e.rope_frequencies = any_floats(random);
  if (toss(random)) e.rope_factor = any_deviation(random);
  e.score_bias = maybe_matrix(random);
  fill_cells(random, e);
  for (int i = any_int(random, 2); i > 0; --i)
    e.targets.push_back({any_int(random, 7), any_int(random, 15), any_int(random, 5), any_int(random, 5),
                         any_text(random), any_text(random)});
  for (int i = any_int(random, 2); i > 0; --i)
    e.expected.push_back(
        {any_cell(random).stage, any_int(random, 7), any_int(random, 15), any_matrix(random)});
  return e;
}

Experiment tiny_experiment() {
  Experiment e;
  e.tokens = {{"a"}, {"b"}};
  e.d_model = e.d_k = e.d_v = 2;
  e.embedding.words = {{"a", {1, 0}}, {"b", {0, 1}}};
  e.embedding.deviation = 0;
  Head head;
  head.w_q.values = std::make_shared<Matrix>(Matrix{{1, 2}, {3, 4}});
  head.w_k.values = head.w_v.values = std::make_shared<Matrix>(Matrix::Identity(2, 2));
  e.layers = {{{head}, {}, {}}};
  return e;
}

}  // namespace qkv::experiment
