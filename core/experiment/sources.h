#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/experiment/experiment.h"

// Where the numbers come from, for every place that says it: drawn numbers are never passed for set ones.
namespace qkv::experiment {

/// Where one given number comes from.
struct Source {
  enum class Kind { hand_set, random, imported, trained, zero, edited };
  Kind kind = Kind::hand_set;
  std::uint64_t seed = 0;  ///< random only
  bool operator==(const Source&) const = default;
};
/// Of a number that is given, not computed: an embedding, a parameter, a score bias, or q, k, v opened as
/// they are; edited where it was changed by hand. Nothing for computed cells and cells outside the
/// experiment.
std::optional<Source> source_of(const Experiment& experiment, const Cell& cell);
/// "set by hand", "random, seed 7", "imported", "trained", "zero: nothing is given for it", "changed by you".
std::string words_of(const Source& source);

/// Positions of tokens whose row of X is drawn from the embedding's seed although the embedding is not
/// random: their words are not in its list. A row of which every cell was changed by hand does not count.
std::vector<int> random_rows(const Experiment& experiment);

/// "hand-set", "random (seed 7)", "hand-set and imported": of W_Q, W_K, W_V (and Q, K, V given directly).
std::string weights_source(const Experiment& experiment);

/// One line: "hand-set weights", or, with random rows, "x of 'zebra' is random (seed 7); the weights are
/// hand-set".
std::string sources_in_words(const Experiment& experiment);

/// The title as the screen shows it: with another sentence its own, "Own sentence: zebras sleep".
std::string shown_title(const Experiment& experiment);
/// The description, and that it was written for another sentence where it was; then the source, where there
/// is one.
std::string shown_description(const Experiment& experiment);

}  // namespace qkv::experiment
