#pragma once
#include <string>
#include <vector>

#include "app/workspaces/explain/stage_symbols.h"
#include "core/experiment/experiment.h"

namespace qkv::workspaces {

/// "A[sat, cat]", "W_Q[verb, seeks a noun]": the cell by the names of its row and column.
std::string cell_name(const experiment::Experiment& e, const Cell& cell);
/// Names of a row and a column (token, dimension or column name; the index where there is none).
std::string row_name(const experiment::Experiment& e, const Cell& cell);
std::string column_name(const experiment::Experiment& e, const Cell& cell);
/// X of the first layer is the embedding itself: no positions are added, no norm comes before it.
bool x_is_embedding(const experiment::Experiment& e);
/// Where a change of the cell is kept: X of the first layer is the embedding itself.
Cell stored_cell(const Cell& cell);
/// What the experiment says of this number in words: of the cell, then of its column; empty when nothing.
std::string explanation_of(const experiment::Experiment& e, const Cell& cell);
/// "Given: random, seed 7." of a given number; empty for a computed one. X of the first layer is its embedding.
std::string given_words(const experiment::Experiment& e, const Cell& cell);
/// How the value was made, in words; of a given one where it comes from: "W_Q is given, not computed: set by hand."
std::string words_of(const experiment::Experiment& e, const attention::Explanation& why);
/// "Why 0.80?"; of a number that is given "What is 1.50?".
std::string question_of(const experiment::Experiment& e, const attention::Explanation& why);
/// After the label of a row of X whose numbers are random although those of X are not.
inline constexpr const char* kRandomMark = "*";
/// A token as it stands in the text, or a visible mark for an empty one.
std::string token_text(const experiment::Experiment& e, int position);
/// A token for a label or a sentence: its text, and which of them it is where several have it ("the₂").
std::string token_label(const experiment::Experiment& e, int position);
/// Labels of an axis, in linear time: as token_label(), but that among more than 24 their place alone tells them apart, for
/// there is no room.
std::vector<std::string> token_labels(const experiment::Experiment& e);

}  // namespace qkv::workspaces
