#pragma once

namespace qkv::drawing {

inline constexpr const char* kHeatVertexSource = R"(#version 330 core
uniform vec4 rect;      // device pixels, y down: left, top, right, bottom
uniform vec2 viewport;
void main() {
  vec2 p = vec2((gl_VertexID & 1) == 0 ? rect.x : rect.z, (gl_VertexID & 2) == 0 ? rect.y : rect.w);
  gl_Position = vec4(p.x / viewport.x * 2 - 1, 1 - p.y / viewport.y * 2, 0, 1);
}
)";

inline constexpr const char* kHeatFragmentSource = R"(#version 330 core
uniform sampler2D values, mask;
uniform bool masked, logarithmic, gaps;
uniform vec2 viewport, range;
uniform vec4 rect;
uniform ivec2 cells;
uniform vec4 stops[9];
uniform int stop_count;
uniform float pixel, scale, alpha, error_mark;   // pixel: device pixels of a hairline
uniform vec4 cell_gap, mask_fill, mask_hatch, error, error_fill;
out vec4 color;

ivec2 cell_at(vec2 p) {
  return clamp(ivec2(floor((p - rect.xy) * vec2(cells) / (rect.zw - rect.xy))), ivec2(0), cells - 1);
}
// First device pixel of a cell.
vec2 start_of(ivec2 cell) { return rect.xy + ceil(vec2(cell) * (rect.zw - rect.xy) / vec2(cells) - 0.5); }

vec4 map_color(float v) {
  float t = logarithmic ? (v > 0.0 ? (log2(v) - range.x) / (range.y - range.x) : 0.0)
                        : (v - range.x) / (range.y - range.x);
  float at = clamp(t, 0.0, 1.0) * float(stop_count - 1);
  int i = min(int(at), stop_count - 2);
  return mix(stops[i], stops[i + 1], at - float(i));
}

vec4 hatched(vec2 p) {
  float period = 5.0 * scale;
  float away = abs(mod(p.x + p.y, period) - period / 2.0) * 0.70711;
  return mix(mask_fill, mask_hatch, clamp(pixel / 2.0 + 0.5 - away, 0.0, 1.0));
}

// NaN: a cross; +inf: a band at the top; -inf: a band at the bottom; each within an outline.
vec4 error_color(uint bits, vec2 p, ivec2 cell) {
  vec2 from = start_of(cell), to = start_of(cell + 1);
  vec2 size = to - from, inner = p - from;
  if (min(size.x, size.y) < 6.0 * pixel) return mix(error_fill, error, 0.6);
  if (any(lessThan(inner, vec2(pixel))) || any(lessThan(to - p, vec2(pixel)))) return error;
  vec4 marked = mix(error_fill, error, error_mark);
  if ((bits & 0x7fffffu) != 0u) {
    vec2 d = abs(inner - size / 2.0) / size;
    float away = abs(d.x - d.y) * min(size.x, size.y) * 0.70711;
    return mix(error_fill, marked, clamp(pixel / 2.0 + 0.5 - away, 0.0, 1.0));
  }
  bool top = (bits >> 31) == 0u;
  float band = max(2.0 * pixel, floor(size.y / 5.0));
  return (top ? inner.y : size.y - inner.y) < band ? marked : error_fill;
}

void main() {
  vec2 p = vec2(gl_FragCoord.x, viewport.y - gl_FragCoord.y);
  ivec2 cell = cell_at(p);
  float value = texelFetch(values, cell, 0).r;
  uint bits = floatBitsToUint(value);
  if (masked && texelFetch(mask, cell, 0).r > 0.5) color = hatched(p);
  else if ((bits & 0x7f800000u) == 0x7f800000u) color = error_color(bits, p, cell);
  else color = map_color(value);
  if (gaps) {
    vec2 before = p - start_of(cell);
    if ((cell.x > 0 && before.x < pixel) || (cell.y > 0 && before.y < pixel)) color = cell_gap;
  }
  color.a *= alpha;
}
)";

}  // namespace qkv::drawing
