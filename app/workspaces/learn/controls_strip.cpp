#include "app/workspaces/learn/controls_strip.h"

#include <algorithm>
#include <cmath>

#include "app/figures/numbers.h"
#include "app/figures/symbols.h"
#include "app/workspaces/lab/commands.h"
#include "app/workspaces/lab/symbols.h"
#include "app/workspaces/learn/special_figures.h"

namespace qkv::workspaces {

using drawing::Align;
using drawing::Family;
using experiment::Experiment;
using figures::number;

namespace {

constexpr float kInset = 24, kRow = 44, kLeastRoom = 420;
constexpr float kLift = 6;  // of a slider with ticks under it

struct Strip {
  LearnScene& s;
  Flow flow;

  documents::LabDocument& document() const { return s.session.document(); }
  const Experiment& e() const { return document().experiment(); }
  LabView& view() const { return s.view.main; }
  const drawing::Theme& t() const { return s.theme(); }
  template <class Operation>
  void apply(const std::string& what, Operation operation, const std::string& merge = {}) const {
    change(document(), s.view.main, what, operation, merge);
  }
  /// Room for a control with its name at the left, `lift` px above the middle of the row.
  Rect named(const std::string& name, float width, float lift = 0) {
    const drawing::TextStyle style{.color = t().text2, .size = 12.5f, .weight = 500};
    const float w = figures::symbols_width(s.p(), name, style) + 12;
    const Rect r = flow.take(w + width);
    figures::symbols(s.p(), {r.x, std::round(r.center().y + 4.5f - lift)}, name, style);
    return {r.x + w, r.y, r.w - w, r.h};
  }
  static Rect middle(Rect r, float h) { return {r.x, std::round(r.center().y - h / 2), r.w, h}; }
};

/// A slider with the values of its ticks under it.
controls::Change ticked(Strip& c, std::string_view id, Rect r, float& value, float low, float high, const controls::SliderStyle& style, int decimals) {
  const auto moved = controls::slider(c.s.ui, id, {r.x, r.y + 6, r.w, 20}, value, low, high, style);
  float last = -1e9f;
  for (const float tick : style.ticks) {
    const float at = style.logarithmic ? std::log(tick / low) / std::log(high / low) : (tick - low) / (high - low);
    const float x = r.x + 6.5f + (r.w - 13) * at;
    const bool on = std::fabs(tick - value) < 1e-4f;
    const drawing::TextStyle text{.color = on ? c.t().text : c.t().text3, .size = 9.5f, .weight = on ? 600 : 400, .family = Family::mono};
    const std::string label = number(tick, tick < 1 ? decimals : tick == std::round(tick) ? 0 : decimals);
    const float w = c.s.p().width_of(label, text);
    if (x - w / 2 < last + 5) continue;
    last = x + w / 2;
    c.s.p().text({x, r.y + 38}, label, text, Align::center);
  }
  return moved;
}

void value_box(Strip& c, Rect r, const std::string& text) {
  c.s.p().fill(r, c.t().panel, 4);
  c.s.p().stroke(r, c.t().border, 1, 4);
  c.s.p().text_middle(r.right() - 8, r.center().y, text, {.color = c.t().text, .size = 12, .weight = 500, .family = Family::mono}, Align::right);
}

void temperature(Strip& c) {
  const Rect r = c.named("Temperature", 330, kLift);
  const Rect bar{r.x, r.y, r.w - 64, r.h};
  float value = c.e().temperature;
  const auto moved = ticked(c, "learn/temperature", bar, value, 0.02f, 10, {.logarithmic = true, .ticks = {0.02f, 0.1f, 0.3f, 1, 3, 10}, .label = "Temperature", .hint = "Divides the scaled scores. Near 0 the softmax picks one key; large values blend all."}, 2);
  if (moved.changed) {
    const float rounded = value < 0.1f ? std::round(value * 1000) / 1000 : std::round(value * 100) / 100;
    c.apply("temperature", [&](Experiment next) { next.temperature = rounded; return next; }, "temperature");
  }
  if (moved.finished) c.document().end_gesture();
  value_box(c, {r.right() - 54, r.y + 7, 54, 22}, number(c.e().temperature, c.e().temperature < 0.1f ? 3 : 2));
}

void d_k(Strip& c) {
  const Rect r = c.named("d_k", std::clamp(c.flow.room() - 40, 380.f, 560.f), kLift);
  const Rect bar{r.x, r.y, r.w - 60, r.h};
  float value = static_cast<float>(c.e().d_k);
  const auto moved = ticked(c, "learn/d_k", bar, value, 1, 512, {.logarithmic = true, .integer = true, .step = 1, .ticks = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512}, .label = "d_k", .hint = "Columns of Q and K. Growing adds columns: zero when hand-set, from the seed when random."}, 0);
  const int wanted = static_cast<int>(std::lround(value));
  if (moved.changed) set_d_k(c.s, wanted);
  if (moved.finished) c.document().end_gesture();
  value_box(c, {r.right() - 48, r.y + 7, 48, 22}, std::to_string(c.e().d_k));
}

void mask(Strip& c) {
  using attention::MaskKind;
  const Rect r = Strip::middle(c.named("Mask", 210), 28);
  const int kind = static_cast<int>(c.e().mask);
  const int chosen = controls::segmented(c.s.ui, "learn/mask", r, {"None", "Causal", "Window"}, kind, "Which keys a query may attend to",
                                         {"Every token sees every token", "A token sees itself and what came before", "A token sees itself and the few before it"});
  if (chosen != kind) c.apply("mask", [&](Experiment next) { next.mask = static_cast<MaskKind>(chosen); return next; });
}

/// "− 3 +"
void stepper(Strip& c, std::string_view id, const std::string& name, const std::string& hint, int value, int low, int high, auto apply) {
  const Rect r = Strip::middle(c.named(name, 98), 26);
  const std::string base(id);
  if (controls::button(c.s.ui, base + "/less", {r.x, r.y, 28, 26}, "−", {.enabled = value > low, .hint = hint})) apply(value - 1);
  c.s.p().text_middle(r.x + 49, r.center().y, std::to_string(value), {.color = c.t().text, .size = 13, .weight = 500, .family = Family::mono}, Align::center);
  if (controls::button(c.s.ui, base + "/more", {r.x + 70, r.y, 28, 26}, "+", {.enabled = value < high, .hint = hint})) apply(value + 1);
}

void positions(Strip& c) {
  const Rect r = Strip::middle(c.named("Positions", 260), 28);
  const int where = static_cast<int>(c.e().positions);
  const int picked = controls::segmented(c.s.ui, "learn/positions", r, {"None", "Sinus", "RoPE", "ALiBi"}, where, "How order enters",
                                         {"Attention alone does not know the order", "Sinusoids added to X", "q and k turned by their position", "Scores lowered by distance"});
  if (picked != where) c.apply("positions", [&](Experiment next) { next.positions = static_cast<attention::Positions>(picked); return next; });
}

void scale(Strip& c) {
  const Rect r = c.flow.take(148);
  if (controls::toggle(c.s.ui, "learn/scale", r, c.e().scale, "Divide by √dₖ", "Divide scores by √d_k so that their spread does not grow with d_k."))
    c.apply("scale", [](Experiment next) { next.scale = !next.scale; return next; });
}

void which(Strip& c, const std::string& name, std::string_view id, int count, int& shown, std::string_view hint) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back(std::to_string(i));
  const Rect r = Strip::middle(c.named(name, 34 * static_cast<float>(count)), 28);
  const int chosen = controls::segmented(c.s.ui, id, r, names, shown, hint);
  if (chosen == shown) return;
  shown = chosen;
  c.view().selected.reset();
  c.view().chain.clear();
}

/// Its own words, and those of the experiment to try.
void sentence(Strip& c) {
  const Rect r = Strip::middle(c.named("Sentence", std::min(360.f, std::max(220.f, c.flow.room() - 90))), 28);
  const std::string now = experiment::sentence_of(c.e());
  const auto result = controls::text_field(c.s.ui, "learn/sentence", r, now, {.placeholder = "Any words", .label = "Sentence", .hint = "Type any words; Enter", .text_size = 12.5f});
  if (result.committed && *result.committed != now && !result.committed->empty())
    c.apply("sentence", [&](const Experiment& x) { return experiment::with_sentence(x, *result.committed); });
  int i = 0;
  for (const std::string& other : c.e().sentences) {
    if (other == now || i >= 3) continue;
    const controls::ButtonStyle style{.hint = "Try this sentence"};
    const float w = std::min(280.f, controls::button_width(c.s.ui, other, style));
    const Rect chip = Strip::middle(c.flow.take(w), 26);
    if (controls::button(c.s.ui, "learn/try/" + std::to_string(i++), chip, other, style))
      c.apply("sentence", [&](const Experiment& x) { return experiment::with_sentence(x, other); });
  }
}

/// The words as chips: two of them clicked one after the other change places.
void swap(Strip& c) {
  const drawing::TextStyle style{.color = c.t().text2, .size = 12.5f, .weight = 500};
  const std::string name = c.s.view.swap_first ? "with" : "Swap";
  const Rect label = c.flow.take(c.s.p().width_of("Swap", style) - 12);
  c.s.p().text_middle(label.x, label.center().y, name, style);
  const auto& tokens = c.e().tokens;
  for (int i = 0; i < static_cast<int>(tokens.size()); ++i) {
    const std::string id = "learn/swap/" + std::to_string(i), text = token_label(c.e(), i);
    const controls::ButtonStyle button{.selected = c.s.view.swap_first == i, .hint = "Click two words: they change places"};
    const Rect r = Strip::middle(c.flow.take(controls::button_width(c.s.ui, text, button) - 18), 26);
    if (!controls::button(c.s.ui, id, {r.x, r.y, r.w + 18, r.h}, text, button)) continue;
    if (!c.s.view.swap_first || *c.s.view.swap_first == i) {
      c.s.view.swap_first = c.s.view.swap_first ? std::nullopt : std::optional(i);
      continue;
    }
    const int a = std::min(*c.s.view.swap_first, i), b = std::max(*c.s.view.swap_first, i);
    c.apply("swap two words", [&](Experiment x) {
      x = experiment::with_token_moved(std::move(x), b, a);
      return b > a + 1 ? experiment::with_token_moved(std::move(x), a + 1, b) : x;
    });
    c.s.view.swap_first.reset();
  }
}

bool has(const LearnScene& s, std::string_view control) {
  const auto& change = s.step().change;
  return std::find(change.begin(), change.end(), control) != change.end();
}

}  // namespace

void set_d_k(LearnScene& s, int d_k) {
  if (d_k == s.session.document().experiment().d_k) return;
  change(s.session.document(), s.view.main, "d_k", [&](const Experiment& x) { return experiment::with_d_k(x, d_k); }, "d_k");
}

namespace {

bool has_controls(const LearnScene& s) {
  static constexpr std::string_view kControls[] = {"d_k", "temperature", "scale", "mask", "window", "positions", "heads", "layer", "head", "swap", "sentence"};
  return std::any_of(std::begin(kControls), std::end(kControls), [&](std::string_view control) { return has(s, control); });
}

/// Start again, another draw, the Lab: at the right of the first row.
float ways_out(LearnScene& s, Rect area) {
  float right = area.right();
  const auto place = [&](std::string_view id, std::string_view label, const std::string& icon, const std::string& hint, const char* wish, bool flat) {
    const controls::ButtonStyle style{.flat = flat, .icon = icon, .hint = hint};
    const float w = controls::button_width(s.ui, label, style);
    right -= w;
    if (controls::button(s.ui, id, {right, area.y + 9, w, 28}, label, style)) s.view.wish = wish;
    right -= 8;
  };
  if (!s.room) place("learn/open-in-lab", "Open in the Lab", "", "Exactly this state, where everything can be changed (L)", "learn.open_in_lab", false);
  if (s.step().figure.name == "cost" && !s.room) {
    const bool busy = s.view.studies && s.view.studies->measuring_cost();
    place("learn/cost", busy ? "Stop" : "Measure again", "", "Real passes of this program, on one core; a few seconds for each curve", busy ? "learn.stop_measuring" : "learn.measure", false);
  }
  if (has(s, "new-draw")) place("learn/new-draw", "New draw", "dice", "Other random numbers (R)", "learn.new_draw", false);
  if (s.session.document().can_undo()) place("learn/start-again", "Start again", "reset", "The step as it began", "learn.again", true);
  return right;
}

}  // namespace

float controls_strip(LearnScene& s, Rect area) {
  auto& p = s.p();
  if (s.room && !has_controls(s) && !has(s, "new-draw")) return 0;
  // Its ground is known once everything has its place: laid out unseen first.
  const auto lay_out = [&](LearnScene& scene) {
    const Rect inner{area.x + kInset, area.y, area.w - 2 * kInset, area.h};
    const float right = ways_out(scene, inner);
    const bool beside = right == inner.right() || right - 16 - inner.x > kLeastRoom || !has_controls(scene);
    Strip c{scene, Flow(beside ? Rect{inner.x, area.y + 1, right - 16 - inner.x, area.h} : Rect{inner.x, area.y + 1 + kRow, inner.w, area.h}, kRow)};
    const Experiment& e = c.e();
    if (has(scene, "d_k")) d_k(c);
    if (has(scene, "temperature")) temperature(c);
    if (has(scene, "scale")) scale(c);
    if (has(scene, "mask")) mask(c);
    if (has(scene, "window") || (has(scene, "mask") && e.mask == attention::MaskKind::sliding_window))
      stepper(c, "learn/window", "Window", "How many tokens a query sees, itself included", e.window, 1, 64, [&](int v) { c.apply("window", [&](Experiment next) { next.window = v; return next; }); });
    if (has(scene, "positions")) positions(c);
    if (has(scene, "heads"))
      stepper(c, "learn/heads", "Heads", "Each head has its own W_Q, W_K, W_V; new ones are random", static_cast<int>(e.layers[static_cast<std::size_t>(c.view().layer)].heads.size()), 1, 8, [&](int v) {
        c.apply("heads", [&](const Experiment& x) { return experiment::with_heads(x, c.view().layer, v); });
      });
    const auto& layers = c.document().trace()->layers;
    if (has(scene, "layer") && layers.size() > 1) which(c, "Layer", "learn/layer", static_cast<int>(layers.size()), c.view().layer, "Which layer is shown");
    const auto& heads = layers[static_cast<std::size_t>(std::min<int>(c.view().layer, static_cast<int>(layers.size()) - 1))].heads;
    if (has(scene, "head") && heads.size() > 1) which(c, "Head", "learn/head", static_cast<int>(heads.size()), c.view().head, "Which head is shown");
    if (has(scene, "swap")) swap(c);
    if (has(scene, "sentence")) sentence(c);
    return std::max(c.flow.bottom(), area.y + kRow) - area.y + 1;
  };
  drawing::Drawing unseen;
  drawing::Painter painter(unseen, p.text_engine(), s.theme());
  controls::Interaction nobody;
  controls::Ui ui{painter, nobody, s.ui.clipboard};
  LearnScene measured{ui, s.session, s.view, s.room, s.hands_on};
  const float height = lay_out(measured);
  p.fill({area.x, area.y, area.w, height}, s.theme().panel);
  p.fill({area.x, area.y + height - 1, area.w, 1}, s.theme().border);
  lay_out(s);
  return height;
}

}  // namespace qkv::workspaces
