#include <algorithm>
#include <charconv>
#include <cmath>

#include "app/controls/text_layout.h"
#include "app/figures/numbers.h"
#include "app/workspaces/lab/commands.h"
#include "app/workspaces/lab/readouts_panel.h"
#include "app/workspaces/lab/scene.h"
#include "app/workspaces/lab/symbols.h"

namespace qkv::workspaces {

using controls::Change;
using drawing::Align;
using drawing::Family;
using drawing::Run;
using experiment::Experiment;
using figures::number;

namespace {

constexpr float kInset = 20;
constexpr int kWidest = 512;  // of the sliders; what was imported may be wider

/// The column of controls being laid out from the top down.
struct Column {
  Scene& s;
  float x, w, y;

  const drawing::Theme& t() const { return s.theme(); }
  controls::Painter& p() const { return s.p(); }

  void heading(std::string_view text) {
    y += 26;
    p().text({x, y}, text, {.color = t().text, .size = 12, .weight = 600});
    y += 8;
  }
  void rule() {
    y += 14;
    p().fill({x - kInset, y, w + 2 * kInset, 1}, t().border);
  }
  void label(std::string_view text) {
    p().text({x, y + 17}, text, {.color = t().text, .size = 12, .weight = 500});
  }

  /// A committed number field; nothing when it was left alone or is no number in the range, which the notice
  /// says.
  std::optional<float> number_field(std::string_view id, Rect r, const std::string& shown, float low,
                                    float high, std::string_view name, bool whole = false) {
    const auto result = controls::text_field(
        s.ui, id, r, shown, {.mono = true, .align = Align::right, .label = name, .text_size = 11});
    if (!result.committed || *result.committed == shown) return std::nullopt;
    const auto v = number_from(*result.committed);
    if (v && *v >= low && *v <= high && (!whole || *v == std::round(*v))) return v;
    s.view.notice = "'" + *result.committed + "' was not taken: " + std::string(name) + " must be a " +
                    (whole ? "whole " : "") + "number from " + number(low, low < 1 ? 2 : 0) + " to " +
                    number(high, high < 20 && !whole ? 1 : 0) + ".";
    return std::nullopt;
  }
  std::optional<int> whole_field(std::string_view id, Rect r, int shown, int low, int high,
                                 std::string_view name) {
    const auto v = number_field(id, r, std::to_string(shown), static_cast<float>(low),
                                static_cast<float>(high), name, true);
    return v ? std::optional(static_cast<int>(*v)) : std::nullopt;
  }
};

using Operation = Experiment (*)(Experiment, int);

/// d_k, d_v, d_model: a slider in octaves and a field.
void size_slider(Column& c, std::string_view id, std::span<const Run> name, std::string_view words,
                 std::string_view hint, int value, Operation operation) {
  c.y += 12;
  c.p().runs({c.x, c.y + 14}, name);
  auto apply = [&](int v, const std::string& merge) {
    change(
        c.s.document, c.s.view, std::string(words), [&](const Experiment& e) { return operation(e, v); },
        merge);
  };
  const std::string field = std::string(id) + "/field";
  if (const auto typed =
          c.whole_field(field, {c.x + c.w - 52, c.y, 52, 20}, value, 1, std::max(kWidest, value), words))
    apply(*typed, "");
  float v = static_cast<float>(value);
  const Change change_made = controls::slider(c.s.ui, id, {c.x, c.y + 22, c.w, 20}, v, 1, 512,
                                              {.logarithmic = true,
                                               .integer = true,
                                               .step = 1,
                                               .ticks = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512},
                                               .label = words,
                                               .hint = hint});
  if (change_made.changed && static_cast<int>(std::lround(v)) != value)
    apply(static_cast<int>(std::lround(v)), std::string(id));
  if (change_made.finished) c.s.document.end_gesture();
  c.y += 38;
}

std::vector<Run> d_name(const drawing::Theme& t, const char* sub, const char* words) {
  return {{"d", {.color = t.text, .size = 12, .weight = 500, .italic = true}},
          {sub, {.color = t.text, .size = 12}, Run::Shift::sub},
          {std::string("  ") + words, {.color = t.text3, .size = 12}}};
}

void sizes_and_softmax(Column& c) {
  const Experiment& e = c.s.experiment();
  size_slider(c, "rail/d_k", d_name(c.t(), "k", "key size"), "d_k",
              "Columns of Q and K. Growing adds columns: zero when hand-set, from the seed when random.",
              e.d_k, experiment::with_d_k);
  c.y += 12;
  c.label("Temperature");
  if (const auto typed = c.number_field("rail/temperature/field", {c.x + c.w - 52, c.y + 2, 52, 20},
                                        number(e.temperature, 2), 0.01f, 100, "Temperature"))
    change(c.s.document, c.s.view, "temperature", [&](Experiment next) {
      next.temperature = *typed;
      return next;
    });
  float temperature = e.temperature;
  const Change moved = controls::slider(
      c.s.ui, "rail/temperature", {c.x, c.y + 24, c.w, 20}, temperature, 0.1f, 10,
      {.logarithmic = true,
       .ticks = {0.1f, 0.3f, 1, 3, 10},
       .label = "Temperature",
       .hint = "Divides the scaled scores. Near 0 the softmax picks one key; large values blend all."});
  if (moved.changed)
    change(
        c.s.document, c.s.view, "temperature",
        [&](Experiment next) {
          next.temperature = std::round(temperature * 100) / 100;
          return next;
        },
        "temperature");
  if (moved.finished) c.s.document.end_gesture();
  c.y += 46;
  if (controls::toggle(c.s.ui, "rail/scale", {c.x, c.y, c.w, 28}, e.scale, "Scale by √dₖ",
                       "Divide scores by √d_k so that their spread does not grow with d_k."))
    change(c.s.document, c.s.view, "scale", [](Experiment next) {
      next.scale = !next.scale;
      return next;
    });
  c.y += 32;
}

void mask_and_positions(Column& c) {
  const Experiment& e = c.s.experiment();
  using attention::MaskKind;
  using attention::Positions;
  c.label("Mask");
  const int kind = static_cast<int>(e.mask);
  const int chosen =
      controls::segmented(c.s.ui, "rail/mask", {c.x, c.y + 24, c.w, 26}, {"None", "Causal", "Window"}, kind,
                          "Which keys a query may attend to",
                          {"Every token sees every token", "A token sees itself and what came before",
                           "A token sees itself and the few before it"});
  if (chosen != kind)
    change(c.s.document, c.s.view, "mask", [&](Experiment next) {
      next.mask = static_cast<MaskKind>(chosen);
      return next;
    });
  c.y += 56;
  if (e.mask == MaskKind::sliding_window) {
    c.label("Window");
    if (const auto v =
            c.whole_field("rail/window", {c.x + c.w - 52, c.y + 2, 52, 20}, e.window, 1, 512, "Window"))
      change(c.s.document, c.s.view, "window", [&](Experiment next) {
        next.window = *v;
        return next;
      });
    c.y += 30;
  }
  if (!e.custom_mask.empty()) {
    c.label(std::to_string(e.custom_mask.size()) +
            (e.custom_mask.size() == 1 ? " custom cell" : " custom cells"));
    if (controls::button(c.s.ui, "rail/mask/clear", {c.x + c.w - 60, c.y, 60, 24}, "clear",
                         {.hint = "Take back the cells masked by hand", .text_size = 11}))
      change(c.s.document, c.s.view, "clear custom mask", [](Experiment next) {
        next.custom_mask.clear();
        return next;
      });
    c.y += 30;
  }
  c.label("Positions");
  const int where = static_cast<int>(e.positions);
  const int picked = controls::segmented(c.s.ui, "rail/positions", {c.x, c.y + 24, c.w, 26},
                                         {"None", "Sinus", "RoPE", "ALiBi"}, where, "How order enters",
                                         {"Attention alone does not know the order", "Sinusoids added to X",
                                          "q and k turned by their position", "Scores lowered by distance"});
  if (picked != where)
    change(c.s.document, c.s.view, "positions", [&](Experiment next) {
      next.positions = static_cast<Positions>(picked);
      return next;
    });
  c.y += 58;
}

void score_bias(Column& c) {
  const bool on = c.s.experiment().score_bias != nullptr && c.s.experiment().score_bias->size() > 0;
  if (controls::toggle(c.s.ui, "rail/score_bias", {c.x, c.y - 2, c.w, 28}, on, "Score bias B",
                       "Adds a matrix to the scaled scores of every head; zero until you change its cells"))
    change(c.s.document, c.s.view, "score bias",
           [&](const Experiment& x) { return experiment::with_score_bias(x, !on); });
  c.y += 32;
}

/// "Heads − 1 +": a small number with its steps.
void stepper(Column& c, std::string_view id, std::string_view name, const std::string& hint, int value, int low,
             int high, auto apply) {
  c.label(name);
  const std::string base(id);
  if (controls::button(c.s.ui, base + "/less", {c.x + c.w - 92, c.y, 28, 24}, "−",
                       {.enabled = value > low, .hint = hint}))
    apply(value - 1);
  if (const auto v = c.whole_field(base + "/field", {c.x + c.w - 60, c.y, 28, 24}, value, low, high, name))
    apply(*v);
  if (controls::button(c.s.ui, base + "/more", {c.x + c.w - 28, c.y, 28, 24}, "+",
                       {.enabled = value < high, .hint = hint}))
    apply(value + 1);
  c.y += 32;
}

void architecture(Column& c) {
  const Experiment& e = c.s.experiment();
  auto& s = c.s;
  stepper(c, "rail/heads", "Heads", "Each head has its own W_Q, W_K, W_V; new ones are random",
          static_cast<int>(e.layers[static_cast<std::size_t>(s.view.layer)].heads.size()), 1, 16, [&](int v) {
            change(s.document, s.view, "heads",
                   [&](const Experiment& x) { return experiment::with_heads(x, s.view.layer, v); });
          });
  stepper(c, "rail/layers", "Layers", "The next layer reads X + output", static_cast<int>(e.layers.size()), 1,
          8, [&](int v) {
            change(s.document, s.view, "layers",
                   [&](const Experiment& x) { return experiment::with_layers(x, v); });
          });
  const bool biases = e.layers.front().heads.front().b_q.has_value();
  if (controls::toggle(s.ui, "rail/biases", {c.x, c.y - 2, c.w, 28}, biases, "Biases b_Q, b_K, b_V",
                       "Adds one row to Q, K and V; zero until you change it"))
    change(s.document, s.view, "biases",
           [&](const Experiment& x) { return experiment::with_biases(x, !biases); });
  c.y += 32;
  size_slider(c, "rail/d_v", d_name(c.t(), "v", "value size"), "d_v", "Columns of V and of the output", e.d_v,
              experiment::with_d_v);
  size_slider(c, "rail/d_model", d_name(c.t(), "model", "width of X"), "d_model", "Columns of X, rows of W",
              e.d_model, experiment::with_d_model);
  c.y += 14;
  c.label("Seed");
  const std::string seed = std::to_string(e.embedding.seed);
  auto reseed = [&](std::uint64_t v) {
    change(s.document, s.view, "randomise",
           [&](const Experiment& x) { return experiment::randomised(x, v, true); });
    s.view.notice = "X and all weights are random now, from seed " + std::to_string(v) +
                    ". Undo brings the old ones back.";
  };
  const auto typed =
      controls::text_field(s.ui, "rail/seed", {c.x + c.w - 112, c.y, 76, 26}, seed,
                           {.mono = true, .align = Align::right, .label = "Seed", .text_size = 11});
  if (typed.committed && *typed.committed != seed) {
    std::uint64_t v = 0;  // not through a float: a seed is kept to its last digit
    const char* end = typed.committed->data() + typed.committed->size();
    const auto parsed = std::from_chars(typed.committed->data(), end, v);
    if (parsed.ec == std::errc() && parsed.ptr == end)
      reseed(v);
    else
      s.view.notice = "Seed must be a whole number from 0 on.";
  }
  if (controls::button(s.ui, "rail/dice", {c.x + c.w - 32, c.y, 32, 26}, "",
                       {.icon = "dice", .hint = "Randomise X and every weight matrix from a new seed"}))
    reseed(experiment::next_seed(e.embedding.seed));
  c.y += 30;
  if (!s.view.sources.random_rows.empty())  // nobody shall take drawn numbers for set ones
    c.y += controls::paragraph(c.p(), {c.x, c.y + 8}, c.w, s.view.sources.words + ".",
                               {.color = c.t().text2, .size = 11}) +
           8;
}

void gains(Column& c) {
  auto& s = c.s;
  const Experiment& e = s.experiment();
  const auto& inputs = s.trace->inputs.layers[static_cast<std::size_t>(s.view.layer)];
  if (inputs.heads.front().w_q.size() == 0) return;
  c.rule();
  c.heading("Gain of a weight matrix");
  for (const Stage stage : {Stage::w_q, Stage::w_k, Stage::w_v, Stage::w_o}) {
    if (stage == Stage::w_o && inputs.w_o.size() == 0) continue;
    const int head = stage == Stage::w_o ? 0 : s.view.head;
    const auto it = e.gains.find({stage, s.view.layer, head, 0, 0});
    float gain = it == e.gains.end() ? 1 : it->second;
    c.p().runs({c.x, c.y + 17}, symbol(c.t(), stage, 13));
    const std::string id = "rail/gain/" + std::string(attention::name_of(stage));
    const Change moved = controls::slider(s.ui, id, {c.x + 34, c.y + 3, c.w - 78, 20}, gain, -3, 3,
                                          {.step = 0.1f,
                                           .ticks = {0, 1},
                                           .label = plain_symbol(stage) + " gain",
                                           .hint = "Multiplies the whole matrix"});
    c.p().text({c.x + c.w, c.y + 17}, "×" + number(gain, 2),
               {.color = c.t().text, .size = 11, .weight = 500, .family = Family::mono}, Align::right);
    if (moved.changed)
      change(
          s.document, s.view, "gain of " + plain_symbol(stage),
          [&](const Experiment& x) {
            return experiment::with_gain(x, stage, s.view.layer, head, std::round(gain * 100) / 100);
          },
          id);
    if (moved.finished) s.document.end_gesture();
    c.y += 28;
  }
}

/// The selected cell as a slider, with what can be done to it.
void selected_cell(Column& c) {
  auto& s = c.s;
  if (!s.view.selected || !can_edit(s.document, *s.view.selected)) return;
  const Cell cell = *s.view.selected;
  const float now = attention::value(*s.trace, cell);
  c.heading("Selected cell");
  c.y += 4;
  c.p().text_fit({c.x, c.y + 14}, cell_name(s.experiment(), cell),
                 {.color = role_colour(c.t(), cell.stage), .size = 11, .weight = 500, .family = Family::mono},
                 c.w - 62);
  const std::string shown = number(now, 3);
  const auto typed =
      controls::text_field(s.ui, "rail/cell/field", {c.x + c.w - 56, c.y, 56, 20}, shown,
                           {.mono = true, .align = Align::right, .label = "Value", .text_size = 11});
  if (typed.committed && *typed.committed != shown) {
    if (const auto v = number_from(*typed.committed))
      set_value(s.document, cell, *v);
    else
      s.view.notice = "'" + *typed.committed + "' is not a number: the cell keeps its value.";
  }
  float v = std::isfinite(now) ? now : 0;
  const bool weight = cell.stage == Stage::weights;
  const float limit = weight ? 1 : std::max(3.f, figures::rounded_up(std::fabs(v)));
  const Change moved =
      controls::slider(s.ui, "rail/cell", {c.x, c.y + 22, c.w, 20}, v, weight ? 0 : -limit, limit,
                       {.step = 0.1f, .ticks = {0}, .label = "Value of the selected cell"});
  if (moved.changed)
    set_value(s.document, cell, std::round(v * 100) / 100, "slide " + experiment::format_cell(cell));
  if (moved.finished) s.document.end_gesture();
  c.y += 46;
  const bool edited = s.experiment().edits.contains(stored_cell(cell));
  const float w = (c.w - 18) / 4;
  const struct {
    const char* id;
    const char* label;
    const char* hint;
    experiment::Extent extent;
  } resets[] = {
      {"rail/reset/cell", "cell", "Take back the change of this cell", experiment::Extent::cell},
      {"rail/reset/row", "row", "Take back the changes of its row", experiment::Extent::row},
      {"rail/reset/column", "col", "Take back the changes of its column", experiment::Extent::column},
      {"rail/reset/matrix", "matrix", "Take back every change of the matrix", experiment::Extent::matrix}};
  for (int i = 0; i < 4; ++i) {
    const auto& r = resets[i];
    if (controls::button(s.ui, r.id, {c.x + static_cast<float>(i) * (w + 6), c.y, w, 22}, r.label,
                         {.enabled = i > 0 || edited, .hint = r.hint, .text_size = 10.5f}))
      reset(s.document, cell, r.extent);
  }
  c.y += 22;
  c.rule();
}

}  // namespace

void rail(Scene& s, Rect area) {
  auto& p = s.p();
  p.fill(area, s.theme().panel);
  p.fill({area.x, area.y, 1, area.h}, s.theme().border);
  p.region({.id = "rail", .rect = area});
  p.push_clip(area);
  Column c{s, area.x + kInset, area.w - 2 * kInset, area.y - std::round(s.view.rail_scroll)};
  const float top = c.y;
  selected_cell(c);
  c.heading("Controls");
  if (controls::button(s.ui, "rail/reset", {c.x + c.w - 70, c.y - 24, 76, 22}, "reset all",
                       {.enabled = !s.experiment().edits.empty() || !s.experiment().gains.empty(),
                        .flat = true,
                        .hint = "Take back every edit and gain",
                        .text_size = 11}))
    s.document.apply(experiment::without_edits(s.experiment()), "reset all");
  sizes_and_softmax(c);
  mask_and_positions(c);
  score_bias(c);
  architecture(c);
  gains(c);
  c.y += 8;
  if (controls::toggle(s.ui, "rail/difference", {c.x, c.y, c.w, 28}, s.view.difference,
                       "Difference from the start", "Every stage minus what it was before your edits"))
    s.view.difference = !s.view.difference;
  c.y += 28;
  c.rule();
  c.y += readouts_panel(s, {area.x, c.y, area.w, 0});
  p.pop_clip();
  const float content = c.y - top + 16;
  s.view.rail_scroll = std::clamp(s.view.rail_scroll, 0.f, std::max(0.f, content - area.h));
  if (content > area.h) controls::scrollbar(s.ui, "rail/scroll", area, content, s.view.rail_scroll);
}

}  // namespace qkv::workspaces
