#include <algorithm>
#include <cmath>

#include "app/figures/histogram.h"
#include "app/figures/numbers.h"
#include "app/figures/scaling_plots.h"
#include "app/figures/symbols.h"
#include "app/figures/weight_bars.h"
#include "app/workspaces/learn/special_figures.h"

// Lesson 9: at every d_k random rows are sampled; what the spread of their scores does to softmax, with the division and without.
namespace qkv::workspaces {

using figures::number;

namespace {

constexpr float kInset = 24, kGutter = 28;

/// One row of random scores, as it is and divided.
void draws(LearnScene& s, Rect left, Rect right, std::uint64_t seed, int d_k) {
  const auto draw = std::make_shared<const analysis::ScalingDraw>(analysis::scaling_draw(seed, d_k));
  const auto& t = s.theme();
  const auto formula = [&](bool divided) {
    std::vector<drawing::Run> runs{{"a", {.color = t.weight, .size = 13, .weight = 600, .italic = true}}, {" = softmax(", {.color = t.text2, .size = 12.5f}},
                                   {"q", {.color = t.query, .size = 13, .weight = 600, .italic = true}}, {" · ", {.color = t.text2, .size = 13}},
                                   {"k", {.color = t.key, .size = 13, .weight = 600, .italic = true}}};
    runs.push_back({divided ? " ÷ √" + std::to_string(d_k) + ")" : ")", {.color = t.text2, .size = 12.5f}});
    return runs;
  };
  const auto panel = [&](Rect area, bool divided) {
    const Rect below = figures::heading(s.p(), area, {.title = divided ? "Divided by √" + std::to_string(d_k) + " = " + number(std::sqrt(static_cast<float>(d_k)), 2) : "Without scaling",
                                                       .formula = formula(divided), .swatch = divided ? t.weight : t.warn});
    figures::weight_bars(s.p(), below, {.id = divided ? "bars/scaled" : "bars/plain", .scores = {draw, divided ? &draw->scaled_scores : &draw->scores},
                                        .weights = {draw, divided ? &draw->scaled_weights : &draw->weights}, .readout = divided ? draw->scaled_readout : draw->readout});
  };
  panel(left, false);
  panel(right, true);
}

void distributions(LearnScene& s, Rect area, const documents::ScalingMeasurement& m, int d_k) {
  const analysis::ScoreSample* sample = nullptr;
  for (const auto& one : m.samples)
    if (!sample || std::abs(one.d_k - d_k) < std::abs(sample->d_k - d_k)) sample = &one;
  if (!sample) return;
  const auto& t = s.theme();
  const Rect below = figures::heading(s.p(), area, {.title = "Distribution of scores", .note = number(static_cast<float>(sample->scores.size()), 0) + " pairs, d_k " + std::to_string(sample->d_k)});
  const float spread = std::sqrt(static_cast<float>(sample->d_k)), limit = figures::rounded_up(4 * std::max(spread, 1.f));
  const int bins = std::clamp(static_cast<int>(below.w / 8), 24, 80);
  const auto plain = analysis::histogram(sample->scores, -limit, limit, bins), divided = analysis::histogram(sample->scores, -limit, limit, bins, 1 / spread);
  const auto plain_theory = figures::normal_curve(static_cast<float>(sample->d_k), -limit, limit), divided_theory = figures::normal_curve(1, -limit, limit);
  const float h = std::floor(below.h / 2);
  figures::histogram(s.p(), {below.x, below.y, below.w, h}, {.data = &plain, .colour = t.warn, .name = "q·k", .line = "line: N(0, " + std::to_string(sample->d_k) + ")", .theory = plain_theory,
                                                             .facts = {{"variance", number(sample->variance, sample->variance < 10 ? 2 : 1)}, {"theory", "d_k = " + std::to_string(sample->d_k)}}, .tick_labels = false});
  figures::histogram(s.p(), {below.x, below.y + h, below.w, below.h - h}, {.data = &divided, .colour = t.weight, .name = "q·k ÷ √" + std::to_string(sample->d_k), .line = "line: N(0, 1)", .theory = divided_theory,
                                                                         .facts = {{"variance", number(sample->scaled_variance, 2)}, {"theory", "1"}}, .x_title = "score"});
}

/// Over d_k, which the hand moves along them where the step lets it.
void curves(LearnScene& s, Rect area, figures::Curves data) {
  data.draggable = s.hands_on && s.session.may_use("d_k");
  const auto layout = figures::curves_layout(s.p(), area, data);
  if (data.draggable && s.ui.active(data.id))
    if (const auto x = figures::cursor_at(layout, data, s.ui.in.pointer.x)) set_d_k(s, static_cast<int>(std::lround(*x)));
  if (s.ui.released(data.id)) s.session.document().end_gesture();
  figures::curves(s.p(), layout, data);
}

void measured(LearnScene& s, Rect area, const documents::ScalingMeasurement& m, int d_k) {
  using figures::ScalingMeasure;
  static constexpr ScalingMeasure kMeasures[] = {ScalingMeasure::jacobian_norm, ScalingMeasure::largest_weight, ScalingMeasure::entropy, ScalingMeasure::variance};
  const auto measure = kMeasures[std::clamp(s.view.measure, 0, 3)];
  const bool wide = area.w > 430 && !s.room;
  const Rect title{area.x, area.y, area.w, figures::kHeadingHeight};
  Rect below = figures::heading(s.p(), title, {.title = figures::scaling_title(measure), .note = wide ? figures::scaling_note(m.study, measure) : ""});
  if (s.room) {
    below = {area.x, title.bottom() + 8, area.w, area.bottom() - title.bottom() - 8};
    return curves(s, below, figures::scaling_curves(m.study, measure, s.theme(), static_cast<float>(d_k), std::nullopt, ""));
  }
  below = {area.x, title.bottom() + 34, area.w, area.bottom() - title.bottom() - 34};
  const float tabs = std::min(300.f, area.w - (s.view.own ? 92 : 0));
  s.view.measure = controls::segmented(s.ui, "learn/measure", {area.x, title.bottom() + 2, tabs, 26}, {"Gradient", "Largest", "Entropy", "Variance"}, s.view.measure, "What is measured at each d_k",
                                       {"How much the weights move when scores move slightly", "The largest weight of a row", "How evenly a row spreads its weight", "How wide the scores spread"});
  std::optional<analysis::OwnPoint> own;
  if (s.view.own) {
    const controls::ButtonStyle style{.selected = s.view.show_own, .hint = "The experiment that is open in the Lab, on the same axes"};
    if (controls::button(s.ui, "learn/own", {area.x + tabs + 8, title.bottom() + 2, 76, 26}, "Yours", style)) s.view.show_own = !s.view.show_own;
    if (s.view.show_own) own = analysis::scaling_of(*s.view.own, 0, 0);
  }
  curves(s, below, figures::scaling_curves(m.study, measure, s.theme(), static_cast<float>(d_k), own, "yours"));
}

/// A room sees one of the three: what the step is about.
void one_of_them(LearnScene& s, Rect area, const documents::ScalingMeasurement* m, int d_k) {
  const auto& options = s.step().figure.options;
  const std::string part = options.empty() ? "draws" : options.front();
  if (part == "draws") {
    const float w = std::floor((area.w - kGutter) / 2);
    draws(s, {area.x, area.y, w, area.h}, {area.right() - w, area.y, w, area.h}, s.view.seed, d_k);
  } else if (!m) {
    s.p().text({area.x, area.y + 20}, "Sampling…", {.color = s.theme().text3, .size = 13});
  } else if (part == "spread") {
    distributions(s, area, *m, d_k);
  } else {
    measured(s, area, *m, d_k);
  }
}

}  // namespace

void scaling_figure(LearnScene& s, Rect area) {
  const int d_k = std::clamp(s.session.document().experiment().d_k, 1, analysis::kMostStudyWidth);
  const auto m = s.view.studies->scaling(s.view.seed);
  if (s.room) return one_of_them(s, {area.x, area.y + 12, area.w, area.h - 20}, m.get(), d_k);  // the stage has margins of its own
  const float w = std::floor((area.w - 2 * kInset - kGutter) / 2), top_h = std::clamp(area.h * 0.46f, 230.f, 320.f);
  const Rect a{area.x + kInset, area.y + 16, w, top_h - 16}, b{a.right() + kGutter, a.y, w, a.h};
  draws(s, a, b, s.view.seed, d_k);
  const float middle = area.y + top_h + 6;
  s.p().fill({area.x + kInset, middle, area.w - 2 * kInset, 1}, s.theme().border);
  s.p().fill({std::round(a.right() + kGutter / 2), area.y + 16, 1, area.h - 28}, s.theme().border);
  const Rect c{a.x, middle + 12, w, area.bottom() - middle - 24}, d{b.x, c.y, w, c.h};
  if (!m) {
    s.p().text({c.x, c.y + 20}, "Sampling…", {.color = s.theme().text3, .size = 13});
    return;
  }
  distributions(s, c, *m, d_k);
  measured(s, d, *m, d_k);
}

}  // namespace qkv::workspaces
