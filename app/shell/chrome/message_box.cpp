#include <algorithm>
#include <cmath>

#include "app/shell/chrome/overlay.h"
#include "app/shell/chrome/session.h"

namespace qkv::shell {

using controls::Key;
using controls::Ui;
using drawing::Rect;

namespace {

constexpr float kWidth = 440, kTitle = 20, kGap = 8, kLine = 18, kButton = 30, kAboveButtons = 18;
constexpr float kMostOfHeight = 0.6f;  // of the window
constexpr const char* kId = "message";

// The lines there is room for, the last one elided when there are more.
std::vector<std::string> shown_lines(drawing::TextEngine& engine, const std::string& text,
                                     const drawing::TextStyle& style, float width, float room) {
  std::vector<std::string> lines = engine.wrapped(text, style, width);
  const auto most = static_cast<std::size_t>(std::max(1.f, std::floor(room / kLine)));
  if (lines.size() > most) {
    lines.resize(most);
    lines.back() = engine.elided(lines.back() + " …", style, width);
    if (!lines.back().ends_with("…")) lines.back() += "…";
  }
  return lines;
}

// From the right: the last one is the way out, the first the one Enter takes. Returns the one clicked, or −1.
int buttons(Ui& ui, const Message& message, Rect row) {
  const auto count = static_cast<int>(message.buttons.size());
  std::vector<float> widths;
  float total = -kGap;
  for (int i = 0; i < count; ++i) {
    widths.push_back(
        std::max(84.f, controls::button_width(ui, message.buttons[static_cast<std::size_t>(i)])));
    total += widths.back() + kGap;
  }
  const float squeeze = std::min(1.f, row.w / total);
  float right = row.right();
  int clicked = -1;
  for (int i = 0; i < count; ++i) {
    const auto k = static_cast<std::size_t>(i);
    const float width = std::floor(widths[k] * squeeze);
    const Rect r{right - width, row.y, width, row.h};
    if (controls::button(ui, "message/" + std::to_string(i), r, message.buttons[k], {.primary = i == 0}))
      clicked = i;
    right = r.x - kGap;
  }
  return clicked;
}

}  // namespace

void message_box(Ui& below, Session& s) {
  if (!controls::popup_open(s.in, kId)) return;
  if (!s.message) return controls::close_popup(s.in, kId);
  if (s.message->buttons.empty()) s.message->buttons = {"OK"};
  const int last = static_cast<int>(s.message->buttons.size()) - 1;

  controls::PopupUi popup = begin_overlay(below, kId);
  int chosen = popup.open ? -1 : last;
  if (popup.open) {
    Ui& ui = popup.ui;
    const drawing::Theme& t = ui.p.theme();
    const Message& message = *s.message;
    const Rect bounds = ui.p.drawing().bounds;
    ui.p.region({.id = "message/backdrop", .rect = bounds});  // a press beside it is no answer

    const drawing::TextStyle title{.color = t.text, .size = 14, .weight = 600};
    const drawing::TextStyle text{.color = t.text2, .size = 12};
    const float width = std::min(kWidth, bounds.w - 2 * kOverlayPadding),
                inner = width - 2 * kOverlayPadding - 8;
    const float rest = 2 * (kOverlayPadding + 4) + kTitle + kGap + kAboveButtons + kButton;
    const auto lines = shown_lines(ui.p.text_engine(), message.text, text, inner,
                                   std::floor(bounds.h * kMostOfHeight) - rest);
    const float height = rest + kLine * static_cast<float>(lines.size());
    const Rect panel{std::round((bounds.w - width) / 2), std::round((bounds.h - height) * 0.4f), width,
                     height};
    overlay_panel(ui, kId, panel, true);

    const Rect body = panel.inset(kOverlayPadding + 4);
    ui.p.text_middle(body.x, body.y + kTitle / 2, ui.p.text_engine().elided(message.title, title, body.w),
                     title);
    float y = body.y + kTitle + kGap;
    for (const std::string& line : lines) {
      ui.p.text_middle(body.x, y + kLine / 2, line, text);
      y += kLine;
    }
    chosen = buttons(ui, message, {body.x, body.bottom() - kButton, body.w, kButton});
    if (chosen < 0 && take_key(ui, Key::enter)) chosen = 0;
  }
  if (chosen < 0) return;
  const Message answered = std::move(*s.message);
  s.message.reset();
  controls::close_popup(s.in, kId);
  if (answered.answered) answered.answered(s, chosen);
}

}  // namespace qkv::shell
