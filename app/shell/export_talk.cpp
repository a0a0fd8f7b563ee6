#include "app/shell/export_talk.h"

#include <vector>

#include "app/documents/ffmpeg.h"
#include "app/drawing/players.h"
#include "app/shell/app.h"
#include "app/shell/export_picture.h"
#include "app/shell/export_sweep.h"
#include "app/shell/scratch_folder.h"
#include "core/error.h"

namespace qkv::shell {
namespace {

namespace fs = std::filesystem;

/// "frames/%02d.png" with a number in its place; the path itself when it has none.
fs::path numbered(const fs::path& path, int number) {
  const std::string text = path.string();
  const auto begin = text.find('%'), end = begin == text.npos ? text.npos : text.find_first_not_of("0123456789", begin + 1);
  if (end == text.npos || text[end] != 'd' || end - begin > 3) return path;
  const std::size_t width = end == begin + 1 ? 0 : std::stoul(text.substr(begin + 1, end - begin - 1));
  std::string digits = std::to_string(number);
  digits.insert(0, width > digits.size() ? width - digits.size() : 0, '0');
  return text.substr(0, begin) + digits + text.substr(end + 1);
}

/// Each step as a frame or a page of its own; in a video first with what it hides.
void walk(App& app, bool first_hidden, const std::function<void()>& show, const std::function<void(double)>& progress, const std::stop_token& stop) {
  for (int step = 0; step < app.talk_steps(); ++step) {
    if (stop.stop_requested()) throw Error("The talk was cancelled; nothing that was written is left.");
    if (first_hidden && app.show_talk_step(step, false)) show();
    app.show_talk_step(step);
    for (int part = 0; part < app.talk_parts(); ++part) {
      app.show_talk_part(part);
      show();
    }
    if (progress) progress(static_cast<double>(step + 1) / app.talk_steps());
  }
}

void write_video(App& app, const RenderRequest& request, const std::function<void(const fs::path&)>& write_frame, const std::function<void(double)>& progress, const std::stop_token& stop) {
  const fs::path folder = request.out.parent_path();
  std::error_code error;
  if (!folder.empty() && !fs::is_directory(folder, error)) throw Error(folder.string() + ": there is no such folder for the video; make it first.");
  if (!documents::has_ffmpeg()) throw Error(documents::kNoFfmpeg);
  const ScratchFolder scratch;
  constexpr double kFrames = 0.9;  // of the work
  int frames = 0;
  walk(app, true, [&] { write_frame(frame_path(scratch.path() / "%04d.png", ++frames)); }, [&](double part) { if (progress) progress(part * kFrames); }, stop);
  documents::make_video(scratch.path(), request.out, 1.0 / request.seconds_a_step, stop);
  if (progress) progress(1);
}

}  // namespace

bool is_whole_talk(const RenderRequest& request) {
  if (request.step_given || request.workspace != Workspace::present) return false;
  return is_video(request.out) || request.out.extension() == ".pdf" || numbered(request.out, 1) != request.out;
}

void write_talk(App& app, drawing::TextEngine& text, const RenderRequest& request, const std::function<void(const fs::path&)>& write_frame, const std::function<void(double)>& progress,
                const std::stop_token& stop) {
  if (is_video(request.out)) return write_video(app, request, write_frame, progress, stop);
  if (numbered(request.out, 1) != request.out) {
    Written written;
    int frames = 0;
    walk(app, false, [&] {
      const fs::path file = numbered(request.out, ++frames);
      write_frame(file);
      written.add(file);
    }, progress, stop);
    return written.keep();
  }
  std::vector<drawing::Drawing> pages;
  walk(app, false, [&] { pages.push_back(app.figure(request.figure)); }, progress, stop);
  drawing::write_pdf(pages, text, app.theme(), request.out, request.transparent ? drawing::Ground::none : drawing::Ground::theme);
}

}  // namespace qkv::shell
