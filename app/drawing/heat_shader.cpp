#include "app/drawing/heat_shader.h"

#include <epoxy/gl.h>

#include <algorithm>
#include <cmath>
#include <span>

namespace qkv::drawing {
namespace {

constexpr int kKeptFrames = 8;
constexpr int kColors = 1025;      // a multiple of the stops' intervals, plus one: stops are hit exactly
constexpr float kSmallestGap = 4;  // device px; smaller cells would be nothing but gaps
constexpr float kLargeCell = 64;   // device px²: from here a quad a cell is faster
static_assert(sizeof(Color) == 4);

unsigned new_texture() {
  unsigned id = 0;
  glGenTextures(1, &id);
  glBindTexture(GL_TEXTURE_2D, id);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
  glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
  return id;
}

/// Every how many cells one is kept, so that n fits a texture.
int stride(Eigen::Index n, int largest) { return static_cast<int>((n + largest - 1) / largest); }

struct CellSpan {
  int first = 0, count = 0;
};

/// The cells of [from, to) that [clip_from, clip_to) touches.
CellSpan visible_cells(int from, int to, int clip_from, int clip_to, int cells) {
  const float per_pixel = static_cast<float>(cells) / static_cast<float>(to - from);
  const auto cell = [&](int v) { return static_cast<float>(v - from) * per_pixel; };
  const int first = std::clamp(static_cast<int>(std::floor(cell(clip_from))) - 1, 0, cells - 1);
  const int last = std::clamp(static_cast<int>(std::ceil(cell(clip_to))) + 1, first + 1, cells);
  return {first, last - first};
}

void set_color(int location, Color c) {
  glUniform4f(location, static_cast<float>(c.r) / 255, static_cast<float>(c.g) / 255,
              static_cast<float>(c.b) / 255, static_cast<float>(c.a) / 255);
}

}  // namespace

HeatShader::HeatShader() {
  glGenVertexArrays(1, &vertex_array_);
  glGetIntegerv(GL_MAX_TEXTURE_SIZE, &largest_);
  program({.gaps = true, .per_cell = true});  // the usual one: a driver that cannot is found out at the start
}

HeatShader::~HeatShader() {
  for (const auto& [key, texture] : textures_) glDeleteTextures(1, &texture.id);
  for (const Colors& c : colors_) glDeleteTextures(1, &c.id);
  glDeleteVertexArrays(1, &vertex_array_);
}

const HeatProgram& HeatShader::program(HeatFeatures features) {
  std::unique_ptr<HeatProgram>& program = programs_[features.index()];
  if (!program) program = std::make_unique<HeatProgram>(features);
  return *program;
}

unsigned HeatShader::colors(const Theme& theme, Map map) {
  Colors& colors = colors_[static_cast<std::size_t>(map)];
  const std::span<const Color> stops = colour_stops(theme, map);
  if (std::ranges::equal(stops, colors.stops)) return colors.id;
  colors.stops.assign(stops.begin(), stops.end());
  if (colors.id == 0)
    colors.id = new_texture();
  else
    glBindTexture(GL_TEXTURE_2D, colors.id);
  std::array<Color, kColors> texels;
  for (int i = 0; i < kColors; ++i) {
    texels[static_cast<std::size_t>(i)] = colour_at(theme, map, static_cast<float>(i) / (kColors - 1));
  }
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, kColors, 1, 0, GL_RGBA, GL_UNSIGNED_BYTE, texels.data());
  return colors.id;
}

const HeatShader::Texture& HeatShader::values(const std::shared_ptr<const Matrix>& matrix) {
  Texture& texture = textures_[matrix.get()];
  texture.unused_frames = 0;
  if (texture.id != 0) return texture;
  texture.kept = matrix;
  texture.id = new_texture();
  texture.finite = matrix->allFinite();
  const int row_step = stride(matrix->rows(), largest_), column_step = stride(matrix->cols(), largest_);
  const auto send = [&](const Matrix& m) {
    texture.rows = static_cast<int>(m.rows());
    texture.columns = static_cast<int>(m.cols());
    glTexImage2D(GL_TEXTURE_2D, 0, GL_R32F, texture.columns, texture.rows, 0, GL_RED, GL_FLOAT, m.data());
  };
  if (row_step == 1 && column_step == 1)
    send(*matrix);
  else
    send((*matrix)(Eigen::seq(0, Eigen::last, row_step), Eigen::seq(0, Eigen::last, column_step)));
  return texture;
}

const HeatShader::Texture& HeatShader::mask(const std::shared_ptr<const std::vector<std::uint8_t>>& mask,
                                            int rows, int columns) {
  Texture& texture = textures_[mask.get()];
  texture.unused_frames = 0;
  if (texture.id != 0) return texture;
  texture.kept = mask;
  texture.id = new_texture();
  const int row_step = stride(rows, largest_), column_step = stride(columns, largest_);
  texture.rows = (rows + row_step - 1) / row_step;
  texture.columns = (columns + column_step - 1) / column_step;
  std::vector<std::uint8_t> bytes;
  bytes.reserve(static_cast<std::size_t>(texture.rows) * texture.columns);
  for (int row = 0; row < rows; row += row_step) {
    for (int column = 0; column < columns; column += column_step) {
      bytes.push_back((*mask)[static_cast<std::size_t>(row) * columns + column] != 0 ? 255 : 0);
    }
  }
  glTexImage2D(GL_TEXTURE_2D, 0, GL_R8, texture.columns, texture.rows, 0, GL_RED, GL_UNSIGNED_BYTE,
               bytes.data());
  return texture;
}

void HeatShader::draw(const Heat& heat, const Theme& theme, PixelRect rect, PixelRect clip, int width,
                      int height, float scale) {
  if (!heat.values || heat.values->size() == 0 || clip.right <= clip.x || clip.bottom <= clip.y) return;
  const auto rows = static_cast<int>(heat.values->rows()), columns = static_cast<int>(heat.values->cols());
  const auto px = [](int v) { return static_cast<float>(v); };
  HeatFeatures features;
  features.logarithmic = heat.log;
  features.masked = heat.masked && heat.masked->size() == static_cast<std::size_t>(rows) * columns;
  const bool is_large =
      px(rect.right - rect.x) * px(rect.bottom - rect.y) >= kLargeCell * px(rows) * px(columns);
  features.per_cell = is_large && std::max(rows, columns) <= largest_;
  features.gaps = heat.gaps && px(rect.right - rect.x) >= kSmallestGap * px(columns) &&
                  px(rect.bottom - rect.y) >= kSmallestGap * px(rows);

  glActiveTexture(GL_TEXTURE2);
  glBindTexture(GL_TEXTURE_2D, colors(theme, heat.map));
  glActiveTexture(GL_TEXTURE1);
  if (features.masked) glBindTexture(GL_TEXTURE_2D, mask(heat.masked, rows, columns).id);
  glActiveTexture(GL_TEXTURE0);
  const Texture& texture = values(heat.values);
  glBindTexture(GL_TEXTURE_2D, texture.id);
  features.not_finite = !texture.finite;

  using U = HeatUniform;
  const HeatProgram& p = program(features);
  p.use();
  glBindVertexArray(vertex_array_);
  glUniform1i(p[U::values], 0);
  glUniform1i(p[U::mask], 1);
  glUniform1i(p[U::colors], 2);
  glUniform2f(p[U::viewport], px(width), px(height));
  glUniform4f(p[U::rect], px(rect.x), px(rect.y), px(rect.right), px(rect.bottom));
  const CellSpan across = visible_cells(rect.x, rect.right, clip.x, clip.right, texture.columns);
  const CellSpan down = visible_cells(rect.y, rect.bottom, clip.y, clip.bottom, texture.rows);
  glUniform2i(p[U::cells], texture.columns, texture.rows);
  glUniform2i(p[U::first], across.first, down.first);
  glUniform2i(p[U::span], across.count, down.count);
  auto [lo, hi] = colour_range(heat);
  if (heat.log) lo = std::log2(lo), hi = std::log2(hi);
  glUniform2f(p[U::range], lo, static_cast<float>(kColors - 1) / (hi - lo));
  glUniform1f(p[U::pixel], std::max(1.f, std::floor(scale)));
  glUniform1f(p[U::scale], scale);
  glUniform1f(p[U::alpha], heat.alpha);
  glUniform1f(p[U::error_mark], kErrorMark);
  set_color(p[U::cell_gap], theme.cell_gap);
  set_color(p[U::mask_fill], theme.mask_fill);
  set_color(p[U::mask_hatch], theme.mask_hatch);
  set_color(p[U::error], theme.error);
  set_color(p[U::error_fill], colour_of(theme, heat, NAN));

  glScissor(clip.x, height - clip.bottom, clip.right - clip.x, clip.bottom - clip.y);
  if (heat.alpha >= 1) glDisable(GL_BLEND);
  const int gaps = features.gaps ? across.count + down.count : 0;
  glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, 4, features.per_cell ? across.count * down.count + gaps : 1);
  glEnable(GL_BLEND);
}

void HeatShader::end_frame() {
  for (auto it = textures_.begin(); it != textures_.end();) {
    if (++it->second.unused_frames <= kKeptFrames) {
      ++it;
      continue;
    }
    glDeleteTextures(1, &it->second.id);
    it = textures_.erase(it);
  }
}

}  // namespace qkv::drawing
