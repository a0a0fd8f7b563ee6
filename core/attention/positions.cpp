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

int rope_partner(int column, int d_k) {
  const int half = d_k / 2;
  if (column >= 2 * half) return column;
  return column < half ? column + half : column - half;
}

double rope_angle(int position, int column, int d_k, float base) {
  const int half = d_k / 2;
  if (column >= 2 * half) return 0;
  return position * std::pow(static_cast<double>(base), -static_cast<double>(column % half) / half);
}

Matrix rotate(const Matrix& rows, float base) {
  Matrix rotated = rows;
  const int d_k = static_cast<int>(rows.cols());
  const int half = d_k / 2;
  for (int pair = 0; pair < half; ++pair) {
    const double step = rope_angle(1, pair, d_k, base);
    for (int position = 0; position < rows.rows(); ++position) {
      const auto cosine = static_cast<float>(std::cos(position * step));
      const auto sine = static_cast<float>(std::sin(position * step));
      const float first = rows(position, pair);
      const float second = rows(position, pair + half);
      rotated(position, pair) = first * cosine - second * sine;
      rotated(position, pair + half) = second * cosine + first * sine;
    }
  }
  return rotated;
}

float alibi_slope(int head, int heads) {
  return std::exp2(-8.0f * static_cast<float>(head + 1) / static_cast<float>(heads));
}

}  // namespace qkv::attention
