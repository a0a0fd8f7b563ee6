#pragma once

// GLSL of the heatmaps. All positions are device pixels, y down.
// PER_CELL: each visible cell is a quad whose colour the vertex shader decides: on a software renderer pixels are dear.
// Otherwise the heatmap is one quad and every pixel finds its cell: for cells of few pixels.
namespace qkv::drawing {

inline constexpr const char* kHeatCommonSource = R"(
uniform sampler2D values, mask, colors;   // colors: the colormap, low to high
uniform vec2 viewport, range;             // range: lowest value, texels of colors a unit
uniform vec4 rect;                        // left, top, right, bottom
uniform ivec2 cells, first, span;         // columns and rows: of the matrix, first visible, number visible
uniform float pixel, scale, alpha, error_mark;   // pixel: device pixels of a hairline
uniform vec4 cell_gap, mask_fill, mask_hatch, error, error_fill;

const int kMap = 0, kMasked = 1, kNotFinite = 2;

ivec2 cell_at(vec2 p) {
  return clamp(ivec2(floor((p - rect.xy) * vec2(cells) / (rect.zw - rect.xy))), ivec2(0), cells - 1);
}

// First whole pixel of a cell; halves go down.
vec2 start_of(ivec2 cell) { return rect.xy + ceil(vec2(cell) * (rect.zw - rect.xy) / vec2(cells) - 0.5); }

// The pixels of a cell without the gap before it.
vec4 bounds_of(ivec2 cell) {
  vec2 from = start_of(cell);
#ifdef GAPS
  from += vec2(greaterThan(cell, ivec2(0))) * pixel;
#endif
  return vec4(from, start_of(cell + 1));
}

vec4 map_color(float v) {
#ifdef LOGARITHMIC
  v = log2(max(v, 1e-38));
#endif
  float at = clamp((v - range.x) * range.y, 0.0, float(textureSize(colors, 0).x - 1));
  return texelFetch(colors, ivec2(int(at + 0.5), 0), 0);
}

int kind_of(ivec2 cell, uint bits) {
#ifdef MASKED
  if (texelFetch(mask, cell, 0).r > 0.5) return kMasked;
#endif
  return (bits & 0x7f800000u) == 0x7f800000u ? kNotFinite : kMap;
}
)";

inline constexpr const char* kHeatVertexSource = R"(
#ifdef PER_CELL
flat out vec4 cell_color, cell_bounds;
flat out int cell_kind;
flat out uint cell_bits;
#endif

void main() {
  vec4 area = rect;
#ifdef PER_CELL
  int i = gl_InstanceID;
  if (i < span.x * span.y) {
    ivec2 cell = first + ivec2(i % span.x, i / span.x);
    float value = texelFetch(values, cell, 0).r;
    area = cell_bounds = bounds_of(cell);
    cell_color = map_color(value);
    cell_bits = floatBitsToUint(value);
    cell_kind = kind_of(cell, cell_bits);
  } else {   // the gaps before columns and rows
    i -= span.x * span.y;
    bool column = i < span.x;
    vec2 at = start_of(first + ivec2(column ? i : i - span.x));
    bool edge = (column ? first.x + i : first.y + i - span.x) == 0;
    float thick = edge ? 0.0 : pixel;
    area = column ? vec4(at.x, rect.y, at.x + thick, rect.w) : vec4(rect.x, at.y, rect.z, at.y + thick);
    cell_bounds = area;
    cell_color = cell_gap;
    cell_bits = 0u;
    cell_kind = kMap;
  }
#endif
  vec2 p = vec2((gl_VertexID & 1) == 0 ? area.x : area.z, (gl_VertexID & 2) == 0 ? area.y : area.w);
  gl_Position = vec4(p.x / viewport.x * 2 - 1, 1 - p.y / viewport.y * 2, 0, 1);
}
)";

inline constexpr const char* kHeatFragmentSource = R"(
#ifdef PER_CELL
flat in vec4 cell_color, cell_bounds;
flat in int cell_kind;
flat in uint cell_bits;
#endif
out vec4 color;

vec4 hatched(vec2 p) {
  float period = 5.0 * scale;
  float away = abs(mod(p.x + p.y, period) - period / 2.0) * 0.70711;
  return mix(mask_fill, mask_hatch, clamp(max(scale, 1.0) / 2.0 + 0.5 - away, 0.0, 1.0));
}

// NaN: a cross; +inf: a band at the top; -inf: a band at the bottom; each within an outline.
vec4 error_color(uint bits, vec2 p, vec4 bounds) {
  vec2 size = bounds.zw - bounds.xy, inner = p - bounds.xy;
  vec2 cell = (rect.zw - rect.xy) / vec2(cells);   // not the whole pixels of this one: all of a heatmap alike
  if (min(cell.x, cell.y) < 6.0 * pixel) return mix(error_fill, error, 0.6);
  if (any(lessThan(inner, vec2(pixel))) || any(lessThan(bounds.zw - p, vec2(pixel)))) return error;
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
#ifndef PER_CELL
  ivec2 cell = cell_at(p);
  float value = texelFetch(values, cell, 0).r;
  vec4 cell_color = map_color(value), cell_bounds = bounds_of(cell);
  uint cell_bits = floatBitsToUint(value);
  int cell_kind = kind_of(cell, cell_bits);
#endif
  color = cell_color;
#ifdef NOT_FINITE
  if (cell_kind == kNotFinite) color = error_color(cell_bits, p, cell_bounds);
#endif
#ifdef MASKED
  if (cell_kind == kMasked) color = hatched(p);
#endif
#if defined(GAPS) && !defined(PER_CELL)
  if (any(lessThan(p, cell_bounds.xy))) color = cell_gap;
#endif
  color.a *= alpha;
}
)";

}  // namespace qkv::drawing
