#pragma once
#include <string>
#include <vector>

#include "app/drawing/painter.h"
#include "core/attention/provenance.h"

// What the stages of attention are called and how they look, wherever a trace is shown.
namespace qkv::workspaces {

using attention::Cell;
using attention::Stage;

/// Role colour of a stage: query, key, value, weight or neutral.
drawing::Color role_colour(const drawing::Theme& theme, Stage stage);
drawing::Color role_background(const drawing::Theme& theme, Stage stage);

/// The n×n matrices of scores: query rows, key columns (score bias not included).
constexpr bool is_square(Stage s) { return s == Stage::scores || s == Stage::scaled || s == Stage::weights; }
/// True for the stages of which one serves the whole stack: layer 0.
constexpr bool is_of_stack(Stage s) {
  return s == Stage::embedding || s == Stage::positions || s == Stage::norm_gain || s == Stage::norm_bias ||
         s == Stage::score_bias;
}
/// A single row of parameters: biases, and the gains and biases of norms.
constexpr bool is_row(Stage s) {
  return s == Stage::b_q || s == Stage::b_k || s == Stage::b_v || s == Stage::b_o || s == Stage::norm_gain ||
         s == Stage::norm_bias || s == Stage::q_norm_gain || s == Stage::q_norm_bias || s == Stage::k_norm_gain ||
         s == Stage::k_norm_bias;
}
/// Its rows are input dimensions or outputs of heads.
constexpr bool is_weight_matrix(Stage s) {
  return s == Stage::w_q || s == Stage::w_k || s == Stage::w_v || s == Stage::w_o;
}
/// One row a token.
constexpr bool rows_are_tokens(Stage s) { return !is_row(s) && !is_weight_matrix(s); }

/// The steps the picture is numbered by, 1 ("Embed") to kSteps ("Join and add").
inline constexpr int kSteps = 8;
int step_of(Stage stage);
const char* step_name(int step);

/// The stage's symbol as typeset runs: X, W with a subscript Q, Q·Kᵀ, S, A, A·V …
std::vector<drawing::Run> symbol(const drawing::Theme& theme, Stage stage, float size);
/// The symbol in plain text: "W_Q", "Q·Kᵀ".
std::string plain_symbol(Stage stage);
/// The field's name and its one-line meaning, for tooltips: {"weights", "softmax of each row: …"}.
struct Meaning {
  std::string name, meaning;
};
Meaning term_of(Stage stage);

}  // namespace qkv::workspaces
