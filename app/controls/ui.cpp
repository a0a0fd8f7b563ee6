#include "app/controls/ui.h"

#include "app/controls/text_editing.h"

namespace qkv::controls {
namespace {

template <class T>
const T* event_as(const Interaction& in) {
  return in.event ? std::get_if<T>(&*in.event) : nullptr;
}

}  // namespace

bool Ui::pressed(std::string_view id) { return active(id) && event_as<PointerPress>(in); }

bool Ui::released(std::string_view id) { return active(id) && event_as<PointerRelease>(in); }

bool Ui::clicked(std::string_view id) {
  if (released(id) && hot(id) && in.button == Button::left) {
    in.event.reset();
    return true;
  }
  const auto* k = event_as<KeyPress>(in);
  return k && !k->repeat && (key_on(id, Key::enter) || key_on(id, Key::space));
}

bool Ui::double_clicked(std::string_view id) {
  if (!pressed(id)) return false;
  const auto* press = event_as<PointerPress>(in);
  if (press->button != Button::left || press->clicks != 2) return false;
  in.event.reset();
  return true;
}

std::optional<Point> Ui::dragged(std::string_view id) {
  if (!active(id) || !in.dragging) return std::nullopt;
  return Point{in.pointer.x - in.press_at.x, in.pointer.y - in.press_at.y};
}

bool Ui::key(Key k, Mods m) {
  if (layer != in.popups.size()) return false;
  const auto* press = event_as<KeyPress>(in);
  if (!press || press->key != k || press->mods != m) return false;
  if (in.editing() && editing_needs(*press)) return false;
  in.event.reset();
  return true;
}

bool Ui::key_on(std::string_view id, Key k, Mods m) { return focused(id) && has_keyboard() && key(k, m); }

void Ui::focus_ring(std::string_view id, Rect r, float radius) {
  if (!focused(id) || !in.focus_visible) return;
  p.stroke(r.inset(-3), p.theme().selected, 2, radius + 3);
}

}  // namespace qkv::controls
