#include "app/shell/export_sweep.h"

#include <regex>

#include "app/controls/no_clipboard.h"
#include "app/documents/ffmpeg.h"
#include "app/shell/app.h"
#include "app/shell/export_picture.h"
#include "app/shell/places.h"
#include "app/shell/scratch_folder.h"
#include "core/error.h"

namespace qkv::shell {
namespace {

namespace fs = std::filesystem;

const std::regex& pattern() {
  static const std::regex kPattern("%0?([1-9]?)d");
  return kPattern;
}

/// The selection, where the experiment still has that cell: a matrix may have become narrower.
std::optional<attention::Cell> selected_in(const experiment::Experiment& e, std::optional<attention::Cell> cell) {
  if (!cell) return cell;
  const attention::Shape shape = attention::shape_of(experiment::evaluate(e), cell->stage, cell->layer, cell->head);
  if (cell->row >= shape.rows || cell->column >= shape.columns) cell.reset();
  return cell;
}

/// Every frame; `progress` after each.
void write_frames(const SweepRequest& request, const fs::path& names, Written& written,
                  const std::function<void(double)>& progress, const std::stop_token& stop) {
  const std::vector<double> values = experiment::sweep_values(request.start, request.sweep);
  controls::NoClipboard clipboard;
  drawing::TextEngine text;
  RenderRequest picture = request.picture;
  App app({.width = static_cast<float>(picture.width),
           .height = static_cast<float>(picture.height),
           .scale = picture.scale,
           .dark = picture.dark,
           .state_dir = {},
           .assets_dir = assets_folder(),
           .clipboard = &clipboard,
           .text = &text,
           .settings_dir = {}});
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (stop.stop_requested()) throw Error("The animation was cancelled; its frames were removed.");
    picture.experiment = experiment::at_value(request.start, request.sweep, values[i]);
    picture.select = selected_in(*picture.experiment, request.picture.select);
    app.show(picture);
    const fs::path file = frame_path(names, static_cast<int>(i) + 1);
    write_picture(picture.figure.empty() ? app.frame() : app.figure(picture.figure), text, app.theme(),
                  {.path = file, .scale = picture.scale, .transparent = picture.transparent});
    written.add(file);
    if (progress) progress(static_cast<double>(i + 1) / static_cast<double>(values.size()));
  }
}

}  // namespace

bool is_frame_pattern(const fs::path& path) {
  const std::string name = path.filename().string();
  const auto begin = std::sregex_iterator(name.begin(), name.end(), pattern());
  return std::distance(begin, std::sregex_iterator()) == 1 && path.extension() == ".png" &&
         std::count(name.begin(), name.end(), '%') == 1;
}

fs::path frame_path(const fs::path& names, int number) {
  const std::string name = names.filename().string();
  std::smatch found;
  if (!std::regex_search(name, found, pattern())) return names;
  std::string digits = std::to_string(number);
  const std::size_t width = found[1].length() > 0 ? static_cast<std::size_t>(std::stoi(found[1])) : 1;
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return names.parent_path() / (found.prefix().str() + digits + found.suffix().str());
}

bool is_video(const fs::path& path) {
  const auto kind = path.extension();
  return kind == ".mp4" || kind == ".webm" || kind == ".gif";
}

void write_sweep(const SweepRequest& request, const std::function<void(double)>& progress, const std::stop_token& stop) {
  const fs::path& out = request.picture.out;
  std::error_code error;
  if (!out.parent_path().empty() && !fs::is_directory(out.parent_path(), error))
    throw Error(out.parent_path().string() + ": there is no such folder for the frames; make it first.");
  Written written;
  if (!is_video(out)) {
    write_frames(request, out, written, progress, stop);
    return written.keep();
  }
  if (!documents::has_ffmpeg()) throw Error(documents::kNoFfmpeg);
  const ScratchFolder scratch;
  constexpr double kFrames = 0.9;  // of the work
  write_frames(request, scratch.path() / "%04d.png", written, [&](double part) { if (progress) progress(part * kFrames); }, stop);
  documents::make_video(scratch.path(), out, request.frames_per_second, stop);
  if (progress) progress(1);
}

}  // namespace qkv::shell
