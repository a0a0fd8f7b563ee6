#include "app/shell/render.h"

#include <cmath>

#include "app/drawing/players.h"
#include "app/drawing/window_player.h"
#include "app/shell/app.h"
#include "app/shell/places.h"
#include "app/shell/surface/offscreen.h"
#include "app/shell/surface/png.h"
#include "core/files/tensors.h"

namespace qkv::shell {
namespace {

/// Nobody copies or pastes in a picture.
struct NoClipboard final : controls::Clipboard {
  std::string get() override { return {}; }
  void set(const std::string&) override {}
};

void render_frame(App& app, drawing::TextEngine& text, const RenderRequest& request) {
  const int width = static_cast<int>(std::lround(static_cast<float>(request.width) * request.scale));
  const int height = static_cast<int>(std::lround(static_cast<float>(request.height) * request.scale));
  OffscreenSurface surface(width, height);
  drawing::WindowPlayer player(text);
  player.play(app.frame(), app.theme(), width, height, request.scale);
  write_png(request.out, surface.read_rgba(), width, height);
}

}  // namespace

void render(const RenderRequest& request) {
  NoClipboard clipboard;
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
  const std::string kind = request.out.extension().string();
  if (kind == ".png" && request.figure.empty()) {
    render_frame(app, text, request);
  } else if (const drawing::Drawing figure = app.figure(request.figure); kind == ".svg") {
    files::write_file_atomically(request.out, drawing::to_svg(figure, text, app.theme()));
  } else if (kind == ".pdf") {
    drawing::write_pdf(figure, text, app.theme(), request.out);
  } else {
    drawing::write_figure_png(figure, text, app.theme(), request.scale, request.out);
  }
}

}  // namespace qkv::shell
