#pragma once
#include "core/matrix.h"

// The ways order enters attention. Angles are computed in double: at position 10,000 float would lose three
// digits.
namespace qkv::attention {

/// [n, d_model] of Vaswani et al. 2017 §3.5: even columns sin(p / 10000^(c/d_model)), odd columns the cosine
/// of the angle of the column before.
Matrix sinusoidal_table(int n, int d_model);

/// Column a turns with column rope_partner(a, d_k); itself when it is not rotated (the odd last column).
int rope_partner(int column, int d_k);
/// The angle, in radians, by which a row at `position` turns the pair that `column` belongs to.
double rope_angle(int position, int column, int d_k, float base);
/// Rotary positions on every row of [n, d_k] (Su et al. 2021, columns paired as Hugging Face does).
Matrix rotate(const Matrix& rows, float base);

/// Slope of a head: 2^(−8(head+1)/heads) (Press et al. 2022).
float alibi_slope(int head, int heads);

}  // namespace qkv::attention
