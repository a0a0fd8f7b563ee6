#include "app/shell/loop.h"

#include <chrono>
#include <iostream>
#include <utility>

#include "app/documents/settings.h"
#include "app/drawing/window_player.h"
#include "app/shell/app.h"
#include "app/shell/places.h"
#include "app/shell/window.h"

namespace qkv::shell {
namespace {

class Stopwatch {
 public:
  /// Seconds since the last lap.
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    return std::chrono::duration<double>(now - std::exchange(last_, now)).count();
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

void run(App& app, Window& window, drawing::WindowPlayer& player) {
  Stopwatch watch;
  while (!app.quit_requested()) {
    const auto events = window.wait(app.dirty() ? 0 : app.wake_after());
    app.handle(controls::Tick{watch.lap()});
    for (const auto& event : events) app.handle(event);
    if (window.take_close_request()) app.request_quit();
    window.set_full_screen(app.wants_full_screen());
    if (window.set_zoom(app.text_size())) continue;  // a Resize waits
    window.set_title(app.title());
    window.set_cursor(app.cursor());
    if (const bool damaged = window.take_damage(); damaged || app.dirty()) {
      player.play(app.frame(), app.theme(), window.width(), window.height(), window.scale());
      window.swap();
    }
  }
}

/// The settings may have changed while the program ran: only the window's own are replaced.
void remember_placement(const Window& window) {
  documents::Settings settings = documents::load_settings(documents::config_folder());
  const auto placement = window.placement();
  settings.window_width = placement.width;
  settings.window_height = placement.height;
  settings.maximized = placement.maximized;
  documents::save_settings(settings, documents::config_folder());
}

}  // namespace

void run_window(const std::vector<std::filesystem::path>& files) {
  std::string warning;
  const auto settings = documents::load_settings(documents::config_folder(), &warning);
  if (!warning.empty()) std::cerr << warning << '\n';

  Window window(settings.window_width, settings.window_height, settings.maximized);
  window.set_zoom(settings.text_size);
  drawing::TextEngine text;
  drawing::WindowPlayer player(text);
  App app({.width = static_cast<float>(window.width()) / window.scale(),
           .height = static_cast<float>(window.height()) / window.scale(),
           .scale = window.scale(),
           .dark = settings.dark,
           .state_dir = documents::state_folder(),
           .assets_dir = assets_folder(),
           .clipboard = &window.clipboard(),
           .text = &text,
           .settings_dir = documents::config_folder(),
           .lessons_dir = documents::own_lessons_folder()});
  for (const auto& file : files) app.open(file);
  run(app, window, player);
  remember_placement(window);
}

}  // namespace qkv::shell
