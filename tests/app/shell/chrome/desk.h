#pragma once
#include <string>
#include <utility>
#include <vector>

#include "app/shell/chrome/actions.h"
#include "app/shell/chrome/session.h"
#include "tests/app/controls/bench.h"
#include "tests/app/support/layout_checks.h"

namespace qkv::shell {

using controls::Key;
using drawing::Rect;

/// A session with its overlays above an empty screen, driven by plain events as the program does it.
struct Desk {
  explicit Desk(Rect screen = {0, 0, 1280, 800}) : bounds(screen) {
    session.clipboard = &clipboard;
    send(controls::Tick{});
  }

  void send(const controls::Event& e) {
    session.in.begin(e, frame);
    build();
    session.in.end();
    build();  // what the event changed, as the program's next frame shows it
  }
  void build() {
    drawing::Drawing next{.bounds = bounds, .commands = {}, .regions = {}};
    drawing::Painter painter(next, controls::Bench::engine(), drawing::built_in_theme(dark));
    controls::Ui ui{painter, session.in, clipboard};
    painter.fill(bounds, painter.theme().bg);
    palette(ui, session);
    help(ui, session);
    export_panel(ui, session);
    file_dialog(ui, session);
    message_box(ui, session);
    frame = std::move(next);
  }

  void key(Key k, controls::Mods mods = {}, bool repeat = false) {
    send(controls::KeyPress{k, mods, repeat});
  }
  void type(std::string text) { send(controls::TextInput{std::move(text)}); }
  void click(drawing::Point at, int clicks = 1) {
    send(controls::PointerMove{at, {}});
    send(controls::PointerPress{at, controls::Button::left, {}, clicks});
    send(controls::PointerRelease{at, controls::Button::left, {}});
  }
  void click(std::string_view id, int clicks = 1) { click(region(id).rect.center(), clicks); }
  void scroll(drawing::Point at, float lines) { send(controls::Scroll{at, 0, lines, {}}); }

  const drawing::Region& region(std::string_view id) const {
    const drawing::Region* found = drawing::find_region(frame, id);
    if (!found) throw std::runtime_error("no region " + std::string(id));
    return *found;
  }
  bool shows(std::string_view text) const { return support::find_text(frame, text) != nullptr; }
  bool shows_part(std::string_view text) const { return support::find_text_with(frame, text) != nullptr; }
  bool open(std::string_view popup) const { return controls::popup_open(session.in, popup); }

  Rect bounds;
  bool dark = false;
  Session session{experiment::default_experiment(), {}};
  controls::StringClipboard clipboard;
  drawing::Drawing frame;
};

/// The screens that layouts must hold on.
inline const std::vector<Rect> kScreens{{0, 0, 853, 533}, {0, 0, 1280, 800}, {0, 0, 1920, 1080}};

}  // namespace qkv::shell
