#include <algorithm>
#include <cmath>

#include "app/workspaces/lab/commands.h"
#include "app/workspaces/lab/lab.h"
#include "app/workspaces/lab/scene.h"
#include "app/workspaces/lab/symbols.h"

namespace qkv::workspaces {

using drawing::Family;
using experiment::Experiment;

namespace {

struct Chip {
  Rect rect;
  std::string label;
};

/// Chips side by side; when they are too many for the strip it is scrolled so that the selected query shows.
std::vector<Chip> chips(Scene& s, float x, float right, float y) {
  std::vector<Chip> out;
  const int n = static_cast<int>(s.experiment().tokens.size());
  for (int i = 0; i < n; ++i) {
    const std::string label =
        s.p().text_engine().elided(token_text(s.experiment(), i), {.size = 12, .weight = 500}, 160);
    const float w =
        std::round(s.p().width_of(label, {.size = 12, .weight = 500}) +
                   s.p().width_of(std::to_string(i), {.size = 9.5f, .family = Family::mono}) + 30);
    out.push_back({{x, y, w, 24}, label});
    x += w + 6;
  }
  if (!out.empty() && out.back().rect.right() > right) {
    const Rect& focus = out[static_cast<std::size_t>(std::clamp(s.view.query, 0, n - 1))].rect;
    const float shift = std::clamp(focus.right() + 80 - right, 0.f, out.back().rect.right() - right);
    for (Chip& c : out) c.rect.x -= shift;
  }
  return out;
}

void token_menu(Scene& s, int i, Rect anchor) {
  const std::string id = "token-menu/" + std::to_string(i);
  if (!controls::popup_open(s.ui.in, id)) return;
  const auto& token = s.experiment().tokens[static_cast<std::size_t>(i)];
  const int n = static_cast<int>(s.experiment().tokens.size());
  const auto chosen =
      controls::menu(s.ui, id, anchor,
                     {{.id = "edit", .label = "Edit"},
                      {.id = "before", .label = "Insert before"},
                      {.id = "left",
                       .label = "Move left",
                       .shortcut = "Ctrl+Left",
                       .enabled = i > 0,
                       .separator_above = true},
                      {.id = "right", .label = "Move right", .shortcut = "Ctrl+Right", .enabled = i + 1 < n},
                      {.id = "padding",
                       .label = "Padding: hide this key",
                       .checked = token.padding,
                       .separator_above = true},
                      {.id = "remove", .label = "Remove", .enabled = n > 1, .separator_above = true}});
  if (!chosen) return;
  auto move = [&](int to) {
    change(s.document, s.view, "move a token",
           [&](const Experiment& e) { return experiment::with_token_moved(e, i, to); });
  };
  if (*chosen == "edit")
    controls::begin_editing(s.ui.in, "token/" + std::to_string(i) + "/field", token.text);
  if (*chosen == "before") {
    change(s.document, s.view, "add a token",
           [&](const Experiment& e) { return experiment::with_token_inserted(e, i, "new"); });
    controls::begin_editing(s.ui.in, "token/" + std::to_string(i) + "/field", "new");
  }
  if (*chosen == "left") move(i - 1);
  if (*chosen == "right") move(i + 1);
  if (*chosen == "padding")
    change(s.document, s.view, "padding",
           [&](const Experiment& e) { return experiment::with_token_padding(e, i, !token.padding); });
  if (*chosen == "remove")
    change(s.document, s.view, "remove a token",
           [&](const Experiment& e) { return experiment::with_token_removed(e, i); });
}

/// Click edits, drag reorders, right click offers the rest.
void chip(Scene& s, const std::vector<Chip>& all, int i) {
  auto& p = s.p();
  const auto& t = s.theme();
  const Rect r = all[static_cast<std::size_t>(i)].rect;
  const std::string id = "token/" + std::to_string(i), field = id + "/field";
  const auto& token = s.experiment().tokens[static_cast<std::size_t>(i)];
  if (s.ui.in.edit.id == field) {
    const float w = std::max(r.w, 24 + p.width_of(s.ui.in.edit.text, {.size = 12}));
    const auto result = controls::text_field(s.ui, field, {r.x, r.y, w, r.h}, token.text, {.label = "Token"});
    if (result.committed && *result.committed != token.text) {
      if (result.committed->empty() && s.experiment().tokens.size() > 1)
        change(s.document, s.view, "remove a token",
               [&](const Experiment& e) { return experiment::with_token_removed(e, i); });
      else
        change(s.document, s.view, "edit a token",
               [&](const Experiment& e) { return experiment::with_token(e, i, *result.committed); });
    }
    return;
  }
  if (s.ui.pressed(id) && s.ui.in.button == controls::Button::right) {
    controls::open_popup(s.ui.in, "token-menu/" + std::to_string(i));
    s.ui.in.event.reset();
  }
  const bool query = i == s.view.query, key = i == s.view.key;
  const auto colour = query ? t.query : key ? t.key : t.text;
  p.fill(r, query ? t.query_bg : key ? t.key_bg : t.panel, 4);
  p.stroke(r, query ? t.query : key ? t.key : s.ui.hot(id) ? t.border_strong : t.border, 1, 4, token.padding);
  const float index_w =
      p.text({r.x + 9, r.y + 16}, std::to_string(i),
             {.color = query || key ? colour : t.text3, .size = 9.5f, .family = Family::mono});
  p.text({r.x + 9 + index_w + 6, r.y + 16.3f}, all[static_cast<std::size_t>(i)].label,
         {.color = token.padding ? t.text_disabled : colour, .size = 12, .weight = 500});
  p.region({.id = id,
            .rect = r,
            .label = "Token " + std::to_string(i) + ": " + token.text,
            .hint = token.padding ? "Padding: no query may attend to it. Right-click for more."
                                  : "Click to edit, drag to move, right-click for more.",
            .cursor = drawing::Cursor::hand,
            .focusable = true});
  if (s.ui.dragged(id)) {
    s.view.dragged_token = i;
    const float x = s.ui.in.pointer.x;
    int to = i;
    for (int j = 0; j < static_cast<int>(all.size()); ++j) {
      const Rect other = all[static_cast<std::size_t>(j)].rect;
      if (j < i && x < other.center().x) {
        to = j;
        break;
      }
      if (j > i && x > other.center().x) to = j;
    }
    const Rect target = all[static_cast<std::size_t>(to)].rect;
    if (to != i) p.fill({to < i ? target.x - 4 : target.right() + 2, r.y, 2, r.h}, t.accent);
    if (s.ui.released(id) && to != i) {
      change(s.document, s.view, "move a token",
             [&](const Experiment& e) { return experiment::with_token_moved(e, i, to); });
      s.view.query = to;
    }
    return;
  }
  if (s.ui.clicked(id)) {
    s.view.query = i;
    controls::begin_editing(s.ui.in, field, token.text);
  }
}

/// Other sentences of the experiment, one click each.
float alternatives(Scene& s, float x, float right, float y) {
  const std::string now = experiment::sentence_of(s.experiment());
  const auto sentences = s.experiment().sentences;
  bool any = false;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    if (sentences[i] == now) continue;
    const std::string label = s.p().text_engine().elided(sentences[i], {.size = 11, .weight = 500}, 210);
    const float w = controls::button_width(s.ui, label, {.text_size = 11});
    const float lead = any ? 0 : s.p().width_of("try", {.size = 11}) + 8;
    if (x + lead + w > right) break;
    if (!any) x += s.p().text({x, y + 16}, "try", {.color = s.theme().text3, .size = 11}) + 8;
    any = true;
    if (controls::button(s.ui, "sentence/" + std::to_string(i), {x, y, w, 24}, label,
                         {.hint = sentences[i], .text_size = 11}))
      if (change(s.document, s.view, "another sentence",
                 [&](const Experiment& e) { return experiment::with_sentence(e, sentences[i]); }))
        show_first_target(s.document, s.view);
    x += w + 6;
  }
  return x;
}

}  // namespace

void token_strip(Scene& s, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  p.fill(area, t.panel);
  p.fill({area.x, area.bottom() - 1, area.w, 1}, t.border);
  p.push_clip(area);
  const float y = area.y + 8;
  float x = area.x + 20;
  x += p.text({x, area.y + 24.5f}, s.view.editing_sentence ? "Sentence" : "Tokens",
              {.color = t.text3, .size = 11}) +
       10;
  if (s.view.editing_sentence) {
    if (s.ui.in.edit.id != "sentence")
      controls::begin_editing(s.ui.in, "sentence", experiment::sentence_of(s.experiment()));
    const auto result = controls::text_field(
        s.ui, "sentence", {x, y - 1, area.right() - 20 - x, 26}, experiment::sentence_of(s.experiment()),
        {.placeholder = "Type a sentence, then Enter", .label = "Sentence"});
    if (result.committed) {
      int cut = 0;
      (void)experiment::split_sentence(*result.committed, 512, &cut);
      if (*result.committed == experiment::sentence_of(s.experiment()) ||
          change(s.document, s.view, "new sentence",
                 [&](const Experiment& e) { return experiment::with_sentence(e, *result.committed); }))
        s.view.notice = cut > 0 ? "The sentence was cut: " + std::to_string(cut) +
                                      " tokens beyond the first 512 were left out."
                                : "";
    }
    if (result.committed || result.cancelled || !result.editing) s.view.editing_sentence = false;
    p.pop_clip();
    return;
  }
  // Facts at the right, then the tokens in what is left.
  const Experiment& e = s.experiment();
  const int n = static_cast<int>(e.tokens.size());
  const auto heads = e.layers.front().heads.size();
  const std::string facts =
      std::to_string(n) + (n == 1 ? " token" : " tokens") + " · d_model " + std::to_string(e.d_model) +
      " · " + std::to_string(heads) + (heads == 1 ? " head" : " heads") +
      (e.layers.size() > 1 ? " · " + std::to_string(e.layers.size()) + " layers" : "") + " · float32";
  const drawing::TextStyle facts_style{.color = t.text3, .size = 10, .family = Family::mono};
  float right = area.right() - 20;
  if (area.w > 900) {
    p.text({right, area.y + 24}, facts, facts_style, drawing::Align::right);
    right -= p.width_of(facts, facts_style) + 16;
  }
  const auto all = chips(s, x, right - 150, y);
  p.push_clip({x - 2, area.y, right - x, area.h});
  for (int i = 0; i < static_cast<int>(all.size()); ++i) chip(s, all, i);
  p.pop_clip();
  float after = std::min(all.empty() ? x : all.back().rect.right() + 6, right - 140);
  if (controls::button(s.ui, "token/add", {after, y, 24, 24}, "",
                       {.icon = "plus", .hint = "Add a token at the end"})) {
    change(s.document, s.view, "add a token",
           [&](const Experiment& x2) { return experiment::with_token_inserted(x2, n, "new"); });
    controls::begin_editing(s.ui.in, "token/" + std::to_string(n) + "/field", "new");
  }
  after += 30;
  if (controls::button(s.ui, "token/sentence", {after, y, 100, 24}, "Edit sentence",
                       {.hint = "Type or paste a whole sentence (Ctrl+L)", .text_size = 11}))
    s.view.editing_sentence = true;
  after += 112;
  after = alternatives(s, after, right, y);
  const auto legend = [&](drawing::Color line, drawing::Color fill, std::string_view text) {
    if (after + 18 + p.width_of(text, {.size = 11}) > right) return;
    p.fill({after, area.y + 14, 12, 12}, fill, 2);
    p.stroke({after, area.y + 14, 12, 12}, line, 1, 2);
    after += 18 + p.text({after + 18, area.y + 24}, text, {.color = t.text2, .size = 11}) + 16;
  };
  legend(t.query, t.query_bg, "query token");
  legend(t.key, t.key_bg, "key token");
  p.pop_clip();
  for (int i = 0; i < static_cast<int>(all.size()) && i < n; ++i)
    token_menu(s, i, all[static_cast<std::size_t>(i)].rect);
}

}  // namespace qkv::workspaces
