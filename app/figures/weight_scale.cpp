#include "app/figures/weight_scale.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/figures/numbers.h"

namespace qkv::figures {

namespace {

/// Without the zeros that say nothing: "0.50" → "0.5", "1.0" → "1".
std::string trimmed(std::string s) {
  if (s.find('.') == std::string::npos || s.find('e') != std::string::npos) return s;
  while (s.back() == '0') s.pop_back();
  if (s.back() == '.') s.pop_back();
  return s;
}

std::string power_text(int exponent) {
  return exponent == 0    ? "1"
         : exponent >= -2 ? trimmed(number(std::pow(10.f, static_cast<float>(exponent)), 2))
                          : "1e−" + std::to_string(-exponent);
}

std::vector<ScaleTick> linear_ticks(const WeightScale& s, int most) {
  const float span = s.hi - s.lo;
  if (!(span > 0)) return {{0, trimmed(number(s.lo, 3))}};
  const float power = std::pow(10.f, std::floor(std::log10(span / static_cast<float>(most))));
  float step = 10 * power;
  for (const float m : {5.f, 2.f, 1.f})
    if (span / (m * power) <= static_cast<float>(most) + 0.01f) step = m * power;
  const int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-4f)), 0, 8);
  std::vector<ScaleTick> out;
  for (int i = 0; i < 100; ++i) {
    const float v = (std::ceil(s.lo / step) + static_cast<float>(i)) * step;
    if (v > s.hi * 1.0001f) break;
    out.push_back({scale_value(s, v), number(v, decimals)});
  }
  return out;
}

std::vector<ScaleTick> log_ticks(const WeightScale& s, int most) {
  const int first = static_cast<int>(std::ceil(std::log10(s.lo) - 1e-4f)),
            last = static_cast<int>(std::floor(std::log10(s.hi) + 1e-4f));
  const int every = std::max(1, (last - first + most) / std::max(1, most));
  std::vector<ScaleTick> out;
  for (int e = first; e <= last; e += every)
    out.push_back({scale_value(s, std::pow(10.f, static_cast<float>(e))), power_text(e)});
  if (out.empty() || (out.back().place < 0.9f && static_cast<int>(out.size()) < most))
    out.push_back({1, trimmed(number(s.hi, s.hi < 0.1f ? 4 : 2))});
  return out;
}

}  // namespace

float scale_value(const WeightScale& s, float value) {
  if (std::isnan(value)) return value;
  float t = value;
  if (s.scale == Scale::linear) t = s.hi > s.lo ? (value - s.lo) / (s.hi - s.lo) : 0;
  if (s.scale == Scale::log)
    t = value <= s.lo || !(s.hi > s.lo) ? 0 : std::log2(value / s.lo) / std::log2(s.hi / s.lo);
  return std::clamp(t, 0.f, 1.f);
}

float value_at(const WeightScale& s, float place) {
  if (s.scale == Scale::linear) return s.lo + (s.hi - s.lo) * place;
  if (s.scale == Scale::log) return s.lo * std::pow(s.hi / s.lo, place);
  return place;
}

std::vector<ScaleTick> scale_ticks(const WeightScale& s, int most) {
  most = std::max(2, most);
  if (s.scale == Scale::row_rank) {
    if (most < 3) return {{0, "last"}, {1, "first"}};
    return {{0, "last"}, {0.5f, "middle"}, {1, "first"}};
  }
  return s.scale == Scale::log ? log_ticks(s, most) : linear_ticks(s, most);
}

float weight_limit(float largest) {
  if (!(largest > 0) || !std::isfinite(largest)) return 1;
  if (largest < 0.1f) return rounded_up(largest);
  return std::ceil(largest * 20 - 1e-3f) / 20;
}

WeightScale weight_scale(Scale scale, float largest) {
  const float hi = weight_limit(largest);
  return {.scale = scale, .lo = scale == Scale::log ? hi / 1e4f : 0, .hi = scale == Scale::row_rank ? 1 : hi};
}

WeightScale change_scale(float largest) {
  const float hi = weight_limit(largest);
  return {.scale = Scale::linear, .lo = -hi, .hi = hi, .diverging = true};
}

drawing::Map map_of(const WeightScale& s) {
  return s.diverging ? drawing::Map::diverging : drawing::Map::sequential;
}

float strength(const WeightScale& s, float place) { return s.diverging ? std::fabs(2 * place - 1) : place; }

Matrix rank_places(const Matrix& rows, const std::function<bool(int, int)>& counts) {
  Matrix out = Matrix::Zero(rows.rows(), rows.cols());
  std::vector<int> order;
  for (int i = 0; i < static_cast<int>(rows.rows()); ++i) {
    order.clear();
    for (int j = 0; j < static_cast<int>(rows.cols()); ++j)
      if ((!counts || counts(i, j)) && !std::isnan(rows(i, j))) order.push_back(j);
    std::sort(order.begin(), order.end(), [&](int a, int b) { return rows(i, a) > rows(i, b); });
    const float last = static_cast<float>(std::max<std::size_t>(order.size(), 2) - 1);
    float place = 1;
    for (std::size_t n = 0; n < order.size(); ++n) {
      if (n == 0 || rows(i, order[n]) != rows(i, order[n - 1])) place = 1 - static_cast<float>(n) / last;
      out(i, order[n]) = place;
    }
  }
  return out;
}

std::string weight_text(float weight, int characters) {
  if (!std::isfinite(weight)) {
    const std::string s = number(weight, 0);
    return columns_of(s) <= characters ? s : "";
  }
  for (int decimals = characters >= 6 ? 3 : 2; decimals >= 1; --decimals) {
    if (decimals == 1 && std::fabs(weight) < 0.05f) return "";  // −0.02 is not "0.0"
    for (const bool drop_zero : {false, true}) {
      const std::string s = NumberFormat{decimals, drop_zero, 100, true}(weight);
      if (columns_of(s) <= characters) return s;
    }
  }
  return NumberFormat{0, false, characters}(weight);
}

}  // namespace qkv::figures
