#include "core/attention/positions.h"

#include <cmath>

namespace qkv::attention {

Matrix sinusoidal_table(int n, int d_model) {
  Matrix table(n, d_model);
  for (int column = 0; column < d_model; ++column) {
    const int even = column - column % 2;
    const double wavelength = std::pow(10000.0, static_cast<double>(even) / d_model);
    for (int position = 0; position < n; ++position) {
      const double angle = position / wavelength;
      table(position, column) = static_cast<float>(column == even ? std::sin(angle) : std::cos(angle));
    }
  }
  return table;
}

int Rotary::partner(int column) const {
  if (column >= 2 * pairs()) return column;
  return column < pairs() ? column + pairs() : column - pairs();
}

double Rotary::angle(int position, int column) const {
  const double angle = position * frequencies[static_cast<std::size_t>(column % pairs())];
  return is_given ? static_cast<double>(static_cast<float>(angle)) : angle;
}

Rotary rotary_of(const Options& options, int d_k) {
  Rotary rotary{{}, options.rope_factor, options.rope_frequencies.size() > 0};
  for (const float frequency : options.rope_frequencies)
    rotary.frequencies.push_back(static_cast<double>(frequency));
  if (rotary.pairs() > 0) return rotary;
  const int half = d_k / 2;
  for (int pair = 0; pair < half; ++pair)
    rotary.frequencies.push_back(
        std::pow(static_cast<double>(options.rope_base), -static_cast<double>(pair) / half));
  return rotary;
}

Matrix rotate(const Matrix& rows, const Rotary& rotary) {
  Matrix rotated = rows;
  for (int pair = 0; pair < rotary.pairs(); ++pair) {
    const int other = rotary.partner(pair);
    for (int position = 0; position < rows.rows(); ++position) {
      const double angle = rotary.angle(position, pair);
      const float cosine = static_cast<float>(std::cos(angle)) * rotary.factor;
      const float sine = static_cast<float>(std::sin(angle)) * rotary.factor;
      const float first = rows(position, pair);
      const float second = rows(position, other);
      rotated(position, pair) = first * cosine - second * sine;
      rotated(position, other) = second * cosine + first * sine;
    }
  }
  return rotated;
}

float alibi_slope(int head, int heads) {
  return std::exp2(-8.0f * static_cast<float>(head + 1) / static_cast<float>(heads));
}

}  // namespace qkv::attention
