#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/attention/attention.h"

// Inputs for the tests of attention: seeded, small, and over every combination of options.
namespace qkv::attention {

struct Sizes {
  int n = 4;
  int d_model = 6;
  int d_k = 4;
  int d_v = 3;
  int heads = 1;
  int layers = 1;
  bool biases = false;
  bool w_o = false;
};

/// Normal numbers of deviation 1, the same on every machine for a seed.
Matrix random_matrix(int rows, int columns, unsigned seed);
Vector random_vector(int columns, unsigned seed);
/// Weights of deviation 1/√d_model, as networks are initialised.
Inputs random_inputs(const Sizes& sizes, unsigned seed);

struct Case {
  std::string name;
  Inputs inputs;
};
/// Every mask × positions × scale, over several sizes, with biases, overrides, given q, k, v and score bias
/// among them; and family_cases.
std::vector<Case> option_cases();
/// What model families add: norms before the layer and on q and k, partial rotary with given frequencies and
/// a factor, a soft-cap; alone and together, with overrides on the stages they bring.
std::vector<Case> family_cases();
/// Every third of them, for slow tests: still every size, mask and way of positions, and all family_cases.
/// `offset` 0, 1 or 2.
std::vector<Case> some_option_cases(std::size_t offset);

/// Calls visit for every cell of every stage of a trace.
void for_each_cell(const Trace& trace, const std::function<void(const Cell&)>& visit);
/// "weights[2,1] of layer 0, head 1"
std::string describe(const Cell& cell);

}  // namespace qkv::attention
