#pragma once
#include "core/attention/attention.h"

// The ways order enters attention. Angles are computed in double: at position 10,000 float would lose three
// digits. But angles from given frequencies are rounded to float32, as the models that give them have them.
namespace qkv::attention {

/// [n, d_model] of Vaswani et al. 2017 §3.5: even columns sin(p / 10000^(c/d_model)), odd columns the cosine
/// of the angle of the column before.
Matrix sinusoidal_table(int n, int d_model);

/// How rotary positions turn the columns of q and k (Su et al. 2021, columns paired as Hugging Face does).
struct Rotary {
  std::vector<double> frequencies;  ///< of pair i, columns i and i + frequencies.size(): radians a position
  float factor = 1;                 ///< on cosine and sine
  bool is_given = false;            ///< by Options::rope_frequencies
  int pairs() const { return static_cast<int>(frequencies.size()); }
  /// The column it turns with; itself when it is not rotated.
  int partner(int column) const;
  /// In radians, of a rotated column's pair.
  double angle(int position, int column) const;
};
/// By rope_frequencies, or by rope_base: then every column turns but an odd last one.
Rotary rotary_of(const Options& options, int d_k);
/// Rotary positions on every row of [n, d_k]. Columns without a partner are copied.
Matrix rotate(const Matrix& rows, const Rotary& rotary);

/// Slope of a head: 2^(−8(head+1)/heads) (Press et al. 2022).
float alibi_slope(int head, int heads);

}  // namespace qkv::attention
