#include <algorithm>

#include "app/figures/token_label.h"
#include "app/workspaces/model/scene.h"

namespace qkv::workspaces {

using drawing::Align;
using drawing::Family;
using drawing::Rect;

namespace {

constexpr const char* kPrompt = "model/prompt";

/// What is being typed is passed on at once; Escape takes back what was typed.
void follow_typing(controls::Ui& ui, documents::ModelSession& session, ModelView& view,
                   const controls::TextFieldResult& result) {
  if (ui.in.edit.id == kPrompt) {
    if (!view.text_before) view.text_before = session.state().text;
    if (const std::string text = controls::edited_text(ui.in.edit);
        !ui.in.edit.fresh && text != session.state().text)
      session.set_text(text);
    return;
  }
  if (result.committed)
    session.set_text(*result.committed);
  else if (result.cancelled && view.text_before)
    session.set_text(*view.text_before);
  if (view.text_before) session.end_gesture();
  view.text_before.reset();
}

/// A thin line along the bottom edge: how far the opening or the pass is.
void progress_line(controls::Ui& ui, const documents::ModelSession& session, Rect area) {
  const double done = session.fraction();
  if (session.busy() && done > 0)
    ui.p.fill({area.x, area.bottom() - 2, area.w * static_cast<float>(std::clamp(done, 0., 1.)), 2},
              ui.p.theme().accent);
}

}  // namespace

void prompt_bar(controls::Ui& ui, documents::ModelSession& session, ModelView& view, Rect area) {
  auto& p = ui.p;
  const auto& t = p.theme();
  p.fill(area, t.panel);
  p.fill({area.x, area.bottom() - 1, area.w, 1}, t.border);
  p.push_clip(area);
  const bool live = session.is_open() && session.run()->model;
  const bool has_tokenizer = live && session.run()->model->tokenizer();
  float x = area.x + 20;
  x += p.text({x, area.y + 24.5f},
              !live && session.is_open() ? "Text"
              : has_tokenizer || !live   ? "Prompt"
                                         : "Token ids",
              {.color = t.text3, .size = 11}) +
       12;

  float right = area.right() - 20;
  if (area.w < kLeastForBoth && session.is_open()) {
    const controls::ButtonStyle style{
        .selected = view.rail_shown,
        .hint = "Top keys, q·k, predictions, ablation and metrics, in place of the heads (Ctrl+B)",
        .text_size = 11.5f};
    const float w = controls::button_width(ui, "Numbers", style);
    if (controls::button(ui, "model/numbers", {right - w, area.y + 7, w, 26}, "Numbers", style))
      view.rail = !view.rail_shown;
    right -= w + 16;
  }
  const documents::TokenLine& line = session.live_tokens();
  const auto n = line.readable.size();
  std::string facts = std::to_string(n) + (n == 1 ? " token" : " tokens");
  if (line.cut > 0) facts = "first " + facts + ", " + std::to_string(line.cut) + " cut";
  const drawing::TextStyle facts_style{
      .color = line.cut > 0 ? t.warn : t.text3, .size = 10.5f, .family = Family::mono};
  if (session.is_open()) {
    p.text({right, area.y + 24}, facts, facts_style, Align::right);
    const float w = p.width_of(facts, facts_style);
    p.region({.id = "model/cut",
              .rect = {right - w, area.y, w, area.h},
              .label = facts,
              .hint = line.cut > 0 ? "The text is longer than what the model has positions for (or the "
                                     "window shows): the rest was left out."
                                   : "In the text as this model's tokenizer splits it."});
    right -= w + 16;
  }
  if (has_tokenizer) {
    const bool on = session.state().special_tokens;
    constexpr float kToggle = 130;
    if (controls::toggle(ui, "model/special", {right - kToggle, area.y + 6, kToggle, 28}, on,
                         "Special tokens",
                         "Add the model's own tokens, such as ⟨s⟩ or [CLS]: attention sinks sit on them."))
      session.set_special_tokens(!on);
    right -= kToggle + 16;
  }
  const Rect field{x, area.y + 7, right - x, 26};
  if (live) {
    const auto result = controls::text_field(
        ui, kPrompt, field, session.state().text,
        {.placeholder = has_tokenizer ? "Type a sentence" : "Type token ids, such as 12 7 301",
         .label = "Prompt",
         .hint = "The model runs as you type (Ctrl+L)",
         .keeps_lines = true});
    follow_typing(ui, session, view, result);
  } else if (session.is_open()) {
    std::string text;
    for (const auto& token : session.run()->tokens.readable)
      text += (text.empty() ? "" : " ") + figures::visible_token(token);
    p.text_fit({x, area.y + 24.5f}, text, {.color = t.text2, .size = 12}, field.w);
  }
  progress_line(ui, session, area);
  p.pop_clip();
}

}  // namespace qkv::workspaces
