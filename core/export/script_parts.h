#pragma once
#include <set>
#include <string>

#include "core/export/script.h"

// The parts a script is put together from; script.cpp arranges them.
namespace qkv::exports {

/// What this trace makes use of. A script has no line it does not need.
struct Uses {
  explicit Uses(const attention::Trace& trace);

  bool biases = false, output_biases = false;
  bool input_norm = false, layer_norm = false, rms_norm = false, given_factors = false;
  bool norm_gains = false, norm_biases = false;
  bool w_o = false, every_w_o = true;
  bool fully_masked = false;   ///< some row has no key
  bool broken_rows = false;    ///< some row of scaled has NaN or +inf
  bool broken_values = false;  ///< some v is NaN or infinite
  bool masked = false;
  bool residual_after_all = false;  ///< the last layer's output has the width of x
  bool several_layers = false;
  bool broken_numbers = false;  ///< some given number is NaN or infinite
  /// Of the stages of heads and layers: which have cells fixed by hand.
  std::set<attention::Stage> fixed;
  enum class Have { none, some, all };
  Have given_q{}, given_k{}, given_v{}, q_norm{}, k_norm{};
};

/// The functions of the stages, in the order of computation.
std::string stage_functions(const attention::Trace& trace, const Uses& uses, Language language);
/// What attend() takes beyond x and the head, as ", layer, h, heads": only what it needs.
std::string arguments_of_head(const attention::Trace& trace, const Uses& uses, const std::string& layer,
                              const std::string& heads);
/// attend(x, head, …): one head.
std::string head_function(const attention::Trace& trace, const Uses& uses);
/// run(): the whole stack, and main().
std::string run_function(const attention::Trace& trace, const Uses& uses, Language language);
/// Every given number, as assignments.
std::string numbers(const experiment::Experiment& experiment, const attention::Trace& trace, const Uses& uses,
                    Language language);

}  // namespace qkv::exports
