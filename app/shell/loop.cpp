#include "app/shell/loop.h"

#include <chrono>
#include <iostream>
#include <memory>
#include <utility>
#include <variant>

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

/// The lecturer's window, open while the app wants notes: it shows them, and passes on the keys that are pressed in it.
class NotesWindow {
 public:
  NotesWindow(App& app, Window& stage, drawing::TextEngine& text) : app_(app), stage_(stage), text_(text) {}
  ~NotesWindow() { close(); }
  NotesWindow(const NotesWindow&) = delete;
  NotesWindow& operator=(const NotesWindow&) = delete;

  /// The stage came to another screen: perhaps to this one's.
  void stage_moved() {
    if (window_) window_->place_beside(stage_);
  }

  /// True when keys were pressed in it, which may have changed anything.
  bool follow() {
    if (!app_.notes_wanted()) {
      close();
      return false;
    }
    if (!window_ && !open()) return false;
    bool keys = false;
    for (const controls::Event& event : window_->wait(0)) {
      if (!std::holds_alternative<controls::KeyPress>(event) && !std::holds_alternative<controls::KeyRelease>(event)) continue;
      app_.handle(event);
      keys = true;
    }
    if (window_->take_close_request()) app_.close_notes();
    if (!app_.notes_wanted()) {
      close();
      return keys;
    }
    if (const bool damaged = window_->take_damage(); !damaged && !app_.dirty()) return keys;
    const float scale = window_->scale();
    const auto frame = app_.notes(static_cast<float>(window_->width()) / scale, static_cast<float>(window_->height()) / scale);
    window_->make_current();
    player_->play(frame, app_.theme(), window_->width(), window_->height(), scale);
    window_->swap();
    stage_.make_current();
    return keys;
  }

 private:
  bool open() {
    try {
      window_ = std::make_unique<Window>(1100, 640, false, false);
    } catch (const NoWindow&) {  // the stage goes on without
      stage_.make_current();
      app_.close_notes();
      return false;
    }
    window_->place_beside(stage_);
    window_->set_title("Notes — QKV Lab");
    player_ = std::make_unique<drawing::WindowPlayer>(text_);
    stage_.make_current();
    return true;
  }
  void close() {
    if (!window_) return;
    window_->make_current();  // what the player drew with is of this context
    player_.reset();
    window_.reset();
    stage_.make_current();
  }

  App& app_;
  Window& stage_;
  drawing::TextEngine& text_;
  std::unique_ptr<Window> window_;
  std::unique_ptr<drawing::WindowPlayer> player_;
};

void run(App& app, Window& window, drawing::WindowPlayer& player, NotesWindow& notes) {
  Stopwatch watch;
  bool again = false;  // the notes' keys came after the stage was looked after
  while (!app.quit_requested()) {
    const auto events = window.wait(app.dirty() || again ? 0 : app.wake_after());
    app.handle(controls::Tick{watch.lap()});
    for (const auto& event : events) app.handle(event);
    if (window.take_close_request()) app.request_quit();
    if (window.set_full_screen(app.wants_full_screen(), app.screens_swapped())) notes.stage_moved();
    if (window.set_zoom(app.text_size())) continue;  // a Resize waits
    window.set_title(app.title());
    window.set_cursor(app.cursor());
    again = notes.follow();  // first: its keys change what the stage shows
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
  NotesWindow notes(app, window, text);
  run(app, window, player, notes);
  remember_placement(window);
}

}  // namespace qkv::shell
