#pragma once
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

// Arithmetic on as many floats as one register of this machine holds, by the vector extensions of GCC and
// Clang, and the few functions that attention and the MLPs need, each with the bound that
// tests/core/attention holds it to.
namespace qkv::vectors {

#if defined(__AVX512F__)
constexpr int kLanes = 16, kRegisters = 32;
#elif defined(__AVX__)
constexpr int kLanes = 8, kRegisters = 16;
#else
constexpr int kLanes = 4, kRegisters = 16;
#endif
typedef float Floats __attribute__((vector_size(kLanes * sizeof(float))));
typedef std::int32_t Ints __attribute__((vector_size(kLanes * sizeof(float))));

inline Floats load(const float* from) {
  Floats x;
  std::memcpy(&x, from, sizeof x);
  return x;
}
inline void store(float* to, Floats x) { std::memcpy(to, &x, sizeof x); }
inline Floats all(float x) { return Floats{} + x; }
/// 0, 1, 2, …
inline Ints lanes() {
  Ints x{};
  for (int i = 0; i < kLanes; ++i) x[i] = i;
  return x;
}
/// The first `count` floats, zeros after them.
inline Floats load_some(const float* from, int count) {
  Floats x{};
  std::memcpy(&x, from, sizeof(float) * static_cast<unsigned>(count));
  return x;
}
inline void store_some(float* to, Floats x, int count) {
  std::memcpy(to, &x, sizeof(float) * static_cast<unsigned>(count));
}
/// Smallest multiple of kLanes that is at least `count`.
constexpr int padded(int count) { return (count + kLanes - 1) / kLanes * kLanes; }

inline float sum(Floats x) {
  float total = 0;
  for (int i = 0; i < kLanes; ++i) total += x[i];
  return total;
}
inline float maximum(Floats x) {
  float most = x[0];
  for (int i = 1; i < kLanes; ++i) most = x[i] > most ? x[i] : most;
  return most;
}

/// Calls work with the constants 0 … count−1, unrolled: what it indexes with them stays in registers.
template <int count, typename Work>
[[gnu::always_inline]] inline void unrolled(Work&& work) {
  [&]<int... index>(std::integer_sequence<int, index...>) __attribute__((always_inline)) {
    (work(std::integral_constant<int, index>{}), ...);
  }
  (std::make_integer_sequence<int, count>{});
}

/// eˣ within 1.5e-7 of itself where the result is at least 2.8e-38 (x ≥ −86.5); below, 0; above 88.72, +inf;
/// NaN for NaN. 2ⁿ·eʳ with |r| ≤ ln 2 / 2, eʳ by a polynomial fitted to the relative error.
inline Floats exp(Floats x) {
  constexpr float kRound = 12582912.0f;  // 1.5·2²³: adding it leaves the nearest integer in the low bits
  constexpr std::int32_t kRoundBits = 0x4B400000;
  const Floats shifted = x * 1.44269504f + kRound;
  const Floats n = shifted - kRound;
  Floats r = x - n * 0.693359375f;  // ln 2 in two parts, the first with few bits, so that n times it is exact
  r = r + n * 2.12194440e-4f;
  Floats p = r * 0.0013814465f + 0.008368781f;
  p = p * r + 0.041668393f;
  p = p * r + 0.1666652f;
  p = p * r + 0.49999994f;
  p = p * (r * r) + r;
  p = p + 1.0f;
  const Floats half_of_scale = (Floats)(((Ints)shifted - (kRoundBits - 126)) << 23);
  Floats y = p * half_of_scale * 2.0f;
  y = x < all(-86.5f) ? Floats{} : y;
  return x > all(88.7228f) ? all(std::numeric_limits<float>::infinity()) : y;
}

/// tanh(x) within 3e-7 of itself; ±1 at ±inf, NaN for NaN.
inline Floats tanh(Floats x) {
  const Floats size = x < Floats{} ? -x : x;
  const Floats e = exp(size * -2.0f);
  Floats far = (1.0f - e) / (1.0f + e);
  far = x < Floats{} ? -far : far;
  const Floats square = x * x;
  Floats p = square * -0.0057170326f + 0.020650575f;
  p = p * square - 0.053743493f;
  p = p * square + 0.13331491f;
  p = p * square - 0.33333284f;
  const Floats near = p * (square * x) + x;
  return size < all(0.625f) ? near : far;
}

}  // namespace qkv::vectors
