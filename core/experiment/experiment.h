#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/attention/attention.h"

namespace qkv::experiment {

using attention::Cell;
using attention::Stage;

inline constexpr int kMaxTokens = 2048, kMaxTokenBytes = 256;
inline constexpr int kMaxWidth = 4096;  ///< of d_model, d_k and d_v
inline constexpr long long kMaxParameters = 1LL << 27;  ///< numbers of all weight matrices together: 512 MB
inline constexpr int kMaxLayers = 8, kMaxHeads = 16;

/// Where the numbers of a parameter come from; shown on screen, never passed one for another.
enum class Origin { hand_set, random, imported, trained };

/// A matrix by rule, of any size asked for: growing and shrinking it back returns the same numbers.
struct Parameter {
  Origin origin = Origin::hand_set;
  std::shared_ptr<const Matrix> values;  ///< all but random: the top-left block; zero outside it
  std::uint64_t seed = 0;                ///< random: value(r, c) = deviation · normal(seed, stream, r, c)
  float deviation = 0;                   ///< random: standard deviation
};

/// A norm by rule (attention::Norm). The gain is 1 where it has no values, the bias 0.
struct Norm {
  attention::NormKind kind = attention::NormKind::layer;  ///< never none
  float epsilon = 1e-5f;
  std::optional<Parameter> gain, bias;
  std::shared_ptr<const Matrix>
      factors;  ///< [n, 1] or null: 1/rms of each row given, by position; 0: computed
};

/// Word → row of X. Same word (case-folded), same embedding.
struct Embedding {
  Origin origin = Origin::hand_set;
  std::map<std::string, std::vector<float>> words;  ///< case-folded word → values, zero beyond their count
  std::shared_ptr<const Matrix> values;             ///< imported: rows by position instead of by word
  std::uint64_t seed = 1;  ///< words not listed: deviation · normal(seed, word, column)
  float deviation = 1;
};

struct Token {
  std::string text;      ///< UTF-8
  bool padding = false;  ///< hidden as a key from every query
  bool operator==(const Token&) const = default;
};

struct Head {
  std::string name;  ///< "seeks the subject"; may be empty
  Parameter w_q, w_k, w_v;
  std::optional<Parameter> b_q, b_k, b_v;
  std::vector<std::string> q_columns, v_columns;  ///< names of the columns of Q and V; may be short or empty
  std::vector<std::string> k_columns;             ///< names of the columns of K
  std::shared_ptr<const Matrix> q, k, v;          ///< given directly instead of computed; else null
  std::optional<Norm> q_norm, k_norm;
};

struct Layer {
  std::vector<Head> heads;  ///< 1 to 16
  std::optional<Parameter> w_o, b_o;
};

/// What an experiment claims and a test checks: the largest weight of row `query` is at `key`.
struct Target {
  int layer = 0, head = 0;
  int query = 0, key = 0;  ///< token positions of the sentence it is stated for
  std::string sentence;    ///< the sentence, tokens joined by one space
  std::string because;     ///< in words
};

/// The user's own result to compare with (weights, output, …): shown as the largest difference and where.
struct Expected {
  Stage stage{};
  int layer = 0, head = 0;
  std::shared_ptr<const Matrix> values;
};

/// The Lab's document: everything needed to reproduce the screen exactly. A plain value, cheap to copy.
struct Experiment {
  std::string title;
  std::string description;
  std::vector<Token> tokens;
  std::string written_for;  ///< the sentence title and description speak of; empty: the present one
  std::vector<std::string> sentences;   ///< others to try, offered beside the token strip
  std::vector<std::string> dimensions;  ///< names of the columns of X; may be short or empty
  int d_model = 8, d_k = 8, d_v = 8;    ///< 1 to kMaxWidth
  Embedding embedding;
  std::optional<Norm> norm;   ///< of what the first layer reads
  std::vector<Layer> layers;  ///< at least one
  bool scale = true;
  float temperature = 1;
  float softcap = 0;  ///< 0: none
  attention::MaskKind mask = attention::MaskKind::none;
  int window = 2;
  std::map<std::pair<int, int>, bool> custom_mask;  ///< {query, key} → allowed
  attention::Positions positions = attention::Positions::none;
  float rope_base = 10000;
  std::vector<float> rope_frequencies;  ///< empty: from rope_base; as many as fit d_k are used
  float rope_factor = 1;
  std::shared_ptr<const Matrix> score_bias;  ///< null: none
  std::map<Cell, float>
      edits;  ///< cells changed by hand: of leaves (a new value) and of computed stages (an override)
  std::map<Cell, float> gains;  ///< factor on a whole weight matrix; the cell's row and column are 0
  std::map<Cell, std::string>
      explanations;  ///< why this weight is not zero, in words; also for whole columns (row −1)
  std::vector<Target> targets;
  std::vector<Expected> expected;
  std::string source;  ///< for imports: what was inferred ("W_Q transposed: stored [out, in]"), one line
};

/// True when both are the same document: every field and every number by its bits (any NaN equals any NaN),
/// whatever the pointers. An absent matrix equals an empty one.
bool same(const Experiment& a, const Experiment& b);

/// The default experiment, 'The cat sat down', built into the program.
const Experiment& default_experiment();

/// The inputs of the computation: rules turned into matrices, edits and gains applied.
/// Throws Error when the parts do not fit together. To follow the mouse use Evaluator (evaluator.h), which
/// remembers the random numbers from one call to the next.
attention::Inputs materialise(const Experiment& experiment);

/// materialise + attend.
attention::Trace evaluate(const Experiment& experiment);

/// The same experiment as it started: no edits, no gains.
Experiment without_edits(const Experiment& experiment);

/// "weights[2,1]", "0.1:w_q[2,3]" (layer.head, left out when 0.0), "w_q[*,3]" (row −1, a whole column) and
/// back; false when it is not a cell.
std::string format_cell(const Cell& cell);
bool parse_cell(std::string_view text, Cell& cell);

}  // namespace qkv::experiment
