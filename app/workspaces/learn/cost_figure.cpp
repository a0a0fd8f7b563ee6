#include <cmath>

#include "app/controls/text_layout.h"
#include "app/figures/cost_plot.h"
#include "app/figures/numbers.h"
#include "app/figures/symbols.h"
#include "app/workspaces/learn/special_figures.h"

// Lesson 16: attention timed on the reader's own machine, n doubling.
namespace qkv::workspaces {

using analysis::CostMethod;
using drawing::Align;
using drawing::Family;
using figures::number;

namespace {

constexpr float kInset = 24, kGutter = 28, kBar = 52, kTable = 148;

const char* name_of(CostMethod method) {
  switch (method) {
    case CostMethod::stored: return "all scores kept";
    case CostMethod::fused: return "tile by tile";
    case CostMethod::window: return "window of 128";
    case CostMethod::linear: return "linear";
  }
  return "";
}

drawing::Color colour_of(const drawing::Theme& t, CostMethod method) {
  switch (method) {
    case CostMethod::stored: return t.warn;
    case CostMethod::fused: return t.weight;
    case CostMethod::window: return t.value;
    case CostMethod::linear: return t.neutral;
  }
  return t.text;
}

/// Start and stop, and what is going on.
void bar(LearnScene& s, Rect area, const documents::CostMeasurement* m) {
  auto& p = s.p();
  const bool busy = s.view.studies->measuring_cost();
  const controls::ButtonStyle style{.primary = !m, .hint = "Real passes of this program, on one core; a few seconds for each curve"};
  const std::string label = busy ? "Stop" : m ? "Measure again" : "Measure on this machine";
  const float w = controls::button_width(s.ui, label, style);
  if (controls::button(s.ui, "learn/cost", {area.x, area.y + 10, w, 30}, label, style)) s.view.wish = busy ? "learn.stop_measuring" : "learn.measure";
  std::string words = "Nothing is measured yet: the curves are made here, not drawn.";
  if (m && busy) words = "Measuring…";
  if (m && !busy) words = m->done ? "Measured on this machine, one head, d_k 64, one core." : "Stopped.";
  p.text_fit({area.x + w + 16, area.y + 29}, words, {.color = s.theme().text2, .size = 12}, area.w - w - 16);
}

void plot(LearnScene& s, Rect area, figures::CostPlot::What what, const documents::CostMeasurement& m) {
  const bool time = what == figures::CostPlot::What::time;
  const Rect below = figures::heading(s.p(), area, {.title = time ? "Time of one pass" : "Memory that is kept", .note = time ? "seconds by n" : "bytes by n, from the shapes"});
  figures::CostPlot plot{.what = what};
  for (std::size_t i = 0; i < m.curves.size(); ++i)
    if (!m.curves[i].points.empty()) plot.series.push_back({name_of(m.kMethods[i]), colour_of(s.theme(), m.kMethods[i]), &m.curves[i]});
  if (plot.series.empty()) return;
  figures::Curves data = figures::cost_curves(plot, s.theme());
  data.id = time ? "cost/time" : "cost/memory";
  const auto layout = figures::curves_layout(s.p(), below, data);
  figures::curves(s.p(), layout, data);
}

/// What the curves come to in numbers, one line a method.
void table(LearnScene& s, Rect area, const documents::CostMeasurement& m) {
  auto& p = s.p();
  const auto& t = s.theme();
  const drawing::TextStyle head{.color = t.text3, .size = 11}, mono{.color = t.text, .size = 11.5f, .family = Family::mono};
  const float columns[] = {0, 0.27f, 0.42f, 0.58f, 0.76f};
  const auto at = [&](int i) { return std::round(area.x + area.w * columns[i]); };
  const char* const names[] = {"way", "largest n", "time", "grows as", "error"};
  for (int i = 0; i < 5; ++i) p.text({at(i), area.y + 12}, names[i], head);
  float y = area.y + 34;
  for (std::size_t i = 0; i < m.curves.size(); ++i) {
    const auto& curve = m.curves[i];
    p.fill({at(0), y - 9, 9, 9}, colour_of(t, m.kMethods[i]), 1);
    p.text({at(0) + 16, y}, name_of(m.kMethods[i]), {.color = t.text, .size = 12});
    if (!curve.points.empty()) {
      const auto& last = curve.points.back();
      p.text({at(1), y}, std::to_string(last.n), mono);
      p.text({at(2), y}, figures::quantity(static_cast<float>(last.seconds), figures::Unit::seconds), mono);
      if (std::isfinite(curve.exponent)) p.text({at(3), y}, "n^" + number(static_cast<float>(curve.exponent), 2), mono);
      p.text({at(4), y}, std::isfinite(last.error) ? number(100 * last.error, 1) + " %" : "none", mono);
    }
    y += 21;
  }
  if (m.decoding.points.empty()) return;
  const auto& d = m.decoding.points.back();
  const auto seconds = [](double v) { return figures::quantity(static_cast<float>(v), figures::Unit::seconds); };
  p.text_fit({area.x, y + 8}, "One token at n = " + std::to_string(d.n) + ": " + seconds(d.all_at_once) + " in one pass, " + seconds(d.cached) + " with a cache, " + seconds(d.uncached) + " without.",
             {.color = t.text2, .size = 12}, area.w);
}

}  // namespace

void cost_figure(LearnScene& s, Rect area) {
  const auto m = s.view.studies->cost();
  const Rect inner{area.x + kInset, area.y + 8, area.w - 2 * kInset, area.h - 20};
  bar(s, inner, m.get());
  static const documents::CostMeasurement kNone;
  const auto& shown = m ? *m : kNone;
  const float w = std::floor((inner.w - kGutter) / 2), h = inner.h - kBar - kTable - 16;
  const Rect left{inner.x, inner.y + kBar, w, h};
  plot(s, left, figures::CostPlot::What::time, shown);
  plot(s, {left.right() + kGutter, left.y, w, h}, figures::CostPlot::What::memory, shown);
  const float y = left.bottom() + 16;
  s.p().fill({inner.x, y - 8, inner.w, 1}, s.theme().border);
  table(s, {inner.x, y, inner.w, kTable}, shown);
}

}  // namespace qkv::workspaces
