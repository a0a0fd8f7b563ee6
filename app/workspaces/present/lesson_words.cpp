#include "app/workspaces/present/lesson_words.h"

#include <algorithm>
#include <cmath>

#include "app/controls/text_layout.h"

namespace qkv::workspaces {

using drawing::Align;
using drawing::Rect;

namespace {

figures::ProseStyle style_of(PresentScene& s, float px) {
  return {.size = s.u(px), .line_height = 1.35f, .live = live_value(s)};
}

/// Draws at `at`, or only measures; returns the height.
float prose(PresentScene& s, drawing::Point at, float width, const prose::Text& text, float px, bool draw) {
  return draw ? figures::draw_prose(s.p(), at, width, text, style_of(s, px)) : figures::prose_height(s.p(), width, text, style_of(s, px));
}

/// The answers to choose from, beside each other where there is room; the right one is marked once it is revealed.
float answers(PresentScene& s, drawing::Point at, float width, const documents::Question& question, float px, bool draw) {
  auto& p = s.p();
  const auto& t = s.theme();
  const std::size_t count = question.options.size(), columns = width > s.u(1400) ? std::max<std::size_t>(1, count > 4 ? (count + 1) / 2 : count) : 1;
  const float gap = s.u(12), w = (width - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns), text_w = w - s.u(100);
  float y = at.y;
  for (std::size_t first = 0; first < count; first += columns) {
    const std::size_t end = std::min(count, first + columns);
    float tallest = 0;
    for (std::size_t i = first; i < end; ++i) tallest = std::max(tallest, prose(s, {}, text_w, question.options[i].text, px, false));
    const float h = std::max(s.u(64), tallest + s.u(22));
    for (std::size_t i = first; i < end && draw; ++i) {
      const documents::Option& option = question.options[i];
      const Rect box{at.x + (w + gap) * static_cast<float>(i - first), y, w, h};
      const bool right = s.view.revealed && option.right;
      if (s.view.revealed && !option.right) p.set_alpha(0.5f);
      p.fill(box, right ? t.weight_bg : t.panel, s.u(6));
      p.stroke(box, right ? t.weight : t.border, std::max(1.f, s.u(right ? 4.f : 2.f)), s.u(6));
      p.text_middle(box.x + s.u(42), box.center().y, std::to_string(i + 1), {.color = t.text3, .size = s.u(30), .weight = 600, .family = drawing::Family::mono}, Align::center);
      prose(s, {box.x + s.u(80), std::round(box.center().y - prose(s, {}, text_w, option.text, px, false) / 2)}, text_w, option.text, px, true);
      p.set_alpha(1);
    }
    y += h + gap;
  }
  return y - at.y;
}

void tick(PresentScene& s, drawing::Point middle) {
  s.p().polyline({{middle.x - s.u(13), middle.y}, {middle.x - s.u(3), middle.y + s.u(11)}, {middle.x + s.u(15), middle.y - s.u(13)}}, s.theme().text, s.u(5));
}

/// What is to be brought about, part by part, each with its value now: seen by the room while a number is dragged.
float goal(PresentScene& s, drawing::Point at, float width, const experiment::Claim& wanted, float px, bool draw) {
  auto& p = s.p();
  const auto& t = s.theme();
  documents::LearnSession& lessons = *s.talk.lessons();
  std::vector<experiment::Claim::Part> parts;
  try {
    parts = wanted.parts(lessons.scope());
  } catch (const std::exception&) {  // what it speaks of is not there just now: another sentence
    parts = {{.wanted = "What is asked for is not in this sentence."}};
  }
  const bool met = lessons.answer().right;
  const drawing::TextStyle style{.color = t.text, .size = s.u(px)};
  const float text_x = at.x + s.u(84), text_w = width - s.u(100), pad = s.u(14), gap = s.u(8);
  std::vector<std::string> lines;
  std::vector<float> heights;
  float h = 2 * pad - gap;
  for (const auto& part : parts) {
    lines.push_back(part.wanted + (part.now.empty() ? "" : ", now " + part.now));
    heights.push_back(controls::paragraph_height(p.text_engine(), lines.back(), style, text_w));
    h += heights.back() + gap;
  }
  if (!draw) return h + s.u(16);
  const Rect box{at.x, at.y, width, h};
  p.fill(box, met ? t.weight_bg : t.sunken, s.u(6));
  p.stroke(box, met ? t.weight : t.border, std::max(1.f, s.u(met ? 4.f : 2.f)), s.u(6));
  float y = box.y + pad;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const drawing::Point middle{box.x + s.u(44), y + s.u(px) * 0.72f};
    if (met || parts[i].holds) tick(s, middle);
    else p.circle(middle, s.u(13), t.panel, t.text3, std::max(1.f, s.u(3)));
    controls::paragraph(p, {text_x, y}, text_w, lines[i], style);
    y += heights[i] + gap;
  }
  return h + s.u(16);
}

/// What is revealed: why. Of something still to be done only how: the why would speak of numbers that are not there.
const prose::Text& revealed_text(const PresentScene& s, const documents::Question& question) {
  return question.goal && !s.talk.lessons()->answer().right ? question.hint : question.why;
}

}  // namespace

float lesson_words(PresentScene& s, drawing::Point at, float width, float px, bool draw) {
  const documents::LessonStep& step = s.talk.lessons()->step();
  const prose::Text& own = s.talk.step().text;
  float y = at.y;
  if (!own.empty()) y += prose(s, {at.x, y}, width, own, px, draw) + s.u(20);
  if (!step.question) return y + prose(s, {at.x, y}, width, step.text, px, draw) - at.y;
  const documents::Question& question = *step.question;
  y += prose(s, {at.x, y}, width, question.ask, px, draw) + s.u(20);
  if (!question.options.empty()) y += answers(s, {at.x, y}, width, question, px, draw) + s.u(8);
  else if (question.goal) y += goal(s, {at.x, y}, width, *question.goal, px, draw) + s.u(8);
  const float why = prose(s, {}, width, question.why, px, false), how = question.goal ? prose(s, {}, width, question.hint, px, false) : 0;
  if (draw && s.view.revealed) prose(s, {at.x, y}, width, revealed_text(s, question), px, true);
  return y + std::max(why, how) - at.y;
}

figures::LiveValue live_value(PresentScene& s) {
  return [&lessons = *s.talk.lessons()](std::string_view expression) { return lessons.live(expression); };
}

prose::Text all_words(PresentScene& s) {
  const documents::LessonStep& step = s.talk.lessons()->step();
  prose::Text text = s.talk.step().text;
  const prose::Text& said = step.question ? step.question->ask : step.text;
  text.insert(text.end(), said.begin(), said.end());
  if (!step.question) return text;
  const documents::Question& question = *step.question;
  for (std::size_t i = 0; i < question.options.size(); ++i)
    for (prose::Block block : question.options[i].text) {
      if (block.kind == prose::Block::Kind::paragraph) block.kind = prose::Block::Kind::item;
      block.number = static_cast<int>(i) + 1;
      text.push_back(std::move(block));
    }
  if (!s.view.revealed) return text;
  const auto right = std::ranges::find_if(question.options, &documents::Option::right);
  if (right != question.options.end()) {
    prose::Block says;
    says.spans = {{prose::Span::Kind::strong, "Answer " + std::to_string(right - question.options.begin() + 1) + " is right."}};
    text.push_back(std::move(says));
  }
  const prose::Text& why = revealed_text(s, question);
  text.insert(text.end(), why.begin(), why.end());
  return text;
}

}  // namespace qkv::workspaces
