#include "app/shell/render.h"

#include <cmath>
#include <optional>

#include "app/controls/no_clipboard.h"
#include "app/drawing/window_player.h"
#include "app/shell/app.h"
#include "app/shell/export_picture.h"
#include "app/shell/export_talk.h"
#include "app/shell/places.h"
#include "app/shell/surface/offscreen.h"
#include "app/shell/surface/png.h"

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
           .settings_dir = {},
           .lessons_dir = request.own_lessons});
  app.show(request);
  std::optional<Frames> screen;  // one surface for all of them
  const auto write = [&](const std::filesystem::path& path) {
    const bool frame = request.figure.empty() && path.extension() == ".png";
    if (frame && !request.transparent) {
      if (!screen) screen.emplace(text, request);
      return screen->write(app, path);
    }
    write_picture(frame ? app.frame() : app.figure(request.figure), text, app.theme(),
                  {.path = path, .scale = request.scale, .transparent = request.transparent});
  };
  if (is_whole_talk(request)) {
    write_talk(app, text, request, write, progress, stop);
    return app.remark();
  }
  write(request.out);
  const bool one_of_many = request.workspace == Workspace::present && !request.step_given && app.talk_steps() > 1;
  return one_of_many ? "This is step 1 of " + std::to_string(app.talk_steps()) + ": --step names another; a .pdf, a video, or a number in --out, such as %02d.png, holds them all."
                     : app.remark();
}

}  // namespace qkv::shell
