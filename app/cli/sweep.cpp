#include <csignal>

#include "app/cli/commands.h"
#include "app/cli/progress_line.h"
#include "app/shell/export_sweep.h"
#include "core/error.h"
#include "core/experiment/import.h"
#include "core/experiment/operations.h"

namespace qkv::cli {
namespace {

volatile std::sig_atomic_t interrupted = 0;
void interrupt(int) { interrupted = 1; }

}  // namespace

void render_sweep(const RenderOptions& options, const shell::RenderRequest& picture) {
  if (picture.workspace != shell::Workspace::lab)
    throw Error(picture.input.string() + ": a sweep moves a parameter of an experiment, which a model or a capture has not.");
  shell::SweepRequest request{.picture = picture,
                              .start = picture.input.empty() ? experiment::default_experiment() : experiment::open_any(picture.input),
                              .sweep = *options.sweep,
                              .frames_per_second = options.frames_per_second};
  request.sweep.frames = options.frames;
  if (picture.text) request.start = experiment::with_sentence(request.start, *picture.text);
  request.picture.text.reset();
  // Ctrl+C and a kill leave no half of an animation behind.
  std::signal(SIGINT, interrupt);
  std::signal(SIGTERM, interrupt);
  std::stop_source stop;
  ProgressLine line;
  shell::write_sweep(
      request,
      [&](double fraction) {
        line.show(fraction, "Drawing the frames");
        if (interrupted) stop.request_stop();
      },
      stop.get_token());
}

}  // namespace qkv::cli
