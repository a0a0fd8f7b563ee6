#pragma once
#include <functional>
#include <string>
#include <utility>

#include "app/controls/ui.h"

// A screen of controls without a window: every event rebuilds it once, as the program does.
namespace qkv::controls {

struct StringClipboard : Clipboard {
  std::string text;
  std::string get() override { return text; }
  void set(const std::string& t) override { text = t; }
};

class Bench {
 public:
  explicit Bench(std::function<void(Ui&)> build, Rect bounds = {0, 0, 400, 300})
      : build_(std::move(build)), bounds_(bounds) {
    send(Tick{});
  }

  void send(const Event& e) {
    in.begin(e, frame);
    drawing::Drawing next{.bounds = bounds_, .commands = {}, .regions = {}};
    drawing::Painter painter(next, engine(), drawing::built_in_theme(false));
    Ui ui{painter, in, clipboard};
    build_(ui);
    in.end();
    frame = std::move(next);
  }

  void move(Point at, Mods mods = {}) { send(PointerMove{at, mods}); }
  void press(Point at, int clicks = 1, Button button = Button::left, Mods mods = {}) {
    send(PointerPress{at, button, mods, clicks});
  }
  void release(Point at, Button button = Button::left) { send(PointerRelease{at, button, {}}); }
  void click(Point at, int clicks = 1) {
    move(at);
    press(at, clicks);
    release(at);
  }
  void click(std::string_view id) { click(center(id)); }
  void drag(Point from, Point to, Mods mods = {}) {
    move(from);
    press(from);
    move({(from.x + to.x) / 2, (from.y + to.y) / 2}, mods);
    move(to, mods);
    release(to);
  }
  void key(Key k, Mods mods = {}) { send(KeyPress{k, mods, false}); }
  void type(std::string text) { send(TextInput{std::move(text)}); }
  void wait(double seconds) { send(Tick{seconds}); }

  const drawing::Region& region(std::string_view id) const {
    const drawing::Region* found = drawing::find_region(frame, id);
    if (!found) throw std::runtime_error("no region " + std::string(id));
    return *found;
  }
  Point center(std::string_view id) const { return region(id).rect.center(); }
  /// The texts on the screen, each once.
  bool shows(std::string_view text) const {
    for (const drawing::Command& c : frame.commands) {
      if (const auto* t = std::get_if<drawing::Text>(&c); t && t->text == text) return true;
    }
    return false;
  }

  static drawing::TextEngine& engine() {
    static drawing::TextEngine shared;
    return shared;
  }

  Interaction in;
  StringClipboard clipboard;
  drawing::Drawing frame;

 private:
  std::function<void(Ui&)> build_;
  Rect bounds_;
};

}  // namespace qkv::controls
