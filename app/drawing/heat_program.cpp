#include "app/drawing/heat_program.h"

#include <epoxy/gl.h>

#include <string>

#include "app/drawing/heat_shader_source.h"
#include "core/error.h"

namespace qkv::drawing {
namespace {

constexpr const char* kNames[] = {
    "values", "mask",  "colors", "viewport",   "range",    "rect",      "cells",      "first", "span",
    "pixel",  "scale", "alpha",  "error_mark", "cell_gap", "mask_fill", "mask_hatch", "error", "error_fill",
};
static_assert(std::size(kNames) == static_cast<std::size_t>(HeatUniform::count));

unsigned compile(unsigned type, const std::string& source) {
  const unsigned shader = glCreateShader(type);
  const char* text = source.c_str();
  glShaderSource(shader, 1, &text, nullptr);
  glCompileShader(shader);
  int ok = 0;
  glGetShaderiv(shader, GL_COMPILE_STATUS, &ok);
  if (!ok) {
    char log[200] = "";
    glGetShaderInfoLog(shader, sizeof log, nullptr, log);
    glDeleteShader(shader);
    throw Error(
        "The OpenGL driver does not take the heatmap shader; update it or set LIBGL_ALWAYS_SOFTWARE=1: " +
        std::string(log));
  }
  return shader;
}

}  // namespace

HeatProgram::HeatProgram(HeatFeatures features) {
  std::string head = "#version 330 core\n";
  if (features.logarithmic) head += "#define LOGARITHMIC\n";
  if (features.masked) head += "#define MASKED\n";
  if (features.not_finite) head += "#define NOT_FINITE\n";
  if (features.gaps) head += "#define GAPS\n";
  if (features.per_cell) head += "#define PER_CELL\n";
  head += kHeatCommonSource;
  const unsigned vertex = compile(GL_VERTEX_SHADER, head + kHeatVertexSource);
  const unsigned fragment = compile(GL_FRAGMENT_SHADER, head + kHeatFragmentSource);
  program_ = glCreateProgram();
  glAttachShader(program_, vertex);
  glAttachShader(program_, fragment);
  glLinkProgram(program_);
  glDeleteShader(vertex);
  glDeleteShader(fragment);
  int ok = 0;
  glGetProgramiv(program_, GL_LINK_STATUS, &ok);
  if (!ok) {
    glDeleteProgram(program_);
    throw Error(
        "The OpenGL driver does not link the heatmap shader; update it or set LIBGL_ALWAYS_SOFTWARE=1.");
  }
  for (std::size_t i = 0; i < locations_.size(); ++i)
    locations_[i] = glGetUniformLocation(program_, kNames[i]);
}

HeatProgram::~HeatProgram() { glDeleteProgram(program_); }

void HeatProgram::use() const { glUseProgram(program_); }

}  // namespace qkv::drawing
