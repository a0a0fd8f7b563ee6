#include <utility>

#include "app/shell/app.h"
#include "app/shell/chrome/room.h"
#include "app/shell/export_picture.h"
#include "app/shell/export_sweep.h"
#include "core/error.h"
#include "core/experiment/capture.h"
#include "core/files/tensors.h"
#include "core/model/capture_file.h"

// What the export panel asks for, once the file dialog has named the file: all of it is written by a job beside the
// frames, from values the window does not change any more.
namespace qkv::shell {

namespace {

namespace fs = std::filesystem;
using Task = documents::BackgroundJob::Task;

/// "sweep.png" → "sweep-%04d.png".
fs::path numbered(const fs::path& path) {
  if (is_frame_pattern(path) || is_video(path)) return path;
  return path.parent_path() / (path.stem().string() + "-%04d.png");
}

/// A picture of a drawing that was built before; the job has letters of its own.
Task picture_task(drawing::Drawing drawing, drawing::Theme theme, PictureFile file) {
  return [drawing = std::move(drawing), theme = std::move(theme), file = std::move(file)](const auto&, const auto&) {
    drawing::TextEngine text;
    write_picture(drawing, text, theme, file);
    return "Wrote " + file.path.string() + ".";
  };
}

Task text_task(std::string bytes, const fs::path& path) {
  return [bytes = std::move(bytes), path](const auto&, const auto&) {
    files::write_file_atomically(path, bytes);
    return "Wrote " + path.string() + ".";
  };
}

Task capture_task(Session& s, const fs::path& path) {
  if (s.workspace == Workspace::model) {
    return [run = s.model.run(), path](const std::function<void(double)>& progress, const std::stop_token& stop) {
      model::write_capture(*run->capture, path, {}, [&](double fraction, const std::string&) { progress(fraction); }, stop);
      return "Wrote " + path.string() + ".";
    };
  }
  return [experiment = s.lab.shared_experiment(), trace = s.lab.trace(), path](const auto&, const auto&) {
    (void)experiment::write_capture(*experiment, *trace, path, {});
    return "Wrote " + path.string() + ".";
  };
}

Task sweep_task(const Session& s, const AppConfig& config, bool dark, const fs::path& path) {
  const ExportState& x = s.exporting;
  SweepRequest request;
  request.start = s.lab.experiment();
  request.sweep = {x.parameter, x.from, x.to, x.frames};
  request.picture.out = numbered(path);
  request.picture.width = static_cast<int>(config.width);
  request.picture.height = static_cast<int>(config.height);
  request.picture.scale = config.scale;
  request.picture.dark = dark;
  request.picture.transparent = x.transparent;
  request.picture.figure = x.figure;
  request.picture.layer = s.view.layer;
  request.picture.head = s.view.head;
  request.picture.select = s.view.selected;
  return [request = std::move(request)](const std::function<void(double)>& progress, const std::stop_token& stop) {
    write_sweep(request, progress, stop);
    return "Wrote " + request.picture.out.string() + ".";
  };
}

Task talk_task(Session& s, bool dark, const fs::path& path) {
  RenderRequest request;
  request.workspace = Workspace::present;
  request.talk = talk_to_export(s);
  request.own_lessons = s.own_lessons;
  request.step_given = false;
  request.figure = "step";  // without the line of keys
  request.width = 1920;
  request.height = 1080;
  request.dark = dark;
  request.transparent = s.exporting.transparent && !is_video(path);
  request.seconds_a_step = s.exporting.seconds;
  request.out = path.extension() == ".png" ? numbered(path) : path;
  return [request = std::move(request)](const std::function<void(double)>& progress, const std::stop_token& stop) {
    render(request, progress, stop);
    return "Wrote " + request.out.string() + ".";
  };
}

}  // namespace

void App::export_to(const fs::path& path) {
  Session& s = *session_;
  const ExportState& x = s.exporting;
  const bool dark = x.theme == 0 ? s.settings.dark : x.theme == 2;
  try {
    if (s.export_job.busy()) throw Error("Another export is still being written: wait for it, or cancel it (Ctrl+E).");
    Task task;
    if (x.kind == ExportKind::picture) {
      const bool shown = std::exchange(s.settings.dark, dark);
      build();  // without the dialog that asked for it
      drawing::Drawing drawing = x.figure.empty() ? std::move(frame_) : figure(x.figure);
      drawing::Theme theme = this->theme();
      s.settings.dark = shown;
      dirty_ = true;
      build();
      task = picture_task(std::move(drawing), std::move(theme), {path, static_cast<float>(x.scale), x.transparent});
    } else if (x.kind == ExportKind::capture) {
      task = capture_task(s, path);
    } else if (x.kind == ExportKind::sweep) {
      task = sweep_task(s, config_, dark, path);
    } else if (x.kind == ExportKind::talk) {
      task = talk_task(s, dark, path);
    } else {
      task = text_task(export_text(s), path);
    }
    s.export_job.start("Writing " + path.filename().string(), std::move(task));
    if (x.kind == ExportKind::sweep || x.kind == ExportKind::talk) open_export(s);  // shows how far it is
  } catch (const std::exception& e) {
    show_message(s, "This could not be exported", e.what());
  }
}

bool App::poll_export() {
  Session& s = *session_;
  if (!s.export_job.busy()) return false;
  const bool moved = s.export_job.progress_moved();
  const auto ended = s.export_job.poll();
  if (!ended) return moved;
  controls::close_popup(s.in, "export");
  if (ended->error.empty() || s.export_job.cancelled()) notice_of(s) = ended->error.empty() ? ended->said : ended->error;
  else show_message(s, "This could not be exported", ended->error);
  return true;
}

}  // namespace qkv::shell
