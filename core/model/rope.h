#pragma once
#include <string>
#include <vector>

#include "core/matrix.h"
#include "core/parallel.h"

// Rotary position embeddings (Su et al. 2021) with the ways of stretching them that configurations name.
namespace qkv::model {

enum class RopeType { standard, linear, dynamic, llama3, yarn, longrope };

/// One kind of rotary positions. Dimension i of the first dims/2 turns with i + dims/2; those after dims
/// stay.
struct Rope {
  RopeType type = RopeType::standard;
  int dims = 0;  ///< of head_dim; even; 0: no rotary positions
  double theta = 10000;
  double factor = 1;
  double positions = 0;                          ///< max_position_embeddings: where dynamic begins to stretch
  double original_positions = 0;                 ///< before stretching: llama3, yarn, longrope
  double low_frequency = 1, high_frequency = 4;  ///< llama3
  double beta_fast = 32, beta_slow = 1;          ///< yarn
  bool truncate = true;                          ///< yarn
  double attention_factor = 1;                   ///< on cos and sin: yarn, longrope
  std::vector<double> short_factors, long_factors;  ///< [dims/2] longrope
};

/// Radians a position turns each pair by, for a text of n tokens: [dims/2], float32 as the reference has
/// them.
std::vector<float> inverse_frequencies(const Rope& rope, int n);

/// Rows are positions 0 … n−1; heads of `head_dim` columns side by side are turned in place.
void rotate(Team& team, const Rope& rope, const std::vector<float>& frequencies, int head_dim,
            Eigen::Ref<Matrix> x);

}  // namespace qkv::model
