#include "app/figures/numbers.h"
#include "app/shell/chrome/session.h"

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
  // Right: how long the computation took, and where the numbers come from: hand-set or random ones pass for nothing else.
  std::string facts = s.view.sources.words;
  if (s.lab.busy()) facts += " · computing…";
  else if (!s.picture && s.lab.last_compute_seconds() > 0) {
    const double us = s.lab.last_compute_seconds() * 1e6;
    facts += " · computed in " + (us < 1000 ? figures::number(static_cast<float>(us), 0) + " µs" : figures::number(static_cast<float>(us / 1000), 1) + " ms");
  }
  const drawing::TextStyle mono{.color = t.text3, .size = 10, .family = Family::mono};
  p.text({area.right() - 20, base}, facts, mono, Align::right);
  const float room = area.w - 60 - p.width_of(facts, mono);
  if (!s.lab.error().empty() || !s.view.notice.empty()) {
    const bool bad = !s.lab.error().empty();
    const std::string& text = bad ? s.lab.error() : s.view.notice;
    p.text_fit({area.x + 20, base}, text, {.color = bad ? t.error : t.text2, .size = 11}, room);
    p.region({.id = "status", .rect = {area.x, area.y, room + 20, area.h}, .label = text});
    p.pop_clip();
    return;
  }
  static constexpr const char* kHints[][2] = {{"hover", "trace operands"}, {"click", "explain"}, {"drag ↕", "change a value"}, {"2×click", "type"},
                                              {"← ↑ ↓ →", "walk"}, {"wheel", "zoom"}, {"F1", "all keys"}};
  float x = area.x + 20;
  for (const auto& [key, words] : kHints) {
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
