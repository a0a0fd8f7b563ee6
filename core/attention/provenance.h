#pragma once
#include <string>
#include <vector>

#include "core/attention/attention.h"

namespace qkv::attention {

/// How a value was made.
enum class Operation {
  given,       ///< a leaf: embedding, parameter, position
  overridden,  ///< fixed by hand
  add,         ///< x = embedding + positions; x of the next layer = x + layer_output
  normalise,   ///< x = x·(1/σ)·gain − μ·(1/σ)·gain + bias; q_normalised and k_normalised the same
  project,     ///< q = Σ x·w (+ b); layer_output = Σ output·w_o (+ b_o)
  copy,        ///< one operand as it is: x = embedding; layer_output without W_O; an unpaired column of RoPE
  rotate,      ///< q_rotated = q_a·cos·factor − q_b·sin·factor
  dot,         ///< scores = Σ q·k
  scale,       ///< scaled = score·(1/√d_k)·(1/T) + ALiBi + bias
  cap,         ///< scaled = softcap·tanh(score·(1/√d_k)·(1/T)/softcap) + ALiBi + bias
  mask,        ///< scaled = −inf; the one term is the constant −inf, the score does not enter
  softmax,     ///< weights = exp(s − max)/Σ exp
  fully_masked,  ///< a row with no allowed key: weights and output are zero by definition
  mix,           ///< output = Σ weight·v
};

/// One number that enters: a cell of an earlier stage, or a constant such as 1/√d_k (then is_cell is false).
struct Operand {
  bool is_cell = false;
  Cell cell;
  std::string name;  ///< "q[sat,3]"-free short form: "q", "w_q", "1/√d_k", "cos 2θ"
  float value = 0;
};

/// A product of operands; value = their product in float32.
struct Term {
  std::vector<Operand> factors;
  float value = 0;
};

/// value = Σ terms, except for weights: terms[j] has one factor, scaled[i,j], and value exp(s_j − maximum) (0
/// where masked); the weight is terms[column].value / sum, and 0 where masked or fully masked; and except for
/// cap, where the first term enters as softcap·tanh(term/softcap). given and overridden: no terms.
struct Explanation {
  Cell cell;
  float value = 0;
  Operation operation{};
  std::string words;  ///< one line, e.g. "q = Σ x·w_q over 8 dimensions"
  std::vector<Term> terms;
  float maximum = 0;  ///< softmax: the row's maximum, subtracted so that exp cannot overflow
  float sum = 0;      ///< softmax: Σ exp; otherwise Σ terms (cap: with the first as it enters)
  float softcap = 0;  ///< cap: the bound
  /// normalise: the cells of the row, whose mean and spread enter as the constants μ and 1/σ; empty where 1/σ
  /// is given.
  std::vector<Cell> averaged;
};

/// Where a number comes from. Recomputed from the operands in float32 it agrees within 4ε·Σ|terms|.
/// Throws Error when the cell is outside the trace.
Explanation explain(const Trace& trace, const Cell& cell);

/// A rectangle of cells, for outlines: rows [row, row+rows), columns [column, column+columns) of a stage.
struct Span {
  Stage stage{};
  int layer = 0, head = 0;
  int row = 0, column = 0, rows = 1, columns = 1;
  bool operator==(const Span&) const = default;
};
/// Everything upstream of the cell, in every earlier stage: explain()'s operands and averaged cells, theirs
/// and so on, as spans that do not overlap. Throws Error when the cell is outside the trace, as consumers_of
/// does.
std::vector<Span> operands_of(const Trace& trace, const Cell& cell);
/// Everything downstream: what this cell feeds in every later stage, as spans.
std::vector<Span> consumers_of(const Trace& trace, const Cell& cell);

}  // namespace qkv::attention
