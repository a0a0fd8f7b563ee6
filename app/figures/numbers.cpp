#include "app/figures/numbers.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "core/rounding.h"

namespace qkv::figures {

namespace {
constexpr const char* kMinus = "\u2212";

std::string magnitude(float v, int decimals) {
  char buffer[64];
  const bool large = v >= 1e5f;
  std::snprintf(buffer, sizeof buffer, large ? "%.*e" : "%.*f", large ? 1 : decimals,
                large ? static_cast<double>(v) : ties_up(static_cast<double>(v), decimals));
  std::string s = buffer;
  if (const auto e = s.find("e+"); e != std::string::npos) {
    s.erase(e + 1, 1);
    if (s[e + 1] == '0') s.erase(e + 1, 1);
  }
  return s;
}

bool is_zero(const std::string& s) { return s.find_first_of("123456789") == std::string::npos; }

/// Whether these decimals are too few for a weight: it would read 1, or 0.99 here and 0.995 where there is room for more.
bool too_few(float weight, int decimals) {
  return number(weight, decimals).front() == '1' || (decimals < 3 && weight > 0.99f);
}
}  // namespace

std::string number(float value, int decimals) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "∞" : std::string(kMinus) + "∞";
  const std::string s = magnitude(std::fabs(value), decimals);
  return value < 0 && !is_zero(s) ? kMinus + s : s;
}

std::string telling_number(float value, int decimals) {
  const float size = std::fabs(value);
  if (!std::isfinite(value) || size == 0 || size == 1) return number(value, decimals);
  constexpr int kMostForSmall = 4, kMost = 8;
  for (int d = decimals; d <= kMost; ++d) {
    const std::string s = magnitude(size, d);
    if (is_zero(s) && d < kMostForSmall) continue;
    if (is_zero(s)) break;
    if (std::strtof(s.c_str(), nullptr) != 1) return number(value, d);
  }
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.1e", static_cast<double>(size));
  std::string s = buffer;
  s.replace(s.find("e-"), s[s.find("e-") + 2] == '0' ? 3 : 2, std::string("e") + kMinus);
  return value < 0 ? kMinus + s : s;
}

std::string weight_number(float value, int decimals) {
  if (!(value > 0 && value < 1)) return number(value, decimals);
  for (const int d : {decimals, decimals + 1})
    if (!too_few(value, d)) return number(value, d);
  return ">0." + std::string(static_cast<std::size_t>(decimals + 1), '9');
}

std::string listed_weight(float value, int decimals) {
  const std::string s = weight_number(value, decimals);
  if (!(value > 0) || !is_zero(s)) return s;
  return decimals < 1 ? "<1" : "<0." + std::string(static_cast<std::size_t>(decimals - 1), '0') + "1";
}

int columns_of(const std::string& text) {
  int n = 0;
  for (const char c : text) n += (c & 0xC0) != 0x80;
  return n;
}

std::string NumberFormat::operator()(float value) const {
  std::string s = number(value, decimals);
  if (of_weights && value > 0 && value < 1 && too_few(value, decimals)) {  // in as many characters as "1.00"
    const int room = std::min(decimals, characters - 2);
    if (room < 1) return "";
    return room < decimals || too_few(value, decimals + 1) ? ">." + std::string(static_cast<std::size_t>(room), '9') : number(value, decimals + 1).substr(1);
  }
  if (drop_zero && std::fabs(value) < 1) {
    if (is_zero(s)) {
      s = "0";
    } else if (const auto zero = s.find("0."); zero != std::string::npos) {
      s.erase(zero, 1);
    }
  }
  if (columns_of(s) <= characters) return s;
  // What a decimal tells of a whole or a large number may be left out.
  if (value == std::round(value) || std::fabs(value) >= 10) s = number(value, 0);
  return columns_of(s) <= characters ? s : "";
}

NumberFormat format_within(const Matrix& m, int max_decimals, int characters) {
  // Texts grow with the magnitude on either side of zero, so the two extremes speak for all.
  float least = 0, most = 0;
  bool integers = true;
  for (Eigen::Index i = 0; i < m.size(); ++i) {
    const float v = m.data()[i];
    if (!std::isfinite(v)) continue;
    least = std::min(least, v);
    most = std::max(most, v);
    integers = integers && v == std::round(v);
  }
  const int fewest = integers ? 0 : 1;
  for (int d = max_decimals; d >= fewest; --d) {
    for (const bool drop_zero : {false, true}) {
      constexpr int kAny = 100;
      const NumberFormat format{d, drop_zero, kAny};
      if (std::max(columns_of(format(least)), columns_of(format(most))) <= characters)
        return {d, drop_zero, characters};
    }
  }
  return {1, true, characters < 3 ? 0 : characters};
}

float rounded_up(float value) {
  if (!(value > 0) || !std::isfinite(value)) return 1;
  const float power = std::pow(10.f, std::floor(std::log10(value)));
  if (!(power > 0)) return value;
  for (const float step : {1.f, 1.5f, 2.f, 2.5f, 3.f, 4.f, 5.f, 6.f, 8.f, 10.f})
    if (value <= step * power * 1.00001f) return step * power;
  return value;
}

float symmetric_limit(const Matrix& m) {
  float largest = 0;
  for (Eigen::Index i = 0; i < m.size(); ++i) {
    const float a = std::fabs(m.data()[i]);
    if (std::isfinite(a) && a > largest) largest = a;
  }
  return rounded_up(largest);
}

}  // namespace qkv::figures
