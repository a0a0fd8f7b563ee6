#pragma once
#include <string_view>

#include "core/experiment/experiment.h"

// Every change the Lab can make, as functions from value to value. None throws on a valid experiment except
// where said; each keeps the edits attached to the token, row or column they were made on.
namespace qkv::experiment {

/// Splits a sentence into words and punctuation, any script (Unicode word boundaries as utf8proc's categories
/// allow; CJK ideographs one a token). At most max_tokens; `cut` tells how many were left out.
std::vector<Token> split_sentence(std::string_view text, int max_tokens = 512, int* cut = nullptr);
/// Tokens joined by one space.
std::string sentence_of(const Experiment& e);

Experiment with_sentence(Experiment e, std::string_view text);
Experiment with_token(Experiment e, int position, std::string_view text);
Experiment with_token_inserted(Experiment e, int position, std::string_view text);
Experiment with_token_removed(Experiment e, int position);  ///< the last one stays
Experiment with_token_moved(Experiment e, int from, int to);
Experiment with_token_padding(Experiment e, int position, bool padding);

Experiment with_d_k(Experiment e, int d_k);
Experiment with_d_v(Experiment e, int d_v);
Experiment with_d_model(Experiment e, int d_model);
/// Adds seeded random heads (said as such) or drops the last; 1 to 16. With more than one, a W_O appears when
/// needed.
Experiment with_heads(Experiment e, int layer, int heads);
Experiment with_layers(Experiment e, int layers);  ///< 1 to 8
Experiment with_biases(Experiment e, bool on);     ///< b_q, b_k, b_v of every head, zero when new
/// A score bias for every head and layer, zero when new; off takes its edits along.
Experiment with_score_bias(Experiment e, bool on);
/// The seed after this one, for 'another draw': four digits at most, so that it can be read out.
constexpr std::uint64_t next_seed(std::uint64_t seed) { return (seed % 9973 * 7919 + 104729) % 9973 + 1; }
/// Every weight matrix (and X where asked) by a new seed; its edits go.
Experiment randomised(Experiment e, std::uint64_t seed, bool embedding_too);
/// One matrix by a new seed.
Experiment with_random(Experiment e, Stage stage, int layer, int head, std::uint64_t seed);

Experiment with_value(Experiment e, const Cell& cell,
                      float value);  ///< an edit, or an override of a computed cell
Experiment with_gain(Experiment e, Stage stage, int layer, int head, float gain);
enum class Extent { cell, row, column, matrix };
/// Takes edits back: of the cell, its row, its column, its matrix.
Experiment with_reset(Experiment e, const Cell& cell, Extent extent);
/// Flips whether the query may attend to the key.
Experiment with_mask_cell(Experiment e, int query, int key);

/// True when the value of this stage can be changed by hand (leaves except positions; q, k, v, scores,
/// weights).
bool is_editable(Stage stage);
/// True for the weight matrices: w_q, w_k, w_v, w_o.
bool takes_gain(Stage stage);

}  // namespace qkv::experiment
