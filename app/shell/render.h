#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "core/experiment/experiment.h"

namespace qkv::shell {

/// What a picture shows: the options of `qkvlab render`. App::show() obeys the second part.
struct RenderRequest {
  std::filesystem::path out{};       ///< .png, .svg or .pdf
  int width = 1440, height = 900;  ///< logical pixels
  float scale = 1;                 ///< device pixels a logical one
  bool dark = false;

  std::filesystem::path input{};      ///< an experiment or a file of matrices; empty: the default experiment
  std::optional<std::string> text{};  ///< a sentence typed into the Lab
  int layer = 0, head = 0;          ///< shown in full
  std::optional<attention::Cell> select{};
  std::string figure{};  ///< one figure by its name; empty: the whole workspace
};

/// Writes the picture. A PNG without `figure` is the real frame of the workspace, controls included;
/// everything else is figures only. Needs no display. Throws Error.
void render(const RenderRequest& request);

}  // namespace qkv::shell
