#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>

#include "core/experiment/experiment.h"

namespace qkv::experiment {

/// Evaluates one experiment after another and remembers the random numbers they share, so that following the
/// mouse costs only the attention. Gives exactly what the free functions give. Not to be shared between
/// threads.
class Evaluator {
 public:
  /// Throws Error when the parts do not fit together.
  attention::Inputs materialise(const Experiment& experiment);
  attention::Trace evaluate(const Experiment& experiment);

 private:
  struct Key {
    std::uint64_t seed = 0, stream = 0;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const { return key.seed * 0x9E3779B97F4A7C15U ^ key.stream; }
  };
  /// Standard normal numbers, at least as large as was asked for.
  struct Normals {
    Matrix values;
    bool used = false;  // since the last sweep
  };

  const Matrix& normals(Key key, int rows, int columns);
  /// Forgets what the last experiment did not use, once it has become much.
  void sweep();

  Matrix matrix_of(const Parameter& parameter, std::uint64_t stream, int rows, int columns);
  attention::Norm norm_of(const Experiment& experiment, const std::optional<Norm>& rule, Stage gain,
                          Stage bias, int layer, int head);
  Matrix embedding_of(const Experiment& experiment);
  attention::HeadInputs head_of(const Experiment& experiment, int layer, int head);
  attention::LayerInputs layer_of(const Experiment& experiment, int layer);

  std::unordered_map<Key, Normals, Hash> normals_;
};

}  // namespace qkv::experiment
