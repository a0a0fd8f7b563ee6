#pragma once
#include <array>
#include <cstddef>

namespace qkv::drawing {

enum class HeatUniform : unsigned char {
  values,
  mask,
  colors,
  viewport,
  range,
  rect,
  cells,
  first,
  span,
  pixel,
  scale,
  alpha,
  error_mark,
  cell_gap,
  mask_fill,
  mask_hatch,
  error,
  error_fill,
  count,
};

/// What a heatmap needs of the shader. Each combination is a program of its own: a software renderer executes
/// every branch for every pixel, so the plain heatmap must not carry the others' code.
struct HeatFeatures {
  bool logarithmic = false, masked = false, not_finite = false, gaps = false, per_cell = false;
  std::size_t index() const {
    return static_cast<std::size_t>(logarithmic) | static_cast<std::size_t>(masked) << 1 |
           static_cast<std::size_t>(not_finite) << 2 | static_cast<std::size_t>(gaps) << 3 |
           static_cast<std::size_t>(per_cell) << 4;
  }
  static constexpr std::size_t kCombinations = 32;
};

/// The OpenGL program of one combination. Needs a current context.
class HeatProgram {
 public:
  /// Throws Error when the driver does not take the shader.
  explicit HeatProgram(HeatFeatures features);
  ~HeatProgram();
  HeatProgram(const HeatProgram&) = delete;
  HeatProgram& operator=(const HeatProgram&) = delete;

  void use() const;
  int operator[](HeatUniform u) const { return locations_[static_cast<std::size_t>(u)]; }

 private:
  unsigned program_ = 0;
  std::array<int, static_cast<std::size_t>(HeatUniform::count)> locations_{};
};

}  // namespace qkv::drawing
