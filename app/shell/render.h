#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "app/shell/chrome/session.h"
#include "core/experiment/experiment.h"

namespace qkv::shell {

/// What a picture shows: the options of `qkvlab render`. App::show() obeys the second part.
struct RenderRequest {
  std::filesystem::path out{};       ///< .png, .svg or .pdf; of a whole talk also .mp4, .webm or .gif
  int width = 1440, height = 900;  ///< logical pixels
  float scale = 1;                 ///< device pixels a logical one
  bool dark = false;

  Workspace workspace = Workspace::lab;
  std::filesystem::path input{};      ///< what the workspace opens; empty: what it begins with
  std::optional<experiment::Experiment> experiment{};  ///< instead of `input`: one that is in no file
  std::optional<std::string> text{};  ///< a sentence typed into it
  int layer = 0, head = 0;          ///< shown in full
  bool head_given = false;          ///< false: the one that the workspace would show
  int lesson = 1, step = 1;         ///< of Learn and Present: the lesson by its number, the step from 1
  bool lesson_given = false;        ///< Present shows this lesson, not an experiment
  std::shared_ptr<const documents::CostMeasurement> cost{};  ///< shown by lesson 16 instead of measuring: the same picture everywhere
  bool step_given = true;           ///< false: every step of a talk: a page each in a .pdf, a file each where `out` has a number (%02d), or a video
  std::optional<documents::Talk> talk{};  ///< Present shows this one, not `input`
  std::filesystem::path own_lessons{};    ///< a folder of lessons, read after the program's; empty: only those
  int seconds_a_step = 5;                 ///< of a talk's video
  std::optional<attention::Cell> select{};
  bool transparent = false;  ///< nothing behind the picture
  std::string figure{};  ///< one figure by its name; empty: the whole workspace
};

/// Writes the picture. A PNG without `figure` is the real frame of the workspace, controls included;
/// everything else is figures only. Needs no display. Progress (0 … 1) and stop are of a talk's steps, each a page or a
/// file. Returns App::remark(). Throws Error; of frames that were asked to stop, or could not all be written, none is left.
std::string render(const RenderRequest& request, const std::function<void(double)>& progress = {}, const std::stop_token& stop = {});

}  // namespace qkv::shell
