#include "app/cli/commands.h"
#include "app/cli/long_work.h"
#include "app/shell/export_sweep.h"
#include "core/experiment/import.h"
#include "core/experiment/operations.h"

namespace qkv::cli {

void render_sweep(const RenderOptions& options, const shell::RenderRequest& picture) {
  shell::SweepRequest request{.picture = picture,
                              .start = picture.input.empty() ? experiment::default_experiment() : experiment::open_any(picture.input),
                              .sweep = *options.sweep,
                              .frames_per_second = options.frames_per_second.value_or(12)};
  request.sweep.frames = options.frames.value_or(60);
  if (picture.text) request.start = experiment::with_sentence(request.start, *picture.text);
  request.picture.text.reset();
  LongWork work("Drawing the frames");
  shell::write_sweep(request, work.progress(), work.stop());
}

}  // namespace qkv::cli
