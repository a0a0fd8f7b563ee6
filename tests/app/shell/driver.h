#pragma once
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "app/drawing/text_engine.h"
#include "app/figures/numbers.h"
#include "app/shell/app.h"
#include "app/shell/chrome/session.h"
#include "core/experiment/experiment.h"
#include "core/experiment/operations.h"
#include "tests/app/support/layout_checks.h"
#include "tests/app/support/temp_folder.h"

// Plays real use: an App without a window, driven by plain events, its regions and texts found by name.
namespace qkv::shell {

using attention::Cell;
using attention::Stage;
using controls::Key;
using controls::Mods;
using drawing::Point;
using drawing::Rect;

inline constexpr Mods kNone{}, kShift{.shift = true}, kCtrl{.ctrl = true}, kAlt{.alt = true},
    kCtrlShift{.shift = true, .ctrl = true};

struct StringClipboard final : controls::Clipboard {
  std::string text;
  std::string get() override { return text; }
  void set(const std::string& t) override { text = t; }
};

class Driver {
 public:
  explicit Driver(AppConfig config = {}) : app(complete(std::move(config))) {}

  // Events.
  void send(const controls::Event& e) { app.handle(e); }
  void wait(double seconds) { send(controls::Tick{seconds}); }
  void move(Point at, Mods mods = {}) { send(controls::PointerMove{at, mods}); }
  void press(Point at, Mods mods = {}, int clicks = 1, controls::Button button = controls::Button::left) {
    send(controls::PointerPress{at, button, mods, clicks});
  }
  void release(Point at, Mods mods = {}, controls::Button button = controls::Button::left) {
    send(controls::PointerRelease{at, button, mods});
  }
  void click(Point at, controls::Button button = controls::Button::left) {
    move(at);
    press(at, {}, 1, button);
    release(at, {}, button);
  }
  void click(std::string_view id) { click(center(id)); }
  void click(const Cell& cell) { click(at(cell)); }
  void right_click(Point at) { click(at, controls::Button::right); }
  void double_click(Point at) {
    click(at);
    press(at, {}, 2);
    release(at);
  }
  /// From a point by so many pixels, in steps as a hand does it.
  void drag(Point from, Point way, Mods mods = {}) {
    move(from);
    press(from, mods);
    for (int i = 1; i <= 4; ++i)
      move({from.x + way.x * static_cast<float>(i) / 4, from.y + way.y * static_cast<float>(i) / 4}, mods);
    release({from.x + way.x, from.y + way.y}, mods);
  }
  void wheel(Point at, float dy, Mods mods = {}) {
    send(controls::Scroll{.at = at, .dx = 0, .dy = dy, .mods = mods});
  }
  void key(Key k, Mods mods = {}) {
    send(controls::KeyPress{k, mods, false});
    send(controls::KeyRelease{k, mods});
  }
  void type(std::string text) { send(controls::TextInput{std::move(text)}); }
  /// Replaces what stands in the field being edited.
  void retype(std::string text) {
    key(Key::a, kCtrl);
    type(std::move(text));
  }
  void resize(float width, float height) { send(controls::Resize{width, height, 1}); }
  /// Until a large experiment is evaluated and shown.
  void settle() {
    app.session().lab.wait();
    wait(0.01);
  }

  // The screen.
  const drawing::Drawing& frame() { return app.frame(); }
  bool has(std::string_view id) { return drawing::find_region(frame(), id) != nullptr; }
  const drawing::Region& region(std::string_view id) {
    const drawing::Region* found = drawing::find_region(frame(), id);
    if (!found) throw std::runtime_error("there is no region " + std::string(id));
    return *found;
  }
  /// The middle of what shows of it.
  Point center(std::string_view id) {
    const drawing::Region& r = region(id);
    return r.rect.intersection(r.clip).center();
  }
  Rect rect(const Cell& c) {
    const drawing::Region& r = region("stage/" + std::string(attention::name_of(c.stage)));
    const float w = r.rect.w / static_cast<float>(r.columns), h = r.rect.h / static_cast<float>(r.rows);
    return {r.rect.x + w * static_cast<float>(c.column), r.rect.y + h * static_cast<float>(c.row), w, h};
  }
  Point at(const Cell& c) { return rect(c).center(); }
  /// The number printed in a cell; empty when it has no room.
  std::string printed(const Cell& c) {
    const Rect r = rect(c);
    for (const auto& t : support::texts(frame()))
      if (r.contains(t.text->box.center())) return t.text->text;
    return {};
  }
  bool shows(std::string_view text) { return support::find_text(frame(), text) != nullptr; }
  bool shows_with(std::string_view part) { return support::find_text_with(frame(), part) != nullptr; }

  // What is open.
  Session& session() { return app.session(); }
  documents::LabDocument& lab() { return session().lab; }
  workspaces::LabView& view() { return session().view; }
  const experiment::Experiment& experiment() { return lab().experiment(); }
  /// A number of the experiment as core evaluates it, afresh.
  float core(const Cell& c) { return attention::value(experiment::evaluate(experiment()), c); }
  int undo_all() {
    int steps = 0;
    for (; lab().can_undo(); ++steps) key(Key::z, kCtrl);
    return steps;
  }
  void redo_all() {
    while (lab().can_redo()) key(Key::z, kCtrlShift);
  }

  StringClipboard clipboard;
  App app;

  static drawing::TextEngine& engine() {
    static drawing::TextEngine shared;
    return shared;
  }

 private:
  AppConfig complete(AppConfig config) {
    config.clipboard = &clipboard;
    config.text = &engine();
    if (config.assets_dir.empty()) config.assets_dir = std::filesystem::path(QKV_SOURCE_DIR) / "assets";
    return config;
  }
};

}  // namespace qkv::shell
