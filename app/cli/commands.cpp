#include "app/cli/commands.h"

#include <iostream>

#include "app/cli/effects.h"
#include "app/cli/long_work.h"
#include "app/cli/trace_model.h"
#include "app/documents/settings.h"
#include "app/documents/talk.h"
#include "app/shell/export_sweep.h"
#include "app/shell/loop.h"
#include "app/shell/window.h"
#include "core/error.h"
#include "core/experiment/capture.h"
#include "core/experiment/import.h"

namespace qkv::cli {
void check_exists(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    throw Error(path.string() + ": there is no such file; check the path.");
  }
}

void open_window(const OpenOptions& options) {
  for (const auto& path : options.paths) check_exists(path);
  try {
    shell::run_window(options.paths);
  } catch (const shell::NoWindow& no_window) {
    if (options.without_display.empty()) throw;
    std::cerr << "There is no display to open a window on, so this is a picture of it:" << std::endl;
    shell::RenderRequest request;
    if (!options.paths.empty()) request.input = options.paths.front();
    if (!request.input.empty() && shell::is_for_model_workspace(request.input)) request.workspace = shell::Workspace::model;
    if (documents::is_talk_file(request.input)) request.workspace = shell::Workspace::present;
    request.out = options.without_display;
    shell::render(request);
    std::cout << options.without_display.string() << std::endl;
  }
}

void render(const RenderOptions& options) {
  shell::RenderRequest request = options.request;
  request.own_lessons = documents::own_lessons_folder();
  if (options.workspace == "present" || (options.workspace.empty() && documents::is_talk_file(request.input))) {
    if (!request.input.empty()) check_exists(request.input);
    if (options.lesson && (!request.input.empty() || request.text)) throw Error("A lesson brings its own experiment: leave out PATH and --text, or --lesson.");
    const bool of_model = !request.input.empty() && shell::is_for_model_workspace(request.input);
    const bool of_folder = of_model && std::filesystem::is_directory(request.input);
    refuse_without_effect(options, of_folder ? kModel : of_model ? kCapture : options.lesson || documents::is_talk_file(request.input) ? kTalk : kTalkOfExperiment);
    request.workspace = shell::Workspace::present;
    request.lesson = options.lesson.value_or(1);
    request.lesson_given = options.lesson.has_value();
    request.step = options.step.value_or(1);
    request.step_given = options.step.has_value();
    if (options.seconds && !shell::is_video(request.out)) throw Error("--seconds is how long a step stands in the video of a talk, and this is none: leave it out.");
    request.seconds_a_step = options.seconds.value_or(request.seconds_a_step);
    LongWork work("Drawing the steps");
    if (const std::string remark = shell::render(request, work.progress(), work.stop()); !remark.empty()) std::cerr << remark << std::endl;
    return;
  }
  if (options.seconds) throw Error("--seconds is how long a step stands in the video of a talk, and this is none: leave it out.");
  const bool for_lesson = options.workspace == "learn" || ((options.lesson || options.step) && options.workspace.empty());
  if ((options.lesson || options.step) && !for_lesson) throw Error("--lesson and --step are for --workspace learn: leave them out, or the other workspace.");
  if (for_lesson) {
    if (!request.input.empty() || request.text || request.head_given)
      throw Error("A lesson brings its own experiment: leave out PATH, --text and --head, or --lesson and --workspace learn.");
    refuse_without_effect(options, kLesson);
    request.workspace = shell::Workspace::learn;
    request.lesson = options.lesson.value_or(1);
    request.step = options.step.value_or(1);
    shell::render(request);
    return;
  }
  if (!request.input.empty()) check_exists(request.input);
  const bool for_model = !request.input.empty() && shell::is_for_model_workspace(request.input);
  if (options.workspace == "lab" && for_model) {
    throw Error(request.input.string() + ": this is a model or a capture, which the Model workspace shows: use --workspace model, or leave --workspace out.");
  }
  if (options.workspace == "model" && !request.input.empty() && !for_model) {
    throw Error(request.input.string() + ": this is neither a model folder nor a capture file, which --workspace model shows; leave --workspace out for an experiment.");
  }
  if (options.workspace == "model" || for_model) request.workspace = shell::Workspace::model;
  const bool is_capture = for_model && !std::filesystem::is_directory(request.input);
  refuse_without_effect(options, request.workspace == shell::Workspace::lab ? kExperiment : is_capture ? kCapture : kModel);
  if (options.sweep) return render_sweep(options, request);
  if (const std::string remark = shell::render(request); !remark.empty()) std::cerr << remark << std::endl;
}

void trace(const TraceOptions& options) {
  check_exists(options.path);
  refuse_to_replace_input(options.path, options.out);
  if (is_model_path(options.path)) return trace_model(options);
  if (options.text || options.ids) {
    throw Error(options.path.string() +
                ": --text and --ids are for model folders; an experiment or a file of matrices " +
                "has its own tokens, so leave them out.");
  }
  const auto experiment = experiment::open_any(options.path);
  const auto trace = experiment::evaluate(experiment);
  for (const std::string& missing : experiment::write_capture(experiment, trace, options.out, options.parts))
    std::cerr << options.out.string() << " was written, but " << missing << ".\n";
}

}  // namespace qkv::cli
