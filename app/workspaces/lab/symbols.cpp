#include "app/workspaces/lab/symbols.h"

#include "app/figures/numbers.h"
#include "core/experiment/sources.h"

namespace qkv::workspaces {

using drawing::Run;
using drawing::TextStyle;

drawing::Color role_colour(const drawing::Theme& t, Stage s) {
  switch (s) {
    case Stage::w_q: case Stage::b_q: case Stage::q: case Stage::q_rotated:
    case Stage::q_norm_gain: case Stage::q_norm_bias: case Stage::q_normalised: return t.query;
    case Stage::w_k: case Stage::b_k: case Stage::k: case Stage::k_rotated:
    case Stage::k_norm_gain: case Stage::k_norm_bias: case Stage::k_normalised: return t.key;
    case Stage::w_v: case Stage::b_v: case Stage::v: case Stage::output: case Stage::w_o: case Stage::b_o:
    case Stage::layer_output: return t.value;
    case Stage::scores: case Stage::scaled: case Stage::weights: case Stage::score_bias: return t.weight;
    default: return t.neutral;
  }
}

drawing::Color role_background(const drawing::Theme& t, Stage s) {
  const drawing::Color c = role_colour(t, s);
  return c == t.query ? t.query_bg : c == t.key ? t.key_bg : c == t.value ? t.value_bg : c == t.weight ? t.weight_bg : t.neutral_bg;
}

int step_of(Stage stage) {
  if (stage == Stage::score_bias) return 5;  // made before the scores, enters after them
  static constexpr Stage kLast[] = {Stage::x, Stage::b_v, Stage::k_rotated, Stage::scores, Stage::scaled, Stage::weights, Stage::output};
  int step = 1;
  while (step < kSteps && stage > kLast[step - 1]) ++step;
  return step;
}

const char* step_name(int step) {
  static constexpr const char* kNames[kSteps] = {"Embed", "Project", "Queries, keys, values", "Compare", "Scale + mask", "Softmax",
                                                 "Mix values", "Join and add"};
  return kNames[step - 1];
}

namespace {
struct Parts {
  const char *base, *sub, *super;
};
Parts parts(Stage s) {
  switch (s) {
    case Stage::embedding: return {"E", "", ""};
    case Stage::positions: return {"P", "", ""};
    case Stage::norm_gain: return {"γ", "", ""};
    case Stage::norm_bias: return {"β", "", ""};
    case Stage::x: return {"X", "", ""};
    case Stage::w_q: return {"W", "Q", ""};
    case Stage::w_k: return {"W", "K", ""};
    case Stage::w_v: return {"W", "V", ""};
    case Stage::b_q: return {"b", "Q", ""};
    case Stage::b_k: return {"b", "K", ""};
    case Stage::b_v: return {"b", "V", ""};
    case Stage::q: return {"Q", "", ""};
    case Stage::k: return {"K", "", ""};
    case Stage::v: return {"V", "", ""};
    case Stage::q_norm_gain: return {"γ", "Q", ""};
    case Stage::q_norm_bias: return {"β", "Q", ""};
    case Stage::k_norm_gain: return {"γ", "K", ""};
    case Stage::k_norm_bias: return {"β", "K", ""};
    case Stage::q_normalised: return {"Q̂", "", ""};
    case Stage::k_normalised: return {"K̂", "", ""};
    case Stage::q_rotated: return {"Q", "rot", ""};
    case Stage::k_rotated: return {"K", "rot", ""};
    case Stage::score_bias: return {"B", "", ""};
    case Stage::scores: return {"Q·K", "", "T"};
    case Stage::scaled: return {"S", "", ""};
    case Stage::weights: return {"A", "", ""};
    case Stage::output: return {"A·V", "", ""};
    case Stage::w_o: return {"W", "O", ""};
    case Stage::b_o: return {"b", "O", ""};
    case Stage::layer_output: return {"O", "", ""};
  }
  return {"?", "", ""};
}
}  // namespace

std::vector<Run> symbol(const drawing::Theme& theme, Stage stage, float size) {
  const Parts p = parts(stage);
  const drawing::Color c = stage == Stage::scores || stage == Stage::scaled ? theme.text : role_colour(theme, stage);
  std::vector<Run> out{{p.base, TextStyle{.color = c, .size = size, .weight = 600, .italic = true}}};
  if (*p.sub) out.push_back({p.sub, TextStyle{.color = c, .size = size, .weight = 500}, Run::Shift::sub});
  if (*p.super) out.push_back({p.super, TextStyle{.color = c, .size = size, .weight = 500}, Run::Shift::super});
  return out;
}

std::string plain_symbol(Stage stage) {
  const Parts p = parts(stage);
  std::string s = p.base;
  if (*p.sub) s += std::string("_") + p.sub;
  if (*p.super) s += "ᵀ";
  return s;
}

Meaning term_of(Stage s) {
  switch (s) {
    case Stage::embedding: return {"embedding", "The vector of each word, before positions are added."};
    case Stage::positions: return {"positions", "Sinusoids that tell the first token from the second; added to the embedding."};
    case Stage::norm_gain: return {"γ, gain of the norm", "Parameter. Multiplies each column of the normalised residual stream."};
    case Stage::norm_bias: return {"β, bias of the norm", "Parameter. Added to each column of the normalised residual stream."};
    case Stage::x: return {"X, residual stream", "One row a token: what this layer reads."};
    case Stage::w_q: return {"W_Q, query projection", "Parameter. Q = X·W_Q: turns a token into what it looks for."};
    case Stage::w_k: return {"W_K, key projection", "Parameter. K = X·W_K: turns a token into what it offers."};
    case Stage::w_v: return {"W_V, value projection", "Parameter. V = X·W_V: turns a token into what it passes on."};
    case Stage::b_q: return {"b_Q, query bias", "Parameter. Added to every row of Q."};
    case Stage::b_k: return {"b_K, key bias", "Parameter. Added to every row of K."};
    case Stage::b_v: return {"b_V, value bias", "Parameter. Added to every row of V."};
    case Stage::q: return {"Q, queries", "One row a token: what am I looking for?"};
    case Stage::k: return {"K, keys", "One row a token: what do I offer?"};
    case Stage::v: return {"V, values", "One row a token: what do I pass on when I am attended to?"};
    case Stage::q_norm_gain: return {"γ_Q, gain of the queries' norm", "Parameter. Multiplies each column of the normalised queries."};
    case Stage::q_norm_bias: return {"β_Q, bias of the queries' norm", "Parameter. Added to each column of the normalised queries."};
    case Stage::k_norm_gain: return {"γ_K, gain of the keys' norm", "Parameter. Multiplies each column of the normalised keys."};
    case Stage::k_norm_bias: return {"β_K, bias of the keys' norm", "Parameter. Added to each column of the normalised keys."};
    case Stage::q_normalised: return {"normalised queries", "Each row of Q brought to a common size, so that scores measure direction."};
    case Stage::k_normalised: return {"normalised keys", "Each row of K brought to a common size, so that scores measure direction."};
    case Stage::q_rotated: return {"rotated queries", "RoPE turns each pair of columns by an angle that grows with the position."};
    case Stage::k_rotated: return {"rotated keys", "RoPE turns each pair of columns by an angle that grows with the position."};
    case Stage::score_bias: return {"score bias", "Added to the scaled scores."};
    case Stage::scores: return {"scores, Q·Kᵀ", "How well each query (row) matches each key (column): their dot product."};
    case Stage::scaled: return {"scaled scores", "Scores ÷ √d_k ÷ temperature; masked cells are −∞."};
    case Stage::weights: return {"weights, the attention pattern", "Softmax of each row of scaled scores: positive, each row sums to 1."};
    case Stage::output: return {"output of the head", "Each row mixes the value rows by that row's weights."};
    case Stage::w_o: return {"W_O, output projection", "Parameter. Mixes the outputs of all heads back to d_model."};
    case Stage::b_o: return {"b_O, output bias", "Parameter. Added to every row of the layer's output."};
    case Stage::layer_output: return {"layer output", "What this layer adds to the residual stream."};
  }
  return {};
}

namespace {
std::string named(const std::vector<std::string>& names, int i) {
  return i >= 0 && i < static_cast<int>(names.size()) && !names[static_cast<std::size_t>(i)].empty()
             ? names[static_cast<std::size_t>(i)] : std::to_string(i);
}
const experiment::Head* head_of(const experiment::Experiment& e, const Cell& c) {
  if (c.layer < 0 || c.layer >= static_cast<int>(e.layers.size())) return nullptr;
  const auto& heads = e.layers[static_cast<std::size_t>(c.layer)].heads;
  return c.head >= 0 && c.head < static_cast<int>(heads.size()) ? &heads[static_cast<std::size_t>(c.head)] : nullptr;
}
}  // namespace

std::string token_label(const experiment::Experiment& e, int i) {
  if (i < 0 || i >= static_cast<int>(e.tokens.size())) return std::to_string(i);
  const std::string& t = e.tokens[static_cast<std::size_t>(i)].text;
  return t.empty() ? "∅" : t;
}

std::string row_name(const experiment::Experiment& e, const Cell& c) {
  switch (c.stage) {
    case Stage::w_q: case Stage::w_k: case Stage::w_v: return named(e.dimensions, c.row);
    case Stage::b_q: case Stage::b_k: case Stage::b_v: case Stage::b_o: case Stage::norm_gain: case Stage::norm_bias:
    case Stage::q_norm_gain: case Stage::q_norm_bias: case Stage::k_norm_gain: case Stage::k_norm_bias: return "";
    case Stage::w_o: {
      const int d = std::max(1, e.d_v);
      const experiment::Head* h = head_of(e, {c.stage, c.layer, c.row / d, 0, 0});
      return "head " + std::to_string(c.row / d) + " " + (h ? named(h->v_columns, c.row % d) : std::to_string(c.row % d));
    }
    default: return token_label(e, c.row);
  }
}

std::string column_name(const experiment::Experiment& e, const Cell& c) {
  const experiment::Head* h = head_of(e, c);
  switch (c.stage) {
    case Stage::embedding: case Stage::positions: case Stage::norm_gain: case Stage::norm_bias: case Stage::x:
    case Stage::w_o: case Stage::b_o:
      return named(e.dimensions, c.column);
    case Stage::layer_output: {
      const auto& layer = e.layers[static_cast<std::size_t>(std::min<int>(c.layer, static_cast<int>(e.layers.size()) - 1))];
      if (layer.w_o) return named(e.dimensions, c.column);
      const experiment::Head* of = head_of(e, {c.stage, c.layer, c.column / std::max(1, e.d_v), 0, 0});
      return of ? named(of->v_columns, c.column % std::max(1, e.d_v)) : std::to_string(c.column);
    }
    case Stage::w_q: case Stage::b_q: case Stage::q: case Stage::q_rotated:
    case Stage::q_norm_gain: case Stage::q_norm_bias: case Stage::q_normalised:
      return h ? named(h->q_columns, c.column) : std::to_string(c.column);
    case Stage::w_k: case Stage::b_k: case Stage::k: case Stage::k_rotated:
    case Stage::k_norm_gain: case Stage::k_norm_bias: case Stage::k_normalised:
      return h ? named(h->k_columns, c.column) : std::to_string(c.column);
    case Stage::w_v: case Stage::b_v: case Stage::v: case Stage::output:
      return h ? named(h->v_columns, c.column) : std::to_string(c.column);
    default: return token_label(e, c.column);
  }
}

bool x_is_embedding(const experiment::Experiment& e) {
  return e.positions != attention::Positions::sinusoidal && !e.norm;
}

Cell stored_cell(const Cell& c) {
  return c.stage == Stage::x && c.layer == 0 ? Cell{Stage::embedding, 0, 0, c.row, c.column} : c;
}

namespace {
/// As a sentence among others: a capital first (of ASCII letters), a full stop last.
std::string sentence(std::string text) {
  if (text.empty()) return text;
  if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  if (std::string_view(".!?").find(text.back()) == std::string_view::npos) text += '.';
  return text;
}
}  // namespace

std::string explanation_of(const experiment::Experiment& e, const Cell& cell) {
  const Cell c = stored_cell(cell);
  const auto own = e.explanations.find(c), column = e.explanations.find({c.stage, c.layer, c.head, -1, c.column});
  std::string text = own == e.explanations.end() ? "" : sentence(own->second);
  if (column != e.explanations.end()) text += (text.empty() ? "" : " ") + sentence(column->second);
  return text;
}

std::string given_words(const experiment::Experiment& e, const Cell& cell) {
  if (cell.stage == Stage::x && !x_is_embedding(e)) return "";  // computed
  const auto source = experiment::source_of(e, stored_cell(cell));
  return source ? "Given: " + experiment::words_of(*source) + "." : "";
}

std::string words_of(const experiment::Experiment& e, const attention::Explanation& why) {
  const std::string given = given_words(e, why.cell);
  if (given.empty()) return why.words;
  if (why.operation != attention::Operation::given) return why.words + ". " + given;
  const auto source = experiment::source_of(e, stored_cell(why.cell));
  return plain_symbol(why.cell.stage) + " is given, not computed: " + experiment::words_of(*source) + ".";
}

std::string question_of(const experiment::Experiment& e, const attention::Explanation& why) {
  const bool given = why.operation == attention::Operation::given || !given_words(e, why.cell).empty();
  return (given ? "What is " : "Why ") + figures::number(why.value, 2) + "?";
}

std::string cell_name(const experiment::Experiment& e, const Cell& c) {
  const std::string row = row_name(e, c), column = column_name(e, c);
  return plain_symbol(c.stage) + "[" + (row.empty() ? "" : row + ", ") + column + "]";
}

}  // namespace qkv::workspaces
