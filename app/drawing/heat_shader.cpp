#include "app/drawing/heat_shader.h"

#include <epoxy/gl.h>

#include <cmath>
#include <string>

#include "app/drawing/heat_shader_source.h"
#include "core/error.h"

namespace qkv::drawing {
namespace {

constexpr int kKeptFrames = 8;

unsigned compile(unsigned type, const char* source) {
  const unsigned shader = glCreateShader(type);
  glShaderSource(shader, 1, &source, nullptr);
  glCompileShader(shader);
  int ok = 0;
  glGetShaderiv(shader, GL_COMPILE_STATUS, &ok);
  if (!ok) {
    char log[200] = "";
    glGetShaderInfoLog(shader, sizeof log, nullptr, log);
    throw Error(
        "The OpenGL driver does not take the heatmap shader; update it or set LIBGL_ALWAYS_SOFTWARE=1: " +
        std::string(log));
  }
  return shader;
}

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

void set_color(int location, Color c) {
  glUniform4f(location, static_cast<float>(c.r) / 255, static_cast<float>(c.g) / 255,
              static_cast<float>(c.b) / 255, static_cast<float>(c.a) / 255);
}

}  // namespace

HeatShader::HeatShader() {
  const unsigned vertex = compile(GL_VERTEX_SHADER, kHeatVertexSource);
  const unsigned fragment = compile(GL_FRAGMENT_SHADER, kHeatFragmentSource);
  program_ = glCreateProgram();
  glAttachShader(program_, vertex);
  glAttachShader(program_, fragment);
  glLinkProgram(program_);
  glDeleteShader(vertex);
  glDeleteShader(fragment);
  int ok = 0;
  glGetProgramiv(program_, GL_LINK_STATUS, &ok);
  if (!ok)
    throw Error(
        "The OpenGL driver does not link the heatmap shader; update it or set LIBGL_ALWAYS_SOFTWARE=1.");
  glGenVertexArrays(1, &vertex_array_);
  glGetIntegerv(GL_MAX_TEXTURE_SIZE, &largest_);
}

HeatShader::~HeatShader() {
  for (const auto& [key, texture] : textures_) glDeleteTextures(1, &texture.id);
  glDeleteVertexArrays(1, &vertex_array_);
  glDeleteProgram(program_);
}

const HeatShader::Texture& HeatShader::values(const std::shared_ptr<const Matrix>& matrix) {
  Texture& texture = textures_[matrix.get()];
  texture.unused_frames = 0;
  if (texture.id != 0) return texture;
  texture.kept = matrix;
  texture.id = new_texture();
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

int HeatShader::location(const char* name) const { return glGetUniformLocation(program_, name); }

void HeatShader::draw(const Heat& heat, const Theme& theme, PixelRect rect, PixelRect clip, int width,
                      int height, float scale) {
  if (!heat.values || heat.values->size() == 0 || clip.right <= clip.x || clip.bottom <= clip.y) return;
  const auto rows = static_cast<int>(heat.values->rows()), columns = static_cast<int>(heat.values->cols());
  const bool masked = heat.masked && heat.masked->size() == static_cast<std::size_t>(rows) * columns;

  glUseProgram(program_);
  glBindVertexArray(vertex_array_);
  glActiveTexture(GL_TEXTURE1);
  if (masked) glBindTexture(GL_TEXTURE_2D, mask(heat.masked, rows, columns).id);
  glActiveTexture(GL_TEXTURE0);
  const Texture& texture = values(heat.values);
  glBindTexture(GL_TEXTURE_2D, texture.id);

  glUniform1i(location("values"), 0);
  glUniform1i(location("mask"), 1);
  glUniform1i(location("masked"), masked);
  glUniform2f(location("viewport"), static_cast<float>(width), static_cast<float>(height));
  glUniform4f(location("rect"), static_cast<float>(rect.x), static_cast<float>(rect.y),
              static_cast<float>(rect.right), static_cast<float>(rect.bottom));
  glUniform2i(location("cells"), texture.columns, texture.rows);
  glUniform1i(location("logarithmic"), heat.log);
  const auto bound = [&](float v) { return heat.log ? std::log2(v) : v; };
  glUniform2f(location("range"), bound(heat.lo), bound(heat.hi));
  const std::span<const Color> stops = colour_stops(theme, heat.map);
  glUniform1i(location("stop_count"), static_cast<int>(stops.size()));
  const int first_stop = location("stops");
  for (std::size_t i = 0; i < stops.size(); ++i) set_color(first_stop + static_cast<int>(i), stops[i]);
  glUniform1f(location("pixel"), std::max(1.f, std::round(scale)));
  glUniform1f(location("scale"), scale);
  glUniform1i(location("gaps"), heat.gaps);
  glUniform1f(location("alpha"), heat.alpha);
  set_color(location("cell_gap"), theme.cell_gap);
  set_color(location("mask_fill"), theme.mask_fill);
  set_color(location("mask_hatch"), theme.mask_hatch);
  set_color(location("error"), theme.error);
  set_color(location("error_fill"), colour_of(theme, heat, NAN));
  glUniform1f(location("error_mark"), kErrorMark);

  glScissor(clip.x, height - clip.bottom, clip.right - clip.x, clip.bottom - clip.y);
  glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
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
