#include "app/shell/render.h"

#include <cmath>
#include <optional>
#include <vector>

#include "app/controls/no_clipboard.h"
#include "app/drawing/players.h"
#include "app/drawing/window_player.h"
#include "app/shell/app.h"
#include "app/shell/export_picture.h"
#include "app/shell/places.h"
#include "app/shell/surface/offscreen.h"
#include "app/shell/surface/png.h"
#include "core/error.h"

namespace qkv::shell {
namespace {

/// Real frames of the program, all drawn on one surface.
class Frames {
 public:
  Frames(drawing::TextEngine& text, const RenderRequest& request)
      : width_(static_cast<int>(std::lround(static_cast<float>(request.width) * request.scale))),
        height_(static_cast<int>(std::lround(static_cast<float>(request.height) * request.scale))),
        scale_(request.scale), surface_(width_, height_), player_(text) {}

  void write(App& app, const std::filesystem::path& path) {
    player_.play(app.frame(), app.theme(), width_, height_, scale_);
    write_png(path, surface_.read_rgba(), width_, height_);
  }

 private:
  int width_, height_;
  float scale_;
  OffscreenSurface surface_;
  drawing::WindowPlayer player_;
};

bool is_frame(const RenderRequest& request) { return request.out.extension() == ".png" && request.figure.empty(); }

/// "frames/%02d.png" with a number in its place; the path itself when it has none.
std::filesystem::path numbered(const std::filesystem::path& path, int number) {
  const std::string text = path.string();
  const auto begin = text.find('%'), end = begin == text.npos ? text.npos : text.find_first_not_of("0123456789", begin + 1);
  if (end == text.npos || text[end] != 'd' || end - begin > 3) return path;
  const std::size_t width = end == begin + 1 ? 0 : std::stoul(text.substr(begin + 1, end - begin - 1));
  std::string digits = std::to_string(number);
  digits.insert(0, width > digits.size() ? width - digits.size() : 0, '0');
  return text.substr(0, begin) + digits + text.substr(end + 1);
}

/// What is shown, as one file.
void write(App& app, drawing::TextEngine& text, const RenderRequest& request) {
  if (is_frame(request) && !request.transparent) return Frames(text, request).write(app, request.out);
  write_picture(is_frame(request) ? app.frame() : app.figure(request.figure), text, app.theme(),
                {.path = request.out, .scale = request.scale, .transparent = request.transparent});
}

/// Every step of the talk that is shown. False when that is not what is asked for.
bool write_talk(App& app, drawing::TextEngine& text, const RenderRequest& request, const std::function<void(double)>& progress, const std::stop_token& stop) {
  if (request.step_given || request.workspace != Workspace::present) return false;
  const bool frames = numbered(request.out, 1) != request.out;
  if (!frames && request.out.extension() != ".pdf") return false;
  std::vector<drawing::Drawing> pages;
  std::optional<Frames> screen;
  if (is_frame(request) && !request.transparent) screen.emplace(text, request);
  Written written;
  for (int step = 0; step < app.talk_steps(); ++step) {
    if (stop.stop_requested()) throw Error(frames ? "The talk's frames were cancelled; those that were written are removed." : "The talk was cancelled; nothing was written.");
    app.show_talk_step(step);
    if (frames) {
      RenderRequest one = request;
      one.out = numbered(request.out, step + 1);
      if (screen) screen->write(app, one.out);
      else write(app, text, one);
      written.add(one.out);
    } else {
      pages.push_back(app.figure(request.figure));
    }
    if (progress) progress(static_cast<double>(step + 1) / app.talk_steps());
  }
  if (!frames) drawing::write_pdf(pages, text, app.theme(), request.out, request.transparent ? drawing::Ground::none : drawing::Ground::theme);
  written.keep();
  return true;
}

}  // namespace

std::string render(const RenderRequest& request, const std::function<void(double)>& progress, const std::stop_token& stop) {
  controls::NoClipboard clipboard;
  drawing::TextEngine text;
  App app({.width = static_cast<float>(request.width),
           .height = static_cast<float>(request.height),
           .scale = request.scale,
           .dark = request.dark,
           .state_dir = {},
           .assets_dir = assets_folder(),
           .clipboard = &clipboard,
           .text = &text,
           .settings_dir = {}});
  app.show(request);
  if (!write_talk(app, text, request, progress, stop)) write(app, text, request);
  return app.remark();
}

}  // namespace qkv::shell
