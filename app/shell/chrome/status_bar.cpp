#include "app/shell/chrome/room.h"

namespace qkv::shell {

using drawing::Align;
using drawing::Family;
using drawing::Rect;

void status_bar(controls::Ui& ui, Session& s, Rect area) {
  auto& p = ui.p;
  const auto& t = p.theme();
  p.fill(area, t.panel);
  p.fill({area.x, area.y, area.w, 1}, t.border);
  p.push_clip(area);
  const float base = area.bottom() - 8;
  const Room& room_shown = room_of(s);
  const std::string facts = room_shown.facts(s);
  const drawing::TextStyle mono{.color = t.text3, .size = 10, .family = Family::mono};
  p.text({area.right() - 20, base}, facts, mono, Align::right);
  const float room = area.w - 60 - p.width_of(facts, mono);
  const std::string error = room_shown.error(s);
  if (const std::string text = error.empty() ? notice_of(s) : error; !text.empty()) {
    const bool bad = !error.empty();
    p.text_fit({area.x + 20, base}, text, {.color = bad ? t.error : t.text2, .size = 11}, room);
    p.region({.id = "status", .rect = {area.x, area.y, room + 20, area.h}, .label = text});
    p.pop_clip();
    return;
  }
  float x = area.x + 20;
  for (const auto& [key, words] : room_shown.hints) {
    const drawing::TextStyle cap{.color = t.text2, .size = 10, .family = Family::mono}, text{.color = t.text3, .size = 10.5f};
    const float w = p.width_of(key, cap) + 10, words_w = p.width_of(words, text);
    if (x + w + 6 + words_w > area.x + 20 + room) break;
    p.stroke({x, area.y + 5, w, 14}, t.border_strong, 1, 3);
    p.text({x + w / 2, base - 0.5f}, key, cap, Align::center);
    x += w + 6;
    p.text({x, base}, words, text);
    x += words_w + 18;
  }
  p.pop_clip();
}

}  // namespace qkv::shell
