#include "app/workspaces/explain/stage_symbols.h"

namespace qkv::workspaces {

using drawing::Run;
using drawing::TextStyle;

drawing::Color role_colour(const drawing::Theme& t, Stage s) {
  switch (s) {
    case Stage::w_q:
    case Stage::b_q:
    case Stage::q:
    case Stage::q_rotated:
    case Stage::q_norm_gain:
    case Stage::q_norm_bias:
    case Stage::q_normalised:
      return t.query;
    case Stage::w_k:
    case Stage::b_k:
    case Stage::k:
    case Stage::k_rotated:
    case Stage::k_norm_gain:
    case Stage::k_norm_bias:
    case Stage::k_normalised:
      return t.key;
    case Stage::w_v:
    case Stage::b_v:
    case Stage::v:
    case Stage::output:
    case Stage::w_o:
    case Stage::b_o:
    case Stage::layer_output:
      return t.value;
    case Stage::scores:
    case Stage::scaled:
    case Stage::weights:
    case Stage::score_bias:
      return t.weight;
    default:
      return t.neutral;
  }
}

drawing::Color role_background(const drawing::Theme& t, Stage s) {
  const drawing::Color c = role_colour(t, s);
  return c == t.query    ? t.query_bg
         : c == t.key    ? t.key_bg
         : c == t.value  ? t.value_bg
         : c == t.weight ? t.weight_bg
                         : t.neutral_bg;
}

int step_of(Stage stage) {
  if (stage == Stage::score_bias) return 5;  // made before the scores, enters after them
  static constexpr Stage kLast[] = {Stage::x,      Stage::b_v,     Stage::k_rotated, Stage::scores,
                                    Stage::scaled, Stage::weights, Stage::output};
  int step = 1;
  while (step < kSteps && stage > kLast[step - 1]) ++step;
  return step;
}

const char* step_name(int step) {
  static constexpr const char* kNames[kSteps] = {"Embed",      "Project",      "Queries, keys, values",
                                                 "Compare",    "Scale + mask", "Softmax",
                                                 "Mix values", "Join and add"};
  return kNames[step - 1];
}

namespace {
struct Parts {
  const char *base, *sub, *super;
};
Parts parts(Stage s) {
  switch (s) {
    case Stage::embedding:
      return {"E", "", ""};
    case Stage::positions:
      return {"P", "", ""};
    case Stage::norm_gain:
      return {"γ", "", ""};
    case Stage::norm_bias:
      return {"β", "", ""};
    case Stage::x:
      return {"X", "", ""};
    case Stage::w_q:
      return {"W", "Q", ""};
    case Stage::w_k:
      return {"W", "K", ""};
    case Stage::w_v:
      return {"W", "V", ""};
    case Stage::b_q:
      return {"b", "Q", ""};
    case Stage::b_k:
      return {"b", "K", ""};
    case Stage::b_v:
      return {"b", "V", ""};
    case Stage::q:
      return {"Q", "", ""};
    case Stage::k:
      return {"K", "", ""};
    case Stage::v:
      return {"V", "", ""};
    case Stage::q_norm_gain:
      return {"γ", "Q", ""};
    case Stage::q_norm_bias:
      return {"β", "Q", ""};
    case Stage::k_norm_gain:
      return {"γ", "K", ""};
    case Stage::k_norm_bias:
      return {"β", "K", ""};
    case Stage::q_normalised:
      return {"Q", "norm", ""};
    case Stage::k_normalised:
      return {"K", "norm", ""};
    case Stage::q_rotated:
      return {"Q", "rot", ""};
    case Stage::k_rotated:
      return {"K", "rot", ""};
    case Stage::score_bias:
      return {"B", "", ""};
    case Stage::scores:
      return {"Q·K", "", "T"};
    case Stage::scaled:
      return {"S", "", ""};
    case Stage::weights:
      return {"A", "", ""};
    case Stage::output:
      return {"A·V", "", ""};
    case Stage::w_o:
      return {"W", "O", ""};
    case Stage::b_o:
      return {"b", "O", ""};
    case Stage::layer_output:
      return {"O", "", ""};
  }
  return {"?", "", ""};
}
}  // namespace

std::vector<Run> symbol(const drawing::Theme& theme, Stage stage, float size) {
  const Parts p = parts(stage);
  const drawing::Color c =
      stage == Stage::scores || stage == Stage::scaled ? theme.text : role_colour(theme, stage);
  std::vector<Run> out{{p.base, TextStyle{.color = c, .size = size, .weight = 600, .italic = true}}};
  if (*p.sub) out.push_back({p.sub, TextStyle{.color = c, .size = size, .weight = 500}, Run::Shift::sub});
  if (*p.super)
    out.push_back({p.super, TextStyle{.color = c, .size = size, .weight = 500}, Run::Shift::super});
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
    case Stage::embedding:
      return {"embedding", "The vector of each word, before positions are added."};
    case Stage::positions:
      return {"positions", "Sinusoids that tell the first token from the second; added to the embedding."};
    case Stage::norm_gain:
      return {"γ, gain of the norm", "Parameter. Multiplies each column of the normalised residual stream."};
    case Stage::norm_bias:
      return {"β, bias of the norm", "Parameter. Added to each column of the normalised residual stream."};
    case Stage::x:
      return {"X, residual stream", "One row a token: what this layer reads."};
    case Stage::w_q:
      return {"W_Q, query projection", "Parameter. Q = X·W_Q: turns a token into what it looks for."};
    case Stage::w_k:
      return {"W_K, key projection", "Parameter. K = X·W_K: turns a token into what it offers."};
    case Stage::w_v:
      return {"W_V, value projection", "Parameter. V = X·W_V: turns a token into what it passes on."};
    case Stage::b_q:
      return {"b_Q, query bias", "Parameter. Added to every row of Q."};
    case Stage::b_k:
      return {"b_K, key bias", "Parameter. Added to every row of K."};
    case Stage::b_v:
      return {"b_V, value bias", "Parameter. Added to every row of V."};
    case Stage::q:
      return {"Q, queries", "One row a token: what am I looking for?"};
    case Stage::k:
      return {"K, keys", "One row a token: what do I offer?"};
    case Stage::v:
      return {"V, values", "One row a token: what do I pass on when I am attended to?"};
    case Stage::q_norm_gain:
      return {"γ_Q, gain of the queries' norm",
              "Parameter. Multiplies each column of the normalised queries."};
    case Stage::q_norm_bias:
      return {"β_Q, bias of the queries' norm", "Parameter. Added to each column of the normalised queries."};
    case Stage::k_norm_gain:
      return {"γ_K, gain of the keys' norm", "Parameter. Multiplies each column of the normalised keys."};
    case Stage::k_norm_bias:
      return {"β_K, bias of the keys' norm", "Parameter. Added to each column of the normalised keys."};
    case Stage::q_normalised:
      return {"normalised queries",
              "Each row of Q brought to a common size, so that scores measure direction."};
    case Stage::k_normalised:
      return {"normalised keys", "Each row of K brought to a common size, so that scores measure direction."};
    case Stage::q_rotated:
      return {"rotated queries", "RoPE turns each pair of columns by an angle that grows with the position."};
    case Stage::k_rotated:
      return {"rotated keys", "RoPE turns each pair of columns by an angle that grows with the position."};
    case Stage::score_bias:
      return {"score bias", "Added to the scaled scores."};
    case Stage::scores:
      return {"scores, Q·Kᵀ", "How well each query (row) matches each key (column): their dot product."};
    case Stage::scaled:
      return {"scaled scores", "Scores ÷ √d_k ÷ temperature; masked cells are −∞."};
    case Stage::weights:
      return {"weights, the attention pattern",
              "Softmax of each row of scaled scores: positive, each row sums to 1."};
    case Stage::output:
      return {"output of the head", "Each row mixes the value rows by that row's weights."};
    case Stage::w_o:
      return {"W_O, output projection", "Parameter. Mixes the outputs of all heads back to d_model."};
    case Stage::b_o:
      return {"b_O, output bias", "Parameter. Added to every row of the layer's output."};
    case Stage::layer_output:
      return {"layer output", "What this layer adds to the residual stream."};
  }
  return {};
}

}  // namespace qkv::workspaces
