#include <algorithm>
#include <cmath>

#include "app/workspaces/lab/scene.h"
#include "app/workspaces/lab/symbols.h"

namespace qkv::workspaces {

using drawing::Align;
using drawing::Color;
using drawing::Family;
using drawing::Run;
using drawing::TextStyle;

namespace {

constexpr float kSize = 20;
constexpr TextStyle small(Color c) { return {.color = c, .size = 9, .family = Family::mono}; }
std::string by(int r, int c) { return std::to_string(r) + "×" + std::to_string(c); }

/// A symbol of the formula: the stage it stands for and the size printed under it.
struct Symbol {
  Run run;
  Stage stage{};
  std::string size;
};

/// Which symbols of the formula a stage belongs to: X is behind all three, W_O and what it makes behind the
/// result.
std::vector<Stage> symbols_of(const std::optional<Cell>& at) {
  if (!at) return {};
  switch (at->stage) {
    case Stage::embedding:
    case Stage::positions:
    case Stage::norm_gain:
    case Stage::norm_bias:
    case Stage::x:
      return {Stage::q, Stage::k, Stage::v};
    case Stage::q:
    case Stage::w_q:
    case Stage::b_q:
    case Stage::q_norm_gain:
    case Stage::q_norm_bias:
    case Stage::q_normalised:
    case Stage::q_rotated:
      return {Stage::q};
    case Stage::k:
    case Stage::w_k:
    case Stage::b_k:
    case Stage::k_norm_gain:
    case Stage::k_norm_bias:
    case Stage::k_normalised:
    case Stage::k_rotated:
      return {Stage::k};
    case Stage::v:
    case Stage::w_v:
    case Stage::b_v:
      return {Stage::v};
    case Stage::score_bias:
      return {Stage::scaled};
    case Stage::w_o:
    case Stage::b_o:
    case Stage::layer_output:
      return {Stage::output};
    default:
      return {at->stage};
  }
}

struct Bar {
  Scene& s;
  Rect area;
  std::vector<Stage> lit;
  float x = 0;

  const drawing::Theme& t() const { return s.theme(); }
  float baseline() const { return area.y + 33; }
  float size_y() const { return area.y + 50; }
  float width(const std::vector<Run>& runs) const { return s.p().runs_width(runs); }
  float width(const Symbol& v) const {
    return std::max(width(std::vector<Run>{v.run}), s.p().width_of(v.size, small(t().text3)) + 6);
  }
  Run plain(std::string text, float size = kSize) const {
    return {std::move(text), {.color = t().text3, .size = size}};
  }
  Run letter(const char* text, Color c, float size = kSize) const {
    return {text, {.color = c, .size = size, .weight = 600, .italic = true}};
  }
  void put(const std::vector<Run>& runs) { x += s.p().runs({x, baseline()}, runs); }

  /// The hit box of a stage; lit when the stage is under the pointer, a click selects it. `again` tells a
  /// symbol that stands in the formula twice from its first place.
  void hit(Stage stage, Rect r, float radius = 5, std::string_view again = {}) {
    const std::string id = "formula/" + std::string(attention::name_of(stage)) + std::string(again);
    if (std::find(lit.begin(), lit.end(), stage) != lit.end() || s.ui.hot(id)) {
      s.p().fill(r, role_background(t(), stage), radius);
      s.p().fill({r.x, r.bottom() - 2, r.w, 2}, role_colour(t(), stage));
    }
    const attention::Shape shape = attention::shape_of(*s.trace, stage, s.view.layer, s.view.head);
    s.p().region({.id = id,
                  .rect = r,
                  .label = term_of(stage).name + ", " + by(shape.rows, shape.columns),
                  .hint = term_of(stage).meaning,
                  .cursor = drawing::Cursor::hand});
    if (!s.ui.clicked(id)) return;
    const bool keys = stage == Stage::k || stage == Stage::v;
    const bool square = is_square(stage) || stage == Stage::score_bias;
    select(s.view, *s.trace,
           {stage, s.view.layer, s.view.head, keys ? s.view.key : s.view.query, square ? s.view.key : 0});
  }

  void put(const Symbol& v, std::string_view again = {}) {
    const float w = width(v);
    hit(v.stage, {x - 3, area.y + 8, w + 6, area.h - 13}, 5, again);
    s.p().runs({x + w / 2, baseline()}, std::vector<Run>{v.run}, Align::center);
    s.p().text({x + w / 2, size_y()}, v.size, small(t().text3), Align::center);
    x += w;
  }

  /// The parentheses of the softmax are curves, so that they reach around the fraction.
  void paren(float at, bool left) {
    const float bend = left ? -4.5f : 4.5f, top = area.y + 9, bottom = area.bottom() - 9,
                mid = (top + bottom) / 2;
    s.p().bezier({at, top}, {at + bend, top + (mid - top) * 0.55f},
                 {at + bend, bottom - (bottom - mid) * 0.55f}, {at, bottom}, t().weight, 1.5f);
  }
};

std::vector<Run> denominator(const Bar& b, const attention::Options& o) {
  std::vector<Run> runs;
  const auto style = [&](bool italic) {
    return TextStyle{.color = b.t().text2, .size = 14, .weight = italic ? 500 : 400, .italic = italic};
  };
  if (o.scale) {
    runs.push_back({"√", style(false)});
    runs.push_back({"d", style(true), Run::Shift::none, true});
    runs.push_back({"k", style(false), Run::Shift::sub});
  }
  if (o.temperature != 1) {
    if (o.scale) runs.push_back(b.plain(" · ", 14));
    runs.push_back({"T", style(true)});
  }
  return runs;
}

/// What is added before the softmax: position or score bias, mask.
std::vector<Run> added(const Bar& b, const attention::Options& o) {
  std::vector<Run> runs;
  const TextStyle style{.color = b.t().text2, .size = 15, .weight = 500, .italic = true};
  if (o.positions == attention::Positions::alibi || o.score_bias.size() > 0) runs.push_back({" + B", style});
  const bool padding = std::find(o.mask.padding.begin(), o.mask.padding.end(), true) != o.mask.padding.end();
  if (o.mask.kind != attention::MaskKind::none || !o.mask.custom.empty() || padding)
    runs.push_back({" + M", style});
  return runs;
}

void softmax(Bar& b, int n) {
  auto& p = b.s.p();
  const auto& o = b.s.trace->inputs.options;
  std::vector<Run> top{b.letter("Q", b.t().query, 15),
                       b.plain(" · ", 15),
                       b.letter("K", b.t().key, 15),
                       {"T", {.color = b.t().key, .size = 15, .weight = 500}, Run::Shift::super}};
  const std::vector<Run> under = denominator(b, o), tail = added(b, o);
  const std::vector<Run> word{{"softmax", {.color = b.t().weight, .size = kSize, .weight = 600}}};
  const float word_w = b.width(word), fraction = std::max(b.width(top), b.width(under)) + 8,
              inner = fraction + b.width(tail);
  const float left = b.x + word_w + 12;
  b.hit(Stage::weights, {b.x - 8, b.area.y + 3, word_w + inner + 34, b.area.h - 7}, 6);
  b.hit(Stage::scaled, {left - 2, b.area.y + 7, inner + 4, b.area.h - 15});
  b.hit(Stage::scores, {left, b.area.y + 7, fraction, under.empty() ? b.area.h - 15 : 22});
  p.runs({b.x, b.baseline()}, word);
  p.text({b.x + word_w / 2, b.size_y()}, by(n, n), small(b.t().text3), Align::center);
  b.paren(b.x + word_w + 8, true);
  p.runs({left + fraction / 2, under.empty() ? b.baseline() : b.area.y + 25}, top, Align::center);
  if (!under.empty()) {
    p.fill({left, b.area.y + 30, fraction, 1}, b.t().text2);
    p.runs({left + fraction / 2, b.area.y + 46}, under, Align::center);
  }
  p.runs({left + fraction, b.baseline()}, tail);
  b.paren(left + inner + 5, false);
  b.x = left + inner + 14;
}

float softmax_width(const Bar& b) {
  const auto& o = b.s.trace->inputs.options;
  const std::vector<Run> top{b.plain("Q · KT", 15)}, word{{"softmax", {.size = kSize, .weight = 600}}};
  return b.width(word) + std::max(b.width(top), b.width(denominator(b, o))) + 8 + b.width(added(b, o)) + 26;
}

/// Which stage is looked at (left), which cell, query and key (right).
void corners(Scene& s, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  if (const auto at = s.traced()) {
    const int step = step_of(at->stage), count = s.layout.find(Stage::layer_output) ? kSteps : kSteps - 1;
    p.text({area.x + 20, area.y + 26}, "Stage " + std::to_string(step) + " of " + std::to_string(count),
           {.color = t.text3, .size = 11});
    p.text({area.x + 20, area.y + 42}, step_name(step),
           {.color = role_colour(t, at->stage), .size = 12, .weight = 600});
    const TextStyle mono{
        .color = role_colour(t, at->stage), .size = 11, .weight = 500, .family = Family::mono};
    const std::vector<Run> cursor{
        {s.view.hovered ? "cursor on " : "selected ", {.color = t.text3, .size = 11}},
        {p.text_engine().elided(cell_name(s.experiment(), *at), mono, 170), mono}};
    p.runs({area.right() - 20, area.y + 26}, cursor, Align::right);
  }
  auto token = [&](int i, Color c) {
    const TextStyle style{.color = c, .size = 11, .weight = 600};
    return Run{p.text_engine().elided(token_label(s.experiment(), i), style, 80), style};
  };
  const TextStyle words{.color = t.text3, .size = 11};
  p.runs({area.right() - 20, area.y + 42},
         std::vector<Run>{
             {"query ", words}, token(s.view.query, t.query), {"  →  key ", words}, token(s.view.key, t.key)},
         Align::right);
}

}  // namespace

void formula_bar(Scene& s, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  p.fill(area, t.panel);
  p.fill({area.x, area.bottom() - 1, area.w, 1}, t.border);
  p.push_clip(area);
  Bar b{s, area, symbols_of(s.traced())};
  const auto& head =
      s.trace->layers[static_cast<std::size_t>(s.view.layer)].heads[static_cast<std::size_t>(s.view.head)];
  const int n = s.trace->n(), d_k = static_cast<int>(head.q.cols()), d_v = static_cast<int>(head.v.cols());
  const Symbol q{b.letter("Q", t.query), Stage::q, by(n, d_k)}, k{b.letter("K", t.key), Stage::k, by(n, d_k)},
      v{b.letter("V", t.value), Stage::v, by(n, d_v)};
  const std::vector<Run> name{{"Attention", {.color = t.text, .size = kSize, .weight = 500}}, b.plain("(")},
      comma{b.plain(", ")}, equals{b.plain(")"), b.plain("  =  ")}, dot{b.plain("  ·  ")};
  const float total = b.width(name) + b.width(q) + b.width(k) + 2 * b.width(v) + 2 * b.width(comma) +
                      b.width(equals) + softmax_width(b) + b.width(dot);
  const bool roomy = area.w > total + 480;
  b.x = std::round(std::max(area.x + (roomy ? 190.f : 20.f), area.center().x - total / 2));
  b.hit(Stage::output, {b.x - 4, area.y + 8, b.width(std::vector<Run>{name.front()}) + 8, area.h - 13});
  b.put(name);
  b.put(q);
  b.put(comma);
  b.put(k);
  b.put(comma);
  b.put(v);
  b.put(equals);
  softmax(b, n);
  b.put(dot);
  b.put(v, "/mixed");
  if (roomy) corners(s, area);
  p.pop_clip();
}

}  // namespace qkv::workspaces
