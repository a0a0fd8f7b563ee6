#include <algorithm>
#include <cmath>

#include "app/controls/text_layout.h"
#include "app/workspaces/learn/scene.h"

namespace qkv::workspaces {

using documents::Answer;
using drawing::Align;
using drawing::Family;
using drawing::TextStyle;

namespace {

constexpr float kInset = 18, kText = 14;

/// The card being laid out from the top down.
struct Card {
  LearnScene& s;
  float x, w, y;

  const drawing::Theme& t() const { return s.theme(); }
  void prose(const prose::Text& text, float size = kText) {
    y += figures::draw_prose(s.p(), {x, y}, w, text, {.size = size, .line_height = 1.5f, .live = s.live()});
  }
  float prose_height(const prose::Text& text, float width, float size = kText) const {
    return figures::prose_height(s.p(), width, text, {.size = size, .line_height = 1.5f, .live = s.live()});
  }
};

/// A ring, filled with a dot when chosen.
void radio(Card& c, Point middle, bool chosen, bool hot) {
  c.s.p().circle(middle, 6.5f, c.t().panel, chosen ? c.t().weight : hot ? c.t().text : c.t().text3, chosen ? 2.f : 1.25f);
  if (chosen) c.s.p().circle(middle, 3, c.t().weight);
}

void tick(Card& c, Point at, bool right) {
  auto& p = c.s.p();
  if (right) p.polyline({{at.x - 5, at.y}, {at.x - 1, at.y + 4}, {at.x + 6, at.y - 5}}, c.t().text, 2);
  else {
    p.line({at.x - 4, at.y - 4}, {at.x + 4, at.y + 4}, c.t().warn, 1.75f);
    p.line({at.x - 4, at.y + 4}, {at.x + 4, at.y - 4}, c.t().warn, 1.75f);
  }
}

void option(Card& c, int index) {
  LearnScene& s = c.s;
  auto& p = s.p();
  const documents::Option& o = s.step().question->options[static_cast<std::size_t>(index)];
  const Answer& answer = s.session.answer();
  const std::string id = "learn/answer/" + std::to_string(index);
  const bool chosen = answer.chosen == index, known = chosen || (s.session.answered() && o.right);
  const float text_w = c.w - 34 - 34, text_h = c.prose_height(o.text, text_w);
  const Rect box{c.x, c.y, c.w, std::max(36.f, text_h + 14)};
  const bool hot = s.ui.hot(id);
  p.fill(box, chosen ? c.t().weight_bg : hot ? c.t().hover : c.t().panel, 4);
  p.stroke(box, chosen ? c.t().weight : c.t().border, chosen ? 1.5f : 1, 4);
  radio(c, {box.x + 18, box.center().y}, chosen, hot);
  figures::draw_prose(p, {box.x + 34, std::round(box.center().y - text_h / 2)}, text_w, o.text, {.size = kText, .line_height = 1.5f, .live = s.live()});
  if (known) {
    tick(c, {box.right() - 19, box.center().y}, o.right);
  } else {
    const Rect cap{box.right() - 30, box.center().y - 9, 20, 18};
    p.stroke(cap, c.t().border_strong, 1, 3);
    p.text_middle(cap.center().x, cap.center().y, std::to_string(index + 1), {.color = c.t().text3, .size = 10.5f, .family = Family::mono}, Align::center);
  }
  p.region({.id = id, .rect = box, .label = "Answer " + std::to_string(index + 1), .cursor = drawing::Cursor::hand, .focusable = true});
  s.ui.focus_ring(id, box, 4);
  if (s.ui.clicked(id)) s.view.wish = "learn.answer" + std::to_string(index + 1);
  c.y = box.bottom() + 7;
}

/// What was answered, and why it is so.
void reply(Card& c) {
  LearnScene& s = c.s;
  const documents::Question& q = *s.step().question;
  const Answer& answer = s.session.answer();
  const bool chosen = answer.chosen >= 0 && answer.chosen < static_cast<int>(q.options.size());
  if (chosen) {
    const documents::Option& o = q.options[static_cast<std::size_t>(answer.chosen)];
    c.y += 6;
    c.s.p().text({c.x, c.y + 13}, o.right ? "Yes." : "Not quite.", {.color = o.right ? c.t().text : c.t().warn, .size = 13, .weight = 600});
    c.y += 20;
    c.prose(o.reply, 13.5f);
  }
  if (answer.revealed && !answer.right && q.goal && !q.hint.empty()) {  // what was to be done is not done: how it could be
    c.y += 6;
    c.prose(q.hint, 13.5f);
  }
  if (s.session.answered() && !q.why.empty()) {
    c.y += 6;
    c.prose(q.why, 13.5f);
  }
}

/// What is to be brought about, part by part: each with its value now, ticked once it is so.
void goal(Card& c) {
  LearnScene& s = c.s;
  auto& p = s.p();
  std::vector<experiment::Claim::Part> parts;
  try {
    parts = s.step().question->goal->parts(s.session.scope());
  } catch (const std::exception&) {  // what it speaks of is not there just now: another sentence
    parts = {{.wanted = "What is asked for is not in this sentence."}};
  }
  c.y += 8;
  const float text_x = c.x + 36, text_w = c.w - 46;
  constexpr float kPad = 8, kGap = 4, kLeastRow = 20;
  const drawing::TextStyle style{.color = c.t().text, .size = 13};
  std::vector<std::string> lines;
  std::vector<float> heights;
  float h = 2 * kPad - kGap;
  std::string label;
  for (const auto& part : parts) {
    lines.push_back(part.wanted + (part.now.empty() ? "" : ", now " + part.now));
    heights.push_back(std::max(kLeastRow, controls::paragraph_height(p.text_engine(), lines.back(), style, text_w)));
    h += heights.back() + kGap;
    label += (label.empty() ? "" : "; ") + lines.back();
  }
  const bool met = s.session.answer().right;
  const Rect box{c.x, c.y, c.w, h};
  p.fill(box, met ? c.t().weight_bg : c.t().sunken, 4);
  float y = box.y + kPad;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const float middle = y + kLeastRow / 2;
    if (met || parts[i].holds) tick(c, {box.x + 18, middle}, true);
    else p.circle({box.x + 18, middle}, 6.5f, c.t().panel, c.t().text3, 1.25f);
    controls::paragraph(p, {text_x, y + 1}, text_w, lines[i], style);
    y += heights[i] + kGap;
  }
  p.region({.id = "learn/goal", .rect = box, .label = (met ? "Done: " : "What is wanted: ") + label});
  c.y = box.bottom() + 6;
}

/// Hint, showing the answer, starting again.
void helps(Card& c) {
  LearnScene& s = c.s;
  const documents::Question& q = *s.step().question;
  const Answer& answer = s.session.answer();
  const bool missed = answer.tries > 0 && !answer.right;
  if (!q.hint.empty() && (s.view.hint || missed) && !s.session.answered()) {
    c.y += 6;
    c.prose(q.hint, 13.5f);
  }
  float x = c.x - 8;
  const auto flat = [&](std::string_view id, std::string_view label, const std::string& hint, const char* wish) {
    const controls::ButtonStyle style{.flat = true, .hint = hint};
    const float w = controls::button_width(s.ui, label, style);
    if (controls::button(s.ui, id, {x, c.y + 6, w, 26}, label, style)) s.view.wish = wish;
    x += w + 2;
  };
  if (s.session.answered()) return;
  const bool hint = !q.hint.empty() && !s.view.hint && !missed;
  if (hint) flat("learn/hint", "Hint", "A word that helps", "learn.hint");
  flat("learn/reveal", "Show the answer", "Without answering; it does not count", "learn.reveal");
  c.y += 34;
}

}  // namespace

float question_card(LearnScene& s, Point at, float width) {
  // The frame is as high as what stands in it: laid out once unseen.
  const auto lay_out = [&](LearnScene& scene) {
    Card c{scene, at.x + 3 + kInset, width - 3 - 2 * kInset, at.y + 16};
    const documents::Question& q = *scene.step().question;
    const bool doing = q.options.empty();
    scene.p().text({c.x, c.y + 9}, doing ? "Now you" : "Predict first", {.color = c.t().weight, .size = 12, .weight = 600});
    c.y += 18;
    c.prose(q.ask, 14.5f);
    c.y += 8;
    for (int i = 0; i < static_cast<int>(q.options.size()); ++i) option(c, i);
    if (doing && q.goal) goal(c);
    reply(c);
    helps(c);
    return c.y + 14 - at.y;
  };
  drawing::Drawing unseen;
  drawing::Painter painter(unseen, s.p().text_engine(), s.theme());
  controls::Interaction nobody;
  controls::Ui ui{painter, nobody, s.ui.clipboard};
  LearnScene measured{ui, s.session, s.view};
  const float height = lay_out(measured);
  const Rect frame{at.x, at.y, width, height};
  s.p().fill(frame, s.theme().panel, 4);
  s.p().stroke(frame, s.theme().border, 1, 4);
  s.p().fill({at.x, at.y, 3, height}, s.theme().weight);
  lay_out(s);
  return height;
}

}  // namespace qkv::workspaces
